//! What all connections share: the store, the schema, the locks and the clock.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{RwLock, RwLockReadGuard};

use super::clock::Clock;
use super::failure::Failure;
use super::ring::Ring;
use super::row::write::{RowUpdate, write_row};
use super::schema::{self, ColumnFamily, Schema};
use super::store::{Batch, Database, Durability, Store, StoreError};
use super::stripes::Stripes;
use crate::partitioner::Partitioner;

type Partition = <Database as Store>::Partition;

/// One node: a store and what is kept in memory beside it.
pub(crate) struct Node {
    path: PathBuf,
    cluster_name: String,
    ring: Ring,
    store: Database,
    records: Partition,
    schema: RwLock<Arc<Schema>>,
    /// Writers share it. Changes of the schema and truncations hold it alone: beneath a writer they would
    /// let readers see half of its batch, or it would write back what they removed.
    gate: RwLock<()>,
    stripes: Stripes,
    clock: Box<dyn Clock>,
}

/// What a node is opened with.
#[derive(Clone, Debug)]
pub(crate) struct NodeOptions {
    pub(crate) durability: Durability,
    /// The one of the directory where it is not given, and Murmur3 for a new directory.
    pub(crate) partitioner: Option<Partitioner>,
    pub(crate) cluster_name: String,
}

/// A change of one row.
pub(crate) struct RowWrite<'a> {
    pub(crate) family: Arc<ColumnFamily>,
    pub(crate) key: &'a [u8],
    pub(crate) update: RowUpdate<'a>,
}

/// A call that writes: while it lasts, the schema stays.
pub(crate) struct Writing<'n> {
    node: &'n Node,
    _gate: RwLockReadGuard<'n, ()>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) now: i32,
}

impl Node {
    pub(crate) fn open(
        path: &Path,
        options: NodeOptions,
        ring: Ring,
        clock: Box<dyn Clock>,
    ) -> Result<Node, StoreError> {
        let NodeOptions { durability, partitioner, cluster_name } = options;
        let store = Database::open(path, durability, partitioner)?;
        let (schema, records) = schema::load(&store)?;
        let hosts = ring.hosts().len();
        Ok(Node {
            path: path.to_owned(),
            cluster_name,
            ring,
            store,
            records,
            schema: RwLock::new(Arc::new(schema.on(hosts))),
            gate: RwLock::new(()),
            stripes: Stripes::new(),
            clock,
        })
    }

    /// The store's writes so far, and how many of them are on the disk.
    #[cfg(test)]
    pub(crate) fn progress(&self) -> (u64, u64) {
        self.store.progress()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn cluster_name(&self) -> &str {
        &self.cluster_name
    }

    pub(crate) fn partitioner(&self) -> Partitioner {
        self.store.partitioner()
    }

    /// The hosts as which clients see this node.
    pub(crate) fn ring(&self) -> &Ring {
        &self.ring
    }

    /// The schema at this moment.
    pub(crate) fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.schema.read())
    }

    /// The second that the clock shows.
    pub(crate) fn now(&self) -> i32 {
        self.clock.seconds()
    }

    /// The data at this moment.
    pub(crate) fn snapshot(&self) -> <Database as Store>::Snapshot {
        self.store.snapshot()
    }

    /// Changes the schema; gives the version of the new one.
    pub(crate) fn change_schema(
        &self,
        change: impl FnOnce(&Schema, &Database) -> Result<Schema, Failure>,
    ) -> Result<String, Failure> {
        let _alone = self.gate.write();
        let old = self.schema();
        let new = change(&old, &self.store)?.on(self.ring.hosts().len());
        new.keep(&old, &self.store, &self.records)?;
        let version = new.version().to_string();
        *self.schema.write() = Arc::new(new);
        Ok(version)
    }

    /// Removes the rows of a column family, which `find` picks from the schema.
    pub(crate) fn truncate(
        &self,
        find: impl FnOnce(&Schema) -> Result<Arc<ColumnFamily>, Failure>,
    ) -> Result<(), Failure> {
        let _alone = self.gate.write();
        let family = find(&self.schema())?;
        self.store.clear(&family.partition)?;
        self.store.settle()?;
        Ok(())
    }

    /// Begins a call that writes.
    pub(crate) fn writing(&self) -> Writing<'_> {
        let gate = self.gate.read();
        Writing { node: self, _gate: gate, schema: self.schema(), now: self.now() }
    }
}

impl Writing<'_> {
    /// Writes all the rows, or none of them.
    pub(crate) fn commit(self, mut rows: Vec<RowWrite<'_>>) -> Result<(), Failure> {
        rows.retain(|row| !row.update.is_empty());
        // each row is read once as the snapshot has it, so it must come only once
        rows.sort_by(|one, other| (one.family.id, one.key).cmp(&(other.family.id, other.key)));
        rows.dedup_by(|later, row| {
            let same = later.family.id == row.family.id && later.key == row.key;
            if same {
                row.update.merge(&later.update, row.family.rules(self.now));
            }
            same
        });
        if rows.is_empty() {
            return Ok(());
        }
        let store = &self.node.store;
        {
            let _locks = self.node.stripes.lock(rows.iter().map(|row| (row.family.id, row.key)));
            let snapshot = store.snapshot();
            let mut batch = store.batch();
            for RowWrite { family, key, update } in rows {
                write_row(&snapshot, &mut batch, &family.partition, key, update, family.rules(self.now))?;
            }
            if batch.is_empty() {
                return Ok(());
            }
            store.commit(batch)?;
        }
        store.settle()?;
        Ok(())
    }
}
