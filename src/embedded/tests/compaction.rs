//! What compaction leaves out, of rows and of indexes.

use std::time::Duration;

use bytes::Bytes;

use super::{Client, GC_GRACE, names};
use crate::embedded::store::Snapshot;
use crate::wire::{
    CfDef, Column, ColumnDef, ColumnParent, ConsistencyLevel, Deletion, IndexClause, IndexExpression,
    IndexOperator, IndexType, Mutation, SlicePredicate, SliceRange, methods,
};

#[test]
fn compaction_leaves_out_what_is_dead_and_past_gc_grace() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    let wide: Vec<String> = (0..100).map(|name| format!("c{name:02}{}", "x".repeat(200))).collect();
    for name in &wide {
        client.insert("S", name, 5, Some(10));
    }
    client.insert("S", "stays", 5, None);
    client.insert("S", "a", 5, Some(10));
    client.remove(Some("b"), 9);
    client.remove_range("m", "n", 9);
    client.insert("D", "given", 1, None);
    let entries = client.entries("S");
    assert!(entries > 5, "{entries} entries");

    // dead, but within gc_grace: all of it still counts
    client.clock.advance(Duration::from_secs(GC_GRACE as u64 - 1));
    client.node.compact().expect("compacted");
    assert_eq!(client.entries("S"), entries);
    client.insert("S", "b", 9, None);
    assert_eq!(names(&client.rows("S")[0]), ["stays"]);

    client.clock.advance(Duration::from_secs(GC_GRACE as u64 + 2));
    client.node.compact().expect("compacted");
    let left = client.entries("S");
    assert!(left <= 2, "{left} of {entries} entries are left");
    assert_eq!(names(&client.rows("S")[0]), ["stays"]);
    client.insert("S", "b", 1, None);
    assert_eq!(names(&client.rows("S")[0]), ["b", "stays"]);
    // a row of nothing but dead cells is gone
    assert_eq!(client.entries("D"), 0);
    assert!(client.rows("D").is_empty());
    client.restart(directory.path());
    assert_eq!(names(&client.rows("S")[0]), ["b", "stays"]);
}

#[test]
fn compaction_forgets_deletions_with_what_they_delete() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    client.insert("S", "k", 5, None);
    client.remove_range("k", "m", 7);
    client.insert("S", "m", 8, None);
    client.clock.advance(Duration::from_secs(GC_GRACE as u64 + 1));
    client.node.compact().expect("compacted");
    assert_eq!(names(&client.rows("S")[0]), ["m"]);
    client.insert("S", "l", 6, None);
    assert_eq!(names(&client.rows("S")[0]), ["l", "m"]);
    client.remove(None, 9);
    assert_eq!(client.rows("S"), [[]]);
    client.clock.advance(Duration::from_secs(GC_GRACE as u64 + 1));
    client.node.compact().expect("compacted");
    assert!(client.rows("S").is_empty());
}

#[test]
fn an_index_keeps_no_entries_that_are_not_so() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    let column = ColumnDef {
        name: "state".into(),
        validation_class: "UTF8Type".to_owned(),
        index_type: Some(IndexType::Keys),
        ..ColumnDef::default()
    };
    let cf_def = CfDef {
        keyspace: "K".to_owned(),
        name: "I".to_owned(),
        comparator_type: Some("UTF8Type".to_owned()),
        column_metadata: Some(vec![column]),
        ..CfDef::default()
    };
    client.call(&methods::SystemAddColumnFamily { cf_def }).expect("a column family");
    let write = |client: &mut Client, value: &str, timestamp, ttl| {
        let (name, value) = ("state".into(), Some(value.to_owned().into()));
        let insert = methods::Insert {
            key: "k".into(),
            column_parent: ColumnParent { column_family: "I".to_owned(), super_column: None },
            column: Column { name, value, timestamp: Some(timestamp), ttl },
            consistency_level: ConsistencyLevel::One,
        };
        client.call(&insert).expect("the column is written");
    };
    let entries = |client: &Client| {
        let schema = client.node.schema();
        let family =
            schema.keyspace("K").and_then(|keyspace| keyspace.family("I").ok()).expect("it is there");
        let everything = (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded);
        client.node.snapshot().range(&family.indexes[0].partition, everything).count()
    };
    // an older value, and one that is overwritten, have none
    for (value, timestamp) in [("CA", 5), ("TX", 7), ("UT", 6)] {
        write(&mut client, value, timestamp, None);
        assert_eq!(entries(&client), 1, "{value}");
    }
    // what expires goes when the store is compacted
    write(&mut client, "AK", 8, Some(10));
    assert_eq!(entries(&client), 1);
    client.clock.advance(Duration::from_secs(9));
    client.node.compact().expect("compacted");
    assert_eq!(entries(&client), 1);
    client.clock.advance(Duration::from_secs(1));
    client.node.compact().expect("compacted");
    assert_eq!(entries(&client), 0);
    // and before that, when somebody looks for it
    write(&mut client, "AK", 9, Some(10));
    client.clock.advance(Duration::from_secs(10));
    assert_eq!(entries(&client), 1);
    let expression =
        IndexExpression { column_name: "state".into(), op: IndexOperator::Eq, value: "AK".into() };
    let search = methods::GetIndexedSlices {
        column_parent: ColumnParent { column_family: "I".to_owned(), super_column: None },
        index_clause: IndexClause { expressions: vec![expression], start_key: Bytes::new(), count: 10 },
        column_predicate: SlicePredicate {
            column_names: None,
            slice_range: Some(SliceRange { count: 10, ..SliceRange::default() }),
        },
        consistency_level: ConsistencyLevel::One,
    };
    assert_eq!(client.call(&search), Ok(Vec::new()));
    assert_eq!(entries(&client), 0);
    // a deletion of the row takes its entry
    write(&mut client, "AK", 10, None);
    assert_eq!(client.call(&search).map(|rows| rows.len()), Ok(1));
    let deletion = Some(Deletion { timestamp: Some(11), ..Deletion::default() });
    let mutations = vec![Mutation { column_or_supercolumn: None, deletion }];
    let mutation_map = vec![(Bytes::from("k"), vec![("I".to_owned(), mutations)])];
    client
        .call(&methods::BatchMutate { mutation_map, consistency_level: ConsistencyLevel::One })
        .expect("a batch");
    assert_eq!(entries(&client), 0);
}
