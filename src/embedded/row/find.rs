//! One row by its prefix, and one cell of it as it is stored, live or not.

use std::cmp::Ordering;

use super::cell::{Cell, Cells};
use super::chunk::chunk_of;
use super::head::{Head, decode_chunk};
pub(crate) use super::read::Row;
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

impl<S: Snapshot> Row<'_, S> {
    /// Shows the cell of a name, unless nothing of it is left: shadowed by a deletion of the row or of a
    /// range, or dead and past gc_grace.
    pub(crate) fn find<R>(
        &self,
        name: &[u8],
        show: impl FnOnce(&Cell<'_>) -> R,
    ) -> Result<Option<R>, StoreError> {
        let comparator = self.rules.comparator;
        let of = |cells| {
            for cell in Cells::new(cells) {
                let cell = cell?;
                match comparator.compare(cell.name, name) {
                    Ordering::Less => {}
                    Ordering::Equal => return Ok(Some(cell)),
                    Ordering::Greater => break,
                }
            }
            Ok::<_, StoreError>(None)
        };
        let left = |cell: &Cell<'_>| {
            let view = View::whole(&self.head.deletions, comparator, false);
            !view.deletes(cell) && !cell.purgeable(self.rules.now, self.rules.gc_before)
        };
        if let Some(cell) = of(self.head.cells)? {
            return Ok(left(&cell).then(|| show(&cell)));
        }
        if !self.head.chunked {
            return Ok(None);
        }
        let Some((_, chunk)) = chunk_of(self.snapshot, self.partition, self.prefix, name, self.rules)? else {
            return Ok(None);
        };
        let cell = of(decode_chunk(&chunk)?)?;
        Ok(cell.filter(left).map(|cell| show(&cell)))
    }
}
