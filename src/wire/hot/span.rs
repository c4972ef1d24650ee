//! Where keys, names and values lie in a frame, and the reader that finds them.

use super::usual::{BEFORE_NAME, BEFORE_VALUE, UsualColumn, usual_column};
use crate::wire::DecodeError;
use crate::wire::cursor::{Cursor, ttype};

/// Frames are shorter than 2 GiB, so 32 bits hold any place in one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct RowSpan {
    pub(super) key: Span,
    /// The index past its last cell; its first is the one past the last of the row before.
    pub(super) cells: u32,
    /// The index past its last super column, likewise.
    pub(super) supers: u32,
    pub(super) counters: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct SuperSpan {
    pub(super) name: Span,
    /// Its cells among those of its row.
    pub(super) first: u32,
    pub(super) end: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct CellSpan {
    pub(super) name: Span,
    pub(super) value: Span,
    pub(super) timestamp: i64,
    pub(super) ttl: Option<i32>,
}

impl Span {
    #[inline]
    pub(super) fn of(self, frame: &[u8]) -> &[u8] {
        &frame[self.start as usize..][..self.length as usize]
    }

    /// Appends bytes; `None` past 4 GiB.
    pub(super) fn put(bytes: &[u8], frame: &mut Vec<u8>) -> Option<Span> {
        let start = u32::try_from(frame.len()).ok()?;
        let span = Span { start, length: u32::try_from(bytes.len()).ok()? };
        frame.extend_from_slice(bytes);
        Some(span)
    }
}

/// What the entries of one row are; a server never mixes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Column,
    SuperColumn,
    Counter,
    CounterSuperColumn,
}

/// Reads cells with their places in the frame.
pub(super) struct Reader<'a> {
    pub(super) cursor: Cursor<'a>,
    length: usize,
    /// The kind of the entries of the row that is being read, once there is one.
    kind: Option<Kind>,
    /// The index of that row's first cell.
    first: usize,
    pub(super) rows: Vec<RowSpan>,
    pub(super) supers: Vec<SuperSpan>,
    pub(super) cells: Vec<CellSpan>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(frame: &'a [u8], body: &'a [u8]) -> Self {
        Reader {
            cursor: Cursor::new(body),
            length: frame.len(),
            kind: None,
            first: 0,
            rows: Vec::new(),
            supers: Vec::new(),
            cells: Vec::new(),
        }
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

    /// Makes room for `n` cells, and believes no more than what the rest of the frame pays for.
    #[inline]
    fn believe(&mut self, n: usize) {
        self.cells.reserve(n.min(self.cursor.rest().len() / size_of::<CellSpan>()));
    }

    /// The entries of a row, a `list<ColumnOrSuperColumn>`.
    #[inline]
    pub(super) fn list(&mut self) -> Result<(), DecodeError> {
        let n = self.cursor.list(ttype::STRUCT)?;
        self.believe(n);
        for _ in 0..n {
            self.entry()?;
        }
        Ok(())
    }

    /// A `ColumnOrSuperColumn`.
    #[inline]
    pub(super) fn entry(&mut self) -> Result<(), DecodeError> {
        let start = (self.length - self.cursor.rest().len()) as u32;
        let Some(UsualColumn { name, value, timestamp, ttl }) = usual_column(&mut self.cursor) else {
            return self.any_entry();
        };
        if *self.kind.get_or_insert(Kind::Column) != Kind::Column {
            return Err(DecodeError::Mixed);
        }
        let name = Span { start: start + BEFORE_NAME as u32, length: name.len() as u32 };
        let value =
            Span { start: name.start + name.length + BEFORE_VALUE as u32, length: value.len() as u32 };
        self.cells.push(CellSpan { name, value, timestamp, ttl });
        Ok(())
    }

    fn any_entry(&mut self) -> Result<(), DecodeError> {
        let mut empty = true;
        loop {
            let kind = match self.cursor.field()? {
                (ttype::STOP, _) => break,
                (ttype::STRUCT, 1) => Kind::Column,
                (ttype::STRUCT, 2) => Kind::SuperColumn,
                (ttype::STRUCT, 3) => Kind::Counter,
                (ttype::STRUCT, 4) => Kind::CounterSuperColumn,
                (other, _) => {
                    self.cursor.skip(other)?;
                    continue;
                }
            };
            if !empty || *self.kind.get_or_insert(kind) != kind {
                return Err(DecodeError::Mixed);
            }
            empty = false;
            match kind {
                Kind::Column => self.column()?,
                Kind::Counter => self.counter()?,
                Kind::SuperColumn => self.super_column("SuperColumn", Self::column)?,
                Kind::CounterSuperColumn => self.super_column("CounterSuperColumn", Self::counter)?,
            }
        }
        if empty { Err(DecodeError::Missing("ColumnOrSuperColumn", "column")) } else { Ok(()) }
    }

    #[inline]
    fn column(&mut self) -> Result<(), DecodeError> {
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
        self.cells.push(cell);
        Ok(())
    }

    fn counter(&mut self) -> Result<(), DecodeError> {
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
        self.cells.push(CellSpan {
            name: name.ok_or(DecodeError::Missing("CounterColumn", "name"))?,
            value: value.ok_or(DecodeError::Missing("CounterColumn", "value"))?,
            timestamp: 0,
            ttl: None,
        });
        Ok(())
    }

    fn super_column(
        &mut self,
        owner: &'static str,
        cell: fn(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let first = self.cells.len();
        let mut name = None;
        let mut listed = false;
        loop {
            match self.cursor.field()? {
                (ttype::STOP, _) => break,
                (ttype::STRING, 1) => name = Some(self.blob()?),
                (ttype::LIST, 2) => {
                    // the last of two equal fields counts
                    self.cells.truncate(first);
                    listed = true;
                    let n = self.cursor.list(ttype::STRUCT)?;
                    self.believe(n);
                    for _ in 0..n {
                        cell(self)?;
                    }
                }
                (other, _) => self.cursor.skip(other)?,
            }
        }
        if !listed {
            return Err(DecodeError::Missing(owner, "columns"));
        }
        self.supers.push(SuperSpan {
            name: name.ok_or(DecodeError::Missing(owner, "name"))?,
            first: (first - self.first) as u32,
            end: (self.cells.len() - self.first) as u32,
        });
        Ok(())
    }

    /// Ends the row whose entries were read.
    pub(super) fn end_row(&mut self, key: Span) {
        let kind = self.kind.take();
        self.first = self.cells.len();
        self.rows.push(RowSpan {
            key,
            cells: self.cells.len() as u32,
            supers: self.supers.len() as u32,
            counters: matches!(kind, Some(Kind::Counter | Kind::CounterSuperColumn)),
        });
    }

    /// A `map<binary, list<ColumnOrSuperColumn>>`.
    pub(super) fn map_of_rows(&mut self) -> Result<(), DecodeError> {
        for _ in 0..self.cursor.map(ttype::STRING, ttype::LIST)? {
            let key = self.blob()?;
            self.list()?;
            self.end_row(key);
        }
        Ok(())
    }

    /// A `list<KeySlice>`.
    pub(super) fn list_of_rows(&mut self) -> Result<(), DecodeError> {
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
            self.end_row(key.ok_or(DecodeError::Missing("KeySlice", "key"))?);
        }
        Ok(())
    }
}
