//! A `batch_mutate` written as its cells come.

use super::in_place::{InPlace, put_blob, put_field};
use super::reply::{Count, put_column};
use super::requests::Deletion;
use crate::wire::ConsistencyLevel;
use crate::wire::cursor::ttype;
use crate::wire::message::{MessageKind, begin_message, end_message};

/// Writes a `batch_mutate` call: rows, in each its column families, in each its mutations.
///
/// The message is a map of maps: name each row once, and each column family once a row. A server keeps only
/// the last of two equal ones.
#[derive(Debug)]
pub struct BatchWriter<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    rows: Count,
    families: Option<Count>,
    mutations: Option<Count>,
}

impl<'o> BatchWriter<'o> {
    /// Starts the call at the end of `out`; `atomic` makes it an `atomic_batch_mutate`.
    pub fn begin(atomic: bool, sequence: i32, out: &'o mut Vec<u8>) -> Self {
        let method = if atomic { "atomic_batch_mutate" } else { "batch_mutate" };
        let start = begin_message(out, MessageKind::Call, method, sequence);
        put_field(out, ttype::MAP, 1);
        out.extend_from_slice(&[ttype::STRING, ttype::MAP]);
        let rows = Count::reserve(out);
        BatchWriter { out, start, rows, families: None, mutations: None }
    }

    /// Starts a row.
    pub fn row(&mut self, key: &[u8]) {
        self.end_row();
        put_blob(self.out, key);
        self.out.extend_from_slice(&[ttype::STRING, ttype::LIST]);
        self.families = Some(Count::reserve(self.out));
        self.rows.add();
    }

    /// Starts a column family in the row that was started last.
    pub fn family(&mut self, name: &str) {
        self.end_family();
        if let Some(families) = &mut self.families {
            put_blob(self.out, name.as_bytes());
            self.out.push(ttype::STRUCT);
            self.mutations = Some(Count::reserve(self.out));
            families.add();
        }
    }

    /// Writes a column.
    #[inline]
    pub fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
        if let Some(mutations) = &mut self.mutations {
            put_field(self.out, ttype::STRUCT, 1);
            put_field(self.out, ttype::STRUCT, 1);
            put_column(self.out, name, value, timestamp, ttl);
            self.out.extend_from_slice(&[ttype::STOP, ttype::STOP]);
            mutations.add();
        }
    }

    /// Writes a deletion.
    pub fn deletion(&mut self, deletion: &Deletion<'_>) {
        if let Some(mutations) = &mut self.mutations {
            put_field(self.out, ttype::STRUCT, 2);
            deletion.write(self.out);
            self.out.push(ttype::STOP);
            mutations.add();
        }
    }

    fn end_family(&mut self) {
        if let Some(mutations) = self.mutations.take() {
            mutations.fill(self.out);
        }
    }

    fn end_row(&mut self) {
        self.end_family();
        if let Some(families) = self.families.take() {
            families.fill(self.out);
        }
    }

    /// The bytes of the frame so far.
    pub fn size(&self) -> usize {
        self.out.len() - self.start
    }

    /// The rows so far.
    pub fn rows(&self) -> usize {
        self.rows.get()
    }

    /// Ends the call.
    pub fn finish(mut self, consistency_level: ConsistencyLevel) {
        self.end_row();
        self.rows.fill(self.out);
        put_field(self.out, ttype::I32, 2);
        consistency_level.write(self.out);
        self.out.push(ttype::STOP);
        end_message(self.out, self.start);
    }
}
