//! Changes of the schema, with Cassandra's checks. Each gives the new schema and leaves the old one alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::column_family::{ColumnFamily, Partition};
use super::{Keyspace, SYSTEM, Schema, definition, records};
use crate::embedded::failure::Failure;
use crate::embedded::store::{Batch, Database, Store, StoreError};
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
            if definitions.insert(family.name.clone(), definition::column_family(family)?).is_some() {
                return Err(invalid(format!("column family \"{}\" is defined twice", family.name)).into());
            }
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
        let mut changed = self.clone();
        match changed.keyspaces.remove(name) {
            Some(_) => Ok(changed),
            None => Err(invalid(format!("Cannot drop non existing keyspace '{name}'.")).into()),
        }
    }

    pub(crate) fn add_column_family(&self, store: &Database, given: &CfDef) -> Result<Schema, Failure> {
        check_not_system(&given.keyspace)?;
        let mut changed = self.clone();
        let Some(keyspace) = self.keyspaces.get(&given.keyspace) else {
            return Err(invalid(format!(
                "Cannot add column family '{}' to non existing keyspace '{}'.",
                given.name, given.keyspace
            ))
            .into());
        };
        let definition = definition::column_family(given)?;
        if keyspace.families.contains_key(&definition.name) {
            return Err(invalid(format!(
                "Cannot add already existing column family \"{}\" to keyspace \"{}\"",
                given.name, given.keyspace
            ))
            .into());
        }
        let family = changed.make_family(store, definition)?;
        changed.put_family(keyspace, family);
        Ok(changed)
    }

    pub(crate) fn update_column_family(&self, given: &CfDef) -> Result<Schema, Failure> {
        check_not_system(&given.keyspace)?;
        let Some(keyspace) = self.keyspaces.get(&given.keyspace) else {
            return Err(invalid(format!("Keyspace {} does not exist", given.keyspace)).into());
        };
        let old = keyspace.family(&given.name)?;
        let definition = definition::column_family(given)?;
        definition::check_update(&old.definition, &definition)?;
        let family = ColumnFamily::new(old.id, definition, old.partition.clone(), self.partitioner)?;
        let mut changed = self.clone();
        changed.put_family(keyspace, Arc::new(family));
        Ok(changed)
    }

    pub(crate) fn drop_column_family(&self, keyspace_name: &str, name: &str) -> Result<Schema, Failure> {
        check_not_system(keyspace_name)?;
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

    /// Makes the partition of a new column family. Until a schema that has it is kept, it is a leftover,
    /// which the next start removes.
    fn make_family(&mut self, store: &Database, definition: CfDef) -> Result<Arc<ColumnFamily>, Failure> {
        let id = self.next_id;
        let partition = store.create_partition(&records::partition_name(id))?;
        self.next_id += 1;
        Ok(Arc::new(ColumnFamily::new(id, definition, partition, self.partitioner)?))
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
        let kept: Vec<u64> = self.families().map(|family| family.id).collect();
        for family in old.families().filter(|family| !kept.contains(&family.id)) {
            if let Err(error) = store.drop_partition(family.partition.clone()) {
                // the schema has changed; the next start tries again
                tracing::warn!(family = family.name(), %error, "cannot remove the data of a column family");
            }
        }
        Ok(())
    }

    fn families(&self) -> impl Iterator<Item = &ColumnFamily> {
        self.keyspaces().flat_map(|keyspace| keyspace.families.values()).map(Arc::as_ref)
    }
}
