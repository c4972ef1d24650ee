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
    snapshot.range(partition, (Bound::Excluded(prefix), Bound::Included(&upper))).next_back().transpose()
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

/// How many chunks are passed over at first before the one that is wanted is sought: a seek takes as long as some
/// twenty.
const NEAR: usize = 4;

/// Finds chunks of a row from its end to its start.
pub(super) struct Backwards<'a, S: Snapshot> {
    snapshot: &'a S,
    partition: &'a S::Partition,
    prefix: &'a [u8],
    /// Those before the last that was found.
    chunks: Option<S::Range>,
    /// How many are passed over; fewer, once it was in vain.
    near: usize,
}

/// Where a chunk is sought.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Where this name, in its encoded form, stands.
    At(Vec<u8>),
    /// At the end of what comes before the last that was found, or of the row.
    Last,
}

impl<'a, S: Snapshot> Backwards<'a, S> {
    pub(super) fn new(snapshot: &'a S, partition: &'a S::Partition, prefix: &'a [u8]) -> Backwards<'a, S> {
        Backwards { snapshot, partition, prefix, chunks: None, near: NEAR }
    }

    /// The chunk in which a place stands, if it does not stand in the head; the place comes before the chunk that
    /// was found last.
    pub(super) fn chunk_at(&mut self, place: &Place) -> Result<Option<Entry<S>>, StoreError> {
        let upper = match place {
            Place::At(name) => bound(key::chunk(self.prefix, name)),
            Place::Last => key::after(self.prefix),
        };
        if let Some(chunks) = &mut self.chunks {
            let near = if *place == Place::Last { 1 } else { self.near };
            for _ in 0..near {
                match chunks.next_back().transpose()? {
                    Some((chunk_key, _)) if *chunk_key > *upper => {}
                    found => return Ok(found),
                }
            }
            self.near /= 2;
        }
        let bounds = (Bound::Excluded(self.prefix), Bound::Included(upper.as_slice()));
        let chunks = self.chunks.insert(self.snapshot.range(self.partition, bounds));
        chunks.next_back().transpose()
    }
}
