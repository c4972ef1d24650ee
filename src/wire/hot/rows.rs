//! Rows in the frame that brought them: offsets, nothing copied, nothing allocated for a column.

use bytes::Bytes;

use super::reply::RowsMethod;
use super::row::{Cell, Row, SuperCell};
use super::span::{CellSpan, Reader, RowSpan, Span, SuperSpan};
use crate::wire::DecodeError;
use crate::wire::call::{Method, missing_result, reply_body};
use crate::wire::cursor::ttype;
use crate::wire::exception::{Exception, ExceptionKind};
use crate::wire::methods::{Get, GetMultiSlice, GetSlice};
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
    supers: Vec<SuperSpan>,
    cells: Vec<CellSpan>,
}

impl Rows {
    /// The one row of a reply to `get_slice`; its key is empty, as the reply does not repeat it.
    ///
    /// # Errors
    /// [`DecodeError`] where the frame is no such reply; inside, what the server answered.
    pub fn of_get_slice(frame: Bytes, sequence: i32) -> Decoded {
        one_row(frame, GetSlice::METHOD, sequence)
    }

    /// The one row of a reply to `get_multi_slice`, likewise.
    ///
    /// # Errors
    /// As [`Rows::of_get_slice`].
    pub fn of_get_multi_slice(frame: Bytes, sequence: i32) -> Decoded {
        one_row(frame, GetMultiSlice::METHOD, sequence)
    }

    /// The one column or super column of a reply to `get`, as a row without a key.
    ///
    /// # Errors
    /// As [`Rows::of_get_slice`].
    pub fn of_get(frame: Bytes, sequence: i32) -> Decoded {
        decode(frame, Get::METHOD, Get::THROWS, sequence, ttype::STRUCT, |reader| {
            reader.entry()?;
            reader.end_row(Span::default());
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
            decode(frame, method.name(), throws, sequence, ttype::MAP, |reader| reader.map_of_rows())
        } else {
            decode(frame, method.name(), throws, sequence, ttype::LIST, |reader| reader.list_of_rows())
        }
    }

    /// One row of its own, with a key and these cells copied: a row that came in several pages. `None` where
    /// it passes 4 GiB.
    pub(crate) fn joined<'a>(key: &[u8], cells: impl Iterator<Item = Cell<'a>>) -> Option<Self> {
        let mut frame = Vec::new();
        let key = Span::put(key, &mut frame)?;
        let cells = cells.map(|cell| own(cell, &mut frame)).collect::<Option<Vec<_>>>()?;
        Some(Rows::of_one(frame, key, Vec::new(), cells))
    }

    fn of_one(frame: Vec<u8>, key: Span, supers: Vec<SuperSpan>, cells: Vec<CellSpan>) -> Self {
        let (end, last) = (cells.len() as u32, supers.len() as u32);
        let row = RowSpan { key, cells: end, supers: last, counters: false };
        Rows { frame: frame.into(), rows: vec![row], supers, cells }
    }

    /// As [`joined`](Self::joined), of super columns.
    pub(crate) fn joined_supers<'a>(
        key: &[u8],
        super_columns: impl Iterator<Item = SuperCell<'a>>,
    ) -> Option<Self> {
        let mut frame = Vec::new();
        let key = Span::put(key, &mut frame)?;
        let (mut supers, mut cells) = (Vec::new(), Vec::new());
        for column in super_columns {
            let name = Span::put(column.name(), &mut frame)?;
            let first = cells.len() as u32;
            for cell in column.cells() {
                cells.push(own(cell, &mut frame)?);
            }
            supers.push(SuperSpan { name, first, end: u32::try_from(cells.len()).ok()? });
        }
        Some(Rows::of_one(frame, key, supers, cells))
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
    #[inline]
    pub fn get(&self, i: usize) -> Option<Row<'_>> {
        let row = self.rows.get(i)?;
        let (cells, supers) =
            i.checked_sub(1).map_or((0, 0), |before| (self.rows[before].cells, self.rows[before].supers));
        Some(Row {
            frame: &self.frame,
            key: row.key,
            cells: &self.cells[cells as usize..row.cells as usize],
            supers: &self.supers[supers as usize..row.supers as usize],
            counters: row.counters,
        })
    }

    /// The rows, in the order of the wire.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> + DoubleEndedIterator {
        let row = |i| self.get(i).expect("i is below the number of rows");
        (0..self.len()).map(row)
    }
}

/// A cell copied to the end of `frame`.
fn own(cell: Cell<'_>, frame: &mut Vec<u8>) -> Option<CellSpan> {
    let Cell { name, value, timestamp, ttl } = cell;
    let (name, value) = (Span::put(name, frame)?, Span::put(value, frame)?);
    Some(CellSpan { name, value, timestamp, ttl })
}

fn one_row(frame: Bytes, method: &'static str, sequence: i32) -> Decoded {
    decode(frame, method, GetSlice::THROWS, sequence, ttype::LIST, |reader| {
        reader.list()?;
        reader.end_row(Span::default());
        Ok(())
    })
}

fn decode(
    frame: Bytes,
    method: &'static str,
    throws: &'static [ExceptionKind],
    sequence: i32,
    result: u8,
    mut read: impl FnMut(&mut Reader<'_>) -> Result<(), DecodeError>,
) -> Decoded {
    let body = match reply_body(&frame, method, sequence)? {
        Ok(body) => body,
        Err(e) => return Ok(Err(e)),
    };
    let mut reader = Reader::new(&frame, body);
    let mut found = false;
    loop {
        let (kind, id) = reader.cursor.field()?;
        let thrown = usize::try_from(id).ok().and_then(|id| throws.get(id.checked_sub(1)?));
        match (kind, thrown) {
            (ttype::STOP, _) => break,
            (kind, None) if id == 0 && kind == result => {
                read(&mut reader)?;
                found = true;
            }
            (ttype::STRUCT, Some(kind)) => {
                return Ok(Err(Exception::read(*kind, &mut FrameInput::new(reader.cursor.rest()))?));
            }
            (other, _) => reader.cursor.skip(other)?,
        }
    }
    let Reader { rows, supers, cells, .. } = reader;
    if !found {
        return Ok(Err(missing_result(method)));
    }
    Ok(Ok(Rows { frame, rows, supers, cells }))
}
