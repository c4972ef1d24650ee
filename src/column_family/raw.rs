//! Rows as they come, packed: one page after the other.

use std::sync::Arc;

use super::predicate::{Predicate, by_name, slice};
use super::reader::Reader;
use crate::error::Result;
use crate::wire::hot::{Cell, Row, Rows, SuperCell};

/// A page of a row: what one call gave of it.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    rows: Arc<Rows>,
    index: usize,
    /// The columns at its start that the page before had, too.
    skip: usize,
    /// The most columns that count.
    take: usize,
}

impl Page {
    fn new(rows: Arc<Rows>, index: usize) -> Self {
        Page { rows, index, skip: 0, take: usize::MAX }
    }

    #[inline]
    pub(crate) fn row(&self) -> Row<'_> {
        self.rows.get(self.index).expect("a page is made of a row that is there")
    }

    /// The columns.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.row().cells().skip(self.skip).take(self.take)
    }

    /// The super columns.
    pub(crate) fn super_columns(&self) -> impl Iterator<Item = SuperCell<'_>> {
        self.row().super_columns().skip(self.skip).take(self.take)
    }

    /// The places in the [`row`](Self::row) of the columns that count.
    pub(crate) fn places(&self) -> std::ops::Range<usize> {
        self.skip..self.skip + self.len()
    }

    /// The number of columns.
    pub(super) fn len(&self) -> usize {
        self.row().len().saturating_sub(self.skip).min(self.take)
    }

    /// The column or super column at a place, with the row.
    #[inline]
    pub(super) fn get(&self, i: usize) -> Option<(Row<'_>, Entry<'_>)> {
        if i >= self.take {
            return None;
        }
        let (row, i) = (self.row(), self.skip + i);
        let column = row.get(i).map(Entry::Column);
        let entry = column.or_else(|| row.super_column(i).map(Entry::SuperColumn));
        Some((row, entry?))
    }

    /// The name of what came at a place, whether it counts or not.
    fn name(&self, i: usize) -> Option<&[u8]> {
        let row = self.row();
        let column = row.get(i).map(|cell| cell.name);
        column.or_else(|| row.super_columns().nth(i).map(|super_column| super_column.name()))
    }
}

/// What stands under a name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entry<'a> {
    Column(Cell<'a>),
    SuperColumn(SuperCell<'a>),
}

/// A row with its key and all the columns that were asked for.
#[derive(Clone, Debug)]
pub(crate) struct RawRow {
    /// `None` where the frame has the key.
    key: Option<Vec<u8>>,
    first: Page,
    more: Vec<Page>,
}

impl RawRow {
    /// What one call gave of a row.
    pub(super) fn new(rows: Arc<Rows>, index: usize) -> Self {
        RawRow { key: None, first: Page::new(rows, index), more: Vec::new() }
    }

    pub(crate) fn key(&self) -> &[u8] {
        self.key.as_deref().unwrap_or_else(|| self.first.row().key())
    }

    /// The pages of the row, in order.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &Page> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// The number of columns.
    pub(crate) fn len(&self) -> usize {
        self.pages().map(Page::len).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pages().all(|page| page.len() == 0)
    }

    /// The row, once it is [`joined`](Self::joined).
    #[inline]
    pub(crate) fn row(&self) -> Row<'_> {
        self.first.row()
    }

    /// The row in one piece, copied where it came in several; `None` where it passes 4 GiB.
    pub(crate) fn joined(self) -> Option<Self> {
        if self.more.is_empty() && self.first.len() == self.first.row().len() {
            return Some(self);
        }
        let rows = if self.first.row().super_columns().len() > 0 {
            Rows::joined_supers(self.key(), self.pages().flat_map(Page::super_columns))?
        } else {
            Rows::joined(self.key(), self.pages().flat_map(Page::cells))?
        };
        Some(RawRow { key: None, first: Page::new(Arc::new(rows), 0), more: Vec::new() })
    }
}

/// The pages of one row, one call each.
#[derive(Clone, Debug)]
pub(super) struct Pages {
    key: Vec<u8>,
    predicate: Predicate,
    /// The columns that the caller still wants.
    wanted: usize,
    at: At,
}

/// How far a row was read.
#[derive(Clone, Debug)]
enum At {
    Start,
    /// The last column that came.
    Column(Vec<u8>),
    /// The next name that is to be asked for.
    Name(usize),
    End,
}

impl Pages {
    pub(super) fn new(key: Vec<u8>, predicate: Predicate) -> Self {
        let wanted = match &predicate {
            Predicate::Slice { count: Some(count), .. } => *count,
            _ => usize::MAX,
        };
        Pages { key, predicate, wanted, at: At::Start }
    }

    #[inline]
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Whether it is known that no page follows.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.at, At::End) || self.wanted == 0
    }

    /// The next page; `None` after the last. An error ends them, as where to go on is not known.
    pub(super) fn next(&mut self, reader: &Reader<'_>) -> Result<Option<Page>> {
        if self.is_over() {
            return Ok(None);
        }
        loop {
            let ask = self.predicate.page().min(self.wanted);
            let answer = match (&self.predicate, &self.at) {
                (Predicate::Names { names, page }, At::Name(next)) => {
                    let end = next.saturating_add(*page).min(names.len());
                    reader.get_slice(&self.key, by_name(&names[*next..end]))
                }
                (Predicate::Slice { finish, reversed, .. }, At::Column(last)) => {
                    // the page starts with the last column of the one before: an exclusive start is not in
                    // the interface
                    reader.get_slice(&self.key, slice(last, finish, *reversed, ask.saturating_add(1)))
                }
                (predicate, _) => reader.get_slice(&self.key, predicate.as_wire()),
            };
            match answer {
                Err(e) if e.is_too_large() && self.predicate.halve(reader.comparator()) => {}
                Err(e) => {
                    self.at = At::End;
                    return Err(reader.ended(e, Some(&self.key)));
                }
                Ok(rows) => {
                    let page = self.came(Page::new(Arc::new(rows), 0), reader);
                    if page.len() > 0 {
                        return Ok(Some(page));
                    }
                    if matches!(self.at, At::End) {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Takes note of a page that came, and leaves out of it what is not wanted.
    fn came(&mut self, mut page: Page, reader: &Reader<'_>) -> Page {
        let came = page.row().len();
        match &self.predicate {
            Predicate::Names { names, page } => {
                let from = if let At::Name(next) = self.at { next } else { 0 };
                let next = from.saturating_add(*page);
                self.at = if next < names.len() { At::Name(next) } else { At::End };
            }
            Predicate::Slice { .. } => {
                let mut asked = self.predicate.page().min(self.wanted);
                if let At::Column(last) = &self.at {
                    asked = asked.saturating_add(1);
                    // the last column may have been deleted since
                    let first = page.name(0);
                    let again = first.is_some_and(|name| reader.comparator().compare(name, last).is_eq());
                    page.skip = usize::from(again);
                }
                page.take = self.wanted;
                self.wanted -= page.len();
                self.at = match came.checked_sub(1).and_then(|last| page.name(last)) {
                    Some(last) if came >= asked => At::Column(last.to_vec()),
                    _ => At::End,
                };
            }
        }
        page
    }
}

impl Reader<'_> {
    /// A row; `None` where it has no columns.
    pub(super) fn row(&self, key: Vec<u8>, predicate: Predicate) -> Result<Option<RawRow>> {
        let mut pages = Pages::new(key, predicate);
        let Some(first) = pages.next(self)? else { return Ok(None) };
        let mut row = self.rest(RawRow { key: None, first, more: Vec::new() }, &mut pages)?;
        row.key = Some(pages.key);
        Ok(Some(row))
    }

    /// The row with the columns that did not fit into its first page, which is of a reply that had other rows, too.
    pub(super) fn whole(&self, row: RawRow, predicate: &Predicate) -> Result<RawRow> {
        if row.first.row().len() < predicate.first_page() && !predicate.is_cut() {
            return Ok(row);
        }
        let mut pages = Pages::new(row.key().to_vec(), predicate.clone());
        let first = pages.came(row.first.clone(), self);
        self.rest(RawRow { first, ..row }, &mut pages)
    }

    fn rest(&self, mut row: RawRow, pages: &mut Pages) -> Result<RawRow> {
        while let Some(page) = pages.next(self)? {
            row.more.push(page);
        }
        Ok(row)
    }
}
