//! One row page by page, packed, for layers above that take it apart themselves.

use super::raw::{Page, Pages};
use super::reader::Reader;
use super::{ColumnFamily, Select};
use crate::error::Result;
use crate::wire::ConsistencyLevel;

/// The pages of a row, one call each; made by [`Select::raw_pages`].
#[derive(Debug)]
pub(crate) struct RawPages {
    cf: ColumnFamily,
    consistency_level: ConsistencyLevel,
    /// `None` where no column is wanted.
    pages: Option<Pages>,
}

impl RawPages {
    pub(crate) fn key(&self) -> &[u8] {
        self.pages.as_ref().map_or(&[], Pages::key)
    }

    /// The next page; `None` after the last. An error ends them.
    pub(crate) fn next(&mut self) -> Result<Option<Page>> {
        let reader = Reader { cf: &self.cf, super_column: None, consistency_level: self.consistency_level };
        self.pages.as_mut().map_or(Ok(None), |pages| pages.next(&reader))
    }
}

impl Select<'_> {
    /// The columns of a row, page by page.
    pub(crate) fn raw_pages(self, key: &[u8]) -> Result<RawPages> {
        Ok(RawPages {
            cf: self.cf.clone(),
            consistency_level: self.consistency_level,
            pages: self.predicate()?.map(|predicate| Pages::new(key, predicate)),
        })
    }

    /// The number of columns of a row, which the server counts.
    pub(crate) fn raw_count(self, key: &[u8]) -> Result<usize> {
        let reader = self.reader(None);
        self.counting()?.map_or(Ok(0), |predicate| reader.get_count(key, predicate.as_wire()))
    }

    /// How many replicas must answer.
    pub(crate) fn level(&self) -> ConsistencyLevel {
        self.consistency_level
    }

    /// How many columns a call asks for.
    pub(crate) fn page_size(&self) -> usize {
        self.column_buffer_size
    }
}
