//! Rows in the frame that brought them: offsets, nothing copied, nothing allocated for a column.

use bytes::Bytes;

use super::reply::RowsMethod;
use crate::wire::DecodeError;
use crate::wire::call::{Method, missing_result, reply_body};
use crate::wire::cursor::{Cursor, ttype};
use crate::wire::exception::{Exception, ExceptionKind};
use crate::wire::methods::{Get, GetSlice};
use crate::wire::protocol::FrameInput;

type Decoded = Result<Result<Rows, Exception>, DecodeError>;

/// The rows of a reply.
///
/// ```
/// use bytes::Bytes;
/// use cassa::wire::hot::{Cell, Rows, SliceReply};
///
/// let mut frame = Vec::new();
/// SliceReply::get(7, &mut frame, b"model", b"737-824", 5, None);
/// let rows = Rows::of_get(Bytes::from(frame).slice(4..), 7)?.expect("a result");
/// let row = rows.get(0).expect("one row");
/// assert_eq!(row.get(0), Some(Cell { name: b"model", value: b"737-824", timestamp: 5, ttl: None }));
/// assert_eq!(row.cells().map(|cell| cell.value.len()).sum::<usize>(), 7);
/// # Ok::<(), cassa::wire::DecodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rows {
    frame: Bytes,
    rows: Vec<RowSpan>,
    cells: Vec<CellSpan>,
}

/// Frames are shorter than 2 GiB, so 32 bits hold any place in one.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    length: u32,
}

#[derive(Clone, Copy, Debug)]
struct RowSpan {
    key: Span,
    /// The index past its last cell; its first is the one past the last of the row before.
    end: u32,
}

#[derive(Clone, Copy, Debug)]
struct CellSpan {
    name: Span,
    value: Span,
    timestamp: i64,
    ttl: Option<i32>,
}

impl Span {
    #[inline]
    fn of(self, frame: &[u8]) -> &[u8] {
        &frame[self.start as usize..][..self.length as usize]
    }
}

/// A row of a reply.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    frame: &'a Bytes,
    key: Span,
    cells: &'a [CellSpan],
}

/// A column of a row, borrowed from the frame. A counter's value is its eight bytes, its timestamp 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The packed name.
    pub name: &'a [u8],
    /// The packed value.
    pub value: &'a [u8],
    /// When it was written: microseconds since 1970, by convention.
    pub timestamp: i64,
    /// The seconds it was given to live, if any.
    pub ttl: Option<i32>,
}

/// The columns of a row, in order.
#[derive(Clone, Debug)]
pub struct Cells<'a> {
    frame: &'a [u8],
    cells: std::slice::Iter<'a, CellSpan>,
}

/// Reads cells with their places in the frame.
struct Reader<'a> {
    cursor: Cursor<'a>,
    length: usize,
    cells: Vec<CellSpan>,
}

impl<'a> Reader<'a> {
    fn new(frame: &'a [u8], body: &'a [u8]) -> Self {
        Reader { cursor: Cursor::new(body), length: frame.len(), cells: Vec::new() }
    }

    /// The place of what was just read, `bytes`, in the frame.
    #[inline]
    fn span(&self, bytes: &[u8]) -> Span {
        let end = self.length - self.cursor.rest().len();
        Span { start: (end - bytes.len()) as u32, length: bytes.len() as u32 }
    }

    #[inline]
    fn blob(&mut self) -> Result<Span, DecodeError> {
        let bytes = self.cursor.blob()?;
        Ok(self.span(bytes))
    }

    /// The columns of a `list<ColumnOrSuperColumn>`.
    #[inline]
    fn list(&mut self) -> Result<(), DecodeError> {
        let n = self.cursor.list(ttype::STRUCT)?;
        // believe no more than what the rest of the frame pays for
        self.cells.reserve(n.min(self.cursor.rest().len() / size_of::<CellSpan>()));
        for _ in 0..n {
            let cell = self.column_or_super_column()?;
            self.cells.push(cell);
        }
        Ok(())
    }

    #[inline]
    fn column_or_super_column(&mut self) -> Result<CellSpan, DecodeError> {
        let mut cell = None;
        loop {
            match self.cursor.field()? {
                (ttype::STOP, _) => break,
                (ttype::STRUCT, 1) => cell = Some(self.column()?),
                (ttype::STRUCT, 3) => cell = Some(self.counter()?),
                (other, _) => self.cursor.skip(other)?,
            }
        }
        cell.ok_or(DecodeError::Missing("ColumnOrSuperColumn", "column"))
    }

    #[inline]
    fn column(&mut self) -> Result<CellSpan, DecodeError> {
        let mut name = None;
        let mut cell = CellSpan { name: Span::default(), value: Span::default(), timestamp: 0, ttl: None };
        loop {
            match self.cursor.field()? {
                (ttype::STOP, _) => break,
                (ttype::STRING, 1) => name = Some(self.blob()?),
                (ttype::STRING, 2) => cell.value = self.blob()?,
                (ttype::I64, 3) => cell.timestamp = self.cursor.i64()?,
                (ttype::I32, 4) => cell.ttl = Some(self.cursor.i32()?),
                (other, _) => self.cursor.skip(other)?,
            }
        }
        cell.name = name.ok_or(DecodeError::Missing("Column", "name"))?;
        Ok(cell)
    }

    fn counter(&mut self) -> Result<CellSpan, DecodeError> {
        let (mut name, mut value) = (None, None);
        loop {
            match self.cursor.field()? {
                (ttype::STOP, _) => break,
                (ttype::STRING, 1) => name = Some(self.blob()?),
                (ttype::I64, 2) => {
                    let bytes = self.cursor.take(8)?;
                    value = Some(self.span(bytes));
                }
                (other, _) => self.cursor.skip(other)?,
            }
        }
        Ok(CellSpan {
            name: name.ok_or(DecodeError::Missing("CounterColumn", "name"))?,
            value: value.ok_or(DecodeError::Missing("CounterColumn", "value"))?,
            timestamp: 0,
            ttl: None,
        })
    }

    fn row(&self, key: Span) -> RowSpan {
        RowSpan { key, end: self.cells.len() as u32 }
    }

    /// A `map<binary, list<ColumnOrSuperColumn>>`.
    fn map_of_rows(&mut self, rows: &mut Vec<RowSpan>) -> Result<(), DecodeError> {
        for _ in 0..self.cursor.map(ttype::STRING, ttype::LIST)? {
            let key = self.blob()?;
            self.list()?;
            rows.push(self.row(key));
        }
        Ok(())
    }

    /// A `list<KeySlice>`.
    fn list_of_rows(&mut self, rows: &mut Vec<RowSpan>) -> Result<(), DecodeError> {
        for _ in 0..self.cursor.list(ttype::STRUCT)? {
            let mut key = None;
            loop {
                match self.cursor.field()? {
                    (ttype::STOP, _) => break,
                    (ttype::STRING, 1) => key = Some(self.blob()?),
                    (ttype::LIST, 2) => self.list()?,
                    (other, _) => self.cursor.skip(other)?,
                }
            }
            rows.push(self.row(key.ok_or(DecodeError::Missing("KeySlice", "key"))?));
        }
        Ok(())
    }
}

impl Rows {
    /// The one row of a reply to `get_slice`; its key is empty, as the reply does not repeat it.
    ///
    /// # Errors
    /// [`DecodeError`] where the frame is no such reply; inside, what the server answered.
    pub fn of_get_slice(frame: Bytes, sequence: i32) -> Decoded {
        decode(frame, GetSlice::METHOD, GetSlice::THROWS, sequence, ttype::LIST, |reader, rows| {
            reader.list()?;
            rows.push(reader.row(Span::default()));
            Ok(())
        })
    }

    /// The one column of a reply to `get`, as a row without a key.
    ///
    /// # Errors
    /// As [`Rows::of_get_slice`].
    pub fn of_get(frame: Bytes, sequence: i32) -> Decoded {
        decode(frame, Get::METHOD, Get::THROWS, sequence, ttype::STRUCT, |reader, rows| {
            let cell = reader.column_or_super_column()?;
            reader.cells.push(cell);
            rows.push(reader.row(Span::default()));
            Ok(())
        })
    }

    /// The rows of a reply to one of the [`RowsMethod`]s, in the order of the wire.
    ///
    /// # Errors
    /// As [`Rows::of_get_slice`].
    pub fn of(method: RowsMethod, frame: Bytes, sequence: i32) -> Decoded {
        let throws = GetSlice::THROWS; // the same for all of them
        if method == RowsMethod::MultigetSlice {
            decode(frame, method.name(), throws, sequence, ttype::MAP, |reader, rows| {
                reader.map_of_rows(rows)
            })
        } else {
            decode(frame, method.name(), throws, sequence, ttype::LIST, |reader, rows| {
                reader.list_of_rows(rows)
            })
        }
    }

    /// One row of its own, with a key and these cells copied: a row that came in several pages. `None` where
    /// it passes 4 GiB.
    pub(crate) fn joined<'a>(key: &[u8], cells: impl Iterator<Item = Cell<'a>>) -> Option<Self> {
        fn put(frame: &mut Vec<u8>, bytes: &[u8]) -> Option<Span> {
            let start = u32::try_from(frame.len()).ok()?;
            let span = Span { start, length: u32::try_from(bytes.len()).ok()? };
            frame.extend_from_slice(bytes);
            Some(span)
        }
        let mut frame = Vec::new();
        let key = put(&mut frame, key)?;
        let cells = cells
            .map(|Cell { name, value, timestamp, ttl }| {
                let (name, value) = (put(&mut frame, name)?, put(&mut frame, value)?);
                Some(CellSpan { name, value, timestamp, ttl })
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Rows { frame: frame.into(), rows: vec![RowSpan { key, end: cells.len() as u32 }], cells })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row at a place.
    pub fn get(&self, i: usize) -> Option<Row<'_>> {
        let row = self.rows.get(i)?;
        let first = i.checked_sub(1).map_or(0, |before| self.rows[before].end);
        Some(Row { frame: &self.frame, key: row.key, cells: &self.cells[first as usize..row.end as usize] })
    }

    /// The rows, in the order of the wire.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> + DoubleEndedIterator {
        let row = |i| self.get(i).expect("i is below the number of rows");
        (0..self.len()).map(row)
    }
}

fn decode(
    frame: Bytes,
    method: &'static str,
    throws: &'static [ExceptionKind],
    sequence: i32,
    result: u8,
    mut read: impl FnMut(&mut Reader<'_>, &mut Vec<RowSpan>) -> Result<(), DecodeError>,
) -> Decoded {
    let body = match reply_body(&frame, method, sequence)? {
        Ok(body) => body,
        Err(e) => return Ok(Err(e)),
    };
    let mut reader = Reader::new(&frame, body);
    let mut rows = Vec::new();
    let mut found = false;
    loop {
        let (kind, id) = reader.cursor.field()?;
        let thrown = usize::try_from(id).ok().and_then(|id| throws.get(id.checked_sub(1)?));
        match (kind, thrown) {
            (ttype::STOP, _) => break,
            (kind, None) if id == 0 && kind == result => {
                read(&mut reader, &mut rows)?;
                found = true;
            }
            (ttype::STRUCT, Some(kind)) => {
                return Ok(Err(Exception::read(*kind, &mut FrameInput::new(reader.cursor.rest()))?));
            }
            (other, _) => reader.cursor.skip(other)?,
        }
    }
    let cells = reader.cells;
    if !found {
        return Ok(Err(missing_result(method)));
    }
    Ok(Ok(Rows { frame, rows, cells }))
}

impl<'a> Row<'a> {
    /// The packed key; empty where the reply does not repeat it.
    pub fn key(&self) -> &'a [u8] {
        self.key.of(self.frame)
    }

    /// The number of columns.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no column: a row whose columns are all deleted, or none of those asked for.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The column at a place.
    #[inline]
    pub fn get(&self, i: usize) -> Option<Cell<'a>> {
        self.cells.get(i).map(|cell| cell_of(cell, self.frame))
    }

    /// The columns, in the comparator's order.
    pub fn cells(&self) -> Cells<'a> {
        Cells { frame: self.frame, cells: self.cells.iter() }
    }

    /// Bytes of this row that outlive it, sharing the frame.
    pub fn share(&self, bytes: &'a [u8]) -> Bytes {
        self.frame.slice_ref(bytes)
    }
}

#[inline]
fn cell_of<'a>(cell: &CellSpan, frame: &'a [u8]) -> Cell<'a> {
    Cell { name: cell.name.of(frame), value: cell.value.of(frame), timestamp: cell.timestamp, ttl: cell.ttl }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    #[inline]
    fn next(&mut self) -> Option<Cell<'a>> {
        self.cells.next().map(|cell| cell_of(cell, self.frame))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.cells.size_hint()
    }
}

impl DoubleEndedIterator for Cells<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.cells.next_back().map(|cell| cell_of(cell, self.frame))
    }
}

impl ExactSizeIterator for Cells<'_> {}
