//! One row by its prefix, and one cell of it as it is stored, live or not.

use std::cmp::Ordering;

use super::cell::{Cell, Cells};
use super::chunk::chunk_of;
use super::head::{Head, decode_chunk};
pub(crate) use super::read::Row;
pub(crate) use super::reconcile::reconcile;
use super::view::View;
use super::{Rules, key};
use crate::embedded::store::{Snapshot, StoreError};

/// Shows the row of a prefix with its key; `None` where there is none.
pub(crate) fn with_row<S: Snapshot, R, E: From<StoreError>>(
    snapshot: &S,
    partition: &S::Partition,
    prefix: &[u8],
    rules: Rules<'_>,
    show: impl FnOnce(&[u8], &Row<'_, S>) -> Result<R, E>,
) -> Result<Option<R>, E> {
    let Some(stored) = snapshot.get(partition, prefix)? else {
        return Ok(None);
    };
    let head = Head::decode(&stored).map_err(StoreError::from)?;
    let mut row_key = Vec::new();
    let whole = key::unescape(prefix, rules.partitioner, &mut row_key).map_err(StoreError::from)?;
    let kept = head.key;
    let row = Row { snapshot, partition, prefix, head, rules, scanned: true };
    let shown = match kept {
        Some(kept) if !whole => kept,
        _ => row_key.as_slice(),
    };
    show(shown, &row).map(Some)
}

/// The same by the row's key.
pub(crate) fn with_row_of<S: Snapshot, R, E: From<StoreError>>(
    snapshot: &S,
    partition: &S::Partition,
    row_key: &[u8],
    rules: Rules<'_>,
    show: impl FnOnce(&Row<'_, S>) -> Result<R, E>,
) -> Result<Option<R>, E> {
    let (prefix, _) = key::prefix(row_key, rules.partitioner);
    let found = with_row(snapshot, partition, &prefix, rules, |found, row| {
        // a row whose cut prefix happens to be the same is another row
        if found == row_key { show(row).map(Some) } else { Ok(None) }
    })?;
    Ok(found.flatten())
}

impl<S: Snapshot> Row<'_, S> {
    /// Shows the cell of a name, unless nothing of it is left: shadowed by a deletion of the row or of a
    /// range, or dead and past gc_grace.
    pub(crate) fn find<R>(
        &self,
        name: &[u8],
        show: impl FnOnce(&Cell<'_>) -> R,
    ) -> Result<Option<R>, StoreError> {
        let Rules { comparator, now, gc_before, .. } = self.rules;
        let left = |cell: &Cell<'_>| {
            let view = View::whole(&self.head.deletions, comparator, false);
            !view.deletes(cell) && !cell.purgeable(now, gc_before)
        };
        Ok(self.stored(name, |cell| left(cell).then(|| show(cell)))?.flatten())
    }

    /// Shows the cell of a name as it is stored, whatever became of it.
    pub(crate) fn stored<R>(
        &self,
        name: &[u8],
        show: impl FnOnce(&Cell<'_>) -> R,
    ) -> Result<Option<R>, StoreError> {
        let of = |cells| {
            for cell in Cells::new(cells) {
                let cell = cell?;
                match self.rules.comparator.compare(cell.name, name) {
                    Ordering::Less => {}
                    Ordering::Equal => return Ok(Some(cell)),
                    Ordering::Greater => break,
                }
            }
            Ok::<_, StoreError>(None)
        };
        if let Some(cell) = of(self.head.cells)? {
            return Ok(Some(show(&cell)));
        }
        if !self.head.chunked {
            return Ok(None);
        }
        let chunk = chunk_of(self.snapshot, self.partition, self.prefix, name, self.rules)?;
        let Some((_, chunk)) = chunk else {
            return Ok(None);
        };
        Ok(of(decode_chunk(&chunk)?)?.map(|cell| show(&cell)))
    }
}
