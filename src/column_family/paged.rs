//! One row page by page, packed, for layers above that take it apart themselves.

use super::ahead::Ahead;
use super::raw::{Page, Pages};
use super::reader::Reader;
use super::{ColumnFamily, Select};
use crate::error::Result;
use crate::wire::ConsistencyLevel;

/// Only a caller that has taken so many pages is taken to want them all.
const PAGES_BEFORE_AHEAD: usize = 2;

/// The pages of a row, one call each; made by [`Select::raw_pages`].
#[derive(Debug)]
pub(crate) struct RawPages {
    cf: ColumnFamily,
    consistency_level: ConsistencyLevel,
    key: Box<[u8]>,
    source: Source,
    /// How many more pages are fetched by the caller itself; `None` where all are.
    before_ahead: Option<usize>,
}

/// Where the next page comes from.
#[derive(Debug)]
enum Source {
    Here(Pages),
    Ahead(Ahead),
    /// There is none, or none is wanted.
    End,
}

impl RawPages {
    #[inline]
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// The next page; `None` after the last. An error ends them.
    pub(crate) fn next(&mut self) -> Result<Option<Page>> {
        let page = match &mut self.source {
            Source::End => return Ok(None),
            Source::Ahead(ahead) => ahead.next(),
            Source::Here(pages) => {
                let (cf, consistency_level) = (&self.cf, self.consistency_level);
                pages.next(&Reader { cf, super_column: None, consistency_level })
            }
        };
        match page {
            Ok(Some(_)) => self.look_ahead(),
            Ok(None) | Err(_) => self.source = Source::End,
        }
        page
    }

    /// Lets the page after this one be fetched already, if this one is not the first that the caller asks for.
    fn look_ahead(&mut self) {
        let (Source::Here(pages), Some(left)) = (&self.source, &mut self.before_ahead) else { return };
        *left -= 1;
        if *left > 0 || pages.is_over() {
            return;
        }
        self.before_ahead = None;
        if let Some(ahead) = Ahead::start(&self.cf, self.consistency_level, pages) {
            self.source = Source::Ahead(ahead);
        }
    }
}

impl Select<'_> {
    /// The columns of a row, page by page; where they are read ahead, with the next page on its way while the caller
    /// has this one. In a pool that has no second connection to give, or none to wait for, they are not: the caller's
    /// own calls between two pages would fail.
    pub(crate) fn raw_pages(self, key: &[u8], read_ahead: bool) -> Result<RawPages> {
        let reads_ahead = read_ahead && self.cf.pool.has_room_beside();
        Ok(RawPages {
            cf: self.cf.clone(),
            consistency_level: self.consistency_level,
            key: key.into(),
            before_ahead: reads_ahead.then_some(PAGES_BEFORE_AHEAD),
            source: self
                .predicate()?
                .map_or(Source::End, |predicate| Source::Here(Pages::new(key.to_vec(), predicate))),
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
