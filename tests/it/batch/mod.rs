//! Batches, by the public door.

mod failures;
mod order;
mod sizes;

use cassa::{Error, Mutator};

use crate::support::Keyspace;

#[test]
fn one_batch_writes_to_several_column_families() {
    let keyspace = Keyspace::new();
    let (one, two) = (keyspace.column_family("One"), keyspace.column_family("Two"));
    let batch = Mutator::new(one.pool());
    batch.insert(&one, "k", [("a", "1")]).expect("queued").insert(&two, "k", [("a", "2")]).expect("queued");
    batch.insert(&one, "k", [("b", "3")]).expect("queued").insert(&two, "l", [("a", "4")]).expect("queued");
    assert_eq!((batch.len(), batch.is_empty()), (4, false));
    assert_eq!(one.get("k").expect("read"), None, "nothing was sent yet");
    batch.send().expect("sent");
    assert!(batch.is_empty());
    assert_eq!(format!("{:?}", one.get("k").expect("read")), r#"Some({"a": "1", "b": "3"})"#);
    assert_eq!(format!("{:?}", two.get_range().count()), "2");
    batch.send().expect("nothing to send is no error");

    batch
        .remove(&one, "k", ["a"])
        .expect("queued")
        .remove_row(&two, "l")
        .expect("queued")
        .send()
        .expect("sent");
    assert_eq!(format!("{:?}", one.get("k").expect("read")), r#"Some({"b": "3"})"#);
    assert_eq!(two.get("l").expect("read"), None);
}

#[test]
fn a_column_family_of_another_keyspace_is_refused() {
    let (keyspace, other) = (Keyspace::new(), Keyspace::new());
    let (mine, theirs) = (keyspace.column_family("One"), other.column_family("One"));
    let batch = Mutator::new(mine.pool());
    let e = batch.insert(&theirs, "k", [("a", "1")]).expect_err("another keyspace");
    assert!(matches!(&e, Error::InvalidOption { .. }) && e.to_string().contains(&other.name), "{e}");
    assert!(batch.is_empty());
}

#[test]
fn a_batch_sends_itself_when_it_is_full() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    let batch = cf.batch().queue_size(10);
    for i in 0..25 {
        batch.insert(format!("k{i}"), [("a", "1"), ("b", "2")]).expect("queued");
    }
    assert_eq!((cf.get_keys().count(), batch.len()), (20, 5));
    assert_eq!(batch.discard(), 5);
    batch.send().expect("nothing is left");
    assert_eq!(cf.get_keys().count(), 20);

    let by_default = cf.batch();
    for i in 0..99 {
        by_default.insert(format!("l{i}"), [("a", "1")]).expect("queued");
    }
    assert_eq!(by_default.len(), 99);
    by_default.insert("l99", [("a", "1")]).expect("sent");
    assert_eq!((by_default.len(), cf.get_keys().count()), (0, 120));

    let never = cf.batch().queue_size(None);
    for i in 0..200 {
        never.insert(format!("m{i}"), [("a", "1")]).expect("queued");
    }
    assert_eq!(never.len(), 200);
    never.send().expect("sent");
    assert_eq!(cf.get_keys().count(), 320);
}

#[test]
fn an_operation_that_does_not_fit_is_not_queued_and_the_others_are() {
    let keyspace = Keyspace::new();
    let cf = keyspace
        .column_family(cassa::ColumnFamilyBuilder::new("Typed").default_validation_class(cassa::Class::Long));
    let batch = cf.batch();
    batch.insert("k", [("a", 1)]).expect("queued");
    let mixed = cassa::columns! { "b" => 2, "c" => "x" };
    let e = batch.insert("k", mixed).expect_err("no number");
    assert!(matches!(&e, Error::Type { .. }) && e.to_string().contains(r#"row key "k", column "c""#), "{e}");
    let none: [(&str, i64); 0] = [];
    assert!(matches!(batch.insert("k", none), Err(Error::NothingToWrite { .. })));
    assert!(matches!(batch.remove("k", [""; 0]), Err(Error::NothingToWrite { .. })));
    assert!(matches!(batch.add("k", "a", 1), Err(Error::WrongKind { .. })));
    batch.send().expect("sent");
    assert_eq!(format!("{:?}", cf.get("k").expect("read")), r#"Some({"a": 1})"#);
}

#[test]
fn many_threads_may_fill_one_batch() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    let batch = cf.batch().queue_size(7);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let batch = &batch;
            scope.spawn(move || {
                for i in 0..50 {
                    batch.insert(format!("k{thread}-{i}"), [("a", "1")]).expect("queued");
                }
            });
        }
    });
    batch.send().expect("sent");
    assert_eq!(cf.get_keys().count(), 200);
}
