//! Replies that carry cells, written straight into the frame as the store gives them.

use super::entries::{Count, Entries};
use super::in_place::{put_blob, put_field};
use crate::wire::cursor::ttype;
use crate::wire::message::{MessageKind, begin_message, end_message};

/// The methods of both writers that append entries, and where they go.
macro_rules! entry_methods {
    (|$reply:ident| $entries:expr) => {
        /// Appends a column: to the super column that was started last, if one was.
        #[inline]
        pub fn column(&mut self, name: &[u8], value: &[u8], timestamp: i64, ttl: Option<i32>) {
            let $reply = self;
            if let Some(entries) = $entries {
                entries.column($reply.out, name, value, timestamp, ttl);
            }
        }

        /// Appends a counter: to the counter super column that was started last, if one was.
        pub fn counter(&mut self, name: &[u8], value: i64) {
            let $reply = self;
            if let Some(entries) = $entries {
                entries.counter($reply.out, name, value);
            }
        }

        /// Starts a super column; the columns that follow stand in it, and a counter goes nowhere.
        pub fn super_column(&mut self, name: &[u8]) {
            let $reply = self;
            if let Some(entries) = $entries {
                entries.super_column($reply.out, name, false);
            }
        }

        /// Starts a super column of counters; the counters that follow stand in it, and a column goes nowhere.
        pub fn counter_super_column(&mut self, name: &[u8]) {
            let $reply = self;
            if let Some(entries) = $entries {
                entries.super_column($reply.out, name, true);
            }
        }
    };
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
    entries: Entries,
}

impl<'o> SliceReply<'o> {
    /// Starts the reply to `get_slice` at the end of `out`.
    pub fn begin(sequence: i32, out: &'o mut Vec<u8>) -> Self {
        Self::begin_list("get_slice", sequence, out)
    }

    /// Starts the reply to `get_multi_slice`.
    pub fn begin_multi(sequence: i32, out: &'o mut Vec<u8>) -> Self {
        Self::begin_list("get_multi_slice", sequence, out)
    }

    /// Starts the reply to `get`: it has one entry, a column or a super column, and further ones go nowhere. Without
    /// an entry there is no such reply; [`abandon`](Self::abandon) it then.
    pub fn begin_get(sequence: i32, out: &'o mut Vec<u8>) -> Self {
        let start = begin_message(out, MessageKind::Reply, "get", sequence);
        SliceReply { out, start, entries: Entries::single() }
    }

    fn begin_list(method: &str, sequence: i32, out: &'o mut Vec<u8>) -> Self {
        let start = begin_message(out, MessageKind::Reply, method, sequence);
        put_field(out, ttype::LIST, 0);
        let entries = Entries::list(out);
        SliceReply { out, start, entries }
    }

    entry_methods!(|reply| Some(&mut reply.entries));

    /// The entries so far.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry yet.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// The bytes of the frame so far.
    pub fn size(&self) -> usize {
        self.out.len() - self.start
    }

    /// Ends the reply.
    pub fn finish(mut self) {
        self.entries.end(self.out);
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
        let mut reply = SliceReply::begin_get(sequence, out);
        reply.column(name, value, timestamp, ttl);
        reply.finish();
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
    /// Of the row that was started last; before it, cells go nowhere.
    entries: Option<Entries>,
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
        RowsReply { out, start, method, rows, entries: None }
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
        self.entries = Some(Entries::list(self.out));
        self.rows.add(self.out);
    }

    entry_methods!(|reply| reply.entries.as_mut());

    fn end_row(&mut self) {
        if let Some(mut entries) = self.entries.take() {
            entries.end(self.out);
            if self.method != RowsMethod::MultigetSlice {
                self.out.push(ttype::STOP);
            }
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
