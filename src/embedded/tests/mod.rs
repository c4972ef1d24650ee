//! The server without its sockets, on a clock that the tests set.

mod age;
mod compaction;
mod partitions;
mod wide;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;

use crate::embedded::call::{Session, answer};
use crate::embedded::clock::{ManualClock, SystemClock};
use crate::embedded::node::{Node, NodeOptions};
use crate::embedded::purge::Purger;
use crate::embedded::ring::Ring;
use crate::embedded::store::{Database, Durability, Snapshot, Store};
use crate::wire::{
    self, CfDef, Column, ColumnOrSuperColumn, ColumnParent, ColumnPath, ConsistencyLevel, Deletion,
    Exception, KeyRange, KsDef, Method, Mutation, SlicePredicate, SliceRange, methods,
};

const START: u64 = 1_000_000;

fn clock() -> ManualClock {
    ManualClock::at(UNIX_EPOCH + Duration::from_secs(START))
}

/// A node without sockets, and one session on it.
struct Client {
    node: Node,
    clock: ManualClock,
    session: Session,
}

const GC_GRACE: i32 = 100;

fn open(path: &Path, clock: &ManualClock) -> Node {
    open_with(path, clock, Durability::default())
}

fn open_with(path: &Path, clock: &ManualClock, durability: Durability) -> Node {
    let options = NodeOptions {
        durability,
        partitioner: None,
        cluster_name: "test".to_owned(),
        largest_reply: 1 << 28,
    };
    Node::open(path, options, Ring::alone(), Box::new(clock.clone())).expect("a node")
}

/// The store of a directory without a node.
fn open_store(path: &Path) -> Database {
    let purger = Purger::new(Arc::new(SystemClock));
    Database::open(path, Durability::default(), None, Arc::new(purger)).expect("the store")
}

impl Client {
    fn new(path: &Path) -> Client {
        let clock = clock();
        let mut client = Client { node: open(path, &clock), clock, session: Session::default() };
        let family = |name: &str, default_time_to_live| CfDef {
            keyspace: "K".to_owned(),
            name: name.to_owned(),
            comparator_type: Some("UTF8Type".to_owned()),
            gc_grace_seconds: Some(GC_GRACE),
            default_time_to_live,
            ..CfDef::default()
        };
        let ks_def = KsDef {
            name: "K".to_owned(),
            strategy_class: "SimpleStrategy".to_owned(),
            strategy_options: Some(vec![("replication_factor".to_owned(), "1".to_owned())]),
            cf_defs: vec![family("S", None), family("D", Some(50))],
            ..KsDef::default()
        };
        client.call(&methods::SystemAddKeyspace { ks_def }).expect("a keyspace");
        client.call(&methods::SetKeyspace { keyspace: "K".to_owned() }).expect("the keyspace");
        client
    }

    fn pass(&self, seconds: i32) {
        self.clock.advance(Duration::from_secs(seconds.unsigned_abs().into()));
    }

    fn restart(&mut self, path: &Path) {
        // the directory has one node at a time
        let elsewhere = tempfile::tempdir().expect("a directory");
        self.node = open(elsewhere.path(), &self.clock);
        self.node = open(path, &self.clock);
    }

    fn call<M: Method>(&mut self, call: &M) -> Result<M::Output, Exception> {
        let (mut request, mut reply) = (Vec::new(), Vec::new());
        wire::encode_call(call, 1, &mut request);
        answer(&self.node, &mut self.session, &request[4..], &mut reply).expect("a call");
        let length = u32::from_be_bytes(reply[..4].try_into().expect("a frame"));
        assert_eq!(length as usize, reply.len() - 4, "one frame and nothing else");
        wire::decode_reply::<M>(&reply[4..], 1).expect("a reply")
    }

    fn try_insert(
        &mut self,
        family: &str,
        name: &str,
        timestamp: i64,
        ttl: Option<i32>,
    ) -> Result<(), Exception> {
        let (name, value) = (name.to_owned().into(), Some("v".into()));
        self.call(&methods::Insert {
            key: "k".into(),
            column_parent: ColumnParent { column_family: family.to_owned(), super_column: None },
            column: Column { name, value, timestamp: Some(timestamp), ttl },
            consistency_level: ConsistencyLevel::One,
        })
    }

    fn insert(&mut self, family: &str, name: &str, timestamp: i64, ttl: Option<i32>) {
        self.try_insert(family, name, timestamp, ttl).expect("the column is written");
    }

    fn remove(&mut self, name: Option<&str>, timestamp: i64) {
        let column = name.map(|name| name.to_owned().into());
        self.call(&methods::Remove {
            key: "k".into(),
            column_path: ColumnPath { column_family: "S".to_owned(), super_column: None, column },
            timestamp,
            consistency_level: ConsistencyLevel::One,
        })
        .expect("the deletion is written");
    }

    fn remove_range(&mut self, start: &str, finish: &str, timestamp: i64) {
        let slice_range = SliceRange {
            start: start.to_owned().into(),
            finish: finish.to_owned().into(),
            reversed: false,
            count: 100,
        };
        let predicate = Some(SlicePredicate { column_names: None, slice_range: Some(slice_range) });
        let deletion = Some(Deletion { timestamp: Some(timestamp), super_column: None, predicate });
        let mutations = vec![Mutation { column_or_supercolumn: None, deletion }];
        let mutation_map = vec![(Bytes::from("k"), vec![("S".to_owned(), mutations)])];
        self.call(&methods::BatchMutate { mutation_map, consistency_level: ConsistencyLevel::One })
            .expect("a batch");
    }

    /// The names and ttls of the live columns of each row.
    fn rows(&mut self, family: &str) -> Vec<Vec<(String, Option<i32>)>> {
        let slice_range =
            SliceRange { start: Bytes::new(), finish: Bytes::new(), reversed: false, count: 100 };
        let range = KeyRange {
            start_key: Some(Bytes::new()),
            end_key: Some(Bytes::new()),
            count: 10,
            ..KeyRange::default()
        };
        let rows = self.call(&methods::GetRangeSlices {
            column_parent: ColumnParent { column_family: family.to_owned(), super_column: None },
            predicate: SlicePredicate { column_names: None, slice_range: Some(slice_range) },
            range,
            consistency_level: ConsistencyLevel::One,
        });
        let shown = |cell: ColumnOrSuperColumn| {
            let column = cell.column.expect("a column");
            (String::from_utf8_lossy(&column.name).into_owned(), column.ttl)
        };
        rows.expect("rows").into_iter().map(|row| row.columns.into_iter().map(shown).collect()).collect()
    }

    /// The number of entries that a column family has in the store.
    fn entries(&self, family: &str) -> usize {
        let schema = self.node.schema();
        let keyspace = schema.keyspace("K").expect("the keyspace");
        let partition = keyspace.family(family).expect("the column family").partition.clone();
        self.node
            .snapshot()
            .range(&partition, (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded))
            .count()
    }
}

fn names(row: &[(String, Option<i32>)]) -> Vec<&str> {
    row.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn what_an_unfinished_schema_change_left_is_removed() {
    let directory = tempfile::tempdir().expect("a directory");
    let client = Client::new(directory.path());
    drop(client);
    let engine = open_store(directory.path());
    engine.create_partition("family-77").expect("a partition");
    assert!(engine.partitions().contains(&"family-77".to_owned()));
    drop(engine);
    let clock = clock();
    drop(open(directory.path(), &clock));
    let engine = open_store(directory.path());
    assert!(!engine.partitions().contains(&"family-77".to_owned()));
    assert!(engine.partitions().contains(&"family-1".to_owned()));
}

#[test]
fn a_damaged_value_is_an_error_that_names_its_place() {
    use crate::embedded::store::Batch;
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    client.insert("S", "a", 1, None);
    drop(std::mem::replace(&mut client.node, {
        let elsewhere = tempfile::tempdir().expect("a directory");
        open(elsewhere.path(), &client.clock)
    }));
    let engine = open_store(directory.path());
    let partition = engine.create_partition("family-2").expect("a partition");
    let mut batch = engine.batch();
    let entry =
        engine.snapshot().range(&partition, (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded)).next();
    let (key, value) = entry.expect("a row").expect("a row");
    batch.put(&partition, &key, &value[..value.len() - 1]);
    engine.commit(batch).expect("a batch");
    drop((partition, engine));
    client.node = open(directory.path(), &client.clock);
    let get = methods::Get {
        key: "k".into(),
        column_path: ColumnPath {
            column_family: "S".to_owned(),
            super_column: None,
            column: Some("a".into()),
        },
        consistency_level: ConsistencyLevel::One,
    };
    let column_parent = ColumnParent { column_family: "S".to_owned(), super_column: None };
    let slice_range = SliceRange { count: 10, ..SliceRange::default() };
    let predicate = SlicePredicate { column_names: None, slice_range: Some(slice_range) };
    let get_slice = methods::GetSlice {
        key: "k".into(),
        column_parent: column_parent.clone(),
        predicate: predicate.clone(),
        consistency_level: ConsistencyLevel::One,
    };
    let (start_key, end_key) = (Some(Bytes::new()), Some(Bytes::new()));
    let get_range_slices = methods::GetRangeSlices {
        column_parent,
        predicate,
        range: KeyRange { start_key, end_key, count: 10, ..KeyRange::default() },
        consistency_level: ConsistencyLevel::One,
    };
    let place = directory.path().display().to_string();
    let errors = [
        client.call(&get).expect_err("damaged"),
        client.call(&get_slice).expect_err("damaged"),
        client.call(&get_range_slices).expect_err("damaged"),
    ];
    for error in errors {
        let Exception::Application(_, text) = error else { panic!("another error: {error:?}") };
        assert!(text.contains(&place) && text.contains("\"K\"") && text.contains("damaged"), "{text}");
    }
}

#[test]
fn where_writes_are_synced_each_kind_of_write_is() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    drop(std::mem::replace(&mut client.node, {
        let elsewhere = tempfile::tempdir().expect("a directory");
        open(elsewhere.path(), &client.clock)
    }));
    client.node = open_with(directory.path(), &client.clock, Durability::Synced);
    let mut before = client.node.progress().0;
    let mut is_synced = |client: &Client, what: &str| {
        let (written, synced) = client.node.progress();
        assert!(written > before && synced == written, "{what}: {before}, {written}, {synced}");
        before = written;
    };
    client.insert("S", "a", 1, None);
    is_synced(&client, "an insert");
    client.call(&methods::Truncate { cfname: "S".to_owned() }).expect("truncated");
    is_synced(&client, "a truncation");
    let drop_family = methods::SystemDropColumnFamily { column_family: "S".to_owned() };
    client.call(&drop_family).expect("dropped");
    is_synced(&client, "a change of the schema");
}
