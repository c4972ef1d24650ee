//! Which class packs what, and what is said when it cannot.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use cassa::{Class, ColumnFamilyBuilder, Error, Value, columns};

use crate::support::Keyspace;

fn definition() -> ColumnFamilyBuilder {
    ColumnFamilyBuilder::new("Typed")
        .key_validation_class(Class::Long)
        .comparator(Class::Int32)
        .default_validation_class(Class::Utf8)
        .column(7, Class::Double)
}

#[test]
fn keys_names_and_values_can_be_taken_as_they_stand() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(definition());
    cf.insert(1, columns! { 2 => "x", 7 => 0.5 }).expect("inserted");
    let (key, name, value) = (1_i64.to_be_bytes(), 2_i32.to_be_bytes(), 0.5_f64.to_be_bytes());

    let keys = cf.clone().autopack_keys(false);
    assert_eq!(keys.get(key).expect("read").expect("there")[&2], "x");
    assert_eq!(keys.get_keys().next().expect("a row").expect("read"), key);
    let names = cf.clone().autopack_names(false);
    assert_eq!(names.get(1).expect("read").expect("there")[&name], "x");
    assert_eq!(names.select().columns([name]).get(1).expect("read").expect("there").len(), 1);
    let values = cf.clone().autopack_values(false);
    assert_eq!(values.get(1).expect("read").expect("there")[&7], value);
    values.insert(1, [(7, 1.5_f64.to_be_bytes())]).expect("inserted");
    let all = cf.clone().autopack(false);
    assert_eq!(all.get(key).expect("read").expect("there")[&7_i32.to_be_bytes()], 1.5_f64.to_be_bytes());
    assert_eq!(all.autopack(true).get(1).expect("read").expect("there")[&7], 1.5);
}

#[test]
fn classes_can_be_overridden_each_by_hand_and_stay_when_the_schema_is_read_again() {
    let keyspace = Keyspace::new();
    let bytes = keyspace.column_family("Untyped");
    let mut cf = bytes
        .clone()
        .key_validation_class(Class::Integer)
        .column_name_class(Class::Utf8)
        .default_validation_class(Class::Boolean)
        .column_validator("seats", Class::Int32)
        .expect("a name")
        .column_validator("seats", Class::Long)
        .expect("a name");
    cf.insert(5, columns! { "flies" => true, "seats" => 55 }).expect("inserted");
    assert!(!cf.reload_schema().expect("read"));
    let row = cf.get(5).expect("read").expect("there");
    assert_eq!((&row["flies"], &row["seats"]), (&Value::Boolean(true), &Value::Long(55)));
    let raw = bytes.get(&[5][..]).expect("read").expect("there");
    assert_eq!((&raw["flies"], &raw["seats"]), (&Value::from([1]), &Value::from(55_i64.to_be_bytes())));
}

#[test]
fn a_class_of_the_schema_can_be_overridden_per_column() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(definition());
    let cf = cf.column_validator(7, Class::Bytes).expect("a name");
    cf.insert(1, [(7, 2.5_f64.to_be_bytes())]).expect("inserted");
    assert_eq!(cf.get(1).expect("read").expect("there")[&7], 2.5_f64.to_be_bytes());
    let e = cf.column_validator("no number", Class::Bytes).expect_err("a name of another class");
    assert!(matches!(e, Error::Type { .. }), "{e}");
}

/// pycassa says "required argument is not an integer", and nothing else.
#[test]
fn what_cannot_be_packed_is_named_with_all_that_is_around_it() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(definition());
    let text = |e: Error| {
        let source = std::error::Error::source(&e).map(ToString::to_string);
        format!("{e}: {}", source.unwrap_or_default())
    };
    let cases = [
        (text(cf.insert("x", [(2, "x")]).expect_err("a key")), vec![r#"row key "x""#, "LongType"]),
        (
            text(cf.insert(1, [("c", "x")]).expect_err("a name")),
            vec!["row key 1", r#"column "c""#, "Int32Type"],
        ),
        (text(cf.insert(1, [(2, 5)]).expect_err("a value")), vec!["row key 1", "column 2", "UTF8Type", "5"]),
        (text(cf.insert(1, [(7, "x")]).expect_err("a value")), vec!["row key 1", "column 7", "DoubleType"]),
        (text(cf.remove(1, ["c"]).expect_err("a name")), vec!["row key 1", r#"column "c""#, "Int32Type"]),
        (text(cf.select().columns(["c"]).get(1).expect_err("a name")), vec![r#"column "c""#, "Int32Type"]),
        (text(cf.select().start("c").get(1).expect_err("a name")), vec![r#"column "c""#, "Int32Type"]),
        (
            text(cf.batch().insert(1, [(7, "x")]).expect_err("a value")),
            vec!["row key 1", "column 7", "DoubleType"],
        ),
        (
            text(cf.write().finish("c").remove_range(1).expect_err("a name")),
            vec!["row key 1", r#"column "c""#, "Int32Type"],
        ),
    ];
    for (text, parts) in cases {
        for part in ["column family Typed"].iter().chain(&parts) {
            assert!(text.contains(part), "{text} lacks {part}");
        }
    }
    assert_eq!(cf.get_range().count(), 0, "nothing was written");
}

#[test]
fn empty_values_are_values() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(definition());
    cf.insert(1, columns! { 2 => "", 7 => Value::Empty }).expect("inserted");
    let row = cf.get(1).expect("read").expect("there");
    assert_eq!((row.len(), &row[&2], &row[&7]), (2, &Value::from(""), &Value::Empty));
    assert_eq!(cf.get_count(1).expect("counted"), 2);
    let bytes = keyspace.column_family("Untyped");
    bytes.insert("k", [("a", "")]).expect("inserted");
    assert_eq!(bytes.get("k").expect("read").expect("there")["a"], "");
    assert_eq!(bytes.xget("k").next().expect("a column").expect("read").value, "");
}

#[test]
fn keys_and_names_may_be_of_any_length_that_a_server_takes() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Untyped");
    let longest = "x".repeat(65_535);
    // the embedded server orders keys by themselves only where they are not longer
    let partitioner = keyspace.system.describe_partitioner().expect("a partitioner");
    let longest_key =
        if partitioner.ends_with("ByteOrderedPartitioner") { "x".repeat(30_000) } else { longest.clone() };
    for key in ["k", longest_key.as_str()] {
        for name in ["n", longest.as_str()] {
            cf.insert(key, [(name, "v")]).expect("inserted");
            assert_eq!(cf.select().columns([name]).get(key).expect("read").expect("there")[name], "v");
        }
        assert_eq!(cf.select().column_buffer_size(1).get(key).expect("read").expect("there").len(), 2);
        assert_eq!(cf.select().column_buffer_size(1).reversed().xget(key).count(), 2);
    }
    let mut keys: Vec<usize> =
        (cf.select().row_buffer_size(2).get_keys()).map(|key| key.expect("read").to_string().len()).collect();
    keys.sort_unstable();
    assert_eq!(keys, [1, longest_key.len()]);
    let too_long = "x".repeat(65_536);
    for e in [
        cf.insert(&too_long, [("n", "v")]).expect_err("too long a key"),
        cf.insert("k", [(&too_long, "v")]).expect_err("too long a name"),
        cf.insert("", [("n", "v")]).expect_err("no key"),
        cf.insert("k", [("", "v")]).expect_err("no name"),
    ] {
        assert!(matches!(&e, Error::InvalidRequest { .. }), "{e}");
    }
    cf.remove_row(&longest_key).expect("removed");
    assert_eq!(cf.get_keys().count(), 1);
}

#[test]
fn a_clock_of_the_user_s_own_stamps_every_write() {
    let keyspace = Keyspace::new();
    let ticks = Arc::new(AtomicI64::new(100));
    let mine = ticks.clone();
    let cf = keyspace.column_family("Untyped").clock(move || mine.fetch_add(1, Ordering::Relaxed));
    assert_eq!(cf.insert("k", [("a", "1")]).expect("inserted"), 100);
    assert_eq!(cf.get("k").expect("read").expect("there").column("a").expect("there").timestamp, 100);
    assert_eq!(cf.remove("k", ["a"]).expect("removed"), 101);
    assert_eq!(cf.remove_row("k").expect("removed"), 102);
    assert_eq!(cf.write().timestamp(7).insert("k", [("a", "1")]).expect("inserted"), 7);
    assert_eq!(cf.batch_insert([("k", [("b", "1")])]).expect("inserted"), 103);
    let before = ticks.load(Ordering::Relaxed);
    cf.batch().insert("k", [("c", "1")]).expect("queued").send().expect("sent");
    let row = cf.get("k").expect("read").expect("there");
    assert_eq!(row.column("c").expect("there").timestamp, before);
    assert!(row.column("a").is_none(), "older than the deletion of its row");
}

#[test]
fn defaults_of_a_handle_can_be_overridden_a_call() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Untyped").column_buffer_size(2).row_buffer_size(2);
    cf.batch_insert((0..5).map(|i| (format!("k{i}"), [("a", "1"), ("b", "2"), ("c", "3")])))
        .expect("inserted");
    assert_eq!(cf.get_range().map(|row| row.expect("read").1.len()).sum::<usize>(), 15);
    let select = cf.select().column_buffer_size(100).row_buffer_size(100);
    assert_eq!(select.multiget(["k0", "k1", "k2", "k3"]).expect("read").len(), 4);
    let strict = cf.read_consistency_level(cassa::ConsistencyLevel::Any);
    let e = strict.get("k0").expect_err("ANY is for writes");
    assert!(matches!(&e, Error::InvalidRequest { .. }), "{e}");
    let one = strict.select().consistency_level(cassa::ConsistencyLevel::One);
    assert!(one.get("k0").expect("read").is_some());
}
