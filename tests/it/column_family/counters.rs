//! Counters and conditional writes: what is not made twice.

use std::time::Duration;

use cassa::{Cas, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, Error, Fault, Value};
use cassa::{SimpleStrategy, SystemManager};

use crate::support::Keyspace;

#[test]
fn counters_count() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Hits").counters());
    cf.add("home", "a", 3).expect("added");
    cf.add("home", "a", -1).expect("added");
    cf.add("home", "b", i64::MAX).expect("added");
    cf.add("away", "a", 1).expect("added");
    let home = cf.get("home").expect("read").expect("there");
    assert_eq!((&home["a"], &home["b"]), (&Value::Counter(2), &Value::Counter(i64::MAX)));
    assert_eq!(cf.get_count("home").expect("counted"), 2);
    assert_eq!(cf.multiget(["home", "away"]).expect("read").len(), 2);
    assert_eq!(cf.get_range().count(), 2);
    let pages = cf.select().column_buffer_size(1).reversed().xget("home");
    assert_eq!(pages.map(|column| column.expect("read").name).collect::<Vec<_>>(), ["b", "a"]);
    cf.remove_counter("home", "a").expect("removed");
    assert_eq!(format!("{:?}", cf.get("home").expect("read")), format!("Some({{\"b\": {}}})", i64::MAX));
    cf.remove("home", ["b"]).expect("removed");
    assert_eq!(cf.get("home").expect("read"), None);
    cf.remove_row("away").expect("removed");
    assert_eq!(cf.get("away").expect("read"), None);
}

#[test]
fn a_batch_counts_each_addition_once_and_in_a_message_of_its_own() {
    let keyspace = Keyspace::new();
    let plain = keyspace.column_family("Pages");
    let hits = keyspace.column_family(ColumnFamilyBuilder::new("Hits").counters());
    let batch = cassa::Mutator::new(plain.pool());
    for _ in 0..3 {
        batch
            .add(&hits, "home", "a", 2)
            .expect("queued")
            .insert(&plain, "home", [("seen", "1")])
            .expect("queued");
    }
    assert_eq!(batch.len(), 6);
    batch.send().expect("sent");
    assert_eq!(hits.get("home").expect("read").expect("there")["a"], 6);
    let e = batch.insert(&hits, "home", [("a", 1)]).expect_err("a counter is not inserted");
    assert!(matches!(&e, Error::WrongKind { .. }) && e.to_string().contains("add"), "{e}");
    assert!(matches!(hits.insert("home", [("a", 1)]), Err(Error::WrongKind { .. })));
    assert!(matches!(plain.add("home", "a", 1), Err(Error::WrongKind { .. })));
    assert!(matches!(plain.remove_counter("home", "a"), Err(Error::WrongKind { .. })));
    let e = hits.batch().atomic(true).add("home", "a", 1).expect_err("not logged");
    assert!(matches!(&e, Error::WrongKind { .. }), "{e}");
    batch.remove(&hits, "home", ["a"]).expect("queued").send().expect("sent");
    assert_eq!(hits.get("home").expect("read"), None);
}

/// A server of the test's own, as it is told to fail.
fn embedded(definition: ColumnFamilyBuilder) -> (EmbeddedServer, ColumnFamily) {
    let server = EmbeddedServer::start().expect("a server");
    let system = SystemManager::connect(server.addresses()).expect("connected");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    system.create_column_family("K", definition).expect("created");
    let pool = ConnectionPool::builder("K").servers(server.addresses()).timeout(Duration::from_secs(5));
    let cf = ColumnFamily::open(&pool.build().expect("a pool"), "S").expect("opened");
    (server, cf)
}

fn hits() -> (EmbeddedServer, ColumnFamily) {
    embedded(ColumnFamilyBuilder::new("S").counters())
}

fn value(cf: &ColumnFamily) -> i64 {
    let row = cf.get("home").expect("read");
    row.map_or(0, |row| i64::try_from(&row["a"]).expect("a number"))
}

#[test]
fn an_addition_whose_answer_is_lost_is_not_made_again() {
    let (server, cf) = hits();
    for fault in [Fault::disconnect(), Fault::time_out()] {
        let before = value(&cf);
        let fault = server.faults().add(fault.after_work().method("add").times(1));
        let e = cf.add("home", "a", 1).expect_err("nobody knows");
        assert!(matches!(&e, Error::Io { .. } | Error::TimedOut { .. }), "{e}");
        assert_eq!((fault.hits(), value(&cf)), (1, before + 1));
    }
    server.faults().add(Fault::disconnect().after_work().method("remove_counter").times(1));
    cf.remove_counter("home", "a").expect_err("nobody knows");
    assert_eq!(value(&cf), 0);
}

#[test]
fn an_addition_is_made_again_where_that_is_wanted_and_may_count_twice() {
    let (server, cf) = hits();
    server.faults().add(Fault::disconnect().after_work().method("add").times(1));
    cf.write().retry_counters(true).add("home", "a", 1).expect("added");
    assert_eq!(value(&cf), 2);
    let by_default = cf.retry_counters(true);
    server.faults().add(Fault::disconnect().method("add").times(1));
    by_default.add("home", "a", 1).expect("added");
    assert_eq!(value(&by_default), 3);
}

#[test]
fn a_batch_of_counters_whose_answer_is_lost_is_not_sent_again_unless_told_to() {
    let (server, cf) = hits();
    server.faults().add(Fault::disconnect().after_work().method("batch_mutate").times(1));
    let batch = cf.batch();
    batch.add("home", "a", 1).expect("queued");
    let e = batch.send().expect_err("nobody knows");
    assert!(matches!(&e, Error::Io { .. }), "{e}");
    assert_eq!((value(&cf), batch.len(), batch.doubtful()), (1, 0, 1));
    batch.send().expect("nothing to send");
    assert_eq!(value(&cf), 1, "it would have counted twice");
    assert_eq!(batch.requeue_doubtful(), 1);
    assert_eq!((batch.len(), batch.doubtful()), (1, 0));
    batch.send().expect("sent");
    assert_eq!(value(&cf), 2, "as it was told to");

    // where it is known that nothing was added, it is kept as all else
    server.faults().add(Fault::unavailable().method("batch_mutate").times(1));
    batch.add("home", "a", 1).expect("queued");
    let e = batch.send().expect_err("too few replicas");
    assert!(matches!(&e, Error::Unavailable { .. }), "{e}");
    assert_eq!((value(&cf), batch.len(), batch.doubtful()), (2, 1, 0));
    batch.send().expect("sent");
    assert_eq!(value(&cf), 3);

    let retried = cf.batch().retry_counters(true);
    server.faults().add(Fault::disconnect().method("batch_mutate").times(1));
    retried.add("home", "a", 1).expect("queued").send().expect("sent");
    assert_eq!(value(&cf), 4);
}

#[test]
fn where_too_few_replicas_are_up_for_one_row_of_counters_the_others_may_be_added_to() {
    let (server, cf) = hits();
    let batch = cf.batch();
    batch.add("home", "b", 1).expect("queued").add("away", "b", 1).expect("queued");
    server.faults().add(Fault::unavailable().method("batch_mutate").times(1));
    let e = batch.send().expect_err("too few replicas");
    assert!(matches!(&e, Error::Unavailable { .. }), "{e}");
    assert_eq!((batch.len(), batch.doubtful()), (0, 2), "a server checks row by row");
}

#[test]
fn of_counters_in_several_messages_only_those_of_the_lost_one_are_in_doubt() {
    let (server, cf) = hits();
    let batch = cf.batch().queue_size(None).byte_limit(1_000_000);
    for i in 0..30 {
        batch.add("home", format!("c{i:02}"), 1).expect("queued");
    }
    let batch = batch.byte_limit(400);
    server.faults().add(Fault::disconnect().after_work().method("batch_mutate").skip(1).times(1));
    batch.send().expect_err("nobody knows");
    let counted = cf.get_count("home").expect("counted");
    assert!(counted > 0 && counted < 30, "two messages took effect: {counted}");
    assert!(batch.doubtful() > 0);
    batch.send().expect("sent");
    let row = cf.get("home").expect("read").expect("there");
    assert_eq!(row.len(), 30);
    assert!(row.iter().all(|(_, value)| *value == 1), "{row:?}");
}

#[test]
fn a_conditional_write_takes_effect_if_what_is_expected_stands() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(
        ColumnFamilyBuilder::new("Seats").comparator(cassa::Class::Utf8).column("row", cassa::Class::Int32),
    );
    assert_eq!(
        cf.insert_if_absent("17A", cassa::columns! { "who" => "ann", "row" => 17 }).expect("asked"),
        Cas::Applied
    );
    let Cas::Refused(current) = cf.insert_if_absent("17A", [("who", "eve")]).expect("asked") else {
        panic!("it is taken");
    };
    assert!(!current.is_empty());
    assert_eq!(cf.cas("17A", [("who", "ann")], [("who", "bob")]).expect("asked"), Cas::Applied);
    let refused =
        cf.cas("17A", cassa::columns! { "who" => "ann", "row" => 17 }, [("who", "eve")]).expect("asked");
    let Cas::Refused(current) = &refused else { panic!("it is bob's") };
    assert_eq!((&current["who"], &current["row"]), (&Value::from(&b"bob"[..]), &Value::Int32(17)));
    assert!(!refused.is_applied());
    let e = cf.cas("17A", [("row", "seventeen")], [("who", "eve")]).expect_err("no number");
    assert!(
        matches!(&e, Error::Type { .. }) && e.to_string().contains(r#"row key "17A", column "row""#),
        "{e}"
    );
    let none: [(&str, &str); 0] = [];
    assert!(matches!(cf.cas("17A", none, [("who", "eve")]), Err(Error::NothingToWrite { .. })));
    assert!(matches!(cf.insert_if_absent("17B", none), Err(Error::NothingToWrite { .. })));
    let e = cf.write().ttl(100).cas("17A", [("who", "bob")], [("who", "ann")]).expect_err("it would live on");
    assert!(matches!(&e, Error::InvalidOption { option: "ttl", .. }), "{e}");
    let hits = keyspace.column_family(ColumnFamilyBuilder::new("Hits").counters());
    assert!(matches!(hits.insert_if_absent("a", [("a", 1)]), Err(Error::WrongKind { .. })));
}

#[test]
fn a_conditional_write_whose_answer_is_lost_is_not_made_again() {
    let (server, cf) = embedded("S".into());
    let fault = server.faults().add(Fault::disconnect().after_work().method("cas").times(1));
    let e = cf.insert_if_absent("k", [("a", "1")]).expect_err("nobody knows");
    assert!(matches!(&e, Error::Io { .. }), "{e}");
    assert_eq!(fault.hits(), 1);
    assert_eq!(cf.get("k").expect("read").expect("it took effect")["a"], "1");
}
