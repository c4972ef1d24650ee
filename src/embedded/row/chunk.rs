//! Finding the chunk in which a name stands.

use std::ops::Bound;

use super::{Rules, key};
use crate::embedded::store::{LONGEST_KEY, Snapshot, StoreError};

/// The key of a chunk, and the chunk as it is stored.
pub(super) type Found<S> = (Vec<u8>, <S as Snapshot>::Value);

/// The chunk of a row in which a name stands, if it does not stand in the head.
pub(super) fn chunk_of<S: Snapshot>(
    snapshot: &S,
    partition: &S::Partition,
    prefix: &[u8],
    name: &[u8],
    rules: Rules<'_>,
) -> Result<Option<Found<S>>, StoreError> {
    last_up_to(snapshot, partition, prefix, &chunks_up_to(prefix, name, rules), rules)
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

/// The last chunk of a row whose key is not after this bound.
pub(super) fn last_up_to<S: Snapshot>(
    snapshot: &S,
    partition: &S::Partition,
    prefix: &[u8],
    upper: &[u8],
    rules: Rules<'_>,
) -> Result<Option<Found<S>>, StoreError> {
    let hint = rules.hints.and_then(|hints| hints.of(prefix)).filter(|hint| hint.as_slice() <= upper);
    if let Some(hint) = hint
        && let Some(chunk) = snapshot.get(partition, &hint)?
        && (hint == upper || is_empty(snapshot, partition, &hint, upper))
    {
        return Ok(Some((hint, chunk)));
    }
    let bounds = (Bound::Excluded(prefix), Bound::Included(upper));
    found::<S>(snapshot.range(partition, bounds).next_back())
}

/// Whether nothing is stored after the first key up to the second.
fn is_empty<S: Snapshot>(snapshot: &S, partition: &S::Partition, after: &[u8], upto: &[u8]) -> bool {
    snapshot.range(partition, (Bound::Excluded(after), Bound::Included(upto))).next().is_none()
}

fn found<S: Snapshot>(entry: Option<<S::Range as Iterator>::Item>) -> Result<Option<Found<S>>, StoreError> {
    Ok(entry.transpose()?.map(|(chunk_key, chunk)| (chunk_key.to_vec(), chunk)))
}

/// How many chunks are passed over at first before the one that is wanted is sought: a seek takes as long as some
/// twenty.
const NEAR: usize = 4;

/// Finds chunks of a row from its end to its start.
pub(super) struct Backwards<'a, S: Snapshot> {
    snapshot: &'a S,
    partition: &'a S::Partition,
    prefix: &'a [u8],
    rules: Rules<'a>,
    /// The key of the one that was found first.
    first: Option<Vec<u8>>,
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
    pub(super) fn new(
        snapshot: &'a S,
        partition: &'a S::Partition,
        prefix: &'a [u8],
        rules: Rules<'a>,
    ) -> Backwards<'a, S> {
        Backwards { snapshot, partition, prefix, rules, first: None, chunks: None, near: NEAR }
    }

    /// The chunk in which a place stands, if it does not stand in the head; the place comes before the chunk that
    /// was found last.
    pub(super) fn chunk_at(&mut self, place: &Place) -> Result<Option<Found<S>>, StoreError> {
        let upper = match place {
            Place::At(name) => bound(key::chunk(self.prefix, name)),
            Place::Last => key::after(self.prefix),
        };
        let Some(first) = &self.first else {
            // most updates concern one chunk, and that is often the one that was written last
            let found = last_up_to(self.snapshot, self.partition, self.prefix, &upper, self.rules)?;
            self.first = found.as_ref().map(|(chunk_key, _)| chunk_key.clone());
            return Ok(found);
        };
        if let Some(chunks) = &mut self.chunks {
            let near = if *place == Place::Last { 1 } else { self.near };
            for _ in 0..near {
                match chunks.next_back().transpose()? {
                    Some((chunk_key, _)) if *chunk_key > *upper => {}
                    entry => return found::<S>(entry.map(Ok)),
                }
            }
            self.near /= 2;
        }
        let end = match place {
            Place::Last => Bound::Excluded(first.as_slice()),
            Place::At(_) => Bound::Included(upper.as_slice()),
        };
        let chunks = self.snapshot.range(self.partition, (Bound::Excluded(self.prefix), end));
        found::<S>(self.chunks.insert(chunks).next_back())
    }
}
