//! Replies that carry cells, written straight into the frame as the store gives them.

use super::in_place::{put_blob, put_field};
use crate::wire::cursor::ttype;
use crate::wire::message::{MessageKind, begin_message, end_message};

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
        out[self.place..self.place + 4].copy_from_slice(&self.count.to_be_bytes());
    }

    fn get(&self) -> usize {
        self.count as usize
    }
}

/// A `Column`, as a struct.
#[inline]
pub(super) fn put_column(out: &mut Vec<u8>, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
    out.reserve(name.len() + value.len() + 40);
    put_field(out, ttype::STRING, 1);
    put_blob(out, name);
    put_field(out, ttype::STRING, 2);
    put_blob(out, value);
    put_field(out, ttype::I64, 3);
    out.extend_from_slice(&timestamp.to_be_bytes());
    if let Some(ttl) = ttl {
        put_field(out, ttype::I32, 4);
        out.extend_from_slice(&ttl.to_be_bytes());
    }
    out.push(ttype::STOP);
}

/// A `ColumnOrSuperColumn` that holds a column.
#[inline]
fn put_cell(out: &mut Vec<u8>, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
    put_field(out, ttype::STRUCT, 1);
    put_column(out, name, value, timestamp, ttl);
    out.push(ttype::STOP);
}

/// The reply to `get_slice`, or to `get`.
///
/// ```
/// use bytes::Bytes;
/// use cassa::wire::hot::{Rows, SliceReply};
///
/// let mut frame = Vec::new();
/// let mut reply = SliceReply::begin(7, &mut frame);
/// reply.column(b"model", b"737-824", 5, None);
/// reply.column(b"year", b"\0\0\x07\xcf", 5, Some(60));
/// reply.finish();
///
/// let rows = Rows::of_get_slice(Bytes::from(frame).slice(4..), 7)?.expect("a result");
/// assert_eq!(rows.get(0).map(|row| row.len()), Some(2));
/// # Ok::<(), cassa::wire::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct SliceReply<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    cells: Count,
}

impl<'o> SliceReply<'o> {
    /// Starts the reply at the end of `out`.
    pub fn begin(sequence: i32, out: &'o mut Vec<u8>) -> Self {
        let start = begin_message(out, MessageKind::Reply, "get_slice", sequence);
        put_field(out, ttype::LIST, 0);
        out.push(ttype::STRUCT);
        let cells = Count::reserve(out);
        SliceReply { out, start, cells }
    }

    /// Appends a column.
    #[inline]
    pub fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
        put_cell(self.out, name, value, timestamp, ttl);
        self.cells.add(self.out);
    }

    /// The bytes of the frame so far.
    pub fn size(&self) -> usize {
        self.out.len() - self.start
    }

    /// Ends the reply.
    pub fn finish(self) {
        self.out.push(ttype::STOP);
        end_message(self.out, self.start);
    }

    /// Takes back what was written, so that an exception can go out in its place.
    pub fn abandon(self) {
        self.out.truncate(self.start);
    }

    /// The whole reply to `get`: one column.
    pub fn get(
        sequence: i32,
        out: &'o mut Vec<u8>,
        name: &[u8],
        value: &[u8],
        timestamp: i64,
        ttl: Option<i32>,
    ) {
        let start = begin_message(out, MessageKind::Reply, "get", sequence);
        put_field(out, ttype::STRUCT, 0);
        put_cell(out, name, value, timestamp, ttl);
        out.push(ttype::STOP);
        end_message(out, start);
    }
}

/// The methods whose replies hold rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowsMethod {
    /// `multiget_slice`: a map of rows.
    MultigetSlice,
    /// `get_range_slices`: a list of rows.
    GetRangeSlices,
    /// `get_indexed_slices`: a list of rows.
    GetIndexedSlices,
    /// `get_paged_slice`: a list of rows.
    GetPagedSlice,
}

impl RowsMethod {
    /// The method's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::MultigetSlice => "multiget_slice",
            Self::GetRangeSlices => "get_range_slices",
            Self::GetIndexedSlices => "get_indexed_slices",
            Self::GetPagedSlice => "get_paged_slice",
        }
    }
}

/// The reply to a call that gives rows.
///
/// ```
/// use bytes::Bytes;
/// use cassa::wire::hot::{Rows, RowsMethod, RowsReply};
///
/// let mut frame = Vec::new();
/// let mut reply = RowsReply::begin(RowsMethod::GetRangeSlices, 7, &mut frame);
/// reply.row(b"N10156");
/// reply.column(b"model", b"EMB-145XR", 5, None);
/// reply.row(b"N14228");
/// assert_eq!(reply.rows(), 2);
/// reply.finish();
///
/// let rows = Rows::of(RowsMethod::GetRangeSlices, Bytes::from(frame).slice(4..), 7)?.expect("a result");
/// let rows: Vec<_> = rows.iter().map(|row| (row.key(), row.len())).collect();
/// assert_eq!(rows, [(&b"N10156"[..], 1), (b"N14228", 0)]);
/// # Ok::<(), cassa::wire::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct RowsReply<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    method: RowsMethod,
    rows: Count,
    cells: Option<Count>,
}

impl<'o> RowsReply<'o> {
    /// Starts the reply at the end of `out`.
    pub fn begin(method: RowsMethod, sequence: i32, out: &'o mut Vec<u8>) -> Self {
        let start = begin_message(out, MessageKind::Reply, method.name(), sequence);
        if method == RowsMethod::MultigetSlice {
            put_field(out, ttype::MAP, 0);
            out.extend_from_slice(&[ttype::STRING, ttype::LIST]);
        } else {
            put_field(out, ttype::LIST, 0);
            out.push(ttype::STRUCT);
        }
        let rows = Count::reserve(out);
        RowsReply { out, start, method, rows, cells: None }
    }

    /// Starts a row.
    pub fn row(&mut self, key: &[u8]) {
        self.end_row();
        if self.method == RowsMethod::MultigetSlice {
            put_blob(self.out, key);
        } else {
            put_field(self.out, ttype::STRING, 1);
            put_blob(self.out, key);
            put_field(self.out, ttype::LIST, 2);
        }
        self.out.push(ttype::STRUCT);
        self.cells = Some(Count::reserve(self.out));
        self.rows.add(self.out);
    }

    /// Appends a column to the row that was started last; without one it goes nowhere.
    #[inline]
    pub fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
        if let Some(cells) = &mut self.cells {
            put_cell(self.out, name, value, timestamp, ttl);
            cells.add(self.out);
        }
    }

    fn end_row(&mut self) {
        if self.cells.take().is_some() && self.method != RowsMethod::MultigetSlice {
            self.out.push(ttype::STOP);
        }
    }

    /// The rows so far.
    pub fn rows(&self) -> usize {
        self.rows.get()
    }

    /// The bytes of the frame so far.
    pub fn size(&self) -> usize {
        self.out.len() - self.start
    }

    /// Ends the reply.
    pub fn finish(mut self) {
        self.end_row();
        self.out.push(ttype::STOP);
        end_message(self.out, self.start);
    }

    /// Takes back what was written, so that an exception can go out in its place.
    pub fn abandon(self) {
        self.out.truncate(self.start);
    }
}
