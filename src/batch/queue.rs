//! What waits to be sent: rows, in each its column families, in each its mutations, encoded.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::wire::hot::Mutations;

/// Rows in the order in which they were first named. No row stands twice, as a server would keep only one of them.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: VecDeque<Row>,
    /// Where each row is.
    places: HashMap<Box<[u8]>, usize>,
    /// Their encoded bytes.
    bytes: usize,
    operations: usize,
}

/// A row that waits.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) key: Box<[u8]>,
    pub(super) families: Vec<Family>,
}

/// What waits for one column family of a row.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) name: Arc<str>,
    pub(super) mutations: Mutations,
    /// How many of them a server has acknowledged, where the row went out in parts.
    pub(super) sent: usize,
    operations: usize,
    /// Deletions with a timestamp that the caller gave.
    deletions: Vec<(usize, i64)>,
}

/// One operation, encoded.
pub(super) struct Operation {
    pub(super) mutations: Mutations,
    /// The timestamp that the caller gave, of a deletion or an insertion.
    pub(super) given: Option<i64>,
    pub(super) is_deletion: bool,
}

impl Row {
    /// Its encoded bytes: key, types, count; and its column families.
    pub(super) fn size(&self) -> usize {
        row_size(&self.key) + self.families.iter().map(Family::size).sum::<usize>()
    }

    /// What the first `mutations` of a column family are, and all of those before it, as a row of its own.
    pub(super) fn first_part(&self, family: usize, mutations: usize) -> Row {
        let part = |(f, it): (usize, &Family)| Family {
            name: it.name.clone(),
            mutations: it.mutations.copy(it.sent..if f == family { mutations } else { it.mutations.len() }),
            sent: 0,
            operations: if f == family { 1 } else { it.operations },
            deletions: Vec::new(),
        };
        Row {
            key: self.key.clone(),
            families: self.families[..=family].iter().enumerate().map(part).collect(),
        }
    }

    /// Takes note that so much of it is done with.
    pub(super) fn done(&mut self, family: usize, mutations: usize) {
        for before in &mut self.families[..family] {
            before.sent = before.mutations.len();
        }
        self.families[family].sent = mutations;
    }
}

impl Family {
    fn size(&self) -> usize {
        let waiting = self.sent..self.mutations.len();
        if waiting.is_empty() { 0 } else { family_size(&self.name) + self.mutations.size_of(&waiting) }
    }
}

/// The encoded bytes of a row without its column families.
pub(super) fn row_size(key: &[u8]) -> usize {
    4 + key.len() + 1 + 1 + 4
}

/// The encoded bytes of a column family without its mutations.
pub(super) fn family_size(name: &str) -> usize {
    4 + name.len() + 1 + 4
}

impl Rows {
    /// The encoded bytes of the rows.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The operations that wait.
    pub(super) fn operations(&self) -> usize {
        self.operations
    }

    /// The rows themselves.
    pub(super) fn into_inner(self) -> VecDeque<Row> {
        self.rows
    }

    /// Puts an operation behind those that wait.
    pub(super) fn push(&mut self, key: &[u8], name: &Arc<str>, operation: Operation) {
        let Operation { mutations, given, is_deletion } = operation;
        let family = self.family(key, name);
        if let Some(timestamp) = given {
            let place = family.mutations.len();
            if is_deletion {
                family.deletions.push((place, timestamp));
            } else {
                family.let_win(timestamp);
            }
        }
        family.operations += 1;
        family.mutations.append(&mutations);
        self.bytes += mutations.size();
        self.operations += 1;
    }

    /// The waiting mutations of a column family in a row.
    fn family(&mut self, key: &[u8], name: &Arc<str>) -> &mut Family {
        let place = match self.places.get(key) {
            Some(place) => *place,
            None => {
                self.places.insert(key.into(), self.rows.len());
                self.rows.push_back(Row { key: key.into(), families: Vec::new() });
                self.bytes += row_size(key);
                self.rows.len() - 1
            }
        };
        let families = &mut self.rows[place].families;
        let at = families.iter().position(|family| family.name == *name);
        let at = at.unwrap_or_else(|| {
            self.bytes += family_size(name);
            families.push(Family {
                name: name.clone(),
                mutations: Mutations::default(),
                sent: 0,
                operations: 0,
                deletions: Vec::new(),
            });
            families.len() - 1
        });
        &mut families[at]
    }

    /// Puts other rows behind these.
    pub(super) fn append(&mut self, other: impl IntoIterator<Item = Row>) {
        for row in other {
            for mut family in row.families {
                family.mutations.drop_first(family.sent);
                if family.mutations.is_empty() {
                    continue;
                }
                let mine = self.family(&row.key, &family.name);
                let (before, sent) = (mine.mutations.len(), family.sent);
                let deletions = family.deletions.iter().filter(|(place, _)| *place >= sent);
                mine.deletions
                    .extend(deletions.map(|(place, timestamp)| (before + place - sent, *timestamp)));
                mine.mutations.append(&family.mutations);
                mine.operations += family.operations;
                self.bytes += family.mutations.size();
                self.operations += family.operations;
            }
        }
    }

    /// Puts other rows before these.
    pub(super) fn prepend(&mut self, other: impl IntoIterator<Item = Row>) {
        let behind = std::mem::take(self);
        self.append(other);
        self.append(behind.rows);
    }
}

impl Family {
    /// Where the caller gave a deletion and a later insertion one timestamp, the deletion would win. It moves a
    /// microsecond back, so that they end as they were ordered.
    fn let_win(&mut self, insertion: i64) {
        for (place, timestamp) in &mut self.deletions {
            if *timestamp == insertion {
                *timestamp = insertion.saturating_sub(1);
                self.mutations.restamp_deletion(*place, *timestamp);
            }
        }
    }
}
