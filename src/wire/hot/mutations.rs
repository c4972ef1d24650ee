//! Mutations of one row and column family, encoded before it is known in which batch they go out.

use std::ops::Range;

use super::entries;
use super::in_place::{InPlace, put_field};
use super::requests::{Column, CounterColumn, Deletion};
use crate::wire::cursor::ttype;

/// Mutations of one row and column family, encoded once; [`Batch::mutations`](super::Batch::mutations) puts them into a
/// batch, all or a part of them.
///
/// ```
/// use cassa::wire::hot::{Batch, Mutations};
///
/// let mut mutations = Mutations::default();
/// mutations.column(b"model", b"EMB-145XR", 5, None);
/// mutations.column(b"year", b"2004", 5, None);
///
/// let (mut in_one, mut as_they_come) = (Batch::default(), Batch::default());
/// for batch in [&mut in_one, &mut as_they_come] {
///     batch.row(b"N10156");
///     batch.family("Planes");
/// }
/// in_one.mutations(&mutations, 0..mutations.len());
/// as_they_come.column(b"model", b"EMB-145XR", 5, None);
/// as_they_come.column(b"year", b"2004", 5, None);
/// assert_eq!(in_one.size(), as_they_come.size());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Mutations {
    bytes: Vec<u8>,
    /// Where each one ends.
    ends: Vec<usize>,
}

impl Mutations {
    /// Writes a column.
    pub fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
        self.push(|out| put_column(out, name, value, timestamp, ttl));
    }

    /// Writes a super column with its columns.
    pub fn super_column<'c>(&mut self, name: &[u8], columns: impl IntoIterator<Item = Column<'c>>) {
        self.push(|out| put_super_column(out, name, columns));
    }

    /// Adds to a counter.
    pub fn counter(&mut self, name: &[u8], value: i64) {
        self.push(|out| put_counter(out, name, value));
    }

    /// Adds to the counters of a super column.
    pub fn counter_super_column<'c>(
        &mut self,
        name: &[u8],
        counters: impl IntoIterator<Item = CounterColumn<'c>>,
    ) {
        self.push(|out| put_counter_super_column(out, name, counters));
    }

    /// Deletes.
    pub fn deletion(&mut self, deletion: &Deletion<'_>) {
        self.push(|out| put_deletion(out, deletion));
    }

    /// Takes over all of another list.
    pub fn append(&mut self, other: &Mutations) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| start + end));
    }

    /// A range of them as a list of its own.
    pub fn copy(&self, places: Range<usize>) -> Mutations {
        let cut = self.size_of(&(0..places.start));
        Mutations {
            bytes: self.bytes(&places).to_vec(),
            ends: self.ends[places].iter().map(|end| end - cut).collect(),
        }
    }

    /// Gives a deletion that has a timestamp another one. Nothing else is changed.
    pub fn restamp_deletion(&mut self, place: usize, timestamp: i64) {
        // a mutation's field 2, a deletion, begins with its field 1, the timestamp
        let head = [ttype::STRUCT, 0, 2, ttype::I64, 0, 1];
        let start = self.size_of(&(0..place));
        if let Some((found, rest)) = self.bytes[start..].split_at_mut_checked(head.len())
            && *found == head
            && let Some(bytes) = rest.get_mut(..8)
        {
            bytes.copy_from_slice(&timestamp.to_be_bytes());
        }
    }

    /// Forgets all but the first ones.
    pub fn truncate(&mut self, mutations: usize) {
        self.ends.truncate(mutations);
        self.bytes.truncate(self.ends.last().copied().unwrap_or_default());
    }

    /// Forgets the first ones.
    pub fn drop_first(&mut self, mutations: usize) {
        let cut = self.size_of(&(0..mutations.min(self.len())));
        self.bytes.drain(..cut);
        self.ends.drain(..mutations.min(self.ends.len()));
        self.ends.iter_mut().for_each(|end| *end -= cut);
    }

    /// The number of mutations.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The encoded bytes of all of them.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The encoded bytes of a range of them.
    pub fn size_of(&self, places: &Range<usize>) -> usize {
        self.bytes(places).len()
    }

    pub(super) fn bytes(&self, places: &Range<usize>) -> &[u8] {
        let place = |n: usize| n.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[place(places.start)..place(places.end)]
    }

    fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.ends.push(self.bytes.len());
    }
}

#[inline]
pub(super) fn put_column(out: &mut Vec<u8>, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
    column_or_super_column(out, 1, |out| entries::put_column(out, name, value, timestamp, ttl));
}

pub(super) fn put_super_column<'c>(
    out: &mut Vec<u8>,
    name: &[u8],
    columns: impl IntoIterator<Item = Column<'c>>,
) {
    column_or_super_column(out, 2, |out| {
        let mut count = entries::put_super_column(out, name);
        for column in columns {
            column.write(out);
            count.add(out);
        }
        out.push(ttype::STOP);
    });
}

pub(super) fn put_counter(out: &mut Vec<u8>, name: &[u8], value: i64) {
    column_or_super_column(out, 3, |out| entries::put_counter(out, name, value));
}

pub(super) fn put_counter_super_column<'c>(
    out: &mut Vec<u8>,
    name: &[u8],
    counters: impl IntoIterator<Item = CounterColumn<'c>>,
) {
    column_or_super_column(out, 4, |out| {
        let mut count = entries::put_super_column(out, name);
        for counter in counters {
            counter.write(out);
            count.add(out);
        }
        out.push(ttype::STOP);
    });
}

pub(super) fn put_deletion(out: &mut Vec<u8>, deletion: &Deletion<'_>) {
    put_field(out, ttype::STRUCT, 2);
    deletion.write(out);
    out.push(ttype::STOP);
}

/// A mutation that holds field `id` of a `ColumnOrSuperColumn`, written by `write`.
#[inline]
fn column_or_super_column(out: &mut Vec<u8>, id: i16, write: impl FnOnce(&mut Vec<u8>)) {
    put_field(out, ttype::STRUCT, 1);
    put_field(out, ttype::STRUCT, id);
    write(out);
    out.extend_from_slice(&[ttype::STOP, ttype::STOP]);
}
