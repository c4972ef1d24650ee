//! `batch_mutate` and `atomic_batch_mutate`: writes and deletions in several rows and column families, all or
//! none. Here both are the same, one batch of the store; but as in Cassandra, an atomic one takes no counters.

use typed_arena::Arena;

use super::Context;
use crate::embedded::check;
use crate::embedded::check::mutation::Update;
use crate::embedded::failure::{Failure, invalid};
use crate::embedded::node::RowWrite;
use crate::embedded::schema::Replication;
use crate::wire::hot::{AtomicBatchMutate, BatchMutate, MutationMap};
use crate::wire::{ConsistencyLevel, DecodeError, methods};

pub(super) fn batch_mutate(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = BatchMutate::decode(body)?;
    let outcome = write(context, &call.mutation_map, call.consistency_level, false);
    context.reply::<methods::BatchMutate>(outcome);
    Ok(())
}

pub(super) fn atomic_batch_mutate(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = AtomicBatchMutate::decode(body)?;
    let outcome = write(context, &call.mutation_map, call.consistency_level, true);
    context.reply::<methods::AtomicBatchMutate>(outcome);
    Ok(())
}

fn write(
    context: &Context<'_>,
    map: &MutationMap<'_>,
    level: ConsistencyLevel,
    atomic: bool,
) -> Result<(), Failure> {
    let writing = context.node.writing();
    // also a batch without mutations needs a keyspace
    let replication = context.keyspace_in(&writing.schema)?.replication.clone();
    let names = Arena::with_capacity(0);
    let mut rows = Vec::with_capacity(map.len());
    for (key, families) in last_of_each(map) {
        for (name, mutations) in last_of_each(families) {
            let (_, family) = context.family_in(&writing.schema, name)?;
            check::key(&family, key)?;
            if family.is_counter() {
                check::level::counter_write(&family, level)?;
            }
            let mut update = Update::new(&family, &names, writing.moment);
            update.touch();
            update.expect(mutations.len());
            for mutation in mutations {
                update.mutation(mutation)?;
            }
            if atomic && family.is_counter() {
                return Err(invalid("Counter mutations are not allowed in atomic batches"));
            }
            let update = update.finish();
            if !update.is_empty() {
                rows.push(RowWrite { family, key, update });
            }
        }
    }
    Replication::check_write_level(level)?;
    if rows.is_empty() {
        return Ok(());
    }
    replication.check_available(level)?;
    writing.commit(rows)
}

/// The entries of a map as the wire has it: of those with one key, the last.
fn last_of_each<K: Ord, V>(entries: &[(K, V)]) -> impl Iterator<Item = &(K, V)> {
    let (single, many) = if entries.len() > 1 { (&entries[..0], entries) } else { (entries, &entries[..0]) };
    let mut last: Vec<usize> = (0..many.len()).collect();
    // a stable sort: of equal keys the last one stays
    last.sort_by(|one, other| many[*one].0.cmp(&many[*other].0));
    last.dedup_by(|later, kept| {
        let same = many[*later].0 == many[*kept].0;
        if same {
            *kept = *later;
        }
        same
    });
    last.sort_unstable();
    single.iter().chain(last.into_iter().map(|index| &many[index]))
}
