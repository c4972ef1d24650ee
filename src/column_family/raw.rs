//! Rows as they come, packed. A row wider than a page is read on until it is whole.

use std::collections::HashMap;
use std::sync::Arc;

use super::ColumnFamily;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::wire::ConsistencyLevel;
use crate::wire::hot::{ColumnParent, GetSlice, MultigetSlice, Row, Rows, SlicePredicate, SliceRange};

/// Which columns of a row, packed.
#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    /// By name. Shared, as a predicate is copied for each call.
    Names(Arc<[Vec<u8>]>),
    /// A range; empty ends are open.
    Slice {
        start: Vec<u8>,
        finish: Vec<u8>,
        reversed: bool,
        /// The most columns that the caller wants of a row.
        count: Option<usize>,
        /// The most columns that one call asks for.
        page: usize,
    },
}

impl Predicate {
    /// The columns that a first call asks for.
    fn first_page(&self) -> usize {
        match self {
            Self::Names(_) => usize::MAX,
            Self::Slice { count, page, .. } => count.map_or(*page, |count| count.min(*page)),
        }
    }

    pub(super) fn as_wire(&self) -> SlicePredicate<'_> {
        match self {
            Self::Names(names) => SlicePredicate {
                column_names: Some(names.iter().map(Vec::as_slice).collect()),
                slice_range: None,
            },
            Self::Slice { start, finish, reversed, .. } => slice(start, finish, *reversed, self.first_page()),
        }
    }

    /// Half the columns a call, where that is possible: for a reply that was too large.
    pub(super) fn halve(&mut self) -> bool {
        match self {
            Self::Slice { page, .. } if *page > 1 => {
                *page /= 2;
                true
            }
            _ => false,
        }
    }
}

fn slice<'a>(start: &'a [u8], finish: &'a [u8], reversed: bool, count: usize) -> SlicePredicate<'a> {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    SlicePredicate { column_names: None, slice_range: Some(SliceRange { start, finish, reversed, count }) }
}

/// A row with its key and all the columns that were asked for.
#[derive(Clone, Debug)]
pub(crate) struct RawRow {
    rows: Arc<Rows>,
    index: usize,
    /// `None` where the frame has the key.
    key: Option<Box<[u8]>>,
}

impl RawRow {
    pub(super) fn new(rows: Arc<Rows>, index: usize) -> Self {
        RawRow { rows, index, key: None }
    }

    pub(crate) fn key(&self) -> &[u8] {
        self.key.as_deref().unwrap_or_else(|| self.row().key())
    }

    pub(crate) fn row(&self) -> Row<'_> {
        self.rows.get(self.index).expect("a raw row is made of a row that is there")
    }
}

/// Where to read, and how.
pub(super) struct Reader<'a> {
    pub(super) cf: &'a ColumnFamily,
    pub(super) consistency_level: ConsistencyLevel,
}

impl Reader<'_> {
    fn parent(&self) -> ColumnParent<'_> {
        ColumnParent { column_family: self.cf.name(), super_column: None }
    }

    pub(super) fn call<T>(&self, call: impl FnMut(&mut Connection) -> Result<T>) -> Result<T> {
        self.cf.pool.execute(call)
    }

    fn get_slice(&self, key: &[u8], predicate: SlicePredicate<'_>) -> Result<Rows> {
        let request = GetSlice {
            key,
            column_parent: self.parent(),
            predicate,
            consistency_level: self.consistency_level,
        };
        self.call(|connection| connection.get_slice(&request)).map_err(|e| e.at(self.cf.key_place(key)))
    }

    /// A row; `None` where it has no columns.
    pub(super) fn row(&self, key: &[u8], predicate: &Predicate) -> Result<Option<RawRow>> {
        let mut predicate = predicate.clone();
        let rows = loop {
            match self.get_slice(key, predicate.as_wire()) {
                Err(Error::FrameTooLarge { .. }) if predicate.halve() => {}
                other => break other?,
            }
        };
        let first = RawRow { rows: Arc::new(rows), index: 0, key: Some(key.into()) };
        if first.row().is_empty() {
            return Ok(None);
        }
        self.whole(first, &predicate).map(Some)
    }

    /// The row with the columns that did not fit into its first page.
    pub(super) fn whole(&self, first: RawRow, predicate: &Predicate) -> Result<RawRow> {
        let Predicate::Slice { finish, reversed, count, page, .. } = predicate else { return Ok(first) };
        let mut page = *page;
        let mut wanted = count.map(|count| count.saturating_sub(first.row().len()));
        if first.row().len() < predicate.first_page() || wanted == Some(0) {
            return Ok(first);
        }
        let mut pages: Vec<(Rows, usize)> = Vec::new();
        loop {
            let last_page = pages.last().map_or(first.row(), |(rows, _)| row_of(rows));
            let last = last_page.cells().next_back().map_or(&[][..], |cell| cell.name);
            // the page starts with the last column of the one before: an exclusive start is not in the
            // interface
            let ask = wanted.map_or(page, |wanted| wanted.min(page)).saturating_add(1);
            let next = match self.get_slice(first.key(), slice(last, finish, *reversed, ask)) {
                Err(Error::FrameTooLarge { .. }) if page > 1 => {
                    page /= 2;
                    continue;
                }
                other => other?,
            };
            let row = row_of(&next);
            // the last column may have been deleted since
            let again = row
                .get(0)
                .is_some_and(|cell| self.cf.definition.comparator().compare(cell.name, last).is_eq());
            let (came, skip) = (row.len(), usize::from(again));
            wanted = wanted.map(|wanted| wanted.saturating_sub(came - skip));
            if came > skip {
                pages.push((next, skip));
            }
            if came < ask || wanted == Some(0) {
                break;
            }
        }
        let more = pages.iter().flat_map(|(rows, skip)| row_of(rows).cells().skip(*skip));
        let most = count.unwrap_or(usize::MAX);
        let joined = Rows::joined(first.key(), first.row().cells().chain(more).take(most));
        let rows = joined.ok_or_else(|| Error::Unsupported {
            at: Box::new(self.cf.key_place(first.key())),
            what: "a row of over 4 GiB at once (read it in slices)".into(),
        })?;
        Ok(RawRow { rows: Arc::new(rows), index: 0, key: first.key })
    }

    /// Several rows in the order asked for, each once; those without columns are left out.
    pub(super) fn rows(&self, keys: &[Vec<u8>], predicate: &Predicate, buffer: usize) -> Result<Vec<RawRow>> {
        let mut found = Vec::new();
        let mut predicate = predicate.clone();
        let mut buffer = buffer;
        let mut rest = keys;
        while !rest.is_empty() {
            let (some, after) = rest.split_at(rest.len().min(buffer));
            let request = MultigetSlice {
                keys: some.iter().map(Vec::as_slice).collect(),
                column_parent: self.parent(),
                predicate: predicate.as_wire(),
                consistency_level: self.consistency_level,
            };
            let rows = match self.call(|connection| connection.multiget_slice(&request)) {
                Err(Error::FrameTooLarge { .. }) if some.len() > 1 => {
                    buffer = some.len() / 2;
                    continue;
                }
                Err(Error::FrameTooLarge { .. }) if predicate.halve() => continue,
                other => other.map_err(|e| e.at(self.cf.place()))?,
            };
            rest = after;
            let rows = Arc::new(rows);
            let mut places: HashMap<&[u8], usize> =
                rows.iter().enumerate().map(|(i, row)| (row.key(), i)).collect();
            for key in some {
                let Some(index) = places.remove(&key[..]) else { continue };
                let row = RawRow::new(rows.clone(), index);
                if !row.row().is_empty() {
                    found.push(self.whole(row, &predicate)?);
                }
            }
        }
        Ok(found)
    }
}

fn row_of(rows: &Rows) -> Row<'_> {
    rows.get(0).expect("a slice is one row")
}
