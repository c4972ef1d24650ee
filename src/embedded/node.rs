//! What all connections share: the store, the schema, the locks and the clock.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::{RwLock, RwLockReadGuard};

use super::check::mutation::Moment;
use super::clock::{Clock, second};
use super::failure::{Failure, invalid};
use super::index::search::has_value;
use super::index::{Stale, put_entries};
use super::purge::Purger;
use super::ring::Ring;
use super::row::find::with_row;
use super::row::write::{RowUpdate, write_row};
use super::schema::{self, ColumnFamily, Schema};
use super::store::{Batch, Database, Durability, Purge, Store, StoreError};
use super::stripes::Stripes;
use crate::partitioner::Partitioner;

type Partition = <Database as Store>::Partition;
type Snapshot = <Database as Store>::Snapshot;

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
    clock: Arc<dyn Clock>,
    purger: Arc<Purger>,
    /// The last timestamp that was given only once.
    last_timestamp: AtomicI64,
    largest_reply: usize,
}

/// What a node is opened with.
#[derive(Clone, Debug)]
pub(crate) struct NodeOptions {
    pub(crate) durability: Durability,
    /// The one of the directory where it is not given, and Murmur3 for a new directory.
    pub(crate) partitioner: Option<Partitioner>,
    pub(crate) cluster_name: String,
    /// In bytes.
    pub(crate) largest_reply: usize,
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
    pub(crate) moment: Moment,
}

impl Node {
    pub(crate) fn open(
        path: &Path,
        options: NodeOptions,
        ring: Ring,
        clock: Box<dyn Clock>,
    ) -> Result<Node, StoreError> {
        let NodeOptions { durability, partitioner, cluster_name, largest_reply } = options;
        let clock: Arc<dyn Clock> = clock.into();
        let purger = Arc::new(Purger::new(Arc::clone(&clock)));
        let purge: Arc<dyn Purge> = Arc::<Purger>::clone(&purger);
        let store = Database::open(path, durability, partitioner, purge)?;
        let (schema, records) = schema::load(&store)?;
        purger.follow(&schema);
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
            purger,
            last_timestamp: AtomicI64::new(i64::MIN),
            largest_reply,
        })
    }

    /// The size beyond which a reply is refused.
    pub(crate) fn largest_reply(&self) -> usize {
        self.largest_reply
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
        second(self.clock.micros())
    }

    /// A timestamp in microseconds that is greater than those that were given before.
    fn next_timestamp(&self) -> i64 {
        let now = self.clock.micros();
        let next = |last: i64| Some(now.max(last.saturating_add(1)));
        // a relaxed order is enough: writers of one row hold its lock
        let last = self.last_timestamp.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        last.map_or(now, |last| now.max(last.saturating_add(1)))
    }

    /// The data at this moment.
    pub(crate) fn snapshot(&self) -> Snapshot {
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
        self.purger.follow(&new);
        *self.schema.write() = Arc::new(new);
        Ok(version)
    }

    /// Rewrites what is stored without what is dead and past gc_grace.
    pub(crate) fn compact(&self) -> Result<(), StoreError> {
        let schema = self.schema();
        schema.all_partitions().try_for_each(|partition| self.store.compact(partition))?;
        self.store.mark()
    }

    /// Removes the rows of a column family, which `find` picks from the schema.
    pub(crate) fn truncate(
        &self,
        find: impl FnOnce(&Schema) -> Result<Arc<ColumnFamily>, Failure>,
    ) -> Result<(), Failure> {
        let _alone = self.gate.write();
        let family = find(&self.schema())?;
        self.store.clear(&family.partition)?;
        // entries that a crash leaves behind are not so
        for index in &family.indexes {
            self.store.clear(&index.partition)?;
        }
        self.store.settle()?;
        // the data are gone from the disk already, so a journal without the truncation is no longer a whole one
        self.store.mark()?;
        Ok(())
    }

    /// Removes entries of indexes that turned out not to be so, unless a writer has made them so since.
    pub(crate) fn forget_entries(&self, family: &ColumnFamily, stale: Vec<Stale>) {
        if stale.is_empty() {
            return;
        }
        if let Err(error) = self.try_to_forget(family, stale) {
            // who looks them up passes over them again
            tracing::warn!(family = family.name(), %error, "cannot remove stale entries of an index");
        }
    }

    fn try_to_forget(&self, family: &ColumnFamily, stale: Vec<Stale>) -> Result<(), StoreError> {
        let writing = self.writing();
        let Some(family) = writing.schema.family_of_id(family.id) else {
            return Ok(());
        };
        // the row of a cut prefix that is gone has no key any more, and so no lock
        let keyed = stale.iter().filter_map(|stale| Some((stale.row_key(family.partitioner)?, stale)));
        let keyed: Vec<(Vec<u8>, &Stale)> = keyed.collect();
        let _locks = self.stripes.lock(keyed.iter().map(|(key, _)| (family.id, key.as_slice())));
        let snapshot = self.store.snapshot();
        let rules = family.rules(writing.moment.now);
        let mut batch = self.store.batch();
        for (_, stale) in keyed {
            // the index may have been dropped since
            let Some(index) = family.indexes.iter().find(|index| index.id == stale.index) else {
                continue;
            };
            let (partition, prefix) = (&family.partition, &stale.row_prefix);
            let so = with_row(&snapshot, partition, prefix, rules, |_, row| {
                has_value(row, &index.column, &stale.value)
            })?;
            if so != Some(true) {
                batch.remove(&index.partition, &stale.key());
            }
        }
        if batch.is_empty() { Ok(()) } else { self.store.commit(batch) }
    }

    /// Begins a call that writes.
    pub(crate) fn writing(&self) -> Writing<'_> {
        let gate = self.gate.read();
        let timestamp = self.clock.micros();
        let moment = Moment { now: second(timestamp), timestamp };
        Writing { node: self, _gate: gate, schema: self.schema(), moment }
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
                row.update.merge(&later.update, row.family.rules(self.moment.now));
            }
            same
        });
        if rows.is_empty() {
            return Ok(());
        }
        {
            let _locks = self.node.stripes.lock(rows.iter().map(|row| (row.family.id, row.key)));
            self.write(&self.node.store.snapshot(), rows)?;
        }
        self.node.store.settle()?;
        Ok(())
    }

    /// Writes to one row what `decide` makes of it, if it gives something to write; it is given the row's
    /// present and a timestamp that no other such write has.
    pub(crate) fn commit_if<'a>(
        self,
        family: &Arc<ColumnFamily>,
        key: &'a [u8],
        decide: impl FnOnce(&Snapshot, Moment) -> Result<Option<RowUpdate<'a>>, Failure>,
    ) -> Result<(), Failure> {
        {
            let _lock = self.node.stripes.lock(std::iter::once((family.id, key)));
            let snapshot = self.node.store.snapshot();
            let moment = Moment { timestamp: self.node.next_timestamp(), ..self.moment };
            let Some(update) = decide(&snapshot, moment)?.filter(|update| !update.is_empty()) else {
                return Ok(());
            };
            self.write(&snapshot, vec![RowWrite { family: Arc::clone(family), key, update }])?;
        }
        self.node.store.settle()?;
        Ok(())
    }

    /// Writes rows as the snapshot has them; their locks are held.
    fn write(&self, snapshot: &Snapshot, rows: Vec<RowWrite<'_>>) -> Result<(), Failure> {
        let store = &self.node.store;
        let mut batch = store.batch();
        for RowWrite { family, key, update } in rows {
            check_triggers(&family)?;
            let rules = family.rules(self.moment.now);
            put_entries(snapshot, &mut batch, &family, key, &update, rules)?;
            write_row(snapshot, &mut batch, &family.partition, key, update, rules)?;
        }
        if !batch.is_empty() {
            store.commit(batch)?;
        }
        Ok(())
    }
}

/// Cassandra runs a trigger on each write, and fails the write where it cannot.
fn check_triggers(family: &ColumnFamily) -> Result<(), Failure> {
    match family.definition.triggers.iter().flatten().next() {
        None => Ok(()),
        Some(trigger) => Err(invalid(format!(
            "column family {}.{} has the trigger {}, and this server runs no triggers",
            family.definition.keyspace, family.definition.name, trigger.name
        ))),
    }
}
