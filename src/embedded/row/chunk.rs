//! Finding the chunk in which a name stands.

use std::ops::Bound;

use super::{Rules, key};
use crate::embedded::store::{Entry, LONGEST_KEY, Snapshot, StoreError};

/// The chunk of a row in which a name stands, if it does not stand in the head.
pub(super) fn chunk_of<S: Snapshot>(
    snapshot: &S,
    partition: &S::Partition,
    prefix: &[u8],
    name: &[u8],
    rules: Rules<'_>,
) -> Result<Option<Entry<S>>, StoreError> {
    let upper = chunks_up_to(prefix, name, rules);
    let bounds = (Bound::Excluded(prefix), Bound::Included(upper.as_slice()));
    snapshot.range(partition, bounds).next_back().transpose()
}

/// A bound for the chunks that hold names up to this one, which is the key of the chunk that would begin with
/// it; an empty name is an open bound.
pub(super) fn chunks_up_to(prefix: &[u8], name: &[u8], rules: Rules<'_>) -> Vec<u8> {
    if name.is_empty() {
        return key::after(prefix);
    }
    let mut bound = key::chunk(prefix, &[]);
    rules.comparator.encode_ordered(name, &mut bound);
    // the store panics on longer bounds, and no key is longer, so the cut bound admits the same keys
    bound.truncate(LONGEST_KEY);
    bound
}
