//! A `batch_mutate` written as its cells come, and encoded once however often it is sent.

use super::in_place::{InPlace, put_blob, put_field};
use super::reply::{Count, put_column};
use super::requests::Deletion;
use crate::wire::ConsistencyLevel;
use crate::wire::cursor::ttype;
use crate::wire::message::{MessageKind, begin_message, end_message};

/// The mutations of a `batch_mutate`: rows, in each its column families, in each its columns and deletions.
///
/// The message is a map of maps: name each row once, and each column family once a row. A server keeps only
/// the last of two equal ones.
///
/// ```
/// use cassa::wire::{ConsistencyLevel, hot::Batch};
///
/// let mut batch = Batch::default();
/// batch.row(b"N10156");
/// batch.family("Planes");
/// batch.column(b"model", b"EMB-145XR", 1_700_000_000_000_000, None);
/// let mut frame = Vec::new();
/// batch.encode(false, ConsistencyLevel::Quorum, 1, &mut frame);
/// assert!(batch.size() < frame.len());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The entries of the outer map.
    entries: Vec<u8>,
    rows: u32,
    families: Option<Count>,
    mutations: Option<Count>,
}

impl Batch {
    /// Starts a row.
    pub fn row(&mut self, key: &[u8]) {
        put_blob(&mut self.entries, key);
        self.entries.extend_from_slice(&[ttype::STRING, ttype::LIST]);
        self.families = Some(Count::reserve(&mut self.entries));
        self.mutations = None;
        self.rows += 1;
    }

    /// Starts a column family in the row that was started last; before the first row it goes nowhere.
    pub fn family(&mut self, name: &str) {
        if let Some(families) = &mut self.families {
            put_blob(&mut self.entries, name.as_bytes());
            self.entries.push(ttype::STRUCT);
            self.mutations = Some(Count::reserve(&mut self.entries));
            families.add(&mut self.entries);
        }
    }

    /// Writes a column to the column family that was started last; before the first one it goes nowhere.
    #[inline]
    pub fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
        if let Some(mutations) = &mut self.mutations {
            put_field(&mut self.entries, ttype::STRUCT, 1);
            put_field(&mut self.entries, ttype::STRUCT, 1);
            put_column(&mut self.entries, name, value, timestamp, ttl);
            self.entries.extend_from_slice(&[ttype::STOP, ttype::STOP]);
            mutations.add(&mut self.entries);
        }
    }

    /// Deletes in the column family that was started last; before the first one it goes nowhere.
    pub fn deletion(&mut self, deletion: &Deletion<'_>) {
        if let Some(mutations) = &mut self.mutations {
            put_field(&mut self.entries, ttype::STRUCT, 2);
            deletion.write(&mut self.entries);
            self.entries.push(ttype::STOP);
            mutations.add(&mut self.entries);
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows as usize
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The encoded bytes of its rows; a frame has some 60 more.
    pub fn size(&self) -> usize {
        self.entries.len()
    }

    /// Forgets all rows and keeps the memory.
    pub fn clear(&mut self) {
        self.entries.clear();
        *self = Batch { entries: std::mem::take(&mut self.entries), ..Batch::default() };
    }

    /// Appends the call as a whole frame; `atomic` makes it an `atomic_batch_mutate`.
    pub fn encode(
        &self,
        atomic: bool,
        consistency_level: ConsistencyLevel,
        sequence: i32,
        out: &mut Vec<u8>,
    ) {
        let method = if atomic { "atomic_batch_mutate" } else { "batch_mutate" };
        let start = begin_message(out, MessageKind::Call, method, sequence);
        out.reserve(self.entries.len() + 32);
        put_field(out, ttype::MAP, 1);
        out.extend_from_slice(&[ttype::STRING, ttype::MAP]);
        out.extend_from_slice(&self.rows.to_be_bytes());
        out.extend_from_slice(&self.entries);
        put_field(out, ttype::I32, 2);
        consistency_level.write(out);
        out.push(ttype::STOP);
        end_message(out, start);
    }
}
