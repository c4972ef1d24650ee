//! Which chunk of a row was written last.
//!
//! The store keeps what was overwritten until its memory goes to the disk, and a step backwards passes over each of
//! these versions. Of a chunk that is written again and again, as the last one of a timeline is, there are thousands; a
//! look at its key passes over none. So that chunk is tried first. A hint may be wrong: who uses it looks whether it is
//! so.

use std::sync::OnceLock;

use parking_lot::Mutex;

use crate::partitioner;

/// Rows share so many places; the last one that was written has it.
const COUNT: usize = 256;

/// Longer keys are not kept, so that the hints of a column family take little memory.
const LONGEST: usize = 1024;

/// The chunks that were written last, by their rows: of one column family.
#[derive(Debug, Default)]
pub(crate) struct Hints(OnceLock<Box<[Mutex<Vec<u8>>]>>);

impl Hints {
    /// Notes the key of a chunk of the row with this prefix.
    pub(super) fn note(&self, prefix: &[u8], chunk_key: &[u8]) {
        let places = self.0.get_or_init(|| (0..COUNT).map(|_| Mutex::default()).collect());
        if chunk_key.len() <= LONGEST {
            let mut place = places[index(prefix)].lock();
            place.clear();
            place.extend_from_slice(chunk_key);
        }
    }

    /// The key of the chunk of this row that was noted last, if no other row has taken its place.
    pub(super) fn of(&self, prefix: &[u8]) -> Option<Vec<u8>> {
        let place = self.0.get()?[index(prefix)].lock();
        // no prefix begins another one
        place.starts_with(prefix).then(|| place.clone())
    }
}

fn index(prefix: &[u8]) -> usize {
    partitioner::hash(prefix, 0).0 as usize % COUNT
}
