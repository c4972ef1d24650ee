//! What compaction leaves of a stored head or chunk: nothing that is dead and past gc_grace.
//!
//! A part of a row is looked at by itself, without a lock and perhaps in an old version. So only that goes
//! which no read would see and no later write would meet: cells that are dead by themselves, and, where the
//! head is the whole row, the deletions that are past gc_grace with what they delete.

use super::cell::Cells;
use super::head::{Head, decode_chunk, encode_chunk_start};
use super::merge::Merged;
use super::{Rules, deletion::Deletions, key};
use crate::embedded::store::{Damage, Purged};

/// What is left of an entry of a column family's partition.
pub(crate) fn purge(entry: &[u8], stored: &[u8], rules: Rules<'_>) -> Result<Purged, Damage> {
    let is_head = key::unescape(entry, rules.partitioner, &mut Vec::new()).is_ok();
    if is_head { purge_head(stored, rules) } else { purge_chunk(stored, rules) }
}

fn purge_chunk(stored: &[u8], rules: Rules<'_>) -> Result<Purged, Damage> {
    let cells = decode_chunk(stored)?;
    if !has_dead(cells, rules)? {
        return Ok(Purged::Keep);
    }
    let left = Merged::new(cells, &[], &Deletions::default(), rules)?;
    if left.len() == 0 {
        return Ok(Purged::Remove);
    }
    let mut value = Vec::with_capacity(stored.len());
    encode_chunk_start(&mut value);
    value.extend_from_slice(left.bytes(0, left.len()));
    Ok(Purged::Replace(value))
}

fn purge_head(stored: &[u8], rules: Rules<'_>) -> Result<Purged, Damage> {
    let mut head = Head::decode(stored)?;
    let mut kept = head.deletions.clone();
    if !head.chunked {
        kept.purge(rules.gc_before);
    }
    let forgets = kept != head.deletions;
    if !forgets && !has_dead(head.cells, rules)? {
        return Ok(Purged::Keep);
    }
    // what is deleted by what is forgotten goes with it
    let left = Merged::new(head.cells, &[], &head.deletions, rules)?;
    if left.len() == 0 && kept.is_empty() && !head.chunked {
        return Ok(Purged::Remove);
    }
    head.deletions = kept;
    let mut value = Vec::with_capacity(stored.len());
    head.encode_start(&mut value);
    value.extend_from_slice(left.bytes(0, left.len()));
    Ok(Purged::Replace(value))
}

fn has_dead(cells: &[u8], rules: Rules<'_>) -> Result<bool, Damage> {
    for cell in Cells::new(cells) {
        if cell?.purgeable(rules.now, rules.gc_before) {
            return Ok(true);
        }
    }
    Ok(false)
}
