//! Keyspaces and column families: what there is, what may be made, and how it is kept.
//!
//! A [`Schema`] is a state that never changes; a change makes a new one.

mod change;
mod column_family;
mod definition;
mod options;
mod records;
mod replication;

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

pub(crate) use column_family::ColumnFamily;
pub(crate) use records::load;
pub(crate) use replication::{DATA_CENTRE, Replication};

use crate::partitioner::{self, Partitioner};
use crate::wire::{self, Exception, KsDef};

/// The keyspace that is Cassandra's own.
pub(crate) const SYSTEM: &str = "system";

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
        let system = Keyspace {
            definition: KsDef {
                name: SYSTEM.to_owned(),
                strategy_class: "org.apache.cassandra.locator.LocalStrategy".to_owned(),
                strategy_options: Some(Vec::new()),
                durable_writes: Some(true),
                ..KsDef::default()
            },
            replication: Replication::local(),
            families: BTreeMap::new(),
        };
        let keyspaces = BTreeMap::from([(SYSTEM.to_owned(), Arc::new(system))]);
        Schema { keyspaces, next_id: 1, partitioner }
    }

    pub(crate) fn keyspace(&self, name: &str) -> Option<&Arc<Keyspace>> {
        self.keyspaces.get(name)
    }

    pub(crate) fn keyspaces(&self) -> impl Iterator<Item = &Keyspace> {
        self.keyspaces.values().map(Arc::as_ref)
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
        self.families
            .get(name)
            .ok_or_else(|| Exception::InvalidRequest(format!("unconfigured columnfamily {name}")))
    }

    pub(crate) fn describe(&self) -> KsDef {
        let cf_defs = self.families.values().map(|family| family.definition.clone()).collect();
        KsDef { cf_defs, ..self.definition.clone() }
    }
}
