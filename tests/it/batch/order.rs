//! Operations on one row and column end as they were ordered.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Keyspace;

#[test]
fn a_deletion_and_a_later_insertion_do_not_tie() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    for key in ["columns", "row", "range"] {
        cf.insert(key, [("a", "old"), ("b", "old")]).expect("inserted");
    }
    let batch = cf.batch();
    batch.remove("columns", ["a", "b"]).expect("queued").insert("columns", [("a", "new")]).expect("queued");
    batch.remove_row("row").expect("queued").insert("row", [("a", "new")]).expect("queued");
    batch
        .write()
        .finish("z")
        .remove_range("range")
        .expect("queued")
        .insert("range", [("a", "new")])
        .expect("queued");
    batch.send().expect("sent");
    for key in ["columns", "row", "range"] {
        assert_eq!(format!("{:?}", cf.get(key).expect("read")), r#"Some({"a": "new"})"#, "{key}");
    }
    let batch = cf.batch();
    batch.insert("columns", [("c", "x")]).expect("queued").remove("columns", ["c"]).expect("queued");
    batch.insert("row", [("c", "x")]).expect("queued").remove_row("row").expect("queued");
    batch.insert("range", [("a", "z")]).expect("queued").insert("range", [("a", "b")]).expect("queued");
    batch.send().expect("sent");
    assert_eq!(format!("{:?}", cf.get("columns").expect("read")), r#"Some({"a": "new"})"#);
    assert_eq!(cf.get("row").expect("read"), None);
    assert_eq!(format!("{:?}", cf.get("range").expect("read")), r#"Some({"a": "b"})"#);
}

#[test]
fn a_clock_that_stands_still_makes_no_ties() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1").clock(|| 1_000);
    let batch = cf.batch();
    batch.remove_row("k").expect("queued").insert("k", [("a", "z")]).expect("queued");
    batch.remove("k", ["a"]).expect("queued").insert("k", [("a", "b")]).expect("queued");
    batch.send().expect("sent");
    assert_eq!(cf.get("k").expect("read").expect("there")["a"], "b");
}

#[test]
fn timestamps_that_the_caller_gives_are_kept_but_a_deletion_does_not_win_over_a_later_insertion() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    cf.write().timestamp(40).insert("k", [("a", "old"), ("b", "old"), ("c", "old")]).expect("inserted");
    let batch = cf.batch();
    let at = |timestamp| batch.write().timestamp(timestamp);
    at(50).remove_row("k").expect("queued");
    at(50).insert("k", [("a", "new")]).expect("queued");
    at(60).remove("k", ["b"]).expect("queued");
    at(60).insert("k", [("b", "new")]).expect("queued");
    at(70).insert("k", [("d", "gone")]).expect("queued");
    at(70).remove("k", ["d"]).expect("queued");
    at(30).insert("k", [("c", "too old")]).expect("queued");
    batch.send().expect("sent");
    let row = cf.get("k").expect("read").expect("there");
    assert_eq!(format!("{row:?}"), r#"{"a": "new", "b": "new"}"#);
    assert_eq!(row.column("a").expect("there").timestamp, 50);
    assert_eq!(row.column("b").expect("there").timestamp, 60);
}

#[test]
fn a_time_to_live_is_an_operation_s_own() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    let batch = cf.batch();
    batch
        .write()
        .ttl(60)
        .insert("k", [("a", "1")])
        .expect("queued")
        .insert("k", [("b", "2")])
        .expect("queued");
    batch.send().expect("sent");
    let row = cf.get("k").expect("read").expect("there");
    assert_eq!(row.column("a").expect("there").ttl, Some(60));
    assert_eq!(row.column("b").expect("there").ttl, None);
}

/// pycassa's `with` block sends although its body raised.
#[test]
fn a_scope_sends_what_succeeded_and_nothing_of_what_failed() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    let batch = cf.batch().queue_size(3);
    let value = batch.scope(|batch| {
        batch.insert("good", [("a", "1")])?;
        Ok::<_, cassa::Error>(7)
    });
    assert_eq!(value.expect("sent"), 7);
    assert!(cf.get("good").expect("read").is_some());

    let failed: Result<(), Box<dyn std::error::Error>> = batch.scope(|batch| {
        for i in 0..10 {
            batch.insert(format!("bad{i}"), [("a", "1")])?; // more than the queue's size
        }
        Err("something else".into())
    });
    assert_eq!(failed.expect_err("its own").to_string(), "something else");
    let queued = AtomicUsize::new(0);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        batch.scope(|batch| -> cassa::Result<()> {
            batch.insert("bad", [("a", "1")])?;
            queued.fetch_add(1, Ordering::Relaxed);
            panic!("in the middle");
        })
    }));
    assert!(panicked.is_err() && queued.into_inner() == 1);
    assert!(batch.is_empty());
    batch.send().expect("nothing is left");
    assert_eq!(cf.get_keys().count(), 1);
}

#[test]
fn what_was_queued_before_a_scope_is_not_the_scope_s_to_discard() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    let batch = cf.batch();
    batch.insert("before", [("a", "1")]).expect("queued");
    let _: Result<(), String> = batch
        .scope(|batch| {
            batch.insert("within", [("a", "1")]).expect("queued");
            Err::<(), _>(Failed).map_err(|Failed| Failed)
        })
        .map_err(|Failed| "failed".to_owned());
    assert_eq!(batch.len(), 1);
    batch.send().expect("sent");
    let keys: Vec<_> = cf.get_keys().collect::<Result<_, _>>().expect("read");
    assert_eq!(keys, ["before"]);
}

#[derive(Debug)]
struct Failed;

impl From<cassa::Error> for Failed {
    fn from(_: cassa::Error) -> Self {
        Failed
    }
}
