//! A `batch_mutate` written as its cells come, and encoded once however often it is sent.

use super::entries::Count;
use super::in_place::{InPlace, put_blob, put_field};
use super::mutations::{self, Mutations};
use super::requests::{Column, CounterColumn, Deletion};
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

/// A place in a [`Batch`] to go back to.
#[derive(Clone, Debug)]
pub struct Mark {
    length: usize,
    rows: u32,
    families: Option<Count>,
    mutations: Option<Count>,
}

fn method(atomic: bool) -> &'static str {
    if atomic { "atomic_batch_mutate" } else { "batch_mutate" }
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
        self.mutation(|out| mutations::put_column(out, name, value, timestamp, ttl));
    }

    /// Writes a super column with its columns, as [`column`](Self::column) does.
    pub fn super_column<'c>(&mut self, name: &[u8], columns: impl IntoIterator<Item = Column<'c>>) {
        self.mutation(|out| mutations::put_super_column(out, name, columns));
    }

    /// Adds to a counter of the column family that was started last; before the first one it goes nowhere.
    pub fn counter(&mut self, name: &[u8], value: i64) {
        self.mutation(|out| mutations::put_counter(out, name, value));
    }

    /// Adds to the counters of a super column, as [`counter`](Self::counter) does.
    pub fn counter_super_column<'c>(
        &mut self,
        name: &[u8],
        counters: impl IntoIterator<Item = CounterColumn<'c>>,
    ) {
        self.mutation(|out| mutations::put_counter_super_column(out, name, counters));
    }

    /// Deletes in the column family that was started last; before the first one it goes nowhere.
    pub fn deletion(&mut self, deletion: &Deletion<'_>) {
        self.mutation(|out| mutations::put_deletion(out, deletion));
    }

    /// What was written before: those mutations of a range of places.
    pub fn mutations(&mut self, written: &Mutations, places: std::ops::Range<usize>) {
        if let Some(mutations) = &mut self.mutations {
            let bytes = written.bytes(&places);
            self.entries.extend_from_slice(bytes);
            mutations.add_many(places.len(), &mut self.entries);
        }
    }

    #[inline]
    fn mutation(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if let Some(mutations) = &mut self.mutations {
            write(&mut self.entries);
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

    /// The encoded bytes of its rows; a frame has some 60 more, see [`message_size`](Self::message_size).
    pub fn size(&self) -> usize {
        self.entries.len()
    }

    /// The bytes of the message that [`encode`](Self::encode) writes: those that count towards the limit on frames.
    /// A frame has the four bytes of its length before them.
    ///
    /// ```
    /// use cassa::wire::{ConsistencyLevel, hot::Batch};
    ///
    /// let mut batch = Batch::default();
    /// batch.row(b"home");
    /// batch.family("Hits");
    /// batch.counter(b"2013-01-01", 1);
    /// let mut frame = Vec::new();
    /// batch.encode(true, ConsistencyLevel::Quorum, 1, &mut frame);
    /// assert_eq!(batch.message_size(true), frame.len() - 4);
    /// ```
    pub fn message_size(&self, atomic: bool) -> usize {
        // version and kind, the name, sequence; the map's field, types and count; the level's field; the end
        4 + 4 + method(atomic).len() + 4 + (3 + 2 + 4) + self.entries.len() + (3 + 4) + 1
    }

    /// The place behind what is in it, for [`rewind`](Self::rewind).
    pub fn mark(&self) -> Mark {
        Mark {
            length: self.entries.len(),
            rows: self.rows,
            families: self.families.clone(),
            mutations: self.mutations.clone(),
        }
    }

    /// Takes back what came after a mark of this batch, such as a row that did not fit.
    ///
    /// ```
    /// use cassa::wire::hot::Batch;
    ///
    /// let mut batch = Batch::default();
    /// batch.row(b"N10156");
    /// batch.family("Planes");
    /// let (mark, size) = (batch.mark(), batch.size());
    /// batch.column(b"model", b"EMB-145XR", 5, None);
    /// batch.rewind(mark);
    /// assert_eq!((batch.rows(), batch.size()), (1, size));
    /// ```
    pub fn rewind(&mut self, mark: Mark) {
        let Mark { length, rows, families, mutations } = mark;
        self.entries.truncate(length);
        for count in families.iter().chain(&mutations) {
            count.write(&mut self.entries);
        }
        *self = Batch { entries: std::mem::take(&mut self.entries), rows, families, mutations };
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
        let start = begin_message(out, MessageKind::Call, method(atomic), sequence);
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
