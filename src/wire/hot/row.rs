//! One row of a reply: its columns, or its super columns with theirs.

use bytes::Bytes;

use super::span::{CellSpan, Span, SuperSpan};

/// A row of a reply. It holds either columns or super columns.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(super) frame: &'a Bytes,
    pub(super) key: Span,
    pub(super) cells: &'a [CellSpan],
    pub(super) supers: &'a [SuperSpan],
    pub(super) counters: bool,
}

/// A super column of a row, borrowed from the frame.
///
/// ```
/// use bytes::Bytes;
/// use cassa::wire::hot::{Rows, SliceReply};
///
/// let mut frame = Vec::new();
/// let mut reply = SliceReply::begin(7, &mut frame);
/// reply.super_column(b"engines");
/// reply.column(b"count", b"\0\0\0\x02", 5, None);
/// reply.column(b"type", b"Turbo-fan", 5, None);
/// reply.finish();
///
/// let rows = Rows::of_get_slice(Bytes::from(frame).slice(4..), 7)?.expect("a result");
/// let row = rows.get(0).expect("one row");
/// let engines = row.super_columns().next().expect("one super column");
/// assert_eq!((engines.name(), engines.len()), (&b"engines"[..], 2));
/// assert_eq!(engines.get(1).map(|cell| cell.value), Some(&b"Turbo-fan"[..]));
/// # Ok::<(), cassa::wire::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SuperCell<'a> {
    frame: &'a [u8],
    name: Span,
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

/// The columns of a row or of a super column, in order.
#[derive(Clone, Debug, Default)]
pub struct Cells<'a> {
    frame: &'a [u8],
    cells: std::slice::Iter<'a, CellSpan>,
}

impl<'a> Row<'a> {
    /// The packed key; empty where the reply does not repeat it.
    #[inline]
    pub fn key(&self) -> &'a [u8] {
        self.key.of(self.frame)
    }

    /// The number of entries: of columns, or of super columns where it holds those.
    pub fn len(&self) -> usize {
        if self.supers.is_empty() { self.cells.len() } else { self.supers.len() }
    }

    /// Whether there is no entry: a row whose columns are all deleted, or none of those asked for.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether its cells are counters. A row without a cell does not tell.
    pub fn holds_counters(&self) -> bool {
        self.counters
    }

    #[inline]
    fn plain(&self) -> &'a [CellSpan] {
        if self.supers.is_empty() { self.cells } else { &[] }
    }

    /// The column at a place; of a row of super columns none.
    #[inline]
    pub fn get(&self, i: usize) -> Option<Cell<'a>> {
        self.plain().get(i).map(|cell| cell_of(cell, self.frame))
    }

    /// The columns, in the comparator's order; of a row of super columns none.
    #[inline]
    pub fn cells(&self) -> Cells<'a> {
        Cells { frame: self.frame, cells: self.plain().iter() }
    }

    /// The columns at these places, in the comparator's order; of places that it has not, none.
    #[inline]
    pub fn range(&self, places: std::ops::Range<usize>) -> Cells<'a> {
        Cells { frame: self.frame, cells: self.plain().get(places).unwrap_or_default().iter() }
    }

    /// The super columns, in the comparator's order; of a row of columns none.
    pub fn super_columns(
        &self,
    ) -> impl ExactSizeIterator<Item = SuperCell<'a>> + DoubleEndedIterator + use<'a> {
        let (frame, cells) = (self.frame, self.cells);
        self.supers.iter().map(move |span| SuperCell {
            frame,
            name: span.name,
            cells: &cells[span.first as usize..span.end as usize],
        })
    }

    /// The super column at a place; of a row of columns none.
    pub fn super_column(&self, i: usize) -> Option<SuperCell<'a>> {
        let span = self.supers.get(i)?;
        let cells = &self.cells[span.first as usize..span.end as usize];
        Some(SuperCell { frame: self.frame, name: span.name, cells })
    }

    /// Bytes of this row that outlive it, sharing the frame.
    pub fn share(&self, bytes: &'a [u8]) -> Bytes {
        self.frame.slice_ref(bytes)
    }
}

impl<'a> SuperCell<'a> {
    /// The packed name.
    pub fn name(&self) -> &'a [u8] {
        self.name.of(self.frame)
    }

    /// The number of its columns.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has no column.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The column at a place.
    #[inline]
    pub fn get(&self, i: usize) -> Option<Cell<'a>> {
        self.cells.get(i).map(|cell| cell_of(cell, self.frame))
    }

    /// Its columns, in the order of the subcomparator.
    pub fn cells(&self) -> Cells<'a> {
        Cells { frame: self.frame, cells: self.cells.iter() }
    }
}

#[inline]
fn cell_of<'a>(cell: &CellSpan, frame: &'a [u8]) -> Cell<'a> {
    Cell { name: cell.name.of(frame), value: cell.value.of(frame), timestamp: cell.timestamp, ttl: cell.ttl }
}

impl<'a> Cells<'a> {
    /// The column at a place, counted from the next one.
    #[inline]
    pub fn get(&self, i: usize) -> Option<Cell<'a>> {
        self.cells.as_slice().get(i).map(|cell| cell_of(cell, self.frame))
    }

    /// The packed name of the column at a place, counted from the next one.
    #[inline]
    pub fn name(&self, i: usize) -> Option<&'a [u8]> {
        self.cells.as_slice().get(i).map(|cell| cell.name.of(self.frame))
    }

    /// The packed value of the column at a place, counted from the next one.
    #[inline]
    pub fn value(&self, i: usize) -> Option<&'a [u8]> {
        self.cells.as_slice().get(i).map(|cell| cell.value.of(self.frame))
    }
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
