//! What expires, what is deleted, and when that is forgotten.

use super::{Client, GC_GRACE, names};
use crate::embedded::row::head::Head;
use crate::embedded::row::key::prefix;
use crate::embedded::store::Snapshot;
use crate::wire::{self, CfDef, ColumnParent, ColumnPath, ConsistencyLevel, Exception, methods};

#[test]
fn columns_expire_in_their_second_and_rows_stay() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    client.insert("S", "go", 1, Some(10));
    client.insert("S", "later", 1, Some(20));
    client.pass(9);
    assert_eq!(client.rows("S"), [[("go".to_owned(), Some(10)), ("later".to_owned(), Some(20))]]);
    client.pass(1);
    assert_eq!(client.rows("S"), [[("later".to_owned(), Some(20))]]);
    client.restart(directory.path());
    client.pass(10);
    assert_eq!(client.rows("S"), [[]]);
    // an expired column still counts against older ones
    client.insert("S", "go", 0, None);
    assert_eq!(client.rows("S"), [[]]);
    client.insert("S", "go", 2, None);
    assert_eq!(client.rows("S"), [[("go".to_owned(), None)]]);
}

#[test]
fn a_column_family_may_give_the_ttl() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    client.insert("D", "own", 1, Some(5));
    client.insert("D", "given", 1, None);
    assert_eq!(client.rows("D"), [[("given".to_owned(), Some(50)), ("own".to_owned(), Some(5))]]);
    client.pass(50);
    assert_eq!(client.rows("D"), [[]]);
}

#[test]
fn a_ttl_beyond_the_last_date_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    client.pass(i32::MAX - 1 - 1_000_000 - 10);
    client.insert("S", "a", 1, Some(10));
    let refused = client.try_insert("S", "a", 1, Some(11));
    assert!(matches!(&refused, Err(Exception::InvalidRequest(why)) if why.contains("2038")), "{refused:?}");
    assert!(client.try_insert("D", "a", 1, None).is_err());
}

#[test]
fn deletions_are_forgotten_after_gc_grace_when_their_row_is_written() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    client.insert("S", "b", 5, Some(10));
    client.remove(Some("a"), 9);
    client.remove_range("m", "p", 9);
    client.remove(None, 3);
    assert_eq!(names(&client.rows("S")[0]), ["b"]);

    // within gc_grace, all of them count, and a row without live columns is there
    client.pass(GC_GRACE);
    for (name, timestamp) in [("a", 9), ("b", 4), ("m", 9), ("n", 9), ("x", 3)] {
        client.insert("S", name, timestamp, None);
    }
    assert_eq!(client.rows("S"), [[]]);

    // past it, the row is forgotten once something is written there; what was hidden does not come back
    client.pass(11);
    client.remove(Some("z"), 1);
    client.pass(GC_GRACE + 1);
    client.remove(Some("y"), 1);
    assert_eq!(client.rows("S"), [[]]);
    client.insert("S", "a", 1, None);
    client.insert("S", "x", 1, None);
    assert_eq!(names(&client.rows("S")[0]), ["a", "x"]);
}

#[test]
fn a_row_with_nothing_left_leaves_the_store() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    client.insert("S", "a", 5, Some(10));
    client.remove(None, 4);
    assert_eq!(client.entries("S"), 1);
    client.pass(10 + GC_GRACE + 1);
    // older than what it finds, so nothing of it stays either
    client.insert("S", "a", 4, None);
    assert_eq!(client.entries("S"), 0);
    assert!(client.rows("S").is_empty());
}

#[test]
fn deletions_take_the_chunks_that_they_cover() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    for name in 0..100 {
        let name = format!("c{name:02}{}", "x".repeat(200));
        client.insert("S", &name, 5, None);
    }
    let whole = client.entries("S");
    assert!(whole > 5, "{whole} entries");
    client.remove_range("c10", "c90", 5);
    assert_eq!(client.rows("S")[0].len(), 20);
    let trimmed = client.entries("S");
    assert!(trimmed <= 4, "{trimmed} entries");
    client.insert("S", "new", 9, None);
    client.remove(None, 8);
    assert_eq!(names(&client.rows("S")[0]), ["new"]);
    client.remove(None, 9);
    assert_eq!(client.entries("S"), 1);
    // nothing of the chunks is left, so the row is forgotten like a small one
    client.pass(GC_GRACE + 1);
    client.remove(Some("new"), 9);
    assert_eq!(client.entries("S"), 0);
}

/// The head of the row `k`, as it is stored.
fn ranges_in_head(client: &Client, family: &str) -> usize {
    let schema = client.node.schema();
    let family = schema.keyspace("K").expect("the keyspace").family(family).expect("the column family");
    let (prefix, _) = prefix(b"k", family.partitioner);
    let stored = client.node.snapshot().get(&family.partition, &prefix).expect("a read").expect("a head");
    Head::decode(&stored).expect("a head").deletions.ranges.len()
}

#[test]
fn ranges_are_forgotten_by_age_in_rows_of_many_chunks_too() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    let name = |number: usize| format!("c{number:02}{}", "x".repeat(200));
    for number in 0..90 {
        client.insert("S", &name(number), 5, None);
    }
    client.remove_range(&name(10), &name(20), 5);
    client.remove_range(&name(70), &name(80), 5);
    let left = client.rows("S")[0].len();
    assert_eq!((ranges_in_head(&client, "S"), left), (2, 90 - 22));
    client.pass(GC_GRACE);
    client.insert("S", &name(40), 6, None);
    assert_eq!(ranges_in_head(&client, "S"), 2);
    client.pass(1);
    client.insert("S", &name(40), 7, None);
    assert_eq!(ranges_in_head(&client, "S"), 0);
    // what stood on their bounds does not come back, and what is written there now stays
    assert_eq!(client.rows("S")[0].len(), left);
    client.insert("S", &name(10), 1, None);
    assert_eq!(client.rows("S")[0].len(), left + 1);
}

#[test]
fn chunks_that_shrink_are_joined() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    let name = |number: usize| format!("c{number:03}{}", "x".repeat(60));
    for number in 0..900 {
        client.insert("S", &name(number), 5, (number % 45 != 0).then_some(10));
    }
    let whole = client.entries("S");
    client.pass(10 + GC_GRACE + 1);
    // deletes nothing, but all of the row is written once more
    client.remove_range("c", "d", 0);
    let kept: Vec<String> = (0..900).step_by(45).map(name).collect();
    assert_eq!(names(&client.rows("S")[0]), kept);
    let joined = client.entries("S");
    assert!(whole >= 16 && joined <= 6, "{joined} entries of {whole}");
}

#[test]
fn a_counter_stays_deleted_until_its_deletion_is_forgotten() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut client = Client::new(directory.path());
    let cf_def = CfDef {
        keyspace: "K".to_owned(),
        name: "C".to_owned(),
        default_validation_class: Some("CounterColumnType".to_owned()),
        gc_grace_seconds: Some(GC_GRACE),
        ..CfDef::default()
    };
    client.call(&methods::SystemAddColumnFamily { cf_def }).expect("a column family");
    let path = |column: Option<&str>| ColumnPath {
        column_family: "C".to_owned(),
        super_column: None,
        column: column.map(|name| name.to_owned().into()),
    };
    let add = |client: &mut Client, value: i64| {
        let column_parent = ColumnParent { column_family: "C".to_owned(), super_column: None };
        let column = wire::CounterColumn { name: "n".into(), value };
        let consistency_level = ConsistencyLevel::One;
        client
            .call(&methods::Add { key: "k".into(), column_parent, column, consistency_level })
            .expect("added");
    };
    let get = |client: &mut Client| {
        let column_path = path(Some("n"));
        let call = methods::Get { key: "k".into(), column_path, consistency_level: ConsistencyLevel::One };
        client.call(&call).ok().and_then(|found| found.counter_column).map(|counter| counter.value)
    };
    // a column, then a row
    for column in [Some("n"), None] {
        add(&mut client, 5);
        add(&mut client, 2);
        let before = get(&mut client).expect("a count");
        client.pass(1);
        let consistency_level = ConsistencyLevel::One;
        let call = methods::RemoveCounter { key: "k".into(), path: path(column), consistency_level };
        client.call(&call).expect("removed");
        client.pass(1);
        add(&mut client, 1);
        assert_eq!((before, get(&mut client)), (7, None));
        client.restart(directory.path());
        client.pass(GC_GRACE - 1);
        add(&mut client, 1);
        assert_eq!(get(&mut client), None);
        client.pass(1);
        add(&mut client, 3);
        assert_eq!(get(&mut client), Some(3));
        add(&mut client, -3 + 7);
        assert_eq!(get(&mut client), Some(7));
        client.pass(1);
        let call = methods::RemoveCounter { key: "k".into(), path: path(None), consistency_level };
        client.call(&call).expect("removed");
        client.pass(GC_GRACE + 1);
    }
}
