//! `batch_mutate` and `atomic_batch_mutate`: writes and deletions in several rows and column families, all or
//! none. Here both are the same: one batch of the store.

use super::Context;
use crate::embedded::check;
use crate::embedded::failure::Failure;
use crate::embedded::node::RowWrite;
use crate::embedded::row::write::RowUpdate;
use crate::wire::hot::{AtomicBatchMutate, BatchMutate, MutationMap};
use crate::wire::{ConsistencyLevel, DecodeError, methods};

pub(super) fn batch_mutate(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = BatchMutate::decode(body)?;
    let outcome = write(context, &call.mutation_map, call.consistency_level);
    context.reply::<methods::BatchMutate>(outcome);
    Ok(())
}

pub(super) fn atomic_batch_mutate(context: &mut Context<'_>, body: &[u8]) -> Result<(), DecodeError> {
    let call = AtomicBatchMutate::decode(body)?;
    let outcome = write(context, &call.mutation_map, call.consistency_level);
    context.reply::<methods::AtomicBatchMutate>(outcome);
    Ok(())
}

fn write(context: &Context<'_>, map: &MutationMap<'_>, level: ConsistencyLevel) -> Result<(), Failure> {
    let writing = context.node.writing();
    // also a batch without mutations needs a keyspace
    let replication = context.keyspace_in(&writing.schema)?.replication.clone();
    let mut rows = Vec::with_capacity(map.len());
    for (key, families) in map {
        for (name, mutations) in families {
            let (_, family) = context.family_in(&writing.schema, name)?;
            check::key(&family, key)?;
            let mut update = RowUpdate::default();
            for mutation in mutations {
                check::mutation::add(&family, mutation, writing.now, &mut update)?;
            }
            rows.push(RowWrite { family, key, update });
        }
    }
    replication.check_write(level)?;

    writing.commit(rows)
}
