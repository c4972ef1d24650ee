//! How the schema is kept: a partition of records, which are read once, at the start.
//!
//! `keyspace/NAME` holds a `KsDef`, `family/KEYSPACE/NAME` an id, the indexes (count in 2 bytes; each its id,
//! and the column's name with its length in 2) and a `CfDef`, `next` the id that is given next, `mark` what the
//! store needs. Each begins with the format. The data of a column family and those of an index stand in partitions named by their ids.

use std::collections::HashSet;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use super::column_family::{ColumnFamily, Index, Partition};
use super::replication::Replication;
use super::{Keyspace, SYSTEM, Schema};
use crate::embedded::row::cell::take;
use crate::embedded::store::{Batch, Database, Snapshot, Store, StoreError};
use crate::wire::{self, CfDef, KsDef};

/// The partition of the records.
const PARTITION: &str = "schema";

const FORMAT: u8 = 1;
const NEXT: &str = "next";
/// The store's own: how far it was on the disk.
const MARK: &str = "mark";
const KEYSPACE: &str = "keyspace/";
const FAMILY: &str = "family/";

const DAMAGED: StoreError = StoreError::Damaged("a record of the schema cannot be read");

pub(super) fn family_partition(id: u64) -> String {
    format!("family-{id}")
}

pub(super) fn index_partition(id: u64) -> String {
    format!("index-{id}")
}

fn keyspace_key(name: &str) -> String {
    format!("{KEYSPACE}{name}")
}

fn family_key(keyspace: &str, name: &str) -> String {
    format!("{FAMILY}{keyspace}/{name}")
}

/// Reads the schema of a store, and removes what a change that was cut short has left.
pub(crate) fn load(store: &Database) -> Result<(Schema, Partition), StoreError> {
    let partitions: HashSet<String> = store.partitions().into_iter().collect();
    if !store.is_new() && !partitions.contains(PARTITION) {
        return Err(StoreError::Damaged("the schema is missing"));
    }
    let records = store.create_partition(PARTITION)?;
    if store.is_new() {
        store.created()?;
    }
    let mut schema = Schema::empty(store.partitioner());
    let mut families = Vec::new();
    let snapshot = store.snapshot();
    for record in snapshot.range(&records, (Bound::Unbounded, Bound::Unbounded)) {
        let (key, value) = record?;
        let key = std::str::from_utf8(&key).map_err(|_| DAMAGED)?;
        let Some((&FORMAT, body)) = value.split_first() else {
            return Err(StoreError::Damaged("a record of the schema is of an unknown format"));
        };
        if key == MARK {
            continue;
        } else if key == NEXT {
            schema.next_id = u64::from_be_bytes(body.try_into().map_err(|_| DAMAGED)?);
        } else if key.starts_with(KEYSPACE) {
            let definition: KsDef = wire::decode(body).map_err(|_| DAMAGED)?;
            schema.insert_keyspace(definition)?;
        } else if key.starts_with(FAMILY) {
            families.push(read_family(body).ok_or(DAMAGED)?);
        } else {
            return Err(StoreError::Damaged("the schema has a record of an unknown kind"));
        }
    }
    let mut leftover = partitions;
    leftover.remove(PARTITION);
    let mut open = |name: String| {
        if !leftover.remove(&name) {
            return Err(StoreError::Damaged("the data of a column family or of an index are missing"));
        }
        store.create_partition(&name)
    };
    for FamilyRecord { id, indexes, definition } in families {
        let partition = open(family_partition(id))?;
        let mut opened = Vec::new();
        for (id, column) in indexes {
            opened.push(Index { id, column, partition: open(index_partition(id))? });
        }
        let keyspace = schema.keyspaces.get_mut(&definition.keyspace).ok_or(DAMAGED)?;
        let name = definition.name.clone();
        let family = ColumnFamily::new(id, definition, partition, schema.partitioner, opened);
        let family = family.map_err(|_| DAMAGED)?;
        Arc::make_mut(keyspace).families.insert(name, Arc::new(family));
    }
    store.keep_marks(&records)?;
    for name in leftover {
        tracing::info!(partition = name, "removing what an unfinished schema change has left");
        store.drop_partitions(vec![store.create_partition(&name)?])?;
    }
    // the partitions of this start are named from now on
    store.mark()?;
    Ok((schema, records))
}

/// What is kept of a column family.
struct FamilyRecord {
    id: u64,
    indexes: Vec<(u64, Bytes)>,
    definition: CfDef,
}

fn read_family(mut body: &[u8]) -> Option<FamilyRecord> {
    let id = u64::from_be_bytes(take(&mut body)?);
    let count = u16::from_be_bytes(take(&mut body)?);
    let mut indexes = Vec::new();
    for _ in 0..count {
        let id = u64::from_be_bytes(take(&mut body)?);
        let len = usize::from(u16::from_be_bytes(take(&mut body)?));
        let (column, rest) = body.split_at_checked(len)?;
        indexes.push((id, Bytes::copy_from_slice(column)));
        body = rest;
    }
    Some(FamilyRecord { id, indexes, definition: wire::decode(body).ok()? })
}

fn write_family(family: &ColumnFamily) -> Vec<u8> {
    let mut body = family.id.to_be_bytes().to_vec();
    body.extend_from_slice(&(family.indexes.len() as u16).to_be_bytes());
    for Index { id, column, .. } in &family.indexes {
        body.extend_from_slice(&id.to_be_bytes());
        body.extend_from_slice(&(column.len() as u16).to_be_bytes());
        body.extend_from_slice(column);
    }
    wire::encode(&family.definition, &mut body);
    body
}

impl Schema {
    fn insert_keyspace(&mut self, definition: KsDef) -> Result<(), StoreError> {
        let options = definition.strategy_options.as_deref().unwrap_or_default();
        let (_, replication) =
            Replication::parse(&definition.name, &definition.strategy_class, options).map_err(|_| DAMAGED)?;
        let name = definition.name.clone();
        let keyspace = Keyspace { definition, replication, families: Default::default() };
        self.keyspaces.insert(name, Arc::new(keyspace));
        Ok(())
    }
}

/// Puts into the batch what turns the records of one schema into those of another.
pub(super) fn write_difference<B>(records: &Partition, old: &Schema, new: &Schema, batch: &mut B)
where
    B: Batch<Partition = Partition>,
{
    if old.next_id != new.next_id {
        put(records, batch, NEXT, &new.next_id.to_be_bytes());
    }
    for (name, keyspace) in &old.keyspaces {
        let kept = new.keyspaces.get(name);
        if kept.is_none() {
            batch.remove(records, keyspace_key(name).as_bytes());
        }
        for family in keyspace.families.keys() {
            if kept.is_none_or(|kept| !kept.families.contains_key(family)) {
                batch.remove(records, family_key(name, family).as_bytes());
            }
        }
    }
    for (name, keyspace) in &new.keyspaces {
        let before = old.keyspaces.get(name);
        if name == SYSTEM || before.is_some_and(|before| Arc::ptr_eq(before, keyspace)) {
            continue;
        }
        let mut body = Vec::new();
        wire::encode(&keyspace.definition, &mut body);
        put(records, batch, &keyspace_key(name), &body);
        for (family_name, family) in &keyspace.families {
            let before = before.and_then(|before| before.families.get(family_name));
            if before.is_none_or(|before| !Arc::ptr_eq(before, family)) {
                put(records, batch, &family_key(name, family_name), &write_family(family));
            }
        }
    }
}

fn put<B: Batch<Partition = Partition>>(records: &Partition, batch: &mut B, key: &str, body: &[u8]) {
    batch.put(records, key.as_bytes(), &[&[FORMAT], body].concat());
}
