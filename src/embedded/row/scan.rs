//! Reading rows one after the other, in the order of their tokens.

use std::ops::{Bound, ControlFlow};

use super::head::Head;
use super::read::Row;
use super::{Rules, key};
use crate::embedded::store::{Snapshot, StoreError};
use crate::partitioner::{Partitioner, Token};

/// The bounds of a scan, as keys of the store.
pub(crate) type Bounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// Visits the rows between two bounds, each with its key, until the visitor stops.
pub(crate) fn scan<S: Snapshot, E: From<StoreError>>(
    snapshot: &S,
    partition: &S::Partition,
    bounds: &Bounds,
    rules: Rules<'_>,
    mut visit: impl FnMut(&[u8], &Row<'_, S>) -> Result<ControlFlow<()>, E>,
) -> Result<ControlFlow<()>, E> {
    let upper = bounds.1.as_ref().map(Vec::as_slice);
    let mut entries = snapshot.range(partition, (bounds.0.as_ref().map(Vec::as_slice), upper));
    let mut row_key = Vec::new();
    while let Some(entry) = entries.next() {
        let (prefix, stored) = entry?;
        let head = Head::decode(&stored).map_err(StoreError::from)?;
        let chunked = head.chunked;
        let whole = key::unescape(&prefix, rules.partitioner, &mut row_key).map_err(StoreError::from)?;
        let kept = head.key;
        let row = Row { snapshot, partition, prefix: &prefix, head, rules, scanned: true };
        let shown = match kept {
            Some(kept) if !whole => kept,
            _ => row_key.as_slice(),
        };
        if visit(shown, &row)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        if chunked {
            // the row's chunks lie between its head and the next one
            let after = key::after(&prefix);
            if matches!(upper, Bound::Included(end) | Bound::Excluded(end) if after.as_slice() >= end) {
                break;
            }
            entries = snapshot.range(partition, (Bound::Included(&after), upper));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Bounds that hold the rows of the tokens after `start`, up to and with `end`; `None` where there are none.
pub(crate) fn tokens_after(start: &Token, end: Option<&Token>) -> Option<Bounds> {
    Some((Bound::Included(key::after_token(start)?), end.map_or(Bound::Unbounded, upto_token)))
}

/// The rows from a key on.
pub(crate) fn from_key(row_key: &[u8], partitioner: Partitioner) -> Bound<Vec<u8>> {
    Bound::Included(key::prefix(row_key, partitioner).0)
}

/// The rows up to and with a key.
pub(crate) fn upto_key(row_key: &[u8], partitioner: Partitioner) -> Bound<Vec<u8>> {
    Bound::Excluded(key::after(&key::prefix(row_key, partitioner).0))
}

/// The rows up to and with a token.
pub(crate) fn upto_token(token: &Token) -> Bound<Vec<u8>> {
    key::after_token(token).map_or(Bound::Unbounded, Bound::Excluded)
}
