//! The calls that read.

use std::collections::HashMap;
use std::sync::Arc;

use super::ColumnFamily;
use super::predicate::Predicate;
use super::raw::RawRow;
use crate::error::{Error, Result};
use crate::marshal::Class;
use crate::wire::hot::{self, ColumnParent, Rows, SlicePredicate};
use crate::wire::{ConsistencyLevel, methods};

/// Where to read, and how.
pub(super) struct Reader<'a> {
    pub(super) cf: &'a ColumnFamily,
    pub(super) super_column: Option<&'a [u8]>,
    pub(super) consistency_level: ConsistencyLevel,
}

impl<'a> Reader<'a> {
    pub(super) fn parent(&self) -> ColumnParent<'a> {
        ColumnParent { column_family: self.cf.name(), super_column: self.super_column }
    }

    /// The order of what is read.
    pub(super) fn comparator(&self) -> &'a Class {
        self.cf.stored_order(self.super_column.is_some())
    }

    /// An error that ends the pages: where it is a super column alone that no reply can hold, that is said, as its name
    /// does not come without the rest.
    pub(super) fn ended(&self, error: Error, key: Option<&[u8]>) -> Error {
        let whole = self.super_column.is_none() && self.cf.definition().is_super();
        if !whole || !error.is_too_large() {
            return error;
        }
        let at = Box::new(key.map_or_else(|| self.cf.place(), |key| self.cf.key_place(key)));
        let what = format!(
            "a super column too large for one reply ({error}): read it alone by select().super_column(its name), which \
             takes it in pages"
        );
        Error::Unsupported { at, what: what.into() }
    }

    pub(super) fn get_slice(&self, key: &[u8], predicate: SlicePredicate<'_>) -> Result<Rows> {
        let consistency_level = self.consistency_level;
        let request = hot::GetSlice { key, column_parent: self.parent(), predicate, consistency_level };
        self.cf
            .call(Some(key), |connection| connection.get_slice(&request))
            .map_err(|e| e.at(self.cf.key_place(key)))
    }

    pub(super) fn get_count(&self, key: &[u8], predicate: SlicePredicate<'_>) -> Result<usize> {
        let consistency_level = self.consistency_level;
        let request = hot::GetCount { key, column_parent: self.parent(), predicate, consistency_level };
        let count = self.cf.call(Some(key), |connection| {
            connection.call_in_place::<methods::GetCount>(|sequence, out| request.encode(sequence, out))
        });
        let count = count.map_err(|e| e.at(self.cf.key_place(key)))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Counts of several rows, in the order of their keys, in calls of at most `buffer` rows.
    pub(super) fn multiget_count(
        &self,
        keys: &[Vec<u8>],
        predicate: &Predicate,
        buffer: usize,
    ) -> Result<Vec<usize>> {
        let mut counts = Vec::with_capacity(keys.len());
        let (mut rest, mut buffer) = (keys, buffer);
        while !rest.is_empty() {
            let (some, after) = rest.split_at(rest.len().min(buffer));
            let request = hot::MultigetCount {
                keys: some.iter().map(Vec::as_slice).collect(),
                column_parent: self.parent(),
                predicate: predicate.as_wire(),
                consistency_level: self.consistency_level,
            };
            let answer = self.cf.call(None, |connection| {
                connection
                    .call_in_place::<methods::MultigetCount>(|sequence, out| request.encode(sequence, out))
            });
            let answer = match answer {
                Err(e) if e.is_too_large() && some.len() > 1 => {
                    buffer = some.len() / 2;
                    continue;
                }
                other => other.map_err(|e| e.at(self.cf.place()))?,
            };
            rest = after;
            let answer: HashMap<_, _> = answer.into_iter().collect();
            counts.extend(some.iter().map(|key| {
                let count = answer.get(&key[..]).copied().unwrap_or(0); // a server may leave out empty rows
                usize::try_from(count).unwrap_or(0)
            }));
        }
        Ok(counts)
    }
}

/// Several rows in the order asked for, each once; those without columns are left out. Holds what one call gave.
pub(super) struct Multiget<'a> {
    reader: Reader<'a>,
    keys: Vec<Vec<u8>>,
    predicate: Predicate,
    /// The most rows that one call asks for.
    buffer: usize,
    /// The keys that were asked for.
    asked: usize,
    /// The next key of the page.
    next: usize,
    page: Arc<Rows>,
    /// The row of the page that should be the next key's, if the server keeps the order asked for.
    expected: usize,
    /// The rows of the page by their keys, once one of them was not where it was expected.
    places: Option<HashMap<Box<[u8]>, usize>>,
}

impl<'a> Multiget<'a> {
    pub(super) fn new(reader: Reader<'a>, keys: Vec<Vec<u8>>, predicate: Predicate, buffer: usize) -> Self {
        let page = Arc::default();
        Multiget { reader, keys, predicate, buffer, asked: 0, next: 0, page, expected: 0, places: None }
    }

    /// The row of the page that is the next key's.
    fn place(&mut self) -> Option<usize> {
        let key = self.keys[self.next].as_slice();
        if self.places.is_none() && self.page.get(self.expected).is_some_and(|row| row.key() == key) {
            self.expected += 1;
            return Some(self.expected - 1);
        }
        let rows = self.page.iter().enumerate();
        let places = self.places.get_or_insert_with(|| rows.map(|(i, row)| (row.key().into(), i)).collect());
        places.get(key).copied()
    }

    fn try_next(&mut self) -> Result<Option<RawRow>> {
        loop {
            while self.next < self.asked {
                let place = self.place();
                self.next += 1;
                let Some(index) = place else { continue };
                let row = RawRow::new(self.page.clone(), index);
                if row.is_empty() && !self.predicate.is_cut() {
                    continue;
                }
                let row = self.reader.whole(row, &self.predicate)?;
                if !row.is_empty() {
                    return Ok(Some(row));
                }
            }
            if self.asked == self.keys.len() {
                return Ok(None);
            }
            self.fetch()?;
        }
    }

    fn fetch(&mut self) -> Result<()> {
        loop {
            let end = self.asked.saturating_add(self.buffer).min(self.keys.len());
            let some = &self.keys[self.asked..end];
            let request = hot::MultigetSlice {
                keys: some.iter().map(Vec::as_slice).collect(),
                column_parent: self.reader.parent(),
                predicate: self.predicate.as_wire(),
                consistency_level: self.reader.consistency_level,
            };
            let rows = match self.reader.cf.call(None, |connection| connection.multiget_slice(&request)) {
                Err(e) if e.is_too_large() && some.len() > 1 => {
                    self.buffer = some.len() / 2;
                    continue;
                }
                Err(e) if e.is_too_large() && self.predicate.halve(self.reader.comparator()) => continue,
                other => other.map_err(|e| self.reader.ended(e.at(self.reader.cf.place()), None))?,
            };
            self.places = None;
            self.expected = 0;
            self.page = Arc::new(rows);
            (self.next, self.asked) = (self.asked, end);
            return Ok(());
        }
    }
}

impl Iterator for Multiget<'_> {
    type Item = Result<RawRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.try_next();
        if row.is_err() {
            (self.next, self.asked) = (self.keys.len(), self.keys.len());
        }
        row.transpose()
    }
}
