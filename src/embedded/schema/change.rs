//! Changes of the schema, with Cassandra's checks. Each gives the new schema and leaves the old one alone.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use super::column_family::{ColumnFamily, Index, Partition};
use super::{Keyspace, SYSTEM, Schema, compaction, definition, index, records, system};
use crate::embedded::failure::Failure;
use crate::embedded::index as index_store;
use crate::embedded::store::{Batch, Database, Snapshot, Store, StoreError};
use crate::wire::{CfDef, Exception, KsDef};

fn invalid(why: String) -> Exception {
    Exception::InvalidRequest(why)
}

fn check_not_system(keyspace: &str) -> Result<(), Exception> {
    if keyspace.eq_ignore_ascii_case(SYSTEM) {
        return Err(invalid(format!("{SYSTEM} keyspace is not user-modifiable")));
    }
    Ok(())
}

/// Column families of Cassandra's own keyspaces are not the clients'.
pub(crate) fn check_families_of(keyspace: &str) -> Result<(), Exception> {
    if system::is_system(keyspace) {
        return Err(invalid(format!("{keyspace} keyspace is not user-modifiable.")));
    }
    Ok(())
}

/// Cassandra lets counters and other columns become each other, and takes the bytes of the ones for the others.
/// Here they may while there is nothing to mistake.
fn is_empty(store: &Database, family: &ColumnFamily) -> Result<bool, StoreError> {
    let snapshot = store.snapshot();
    let mut rows = snapshot.range(&family.partition, (Bound::Unbounded, Bound::Unbounded));
    rows.next().transpose().map(|first| first.is_none())
}

impl Schema {
    pub(crate) fn add_keyspace(&self, store: &Database, given: &KsDef) -> Result<Schema, Failure> {
        check_not_system(&given.name)?;
        let (kept, replication) = definition::keyspace(given)?;
        if let Some(name) = self.keyspaces.keys().find(|name| name.eq_ignore_ascii_case(&kept.name)) {
            return Err(invalid(format!(
                "Keyspace names must be case-insensitively unique (\"{}\" conflicts with \"{name}\")",
                kept.name
            ))
            .into());
        }
        let mut definitions = BTreeMap::new();
        for family in &given.cf_defs {
            if family.keyspace != given.name {
                return Err(invalid(format!(
                    "CfDef ({}) had a keyspace definition that did not match KsDef",
                    family.name
                ))
                .into());
            }
            let mut definition = definition::column_family(family, None)?;
            self.name_indexes(&mut definition, None)?;
            // as in Cassandra, the last definition of a name counts
            definitions.insert(family.name.clone(), definition);
        }
        let mut changed = self.clone();
        let mut families = BTreeMap::new();
        for (name, definition) in definitions {
            families.insert(name, changed.make_family(store, definition)?);
        }
        let name = kept.name.clone();
        changed.keyspaces.insert(name, Arc::new(Keyspace { definition: kept, replication, families }));
        Ok(changed)
    }

    pub(crate) fn update_keyspace(&self, given: &KsDef) -> Result<Schema, Failure> {
        check_not_system(&given.name)?;
        let Some(old) = self.keyspaces.get(&given.name) else {
            return Err(invalid(format!("Keyspace {} does not exist", given.name)).into());
        };
        if !given.cf_defs.is_empty() {
            return Err(invalid(
                "Keyspace update must not contain any column family definitions.".to_owned(),
            )
            .into());
        }
        let (definition, replication) = definition::keyspace(given)?;
        let families = old.families.clone();
        let mut changed = self.clone();
        let name = given.name.clone();
        changed.keyspaces.insert(name, Arc::new(Keyspace { definition, replication, families }));
        Ok(changed)
    }

    pub(crate) fn drop_keyspace(&self, name: &str) -> Result<Schema, Failure> {
        check_not_system(name)?;
        check_families_of(name)?;
        let mut changed = self.clone();
        match changed.keyspaces.remove(name) {
            Some(_) => Ok(changed),
            None => Err(invalid(format!("Cannot drop non existing keyspace '{name}'.")).into()),
        }
    }

    pub(crate) fn add_column_family(&self, store: &Database, given: &CfDef) -> Result<Schema, Failure> {
        check_families_of(&given.keyspace)?;
        let mut definition = definition::column_family(given, None)?;
        compaction::check_of(&definition)?;
        let Some(keyspace) = self.keyspaces.get(&given.keyspace) else {
            return Err(invalid(format!(
                "Cannot add column family '{}' to non existing keyspace '{}'.",
                given.name, given.keyspace
            ))
            .into());
        };
        if keyspace.families.contains_key(&definition.name) {
            return Err(invalid(format!(
                "Cannot add already existing column family \"{}\" to keyspace \"{}\"",
                given.name, given.keyspace
            ))
            .into());
        }
        self.name_indexes(&mut definition, None)?;
        let mut changed = self.clone();
        let family = changed.make_family(store, definition)?;
        changed.put_family(keyspace, family);
        Ok(changed)
    }

    /// `now` is the second in which new indexes are filled.
    pub(crate) fn update_column_family(
        &self,
        store: &Database,
        given: &CfDef,
        now: i32,
    ) -> Result<Schema, Failure> {
        check_families_of(&given.keyspace)?;
        let Some(keyspace) = self.keyspaces.get(&given.keyspace) else {
            return Err(invalid(format!("Keyspace {} does not exist", given.keyspace)).into());
        };
        let old = keyspace.family(&given.name)?;
        let mut definition = definition::column_family(given, Some(&old.definition))?;
        compaction::check_of(&definition)?;
        self.name_indexes(&mut definition, Some(&old.definition))?;
        definition::check_update(&old.definition, &definition)?;
        if definition::changes_counters(&old.definition, &definition)? && !is_empty(store, old)? {
            return Err(invalid(format!(
                "counters and other columns cannot become each other: column family {} of keyspace {} is not empty",
                given.name, given.keyspace
            ))
            .into());
        }
        let mut changed = self.clone();
        let mut indexes = Vec::new();
        for column in ColumnFamily::indexed(&definition) {
            indexes.push(match old.indexes.iter().find(|index| index.column == *column) {
                Some(kept) => kept.clone(),
                None => {
                    let index = changed.make_index(store, column)?;
                    index_store::fill(store, old, &index, now)?;
                    index
                }
            });
        }
        let family = ColumnFamily::new(old.id, definition, old.partition.clone(), self.partitioner, indexes)?;
        changed.put_family(keyspace, Arc::new(family));
        Ok(changed)
    }

    pub(crate) fn drop_column_family(&self, keyspace_name: &str, name: &str) -> Result<Schema, Failure> {
        check_families_of(keyspace_name)?;
        let Some(keyspace) = self.keyspaces.get(keyspace_name) else {
            return Err(invalid(format!("Keyspace {keyspace_name} does not exist")).into());
        };
        keyspace.family(name)?;
        let mut changed = self.clone();
        let mut without = Keyspace::clone(keyspace);
        without.families.remove(name);
        changed.keyspaces.insert(keyspace_name.to_owned(), Arc::new(without));
        Ok(changed)
    }

    /// Makes the partitions of a new column family. Until a schema that has it is kept, they are leftovers,
    /// which the next start removes.
    fn make_family(&mut self, store: &Database, definition: CfDef) -> Result<Arc<ColumnFamily>, Failure> {
        let id = self.take_id();
        let partition = store.create_partition(&records::family_partition(id))?;
        let mut indexes = Vec::new();
        for column in ColumnFamily::indexed(&definition) {
            indexes.push(self.make_index(store, column)?);
        }
        Ok(Arc::new(ColumnFamily::new(id, definition, partition, self.partitioner, indexes)?))
    }

    fn make_index(&mut self, store: &Database, column: &Bytes) -> Result<Index, Failure> {
        let id = self.take_id();
        let partition = store.create_partition(&records::index_partition(id))?;
        Ok(Index { id, column: column.clone(), partition })
    }

    fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    fn name_indexes(&self, definition: &mut CfDef, before: Option<&CfDef>) -> Result<(), Exception> {
        let names = |families: Vec<&ColumnFamily>| -> HashSet<String> {
            let columns =
                families.iter().flat_map(|family| family.definition.column_metadata.iter().flatten());
            columns.filter_map(|column| column.index_name.clone()).collect()
        };
        let existing = names(self.families().collect());
        // Cassandra leaves out the column families of this name in every keyspace
        let taken = names(self.families().filter(|family| family.name() != definition.name).collect());
        index::name(definition, before, &existing, &taken)
    }

    fn put_family(&mut self, keyspace: &Keyspace, family: Arc<ColumnFamily>) {
        let mut changed = keyspace.clone();
        changed.families.insert(family.definition.name.clone(), family);
        self.keyspaces.insert(changed.definition.name.clone(), Arc::new(changed));
    }

    /// Keeps this schema in place of an old one: from then on it is the one that a start finds. Then the data
    /// of the column families that are gone are removed.
    pub(crate) fn keep(&self, old: &Schema, store: &Database, records: &Partition) -> Result<(), StoreError> {
        let mut batch = store.batch();
        records::write_difference(records, old, self, &mut batch);
        if !batch.is_empty() {
            store.commit(batch)?;
            store.settle()?;
        }
        let kept: HashSet<u64> = self.partitions().map(|(id, _)| id).collect();
        let gone = old.partitions().filter(|(id, _)| !kept.contains(id));
        let gone = gone.map(|(_, partition)| partition.clone()).collect();
        if let Err(error) = store.drop_partitions(gone) {
            // the schema has changed; the next start tries again
            tracing::warn!(%error, "cannot remove the data of what was dropped");
        }
        Ok(())
    }

    /// The partitions of all column families and indexes, by their ids.
    pub(super) fn partitions(&self) -> impl Iterator<Item = (u64, &Partition)> {
        self.families().flat_map(|family| {
            let indexes = family.indexes.iter().map(|index| (index.id, &index.partition));
            indexes.chain([(family.id, &family.partition)])
        })
    }

    fn families(&self) -> impl Iterator<Item = &ColumnFamily> {
        self.keyspaces().flat_map(|keyspace| keyspace.families.values()).map(Arc::as_ref)
    }
}
