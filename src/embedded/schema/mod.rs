//! Keyspaces and column families: what there is, what may be made, and how it is kept.
//!
//! A [`Schema`] is a state that never changes; a change makes a new one.
//!
//! `definition` checks what clients send and gives it its defaults, with `options`, `compaction`,
//! `replication` and `index` for the parts and `compatible` for what an update may replace; `column_family` is
//! a definition in use; `change` makes one schema of another, `records` keeps it, and `system` is what
//! Cassandra has of its own.

mod change;
mod column_family;
mod compaction;
mod compatible;
mod definition;
mod index;
mod options;
mod records;
mod replication;
mod system;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use uuid::Uuid;

pub(crate) use change::check_families_of;
pub(crate) use column_family::{ColumnFamily, Index, Purgeable};
pub(crate) use records::load;
pub(crate) use replication::{DATA_CENTRE, Replication};
pub(crate) use system::SYSTEM;

use crate::partitioner::{self, Partitioner};
use crate::wire::{self, Exception, KsDef};

/// All keyspaces at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    keyspaces: BTreeMap<String, Arc<Keyspace>>,
    /// The id of the column family that is made next.
    next_id: u64,
    pub(crate) partitioner: Partitioner,
}

/// A keyspace with its column families.
#[derive(Clone, Debug)]
pub(crate) struct Keyspace {
    /// Without its column families.
    pub(crate) definition: KsDef,
    pub(crate) replication: Replication,
    families: BTreeMap<String, Arc<ColumnFamily>>,
}

impl Schema {
    fn empty(partitioner: Partitioner) -> Schema {
        let keyspaces =
            system::keyspaces().map(|keyspace| (keyspace.definition.name.clone(), Arc::new(keyspace)));
        let keyspaces = BTreeMap::from(keyspaces);
        Schema { keyspaces, next_id: 1, partitioner }
    }

    pub(crate) fn keyspace(&self, name: &str) -> Option<&Arc<Keyspace>> {
        self.keyspaces.get(name)
    }

    pub(crate) fn keyspaces(&self) -> impl Iterator<Item = &Keyspace> {
        self.keyspaces.values().map(Arc::as_ref)
    }

    /// What may be left out of each partition, by its name.
    pub(crate) fn purge_rules(&self) -> HashMap<String, Purgeable> {
        let mut rules = HashMap::new();
        for family in self.keyspaces().flat_map(|keyspace| keyspace.families.values()) {
            let rows = Purgeable::Rows {
                partitioner: family.partitioner,
                comparator: family.comparator.clone(),
                gc_grace: family.definition.gc_grace_seconds.unwrap_or_default(),
            };
            rules.insert(records::family_partition(family.id), rows);
            let indexes = family.indexes.iter().map(|index| records::index_partition(index.id));
            rules.extend(indexes.map(|name| (name, Purgeable::Entries)));
        }
        rules
    }

    /// The partitions of all column families and indexes.
    pub(crate) fn all_partitions(&self) -> impl Iterator<Item = &column_family::Partition> {
        self.partitions().map(|(_, partition)| partition)
    }

    /// The column family of an id.
    pub(crate) fn family_of_id(&self, id: u64) -> Option<&Arc<ColumnFamily>> {
        self.keyspaces().flat_map(|keyspace| keyspace.families.values()).find(|family| family.id == id)
    }

    /// The same on a ring of so many hosts, which decides what consistency levels can be met.
    pub(crate) fn on(mut self, hosts: usize) -> Schema {
        for keyspace in self.keyspaces.values_mut() {
            let replication = keyspace.replication.on(hosts);
            if replication != keyspace.replication {
                Arc::make_mut(keyspace).replication = replication;
            }
        }
        self
    }

    /// Equal for equal schemas, another one after each change.
    pub(crate) fn version(&self) -> Uuid {
        let mut bytes = Vec::new();
        for keyspace in self.keyspaces() {
            wire::encode(&keyspace.describe(), &mut bytes);
        }
        let (high, low) = partitioner::hash(&bytes, self.next_id);
        uuid::Builder::from_md5_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes()).into_uuid()
    }
}

impl Keyspace {
    pub(crate) fn family(&self, name: &str) -> Result<&Arc<ColumnFamily>, Exception> {
        self.families.get(name).ok_or_else(|| {
            let described =
                self.definition.name == SYSTEM && system::families().iter().any(|family| family.name == name);
            Exception::InvalidRequest(if described {
                format!("column family {name} of keyspace {SYSTEM} is described, and this server does not serve it")
            } else {
                format!("unconfigured columnfamily {name}")
            })
        })
    }

    pub(crate) fn describe(&self) -> KsDef {
        let cf_defs = match self.definition.name.as_str() {
            SYSTEM => system::families(),
            _ => self.families.values().map(|family| family.definition.clone()).collect(),
        };
        KsDef { cf_defs, ..self.definition.clone() }
    }
}
