//! What of the rows that wait goes out in one message.

use std::collections::VecDeque;

use super::queue::{Row, family_size, row_size};
use crate::wire::hot::Batch;

/// One message, and what of the rows it holds.
pub(super) struct Chunk {
    pub(super) batch: Batch,
    covers: Covers,
}

enum Covers {
    /// So many rows, whole.
    Rows(usize),
    /// Of the first row, up to a mutation of a column family; those before are whole.
    Part { family: usize, mutations: usize },
}

impl Chunk {
    /// As many of the first rows as a message of `limit` bytes takes; of a row that alone passes it, a part.
    ///
    /// A mutation that alone passes the limit goes out alone: a server may take more than a caller wants to send.
    pub(super) fn of(rows: &VecDeque<Row>, limit: usize) -> Option<Chunk> {
        let mut batch = Batch::default();
        let empty = batch.message_size(false);
        let room = limit.saturating_sub(empty);
        let first = rows.front()?;
        if first.size() > room {
            return Some(Self::part(rows, room));
        }
        let mut count = 0;
        for row in rows {
            if batch.size() + row.size() > room {
                break;
            }
            batch.row(&row.key);
            for family in &row.families {
                if family.sent < family.mutations.len() {
                    batch.family(&family.name);
                    batch.mutations(&family.mutations, family.sent..family.mutations.len());
                }
            }
            count += 1;
        }
        Some(Chunk { batch, covers: Covers::Rows(count) })
    }

    /// All rows, whatever the size.
    pub(super) fn of_all(rows: &VecDeque<Row>) -> Option<Chunk> {
        Self::of(rows, usize::MAX)
    }

    fn part(rows: &VecDeque<Row>, room: usize) -> Chunk {
        let mut batch = Batch::default();
        let mut covers = Covers::Rows(1);
        if let Some(row) = rows.front() {
            batch.row(&row.key);
            let mut size = row_size(&row.key);
            'families: for (f, family) in row.families.iter().enumerate() {
                if family.sent == family.mutations.len() {
                    continue;
                }
                let start = family.sent;
                let mut end = start;
                size += family_size(&family.name);
                while end < family.mutations.len() {
                    let more = family.mutations.size_of(&(end..end + 1));
                    let is_first = batch.size() == row_size(&row.key) && end == start;
                    if size + more > room && !is_first {
                        if end > start {
                            batch.family(&family.name);
                            batch.mutations(&family.mutations, start..end);
                        }
                        covers = Covers::Part { family: f, mutations: end };
                        break 'families;
                    }
                    size += more;
                    end += 1;
                }
                batch.family(&family.name);
                batch.mutations(&family.mutations, start..end);
            }
        }
        Chunk { batch, covers }
    }

    /// Takes out of the rows what the message held.
    pub(super) fn acknowledged(&self, rows: &mut VecDeque<Row>) {
        match self.covers {
            Covers::Rows(count) => drop(rows.drain(..count)),
            Covers::Part { family, mutations } => {
                if let Some(row) = rows.front_mut() {
                    row.done(family, mutations);
                }
            }
        }
    }

    /// Takes out of the rows what the message held, to be kept elsewhere.
    pub(super) fn set_aside(&self, rows: &mut VecDeque<Row>) -> Vec<Row> {
        match self.covers {
            Covers::Rows(count) => rows.drain(..count).collect(),
            Covers::Part { family, mutations } => {
                let part = rows.front().map(|row| row.first_part(family, mutations));
                self.acknowledged(rows);
                part.into_iter().collect()
            }
        }
    }

    /// The column families that it writes to.
    pub(super) fn families<'r>(&self, rows: &'r VecDeque<Row>) -> impl Iterator<Item = &'r str> {
        let count = if let Covers::Rows(count) = self.covers { count } else { 1 };
        rows.iter().take(count).flat_map(|row| row.families.iter().map(|family| &*family.name))
    }

    /// The key of the row, where it is only one.
    pub(super) fn only_row<'r>(&self, rows: &'r VecDeque<Row>) -> Option<&'r [u8]> {
        match self.covers {
            Covers::Rows(1) | Covers::Part { .. } => rows.front().map(|row| &*row.key),
            Covers::Rows(_) => None,
        }
    }
}
