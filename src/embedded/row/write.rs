//! Changing one row: its head and the chunks concerned are read, merged with what is new, and written.
//!
//! A new cell concerns the part of the row in which its name stands. A deletion concerns all parts that it
//! covers: they give up what it deletes at once, so that nobody reads over it again.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::cell::Cell;
use super::chunk::{Backwards, Place};
use super::deletion::{Deletion, Deletions, RangeDeletion};
use super::head::{Head, decode_chunk, encode_chunk_start};
use super::merge::Merged;
use super::pieces::{CHUNK_SIZE, Growth, SMALL};
use super::reconcile::reconcile;
use super::{Rules, key};
use crate::embedded::store::{Batch, LONGEST_KEY, Snapshot, StoreError};

/// What a call changes in one row.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowUpdate<'a> {
    pub(crate) deletions: Deletions<'a>,
    pub(crate) cells: Vec<Cell<'a>>,
    /// The row is there afterwards, also if nothing is written to it: as Cassandra takes an update without
    /// columns.
    pub(crate) touches: bool,
}

impl<'a> RowUpdate<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.deletions.is_empty() && self.cells.is_empty() && !self.touches
    }

    /// Adds the changes of another update of the same row.
    pub(crate) fn merge(&mut self, other: &RowUpdate<'a>, rules: Rules<'_>) {
        self.deletions.merge(rules.comparator, &other.deletions);
        self.cells.extend_from_slice(&other.cells);
        self.touches |= other.touches;
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
    if !exists && update.touches && update.cells.is_empty() && update.deletions.is_empty() {
        // a deletion that deletes nothing
        head.deletions.add_row(Deletion { timestamp: i64::MIN, at: rules.now });
    }

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
    if let (Some(hints), Some(chunk_key)) = (rules.hints, chunks.last_written()) {
        hints.note(&prefix, chunk_key);
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
    ///
    /// From the row's end to its start: whatever is left and comes after a chunk's start then stands in that chunk,
    /// and nobody has to look where the next one begins.
    fn rewrite_chunks<'u>(
        &self,
        update: &'u RowUpdate<'_>,
        cells: &mut &'u [Cell<'u>],
        chunks: &mut Chunks,
    ) -> Result<(), StoreError> {
        let covered = Covered::new(update, self.deletions, self.rules);
        let mut names = Names::new(cells, self.rules);
        let mut backwards = Backwards::new(self.snapshot, self.partition, self.prefix, self.rules);
        let mut begin: Option<Vec<u8>> = None;
        while let Some(place) = names.last().max(covered.last(begin.as_deref())) {
            let Some((chunk_key, chunk)) = backwards.chunk_at(&place)? else { break };
            let separator = key::separator(self.prefix, &chunk_key)?;
            let earlier = names.keep_before(separator);
            let (rest, concerned) = cells.split_at(earlier);
            self.rewrite_chunk(&chunk_key, decode_chunk(&chunk)?, concerned, chunks)?;
            *cells = rest;
            begin = Some(separator.to_vec());
        }
        Ok(())
    }

    fn rewrite_chunk(
        &self,
        chunk_key: &[u8],
        old: &[u8],
        new: &[Cell<'_>],
        chunks: &mut Chunks,
    ) -> Result<(), StoreError> {
        let merged = Merged::new(old, new, self.deletions, self.rules)?;
        if merged.len() == 0 {
            chunks.changed.insert(chunk_key.to_vec(), None);
            return Ok(());
        }
        let pieces = self.cut(&merged, merged.growth());
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
        let growth = match merged.growth() {
            // the head is read with the row, so it holds what it can
            Growth::Scattered => Growth::Within,
            growth => growth,
        };
        let mut pieces = self.cut(&merged, growth);
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

    fn cut(&self, merged: &Merged, growth: Growth) -> Vec<usize> {
        merged.cut(growth, self.rules, LONGEST_KEY - key::chunk(self.prefix, &[]).len())
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
                .filter(|cells| cells.as_ref().is_some_and(|cells| cells.len() < SMALL / 2))
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

    /// The key of the last one that is written.
    fn last_written(&self) -> Option<&[u8]> {
        let mut written = self.changed.iter().filter(|(_, cells)| cells.is_some());
        written.next_back().map(|(key, _)| key.as_slice())
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

    /// The last place before a name that is covered; `None` as the name comes after all.
    fn last(&self, before: Option<&[u8]>) -> Option<Place> {
        let begins = |start: &[u8]| before.is_none_or(|before| start < before);
        let places = self.0.iter().filter(|(start, _)| begins(start)).map(|(_, finish)| match finish {
            Some(finish) if begins(finish) => Place::At(finish.clone()),
            _ => Place::Last,
        });
        places.max()
    }
}

/// The encoded names of the cells that are not in a chunk yet.
struct Names {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Names {
    fn new(cells: &[Cell<'_>], rules: Rules<'_>) -> Names {
        let mut names = Names { bytes: Vec::new(), ends: Vec::with_capacity(cells.len()) };
        for cell in cells {
            rules.comparator.encode_ordered(cell.name, &mut names.bytes);
            names.ends.push(names.bytes.len());
        }
        names
    }

    fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[index]]
    }

    fn last(&self) -> Option<Place> {
        let last = self.ends.len().checked_sub(1)?;
        Some(Place::At(self.get(last).to_vec()))
    }

    /// Takes off those from a separator on; gives the number of the others.
    fn keep_before(&mut self, separator: &[u8]) -> usize {
        while let Some(last) = self.ends.len().checked_sub(1)
            && self.get(last) >= separator
        {
            self.ends.pop();
        }
        self.ends.len()
    }
}

/// The form of a name that the store orders by its bytes; empty for an open bound.
fn encoded(name: &[u8], rules: Rules<'_>) -> Vec<u8> {
    let mut encoded = Vec::new();
    rules.comparator.encode_ordered(name, &mut encoded);
    encoded
}
