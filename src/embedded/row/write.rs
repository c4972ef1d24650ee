//! Changing one row: its head and the chunks concerned are read, merged with what is new, and written.
//!
//! A new cell concerns the part of the row in which its name stands. A deletion concerns all parts that it
//! covers: they give up what it deletes at once, so that nobody reads over it again.

use std::cmp::Ordering;
use std::ops::Bound;

use super::cell::Cell;
use super::chunk::chunk_at;
use super::deletion::{Deletions, RangeDeletion};
use super::head::{Head, decode_chunk, encode_chunk_start};
use super::merge::Merged;
use super::pieces::CHUNK_SIZE;
use super::reconcile::reconcile;
use super::{Rules, key};
use crate::embedded::store::{Batch, LONGEST_KEY, Snapshot, StoreError};

/// What a call changes in one row.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowUpdate<'a> {
    pub(crate) deletions: Deletions<'a>,
    pub(crate) cells: Vec<Cell<'a>>,
}

impl<'a> RowUpdate<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.deletions.is_empty() && self.cells.is_empty()
    }

    /// Adds the changes of another update of the same row.
    pub(crate) fn merge(&mut self, other: &RowUpdate<'a>, rules: Rules<'_>) {
        self.deletions.merge(rules.comparator, &other.deletions);
        self.cells.extend_from_slice(&other.cells);
    }

    /// Brings the cells into comparator order, one of each name.
    fn settle(&mut self, rules: Rules<'_>) {
        let comparator = rules.comparator;
        self.cells.sort_by(|one, other| comparator.compare(one.name, other.name));
        self.cells.dedup_by(|new, old| {
            let same = comparator.compare(old.name, new.name) == Ordering::Equal;
            if same {
                *old = reconcile(*old, *new);
            }
            same
        });
    }
}

/// Puts into the batch what an update makes of a row as the snapshot has it. The caller holds the row's
/// lock from before the snapshot until after the commit.
pub(crate) fn write_row<S, B>(
    snapshot: &S,
    batch: &mut B,
    partition: &S::Partition,
    row_key: &[u8],
    mut update: RowUpdate<'_>,
    rules: Rules<'_>,
) -> Result<(), StoreError>
where
    S: Snapshot,
    B: Batch<Partition = S::Partition>,
{
    update.settle(rules);
    let (prefix, cut) = key::prefix(row_key, rules.partitioner);
    let stored = snapshot.get(partition, &prefix)?;
    let head = stored.as_deref().map(Head::decode).transpose()?;
    if head.as_ref().is_some_and(|head| head.key.is_some_and(|kept| kept != row_key)) {
        return Err(StoreError::Collision);
    }
    let exists = head.is_some();
    let mut head = head.unwrap_or_default();
    head.key = cut.then_some(row_key);
    head.deletions.merge(rules.comparator, &update.deletions);

    let deletions = head.deletions.clone();
    let mut writer = Writer { snapshot, batch, partition, prefix: &prefix, rules, deletions: &deletions };
    let mut for_head = update.cells.as_slice();
    if head.chunked {
        let left = writer.rewrite_chunks(&update, &mut for_head)?;
        // a deletion of the row has seen all of its chunks
        head.chunked = left || update.deletions.row.is_none();
    }
    if !exists || !update.deletions.is_empty() || !for_head.is_empty() {
        writer.rewrite_head(stored.as_deref(), head, for_head)?;
    }
    Ok(())
}

/// Writes the parts of one row.
struct Writer<'a, S: Snapshot, B> {
    snapshot: &'a S,
    batch: &'a mut B,
    partition: &'a S::Partition,
    prefix: &'a [u8],
    rules: Rules<'a>,
    /// All of the row's deletions, those of this update included.
    deletions: &'a Deletions<'a>,
}

impl<S, B> Writer<'_, S, B>
where
    S: Snapshot,
    B: Batch<Partition = S::Partition>,
{
    /// Rewrites the chunks that an update concerns, and leaves in `cells` those that belong in the head.
    /// Tells whether one of the chunks is still there.
    fn rewrite_chunks<'u>(
        &mut self,
        update: &'u RowUpdate<'_>,
        cells: &mut &'u [Cell<'u>],
    ) -> Result<bool, StoreError> {
        let covered = Covered::new(update, self.rules);
        let mut rest = std::mem::take(cells);
        let mut left = false;
        let mut place = self.next_place(&covered, rest, &[]);
        while let Some(from) = place {
            let chunk = chunk_at(self.snapshot, self.partition, self.prefix, &from)?;
            let begin = chunk.as_ref().map_or(self.prefix, |(chunk_key, _)| chunk_key);
            // a single cell needs no look at the chunk that follows
            let next = if rest.len() == 1 && covered.is_empty() { None } else { self.chunk_after(begin)? };
            let here = next.as_ref().map_or(rest.len(), |next| self.count_before(next, rest));
            let (concerned, later) = rest.split_at(here);
            match chunk {
                None => *cells = concerned,
                Some((chunk_key, chunk)) => left |= self.rewrite_chunk(&chunk_key, &chunk, concerned)?,
            }
            rest = later;
            place = next.and_then(|next| self.next_place(&covered, rest, &next));
        }
        Ok(left)
    }

    /// The first encoded name from `from` on that is to be written or deleted.
    fn next_place(&self, covered: &Covered, cells: &[Cell<'_>], from: &[u8]) -> Option<Vec<u8>> {
        let cell = cells.first().map(|cell| encoded(cell.name, self.rules));
        [cell, covered.next(from)].into_iter().flatten().min()
    }

    /// The separator of the chunk that follows the part of the row with this key.
    fn chunk_after(&self, part: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let end = key::after(self.prefix);
        let bounds = (Bound::Excluded(part), Bound::Excluded(end.as_slice()));
        let Some(next) = self.snapshot.range(self.partition, bounds).next() else {
            return Ok(None);
        };
        let (next_key, _) = next?;
        Ok(Some(key::separator(self.prefix, &next_key)?.to_vec()))
    }

    /// How many of the cells come before a separator.
    fn count_before(&self, separator: &[u8], cells: &[Cell<'_>]) -> usize {
        cells.partition_point(|cell| encoded(cell.name, self.rules).as_slice() < separator)
    }

    /// Tells whether the chunk is still there.
    fn rewrite_chunk(
        &mut self,
        chunk_key: &[u8],
        stored: &[u8],
        new: &[Cell<'_>],
    ) -> Result<bool, StoreError> {
        let old = decode_chunk(stored)?;
        let merged = Merged::new(old, new, self.deletions, self.rules, None)?;
        if merged.len() == 0 {
            self.batch.remove(self.partition, chunk_key);
            return Ok(false);
        }
        let pieces = self.cut(&merged);
        let first = merged.bytes(0, pieces[0]);
        if old != first {
            self.put_chunk(chunk_key, first);
        }
        self.put_new_chunks(&merged, &pieces);
        Ok(true)
    }

    fn rewrite_head(
        &mut self,
        stored: Option<&[u8]>,
        mut head: Head<'_>,
        new: &[Cell<'_>],
    ) -> Result<(), StoreError> {
        // what is deleted by what is forgotten below goes with it
        let forget = (!head.chunked).then_some(self.rules.gc_before);
        let merged = Merged::new(head.cells, new, self.deletions, self.rules, forget)?;
        let mut pieces = self.cut(&merged);
        if merged.len() > 0 && merged.size(0) > CHUNK_SIZE {
            // a large cell is a chunk alone, also when it is the first
            pieces.insert(0, 0);
        }
        head.chunked |= pieces.len() > 1;
        let cells = merged.bytes(0, pieces[0]);
        if !head.chunked {
            head.deletions.purge(self.rules.gc_before);
            if cells.is_empty() && head.deletions.is_empty() {
                if stored.is_some() {
                    self.batch.remove(self.partition, self.prefix);
                }
                return Ok(());
            }
        }
        let mut value = Vec::with_capacity(cells.len() + 32);
        head.encode_start(&mut value);
        value.extend_from_slice(cells);
        if stored != Some(&value) {
            self.batch.put(self.partition, self.prefix, &value);
        }
        self.put_new_chunks(&merged, &pieces);
        Ok(())
    }

    fn cut(&self, merged: &Merged) -> Vec<usize> {
        merged.cut(self.rules, LONGEST_KEY - key::chunk(self.prefix, &[]).len())
    }

    fn put_chunk(&mut self, chunk_key: &[u8], cells: &[u8]) {
        let mut value = Vec::with_capacity(1 + cells.len());
        encode_chunk_start(&mut value);
        value.extend_from_slice(cells);
        self.batch.put(self.partition, chunk_key, &value);
    }

    /// Writes all pieces but the first.
    fn put_new_chunks(&mut self, merged: &Merged, pieces: &[usize]) {
        for piece in pieces.windows(2) {
            let chunk_key = key::chunk(self.prefix, &merged.separator_before(piece[0], self.rules));
            self.put_chunk(&chunk_key, merged.bytes(piece[0], piece[1]));
        }
    }
}

/// The names that an update deletes beyond single ones: encoded bounds, both included; no end is an open one.
struct Covered(Vec<(Vec<u8>, Option<Vec<u8>>)>);

impl Covered {
    fn new(update: &RowUpdate<'_>, rules: Rules<'_>) -> Covered {
        let bounds = |range: &RangeDeletion<'_>| {
            let finish = (!range.finish.is_empty()).then(|| encoded(range.finish, rules));
            (encoded(range.start, rules), finish)
        };
        let row = update.deletions.row.map(|_| (Vec::new(), None));
        Covered(update.deletions.ranges.iter().map(bounds).chain(row).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first place from `from` on that is covered.
    fn next(&self, from: &[u8]) -> Option<Vec<u8>> {
        let reaches = |finish: &Option<Vec<u8>>| finish.as_deref().is_none_or(|finish| finish >= from);
        let places = self.0.iter().filter(|(_, finish)| reaches(finish));
        places.map(|(start, _)| start.as_slice().max(from).to_vec()).min()
    }
}

/// The form of a name that the store orders by its bytes; empty for an open bound.
fn encoded(name: &[u8], rules: Rules<'_>) -> Vec<u8> {
    let mut encoded = Vec::new();
    rules.comparator.encode_ordered(name, &mut encoded);
    encoded
}
