//! What is gathered, merged and sent when all goes well.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cassa::{ColumnFamilyMap, ConsistencyLevel, Error, Outcome};
use serde::{Deserialize, Serialize};

use super::super::support::Keyspace;
use super::{Fleet, Hits, Plane, plane};

/// The lines of a unit, without the server's parts of it.
fn lines(work: &cassa::UnitOfWork) -> Vec<String> {
    work.to_string().lines().map(str::to_owned).collect()
}

#[test]
fn nothing_is_sent_before_the_commit() {
    let fleet = Fleet::new();
    let mut work = fleet.pool.unit_of_work();
    work.insert(&plane("N1", Some(1999))).expect("it fits");
    work.column_family(&fleet.plain).expect("ours").insert("row", [("a", "1")]).expect("it fits");
    work.add::<Hits>("home", "hits", 2).expect("a counter");
    assert!(work.is_dirty());
    assert_eq!(work.len(), 5);
    assert_eq!(fleet.stored("N1"), None);
    assert_eq!(fleet.plain.get("row").expect("read"), None);

    let report = work.commit().expect("all is well");
    assert!(!work.is_dirty() && work.pending_bytes() == 0);
    assert_eq!(report.chunks().len(), 2, "columns, then counters");
    assert!(report.chunks().iter().all(|chunk| matches!(chunk.outcome, Outcome::Applied)));
    assert_eq!(fleet.stored("N1"), Some(plane("N1", Some(1999))));
    assert_eq!(fleet.plain.get_count("row").expect("read"), 1);
    assert_eq!(fleet.hits("home"), Some(2));
    assert_eq!(work.commit().expect("nothing to do").chunks().len(), 0);
}

#[test]
fn only_what_has_changed_is_sent() {
    let fleet = Fleet::new();
    fleet.pool.map::<Plane>().expect("a mapper").insert(&plane("N1", Some(1999))).expect("written");
    let mut work = fleet.pool.unit_of_work();
    let mut read: Plane = work.get("N1").expect("read").expect("it is there");
    work.save(&read).expect("it fits");
    assert!(!work.is_dirty(), "nothing has changed");
    read.year = None;
    read.model = "A320".to_owned();
    work.save(&read).expect("it fits");
    assert_eq!(lines(&work), [r#"column family Planes, row key "N1": delete "year"; write "model""#]);
    // a change that is taken back is none: what waits is what was said last
    read.year = Some(1999);
    work.save(&read).expect("it fits");
    work.commit().expect("all is well");
    assert_eq!(fleet.stored("N1"), Some(read.clone()));

    // after the commit, the object is clean as it was committed
    work.save(&read).expect("it fits");
    assert!(!work.is_dirty());
    read.seats = Some(150);
    work.save(&read).expect("it fits");
    assert_eq!(lines(&work), [r#"column family Planes, row key "N1": write "seats""#]);
    work.commit().expect("all is well");
    assert_eq!(fleet.stored("N1"), Some(read));
}

#[test]
fn an_object_that_was_not_read_is_saved_whole() {
    let fleet = Fleet::new();
    fleet.pool.map::<Plane>().expect("a mapper").insert(&plane("N1", Some(1999))).expect("written");
    let mut work = fleet.pool.unit_of_work();
    work.save(&plane("N1", None)).expect("it fits");
    assert_eq!(
        lines(&work),
        [r#"column family Planes, row key "N1": delete "year"; write "model", "seats""#]
    );
    work.commit().expect("all is well");
    assert_eq!(fleet.stored("N1"), Some(plane("N1", None)));
    // and is known from then on
    work.save(&plane("N1", None)).expect("it fits");
    assert!(!work.is_dirty());
    // an insertion leaves a column alone whose field is `None`
    let mut other = fleet.pool.unit_of_work();
    other.insert(&Plane { seats: None, ..plane("N1", Some(2000)) }).expect("it fits");
    other.commit().expect("all is well");
    assert_eq!(fleet.stored("N1"), Some(plane("N1", Some(2000))));
}

#[test]
fn the_last_change_of_a_column_counts() {
    let fleet = Fleet::new();
    let mut work = fleet.pool.unit_of_work();
    let plain = &fleet.plain;
    work.column_family(plain)
        .expect("ours")
        .insert("row", [("a", "1"), ("b", "1"), ("c", "1")])
        .expect("fits");
    work.column_family(plain).expect("ours").remove("row", ["a"]).expect("fits");
    work.column_family(plain).expect("ours").insert("row", [("b", "2")]).expect("fits");
    work.column_family(plain).expect("ours").start("c").finish("x").remove_range("row").expect("fits");
    work.column_family(plain).expect("ours").insert("row", [("d", "3")]).expect("fits");
    work.column_family(plain).expect("ours").insert("gone", [("a", "1")]).expect("fits");
    work.column_family(plain).expect("ours").remove_row("gone").expect("fits");
    work.column_family(plain).expect("ours").remove_row("again").expect("fits");
    work.column_family(plain).expect("ours").insert("again", [("a", "1")]).expect("fits");
    work.commit().expect("all is well");
    let row = plain.get("row").expect("read").expect("it is there");
    let columns: Vec<_> = row.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(columns, ["b=2", "d=3"]);
    assert_eq!(plain.get("gone").expect("read"), None);
    assert_eq!(plain.get_count("again").expect("read"), 1, "the deletion comes before what is written");
}

#[test]
fn objects_are_removed_and_come_again() {
    let fleet = Fleet::new();
    let mut work = fleet.pool.unit_of_work();
    work.insert(&plane("N1", Some(1999))).expect("it fits");
    work.commit().expect("all is well");
    work.remove(&plane("N1", None)).expect("it fits");
    assert_eq!(lines(&work), [r#"column family Planes, row key "N1": delete the row"#]);
    work.commit().expect("all is well");
    assert_eq!(fleet.stored("N1"), None);
    // known to be gone: nothing is deleted again
    work.save(&Plane { seats: None, ..plane("N1", None) }).expect("it fits");
    assert_eq!(lines(&work), [r#"column family Planes, row key "N1": write "model""#]);
    work.remove_key::<Plane>("N1").expect("it fits");
    work.commit().expect("all is well");
    assert_eq!(fleet.stored("N1"), None);
}

#[test]
fn what_expires_is_said_per_object() {
    let fleet = Fleet::new();
    let mut work = fleet.pool.unit_of_work();
    work.ttl(1000).insert(&plane("N1", Some(1999))).expect("it fits");
    work.insert(&plane("N2", Some(1999))).expect("it fits");
    work.commit().expect("all is well");
    let planes = cassa::ColumnFamily::open(&fleet.pool, "Planes").expect("it is there");
    let ttl = |key: &str| planes.get(key).expect("read").expect("there").as_slice()[0].ttl;
    assert_eq!((ttl("N1"), ttl("N2")), (Some(1000), None));

    // a save gives it to what it sends, and no more
    let mut read: Plane = work.get("N2").expect("read").expect("there");
    read.year = Some(2000);
    work.ttl(500).save(&read).expect("it fits");
    work.commit().expect("all is well");
    let ttl = |name: &str| planes.get("N2").expect("read").expect("there").column(name).expect("there").ttl;
    assert_eq!((ttl("year"), ttl("model"), ttl("seats")), (Some(500), None, None));
    // 0 is none at all, whatever the struct says
    let mut work = fleet.pool.unit_of_work();
    work.ttl(0).insert(&read).expect("it fits");
    work.commit().expect("all is well");
    assert_eq!((ttl("year"), ttl("model")), (None, None));
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
struct Tagged {
    #[cassa(key)]
    id: String,
    name: String,
    #[cassa(rest)]
    tags: BTreeMap<String, String>,
}

#[test]
fn what_leaves_the_rest_of_a_row_is_deleted() {
    let keyspace = Keyspace::new();
    keyspace.system.create_column_family_for::<Tagged>(&keyspace.name).expect("created");
    let pool = keyspace.pool();
    let tags = |tags: &[&str]| tags.iter().map(|tag| ((*tag).to_owned(), "x".to_owned())).collect();
    let mut object = Tagged { id: "1".into(), name: "one".into(), tags: tags(&["a", "b"]) };
    let mut work = pool.unit_of_work();
    work.insert(&object).expect("it fits");
    work.commit().expect("all is well");
    object = work.get("1").expect("read").expect("it is there");
    object.tags = tags(&["b", "c"]);
    work.save(&object).expect("it fits");
    assert_eq!(lines(&work), [r#"column family Tagged, row key "1": delete "a"; write "c""#]);
    work.commit().expect("all is well");
    assert_eq!(work.get::<Tagged>("1").expect("read"), Some(object));
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
struct Seat {
    #[cassa(key)]
    flight: String,
    #[cassa(super_column)]
    row: i64,
    passenger: Option<String>,
    price: i64,
}

#[test]
fn super_columns_are_objects_too() {
    let keyspace = Keyspace::new();
    keyspace.system.create_column_family_for::<Seat>(&keyspace.name).expect("created");
    let pool = keyspace.pool();
    let seat = |row, passenger: Option<&str>| Seat {
        flight: "UA1".into(),
        row,
        passenger: passenger.map(str::to_owned),
        price: 100,
    };
    let mut work = pool.unit_of_work();
    for row in 1..4 {
        work.insert(&seat(row, Some("ann"))).expect("it fits");
    }
    work.commit().expect("all is well");
    let mut read: Vec<Seat> = work.multiget([("UA1", 1), ("UA1", 9), ("UA1", 2)]).expect("read");
    assert_eq!(read, [seat(1, Some("ann")), seat(2, Some("ann"))]);
    read[1].passenger = None;
    work.save(&read[1]).expect("it fits");
    work.remove(&seat(3, None)).expect("it fits");
    assert_eq!(
        lines(&work),
        [
            r#"column family Seat, row key "UA1", super column 2: delete "passenger""#,
            r#"column family Seat, row key "UA1", super column 3: delete it"#,
        ]
    );
    work.commit().expect("all is well");
    let seats = pool.map::<Seat>().expect("a mapper").get_row("UA1").expect("read");
    assert_eq!(seats, [seat(1, Some("ann")), seat(2, None)]);
}

#[test]
fn a_large_unit_is_split_between_rows() {
    let fleet = Fleet::new();
    let mut work = fleet.pool.unit_of_work().byte_limit(10_000).row_limit(40);
    for n in 0..100 {
        work.insert(&plane(&format!("N{n}"), Some(n))).expect("it fits");
    }
    let large = "x".repeat(30_000);
    work.column_family(&fleet.plain).expect("ours").insert("large", [("a", &large)]).expect("fits");
    let report = work.commit().expect("all is well");
    let rows: usize = report.chunks().iter().map(|chunk| chunk.rows).sum();
    assert_eq!(rows, 101);
    assert!(report.chunks().len() >= 4);
    for chunk in report.chunks() {
        assert!(chunk.bytes <= 10_000 || chunk.rows == 1, "{chunk:?}");
        assert!(chunk.rows <= 40, "{chunk:?}");
    }
    assert_eq!(fleet.pool.map::<Plane>().expect("a mapper").count().expect("counted"), 100);
}

#[test]
fn an_atomic_unit_is_one_chunk_without_counters() {
    let fleet = Fleet::new();
    let mut work = fleet.pool.unit_of_work().atomic(true).byte_limit(1_000).row_limit(1);
    for n in 0..100 {
        work.insert(&plane(&format!("N{n}"), Some(n))).expect("it fits");
    }
    work.add::<Hits>("home", "hits", 1).expect("it is gathered");
    let refused = work.commit().expect_err("counters are no part of a logged batch");
    assert_eq!(refused.to_string(), "atomic: an atomic unit takes no counters");
    assert_eq!(fleet.stored("N1"), None);
    work.discard();
    assert!(!work.is_dirty());
    for n in 0..100 {
        work.insert(&plane(&format!("N{n}"), Some(n))).expect("it fits");
    }
    assert_eq!(work.commit().expect("all is well").chunks().len(), 1);
}

#[test]
fn column_families_that_want_different_levels_are_refused() {
    let fleet = Fleet::new();
    let quorum = fleet.plain.clone().write_consistency_level(ConsistencyLevel::Quorum);
    let mut work = fleet.pool.unit_of_work();
    work.insert(&plane("N1", None)).expect("it fits");
    work.column_family(&quorum).expect("the first of its name").insert("row", [("a", "1")]).expect("fits");
    let refused = work.commit().expect_err("ONE or QUORUM");
    assert!(matches!(refused, Error::InvalidOption { option: "consistency_level", .. }), "{refused}");
    assert!(refused.to_string().contains("Planes wants One, Plain wants Quorum"), "{refused}");
    assert_eq!(fleet.stored("N1"), None);

    let mut work = fleet.pool.unit_of_work().consistency_level(ConsistencyLevel::One);
    work.insert(&plane("N1", None)).expect("it fits");
    work.column_family(&quorum).expect("the unit has its own").insert("row", [("a", "1")]).expect("fits");
    work.commit().expect("all is well");
}

#[test]
fn a_closure_commits_when_it_succeeds_and_only_then() {
    let fleet = Fleet::new();
    let failed: Result<(), Box<dyn std::error::Error>> = fleet.pool.in_unit_of_work(|work| {
        work.insert(&plane("N1", None))?;
        Err("no".into())
    });
    assert!(failed.is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        fleet.pool.in_unit_of_work(|work| -> cassa::Result<()> {
            work.insert(&plane("N1", None))?;
            panic!("in the middle")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(fleet.stored("N1"), None, "neither has sent anything");
    let done: cassa::Result<i32> = fleet.pool.in_unit_of_work(|work| {
        work.insert(&plane("N1", None))?;
        Ok(7)
    });
    assert_eq!(done.expect("all is well"), 7);
    assert_eq!(fleet.stored("N1"), Some(plane("N1", None)));
}

#[test]
fn callbacks_run_after_success() {
    let fleet = Fleet::new();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let mut work = fleet.pool.unit_of_work().atomic(true);
    let noted = Arc::clone(&calls);
    work.on_success(move |report| noted.lock().expect("no panic").push(report.chunks().len()));
    work.insert(&plane("N1", None)).expect("it fits");
    work.add::<Hits>("home", "hits", 1).expect("it is gathered");
    work.commit().expect_err("an atomic unit takes no counters");
    assert_eq!(*calls.lock().expect("no panic"), [0; 0]);
    work = work.atomic(false);
    work.commit().expect("all is well");
    assert_eq!(*calls.lock().expect("no panic"), [2]);
    work.commit().expect("nothing to do");
    assert_eq!(*calls.lock().expect("no panic"), [2], "each is called once");
}

#[test]
fn a_unit_may_hold_so_much_and_says_so() {
    let fleet = Fleet::new();
    let mut work = fleet.pool.unit_of_work().max_pending_bytes(5_000);
    let refused = (0..1_000).find_map(|n| work.insert(&plane(&format!("N{n}"), None)).err());
    let refused = refused.expect("it is full at some time");
    assert!(matches!(refused, Error::UnitOfWorkFull { limit: 5_000, bytes } if bytes >= 5_000), "{refused}");
    work.commit().expect("all is well");
    work.insert(&plane("N", None)).expect("there is room again");
    work.discard();
}
