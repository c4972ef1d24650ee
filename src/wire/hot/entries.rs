//! The cells of a row, written as they come.

use super::in_place::{put_blob, put_field};
use crate::wire::cursor::ttype;

/// A count that stands before what it counts, and is kept true as that comes.
#[derive(Clone, Debug)]
pub(super) struct Count {
    place: usize,
    count: u32,
}

impl Count {
    pub(super) fn reserve(out: &mut Vec<u8>) -> Self {
        let place = out.len();
        out.extend_from_slice(&[0; 4]);
        Count { place, count: 0 }
    }

    #[inline]
    pub(super) fn add(&mut self, out: &mut [u8]) {
        self.count += 1;
        self.write(out);
    }

    pub(super) fn add_many(&mut self, more: usize, out: &mut [u8]) {
        // a frame over the limit, which is below 2 GiB, is refused before it is sent
        self.count += more as u32;
        self.write(out);
    }

    /// Writes the count to its place. Nothing happens where `out` has become too short for it: a mark of another batch.
    #[inline]
    pub(super) fn write(&self, out: &mut [u8]) {
        if let Some(place) = out.get_mut(self.place..self.place + 4) {
            place.copy_from_slice(&self.count.to_be_bytes());
        }
    }

    pub(super) fn get(&self) -> usize {
        self.count as usize
    }
}

/// A `Column`, as a struct.
#[inline]
pub(super) fn put_column(out: &mut Vec<u8>, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
    out.reserve(name.len() + value.len() + 40);
    put_blob_field(out, 1, name);
    put_blob_field(out, 2, value);
    let [a, b, c, d, e, f, g, h] = timestamp.to_be_bytes();
    let Some(ttl) = ttl else {
        out.extend_from_slice(&[ttype::I64, 0, 3, a, b, c, d, e, f, g, h, ttype::STOP]);
        return;
    };
    out.extend_from_slice(&[ttype::I64, 0, 3, a, b, c, d, e, f, g, h]);
    let [a, b, c, d] = ttl.to_be_bytes();
    out.extend_from_slice(&[ttype::I32, 0, 4, a, b, c, d, ttype::STOP]);
}

/// Field and length go out in one piece: each append looks at the room that is left.
#[inline]
fn put_blob_field(out: &mut Vec<u8>, id: u8, bytes: &[u8]) {
    // a frame over the limit, which is below 2 GiB, is refused before it is sent
    let [a, b, c, d] = (bytes.len() as u32).to_be_bytes();
    out.extend_from_slice(&[ttype::STRING, 0, id, a, b, c, d]);
    out.extend_from_slice(bytes);
}

/// A `CounterColumn`, as a struct.
#[inline]
pub(super) fn put_counter(out: &mut Vec<u8>, name: &[u8], value: i64) {
    put_field(out, ttype::STRING, 1);
    put_blob(out, name);
    put_field(out, ttype::I64, 2);
    out.extend_from_slice(&value.to_be_bytes());
    out.push(ttype::STOP);
}

/// The start of a `SuperColumn` or `CounterSuperColumn`, up to its columns.
pub(super) fn put_super_column(out: &mut Vec<u8>, name: &[u8]) -> Count {
    put_field(out, ttype::STRING, 1);
    put_blob(out, name);
    put_field(out, ttype::LIST, 2);
    out.push(ttype::STRUCT);
    Count::reserve(out)
}

/// The entries of a row, `ColumnOrSuperColumn`s: in a list, or the only one in the reply to `get`.
#[derive(Debug)]
pub(super) struct Entries {
    /// Stands before the list; the reply to `get` has none.
    count: Option<Count>,
    written: usize,
    /// The super column that takes what comes, and whether of counters.
    open: Option<(Count, bool)>,
}

impl Entries {
    pub(super) fn list(out: &mut Vec<u8>) -> Self {
        out.push(ttype::STRUCT);
        Entries { count: Some(Count::reserve(out)), written: 0, open: None }
    }

    pub(super) fn single() -> Self {
        Entries { count: None, written: 0, open: None }
    }

    /// Starts an entry that holds field `id`; false where the reply has no place for it.
    #[inline]
    fn start(&mut self, id: i16, out: &mut Vec<u8>) -> bool {
        match &mut self.count {
            Some(count) => count.count += 1,
            None if self.written == 0 => put_field(out, ttype::STRUCT, 0),
            None => return false,
        }
        self.written += 1;
        put_field(out, ttype::STRUCT, id);
        true
    }

    #[inline]
    pub(super) fn column(
        &mut self,
        out: &mut Vec<u8>,
        name: &[u8],
        value: &[u8],
        timestamp: i64,
        ttl: Option<i32>,
    ) {
        if let Some((count, counters)) = &mut self.open {
            if !*counters {
                put_column(out, name, value, timestamp, ttl);
                count.add(out);
            }
        } else if self.start(1, out) {
            put_column(out, name, value, timestamp, ttl);
            out.push(ttype::STOP);
        }
    }

    pub(super) fn counter(&mut self, out: &mut Vec<u8>, name: &[u8], value: i64) {
        if let Some((count, counters)) = &mut self.open {
            if *counters {
                put_counter(out, name, value);
                count.add(out);
            }
        } else if self.start(3, out) {
            put_counter(out, name, value);
            out.push(ttype::STOP);
        }
    }

    pub(super) fn super_column(&mut self, out: &mut Vec<u8>, name: &[u8], counters: bool) {
        self.end_super_column(out);
        if self.start(if counters { 4 } else { 2 }, out) {
            self.open = Some((put_super_column(out, name), counters));
        }
    }

    /// Ends the row: only now the count before its entries is true.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        self.end_super_column(out);
        if let Some(count) = &self.count {
            count.write(out);
        }
    }

    fn end_super_column(&mut self, out: &mut Vec<u8>) {
        if self.open.take().is_some() {
            out.extend_from_slice(&[ttype::STOP, ttype::STOP]);
        }
    }

    /// The entries so far.
    pub(super) fn len(&self) -> usize {
        self.written
    }
}
