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
    last_up_to(snapshot, partition, prefix, &chunks_up_to(prefix, name, rules))
}

/// The same for a name in its encoded form.
pub(super) fn chunk_at<S: Snapshot>(
    snapshot: &S,
    partition: &S::Partition,
    prefix: &[u8],
    encoded: &[u8],
) -> Result<Option<Entry<S>>, StoreError> {
    last_up_to(snapshot, partition, prefix, &bound(key::chunk(prefix, encoded)))
}

/// A bound for the chunks that hold names up to this one, which is the key of the chunk that would begin with
/// it; an empty name is an open bound.
pub(super) fn chunks_up_to(prefix: &[u8], name: &[u8], rules: Rules<'_>) -> Vec<u8> {
    if name.is_empty() {
        return key::after(prefix);
    }
    let mut key = key::chunk(prefix, &[]);
    rules.comparator.encode_ordered(name, &mut key);
    bound(key)
}

/// The store panics on longer bounds, and no key is longer, so a cut bound admits the same keys.
fn bound(mut key: Vec<u8>) -> Vec<u8> {
    key.truncate(LONGEST_KEY);
    key
}

fn last_up_to<S: Snapshot>(
    snapshot: &S,
    partition: &S::Partition,
    prefix: &[u8],
    upper: &[u8],
) -> Result<Option<Entry<S>>, StoreError> {
    snapshot.range(partition, (Bound::Excluded(prefix), Bound::Included(upper))).next_back().transpose()
}
