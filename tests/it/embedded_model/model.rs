//! The rules of rows, as plainly as they can be put.

use std::collections::BTreeMap;

/// A name: that of the super column, empty in a standard column family, and that of the column.
pub(super) type Name = (String, String);

/// Comes after every name that the tests use.
pub(super) const LAST: &str = "\u{10ffff}";

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Deleted,
    Value { value: String, expiry: Option<(i32, i64)> },
    Counter(i64),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) timestamp: i64,
    pub(super) content: Content,
}

/// What is read of a live cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) name: Name,
    pub(super) value: String,
    /// Counters show none.
    pub(super) timestamp: Option<i64>,
    pub(super) ttl: Option<i32>,
}

/// A row, or what a batch writes to one.
#[derive(Clone, Debug, Default)]
pub(super) struct Row {
    pub(super) cells: BTreeMap<Name, Cell>,
    pub(super) deleted: Option<i64>,
    /// First and last name, both included, which no column has; and a timestamp.
    pub(super) ranges: Vec<(Name, Name, i64)>,
}

impl Row {
    /// Writes a cell over another of its name.
    pub(super) fn write(&mut self, name: Name, new: Cell) {
        let Some(old) = self.cells.get(&name) else {
            self.cells.insert(name, new);
            return;
        };
        let kept = match (&old.content, &new.content) {
            (Content::Counter(count), Content::Counter(more)) => {
                Cell { content: Content::Counter(count + more), ..new }
            }
            // no addition brings a deleted counter back
            (Content::Deleted, Content::Counter(_)) => return,
            (Content::Counter(_), Content::Deleted) => new,
            _ if Row::wins(old, &new) => new,
            _ => return,
        };
        self.cells.insert(name, kept);
    }

    /// Whether a new value or deletion wins over an old one: the later one does, then a deletion, then the
    /// greater value, then the one that lives longer.
    fn wins(old: &Cell, new: &Cell) -> bool {
        let strength = |cell: &Cell| match &cell.content {
            Content::Value { value, .. } => (cell.timestamp, false, value.clone()),
            _ => (cell.timestamp, true, String::new()),
        };
        let expiry = |cell: &Cell| match cell.content {
            Content::Value { expiry: Some((_, expiry)), .. } => Some(expiry),
            _ => None,
        };
        let longer = expiry(old).is_some() && expiry(new) > expiry(old);
        strength(new) > strength(old) || strength(new) == strength(old) && longer
    }

    /// Applies what a batch writes.
    pub(super) fn apply(&mut self, batch: Row) {
        for (name, cell) in batch.cells {
            self.write(name, cell);
        }
        self.deleted = self.deleted.max(batch.deleted);
        self.ranges.extend(batch.ranges);
    }

    /// Whether something was ever written here: then the row is there, be it empty.
    pub(super) fn is_there(&self) -> bool {
        !self.cells.is_empty() || self.deleted.is_some() || !self.ranges.is_empty()
    }

    fn is_deleted(&self, name: &Name, cell: &Cell) -> bool {
        let by = |timestamp: i64| matches!(cell.content, Content::Counter(_)) || cell.timestamp <= timestamp;
        self.deleted.is_some_and(by)
            || self
                .ranges
                .iter()
                .any(|(first, last, timestamp)| first <= name && name <= last && by(*timestamp))
    }

    /// All that lives at this second.
    pub(super) fn live(&self, now: i64) -> Vec<Shown> {
        let shown = |(name, cell): (&Name, &Cell)| {
            let (value, ttl) = match &cell.content {
                Content::Value { expiry: Some((_, expiry)), .. } if *expiry <= now => return None,
                Content::Value { value, expiry } => (value.clone(), expiry.map(|(ttl, _)| ttl)),
                Content::Counter(count) => (count.to_string(), None),
                Content::Deleted => return None,
            };
            let is_counter = matches!(cell.content, Content::Counter(_));
            let timestamp = (!is_counter).then_some(cell.timestamp);
            Some(Shown { name: name.clone(), value, timestamp, ttl })
        };
        self.cells.iter().filter(|(name, cell)| !self.is_deleted(name, cell)).filter_map(shown).collect()
    }

    pub(super) fn read(&self, now: i64, wanted: &Wanted) -> Vec<Shown> {
        let mut live = self.live(now);
        let is_super = wanted.is_super;
        let part = |shown: &Shown| {
            if is_super && wanted.super_column.is_none() {
                shown.name.0.clone()
            } else {
                shown.name.1.clone()
            }
        };
        if let Some(super_column) = &wanted.super_column {
            live.retain(|shown| shown.name.0 == *super_column);
        }
        match &wanted.which {
            Which::Names(names) => live.retain(|shown| names.contains(&part(shown))),
            Which::Slice { start, finish, reversed, count } => {
                let (low, high) = if *reversed { (finish, start) } else { (start, finish) };
                live.retain(|shown| {
                    let name = part(shown);
                    name >= *low && (high.is_empty() || name <= *high)
                });
                if *reversed {
                    live.reverse();
                }
                let mut units: Vec<String> = live.iter().map(part).collect();
                units.dedup();
                units.truncate(*count);
                live.retain(|shown| units.contains(&part(shown)));
                if *reversed && is_super && wanted.super_column.is_none() {
                    // super columns stand backwards, their columns do not
                    live.sort_by(|one, other| {
                        other.name.0.cmp(&one.name.0).then_with(|| one.name.1.cmp(&other.name.1))
                    });
                }
            }
        }
        live
    }
}

/// What a read asks for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) is_super: bool,
    pub(super) super_column: Option<String>,
    pub(super) which: Which,
}

#[derive(Clone, Debug)]
pub(super) enum Which {
    Names(Vec<String>),
    Slice { start: String, finish: String, reversed: bool, count: usize },
}

impl Wanted {
    pub(super) fn count(&self, shown: &[Shown]) -> usize {
        if self.is_super && self.super_column.is_none() {
            let mut names: Vec<&str> = shown.iter().map(|shown| shown.name.0.as_str()).collect();
            names.dedup();
            names.len()
        } else {
            shown.len()
        }
    }
}
