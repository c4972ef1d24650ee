//! Changing one row: its head and the chunks concerned are read, merged with what is new, and written.
//!
//! A new cell concerns the part of the row in which its name stands. A deletion concerns all parts that it
//! covers: they give up what it deletes at once, so that nobody reads over it again.

use std::cmp::Ordering;
use std::collections::BTreeMap;
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
        // a client that reads its columns from a sorted map sends them so
        if self.cells.is_sorted_by(|one, other| comparator.compare(one.name, other.name) == Ordering::Less) {
            return;
        }
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
    let writer = Writer { snapshot, partition, prefix: &prefix, rules, deletions: &deletions };
    let mut chunks = Chunks::default();
    let mut for_head = update.cells.as_slice();
    let forgets = deletions.is_purgeable(rules.gc_before);
    if head.chunked {
        writer.rewrite_chunks(&update, &mut for_head, &mut chunks)?;
        chunks.join_small(&writer)?;
        head.chunked = chunks.are_left(&writer)?;
    }
    if !exists || !update.deletions.is_empty() || !for_head.is_empty() || forgets {
        match writer.rewrite_head(head, for_head, &mut chunks)? {
            Some(value) if stored.as_deref() != Some(&value) => batch.put(partition, &prefix, &value),
            None if exists => batch.remove(partition, &prefix),
            _ => {}
        }
    }
    chunks.put(partition, batch);
    Ok(())
}

/// Writes the parts of one row.
struct Writer<'a, S: Snapshot> {
    snapshot: &'a S,
    partition: &'a S::Partition,
    prefix: &'a [u8],
    rules: Rules<'a>,
    /// All of the row's deletions, those of this update included.
    deletions: &'a Deletions<'a>,
}

impl<S: Snapshot> Writer<'_, S> {
    /// Rewrites the chunks that an update concerns, and leaves in `cells` those that belong in the head.
    fn rewrite_chunks<'u>(
        &self,
        update: &'u RowUpdate<'_>,
        cells: &mut &'u [Cell<'u>],
        chunks: &mut Chunks,
    ) -> Result<(), StoreError> {
        let covered = Covered::new(update, self.deletions, self.rules);
        let mut rest = std::mem::take(cells);
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
                Some((chunk_key, chunk)) => self.rewrite_chunk(&chunk_key, &chunk, concerned, chunks)?,
            }
            rest = later;
            place = next.and_then(|next| self.next_place(&covered, rest, &next));
        }
        Ok(())
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

    fn rewrite_chunk(
        &self,
        chunk_key: &[u8],
        stored: &[u8],
        new: &[Cell<'_>],
        chunks: &mut Chunks,
    ) -> Result<(), StoreError> {
        let old = decode_chunk(stored)?;
        let merged = Merged::new(old, new, self.deletions, self.rules)?;
        if merged.len() == 0 {
            chunks.changed.insert(chunk_key.to_vec(), None);
            return Ok(());
        }
        let pieces = self.cut(&merged);
        let first = merged.bytes(0, pieces[0]);
        if old != first {
            if first.len() < old.len() && pieces.len() == 1 {
                chunks.shrunk.push(chunk_key.to_vec());
            }
            chunks.changed.insert(chunk_key.to_vec(), Some(first.to_vec()));
        } else {
            chunks.kept = true;
        }
        self.new_chunks(&merged, &pieces, chunks);
        Ok(())
    }

    /// The head as it is to be stored; `None` where nothing is left of the row.
    fn rewrite_head(
        &self,
        mut head: Head<'_>,
        new: &[Cell<'_>],
        chunks: &mut Chunks,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let merged = Merged::new(head.cells, new, self.deletions, self.rules)?;
        let mut pieces = self.cut(&merged);
        if merged.len() > 0 && merged.size(0) > CHUNK_SIZE {
            // a large cell is a chunk alone, also when it is the first
            pieces.insert(0, 0);
        }
        head.chunked |= pieces.len() > 1;
        // the chunks at their bounds have been rewritten
        head.deletions.purge(self.rules.gc_before);
        let cells = merged.bytes(0, pieces[0]);
        if !head.chunked && cells.is_empty() && head.deletions.is_empty() {
            return Ok(None);
        }
        let mut value = Vec::with_capacity(cells.len() + 32);
        head.encode_start(&mut value);
        value.extend_from_slice(cells);
        self.new_chunks(&merged, &pieces, chunks);
        Ok(Some(value))
    }

    fn cut(&self, merged: &Merged) -> Vec<usize> {
        merged.cut(self.rules, LONGEST_KEY - key::chunk(self.prefix, &[]).len())
    }

    /// Notes all pieces but the first.
    fn new_chunks(&self, merged: &Merged, pieces: &[usize], chunks: &mut Chunks) {
        for piece in pieces.windows(2) {
            let chunk_key = key::chunk(self.prefix, &merged.separator_before(piece[0], self.rules));
            chunks.changed.insert(chunk_key, Some(merged.bytes(piece[0], piece[1]).to_vec()));
        }
    }
}

/// The key of a chunk, and its cells.
type Chunk = (Vec<u8>, Vec<u8>);

/// What becomes of a row's chunks: each key once, so that a batch does not say two things of it.
#[derive(Default)]
struct Chunks {
    /// By key, the cells of those that are written; `None` for those that go.
    changed: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The keys of those that have fewer bytes than before.
    shrunk: Vec<Vec<u8>>,
    /// One was looked at and stays as it is.
    kept: bool,
}

impl Chunks {
    /// Joins those that shrank with the ones that follow, where they fit into one with room to grow.
    fn join_small<S: Snapshot>(&mut self, writer: &Writer<'_, S>) -> Result<(), StoreError> {
        for chunk_key in std::mem::take(&mut self.shrunk) {
            while let Some(Some(cells)) = self
                .changed
                .get(&chunk_key)
                .filter(|cells| cells.as_ref().is_some_and(|cells| cells.len() < CHUNK_SIZE / 4))
            {
                let Some((next_key, next)) = self.after(&chunk_key, writer)? else { break };
                if cells.len() + next.len() > CHUNK_SIZE * 3 / 4 {
                    break;
                }
                let joined = [cells.as_slice(), &next].concat();
                self.changed.insert(chunk_key.clone(), Some(joined));
                self.changed.insert(next_key, None);
            }
        }
        Ok(())
    }

    /// The chunk that will follow this one.
    fn after<S: Snapshot>(
        &self,
        chunk_key: &[u8],
        writer: &Writer<'_, S>,
    ) -> Result<Option<Chunk>, StoreError> {
        let end = key::after(writer.prefix);
        let later = (Bound::Excluded(chunk_key), Bound::Unbounded);
        let mut changed = self.changed.range::<[u8], _>(later).filter(|(_, cells)| cells.is_some());
        let changed = changed.next().map(|(key, cells)| (key.clone(), cells.clone().unwrap_or_default()));
        let bounds = (Bound::Excluded(chunk_key), Bound::Excluded(end.as_slice()));
        for entry in writer.snapshot.range(writer.partition, bounds) {
            let (stored_key, stored) = entry?;
            if changed.as_ref().is_some_and(|(key, _)| key.as_slice() <= &*stored_key) {
                break;
            }
            if !self.changed.contains_key(&*stored_key) {
                return Ok(Some((stored_key.to_vec(), decode_chunk(&stored)?.to_vec())));
            }
        }
        Ok(changed)
    }

    /// Whether the row, which has had chunks, will have any.
    fn are_left<S: Snapshot>(&self, writer: &Writer<'_, S>) -> Result<bool, StoreError> {
        if self.kept || self.changed.is_empty() || self.changed.values().any(Option::is_some) {
            return Ok(true);
        }
        // those that were looked at are gone
        let end = key::after(writer.prefix);
        let bounds = (Bound::Excluded(writer.prefix), Bound::Excluded(end.as_slice()));
        for entry in writer.snapshot.range(writer.partition, bounds) {
            if !self.changed.contains_key(&*entry?.0) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Puts all into the batch.
    fn put<B: Batch>(self, partition: &B::Partition, batch: &mut B) {
        for (chunk_key, cells) in self.changed {
            match cells {
                None => batch.remove(partition, &chunk_key),
                Some(cells) => {
                    let mut value = Vec::with_capacity(1 + cells.len());
                    encode_chunk_start(&mut value);
                    value.extend_from_slice(&cells);
                    batch.put(partition, &chunk_key, &value);
                }
            }
        }
    }
}

/// The names that an update deletes beyond single ones, and those on the bounds of what is forgotten: encoded
/// bounds, both included; no end is an open one.
struct Covered(Vec<(Vec<u8>, Option<Vec<u8>>)>);

impl Covered {
    fn new(update: &RowUpdate<'_>, all: &Deletions<'_>, rules: Rules<'_>) -> Covered {
        let bounds = |range: &RangeDeletion<'_>| {
            let finish = (!range.finish.is_empty()).then(|| encoded(range.finish, rules));
            (encoded(range.start, rules), finish)
        };
        let row = update.deletions.row.map(|_| (Vec::new(), None));
        let forgotten = all.forgotten(rules.gc_before).flat_map(|range| [range.start, range.finish]);
        let names = forgotten.filter(|bound| !bound.is_empty()).map(|name| encoded(name, rules));
        let names = names.map(|name| (name.clone(), Some(name)));
        Covered(update.deletions.ranges.iter().map(bounds).chain(row).chain(names).collect())
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
