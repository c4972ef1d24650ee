//! Finding the rows that a filter admits, in the order of their tokens.

use std::ops::ControlFlow;

use super::filter::Filter;
use super::{Stale, beginning, entries_between};
use crate::embedded::row::Rules;
use crate::embedded::row::find::{Row, with_row};
use crate::embedded::row::scan::{Bounds, scan};
use crate::embedded::schema::{ColumnFamily, Index};
use crate::embedded::store::{Database, Snapshot, Store, StoreError};

type Data = <Database as Store>::Snapshot;

/// So many entries that are not so are kept in mind, to be removed after a search.
const MOST_STALE: usize = 1024;

/// The rows between bounds that a filter admits: by an index if one of its comparisons has one, or else row
/// by row. Gives the entries of the index that turned out not to be so.
pub(crate) fn search<E: From<StoreError>>(
    snapshot: &Data,
    family: &ColumnFamily,
    bounds: &[Bounds],
    filter: &Filter<'_>,
    rules: Rules<'_>,
    mut visit: impl FnMut(&[u8], &Row<'_, Data>) -> Result<ControlFlow<()>, E>,
) -> Result<Vec<Stale>, E> {
    let mut stale = Vec::new();
    let indexed = filter.indexed(family);
    for bounds in bounds {
        let flow = match indexed {
            Some((index, value)) => {
                let entries = Entries { snapshot, family, index, value, rules, stale: &mut stale };
                entries.visit(bounds, |key, row| {
                    if filter.admits(row)? { visit(key, row) } else { Ok(ControlFlow::Continue(())) }
                })?
            }
            None => scan(snapshot, &family.partition, bounds, rules, |key, row| {
                if filter.admits(row)? { visit(key, row) } else { Ok(ControlFlow::Continue(())) }
            })?,
        };
        if flow.is_break() {
            break;
        }
    }
    Ok(stale)
}

/// Whether a row has exactly this value in a live column.
pub(crate) fn has_value<S: Snapshot>(
    row: &Row<'_, S>,
    column: &[u8],
    value: &[u8],
) -> Result<bool, StoreError> {
    let now = row.rules.now;
    let same = row.find(column, |cell| cell.is_live(now) && super::indexed_value(cell) == Some(value))?;
    Ok(same == Some(true))
}

/// The entries of one value.
struct Entries<'a> {
    snapshot: &'a Data,
    family: &'a ColumnFamily,
    index: &'a Index,
    value: &'a [u8],
    rules: Rules<'a>,
    stale: &'a mut Vec<Stale>,
}

impl Entries<'_> {
    fn visit<E: From<StoreError>>(
        self,
        bounds: &Bounds,
        mut visit: impl FnMut(&[u8], &Row<'_, Data>) -> Result<ControlFlow<()>, E>,
    ) -> Result<ControlFlow<()>, E> {
        let beginning = beginning(self.value);
        let bounds = entries_between(&beginning, bounds);
        let range = (bounds.0.as_ref().map(Vec::as_slice), bounds.1.as_ref().map(Vec::as_slice));
        for entry in self.snapshot.range(&self.index.partition, range) {
            let (key, _) = entry?;
            let Some(row_prefix) = key.strip_prefix(beginning.as_slice()) else {
                return Err(StoreError::Damaged("an entry of an index stands under another value").into());
            };
            let found =
                with_row(self.snapshot, &self.family.partition, row_prefix, self.rules, |key, row| {
                    if has_value(row, &self.index.column, self.value)? {
                        visit(key, row).map(Some)
                    } else {
                        Ok(None)
                    }
                })?;
            match found.flatten() {
                Some(ControlFlow::Break(())) => return Ok(ControlFlow::Break(())),
                Some(ControlFlow::Continue(())) => {}
                None if self.stale.len() < MOST_STALE => {
                    self.stale.push(Stale {
                        index: self.index.id,
                        row_prefix: row_prefix.to_vec(),
                        value: self.value.to_vec(),
                    });
                }
                None => {}
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}
