//! One row of any width, a page at a time.

use std::fmt;

use super::raw::{Page, Pages};
use super::reader::Reader;
use super::{Column, ColumnFamily};
use crate::error::{Error, Result};
use crate::wire::ConsistencyLevel;

/// The columns of a row, one after the other; made by [`Select::xget`](super::Select::xget). Holds one page of them
/// ([`Select::column_buffer_size`](super::Select::column_buffer_size)).
///
/// A column that cannot be unpacked is an error, and the next item is the next column; an error of a call is the last
/// item.
pub struct ColumnStream(pub(super) Result<State, Option<Error>>);

pub(super) struct State {
    pub(super) cf: ColumnFamily,
    pub(super) super_column: Option<Vec<u8>>,
    pub(super) consistency_level: ConsistencyLevel,
    /// `None` where no column is wanted.
    pub(super) pages: Option<Pages>,
    pub(super) page: Option<Page>,
    /// The next column of the page.
    pub(super) next: usize,
}

impl State {
    fn try_next(&mut self) -> Result<Option<Column>> {
        let Some(pages) = &mut self.pages else { return Ok(None) };
        loop {
            if let Some((row, entry)) = self.page.as_ref().and_then(|page| page.get(self.next)) {
                self.next += 1;
                return self.cf.unpack_entry(pages.key(), row, entry).map(Some);
            }
            let reader = Reader {
                cf: &self.cf,
                super_column: self.super_column.as_deref(),
                consistency_level: self.consistency_level,
            };
            self.page = None; // one page at a time
            self.page = pages.next(&reader)?;
            self.next = 0;
            if self.page.is_none() {
                return Ok(None);
            }
        }
    }
}

impl Iterator for ColumnStream {
    type Item = Result<Column>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Ok(state) => state.try_next().transpose(),
            Err(e) => e.take().map(Err), // what was wrong with the options
        }
    }
}

impl fmt::Debug for ColumnStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(state) => f
                .debug_struct("ColumnStream")
                .field("column_family", &state.cf.name())
                .field("pages", &state.pages)
                .finish_non_exhaustive(),
            Err(e) => f.debug_tuple("ColumnStream").field(e).finish(),
        }
    }
}
