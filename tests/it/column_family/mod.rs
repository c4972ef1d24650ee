//! The column family API, by the public door.

mod counters;
mod indexes;
mod live;
mod names;
mod packing;
mod paging;
mod supers;

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, Error, Value, columns};

use crate::support::Keyspace;

/// The tutorial of pycassa's README, line for line.
#[test]
fn the_tutorial_of_pycassa() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");

    cf.insert("foo", [("column1", "val1")]).expect("inserted");
    let foo = cf.get("foo").expect("read").expect("there");
    assert_eq!(format!("{foo:?}"), r#"{"column1": "val1"}"#);

    cf.insert("foo", [("column1", "val2")]).expect("updated");
    assert_eq!(cf.get("foo").expect("read").expect("there")["column1"], "val2");

    cf.insert("bar", [("column1", "val3"), ("column2", "val4")]).expect("inserted");
    let rows = cf.multiget(["foo", "bar"]).expect("read");
    assert_eq!(
        format!("{rows:?}"),
        r#"[("foo", {"column1": "val2"}), ("bar", {"column1": "val3", "column2": "val4"})]"#
    );
    assert_eq!(cf.get_count("bar").expect("counted"), 2);

    let mut all: Vec<_> = cf.get_range().collect::<Result<_, _>>().expect("read");
    all.sort_by_key(|(key, _)| key.to_string());
    assert_eq!(
        format!("{all:?}"),
        r#"[("bar", {"column1": "val3", "column2": "val4"}), ("foo", {"column1": "val2"})]"#
    );
    assert_eq!(cf.select().row_count(1).get_range().count(), 1);

    cf.remove("bar", ["column1"]).expect("removed");
    assert_eq!(format!("{:?}", cf.get("bar").expect("read")), r#"Some({"column2": "val4"})"#);
    cf.remove_row("bar").expect("removed");
    assert_eq!(cf.get("bar").expect("read"), None);
}

fn typed(keyspace: &Keyspace) -> ColumnFamily {
    keyspace.column_family(
        ColumnFamilyBuilder::new("Planes")
            .key_validation_class(Class::Utf8)
            .comparator(Class::Utf8)
            .default_validation_class(Class::Utf8)
            .column("year", Class::Int32)
            .column("range", Class::Long),
    )
}

#[test]
fn values_are_packed_by_the_live_schema() {
    let keyspace = Keyspace::new();
    let cf = typed(&keyspace);
    cf.insert("N1", columns! { "year" => 2004_i64, "range" => 7_u8, "model" => "é" }).expect("inserted");
    let plane = cf.get("N1").expect("read").expect("there");
    assert_eq!(plane["year"], Value::Int32(2004));
    assert_eq!(plane["range"], Value::Long(7));
    assert_eq!(plane["model"], Value::Utf8("é".into()));
    let raw = cf.clone().autopack(false).get("N1").expect("read").expect("there");
    assert_eq!(raw["year"], [0, 0, 7, 212]);
}

#[test]
fn a_value_of_another_type_is_an_error_that_says_where_and_nothing_is_written() {
    let keyspace = Keyspace::new();
    let cf = typed(&keyspace);
    let e = cf.insert("N1", columns! { "model" => "A320", "year" => "new" }).expect_err("no number");
    let text = error_text(&e);
    for part in ["column family Planes", r#"row key "N1""#, r#"column "year""#, "Int32Type", r#""new""#] {
        assert!(text.contains(part), "{text} lacks {part}");
    }
    let e = cf.insert("N1", columns! { "year" => 5_000_000_000_i64 }).expect_err("too large");
    assert!(error_text(&e).contains("5000000000"), "{}", error_text(&e));
    let e = cf.insert(7, columns! { "year" => 1 }).expect_err("a key that is no text");
    assert!(matches!(e, Error::Type { .. }), "{e:?}");
    assert_eq!(cf.get("N1").expect("read"), None);
}

fn error_text(e: &Error) -> String {
    let mut text = e.to_string();
    let mut source = std::error::Error::source(e);
    while let Some(e) = source {
        text += &format!(": {e}");
        source = e.source();
    }
    text
}

#[test]
fn bytes_that_are_no_text_are_an_error_that_names_the_column() {
    let keyspace = Keyspace::new();
    let bytes = keyspace.column_family("Loose");
    let text = bytes.clone().default_validation_class(Class::Utf8);
    bytes.insert("k", [("a", &[0xff, 0xfe][..])]).expect("inserted");
    let e = error_text(&text.get("k").expect_err("no text"));
    for part in ["column family Loose", r#"row key "k""#, r#"column "a""#, "UTF8Type", "fffe"] {
        assert!(e.contains(part), "{e} lacks {part}");
    }
    let raw = text.autopack(false).get("k").expect("read").expect("there");
    assert_eq!(raw["a"], [0xff, 0xfe]);
}

#[test]
fn a_write_without_columns_is_an_error() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    let none: [(&str, &str); 0] = [];
    let e = cf.insert("foo", none).expect_err("nothing");
    assert!(matches!(&e, Error::NothingToWrite { .. }) && e.to_string().contains(r#"row key "foo""#), "{e}");
    cf.insert("foo", [("a", "1")]).expect("inserted");
    let e = cf.remove("foo", [""; 0]).expect_err("nothing");
    assert!(matches!(e, Error::NothingToWrite { .. }), "{e}");
    assert_eq!(cf.get_count("foo").expect("counted"), 1);
}

#[test]
fn an_older_write_loses_and_each_column_keeps_its_timestamp() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    assert_eq!(cf.write().timestamp(20).insert("foo", [("a", "new")]).expect("inserted"), 20);
    cf.write().timestamp(10).insert("foo", [("a", "old"), ("b", "x")]).expect("inserted");
    let foo = cf.get("foo").expect("read").expect("there");
    assert_eq!(foo["a"], "new");
    assert_eq!(foo.column("a").expect("there").timestamp, 20);
    assert_eq!(foo.column("b").expect("there").timestamp, 10);
    cf.write().timestamp(15).remove("foo", ["a", "b"]).expect("removed");
    assert_eq!(format!("{:?}", cf.get("foo").expect("read")), r#"Some({"a": "new"})"#);
    let first = cf.insert("foo", [("c", "1")]).expect("inserted");
    let second = cf.insert("foo", [("c", "2")]).expect("inserted");
    assert!(second > first);
}

fn names(columns: Option<cassa::Columns>) -> Vec<i64> {
    let name = |column: cassa::Column| i64::try_from(column.name).expect("a number");
    columns.into_iter().flatten().map(name).collect()
}

#[test]
fn a_wide_row_comes_whole_whatever_the_page() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Wide").comparator(Class::Long));
    cf.insert("k", (0..250_i64).map(|i| (i, "x"))).expect("inserted");
    let all: Vec<i64> = (0..250).collect();
    let back: Vec<i64> = all.iter().rev().copied().collect();
    for page in [1, 2, 3, 7, 83, 124, 125, 126, 249, 250, 251, 1024] {
        let select = || cf.select().column_buffer_size(page);
        assert_eq!(names(select().get("k").expect("read")), all, "page {page}");
        assert_eq!(names(select().reversed().get("k").expect("read")), back, "page {page}");
        for count in [1, 2, page, page + 1, 2 * page, 250, 251] {
            let expected = &all[..count.min(250)];
            assert_eq!(names(select().count(count).get("k").expect("read")), expected, "{page} {count}");
            let expected = &back[..count.min(250)];
            let got = select().count(count).reversed().get("k").expect("read");
            assert_eq!(names(got), expected, "{page} {count}");
        }
        let middle = select().start(50_i64).finish(199_i64).get("k").expect("read");
        assert_eq!(names(middle), all[50..200], "page {page}");
        let (_, columns) = select().get_range().next().expect("a row").expect("read");
        assert_eq!(names(Some(columns)), all, "page {page}");
        let (_, columns) = select().multiget(["k"]).expect("read").remove(0);
        assert_eq!(names(Some(columns)), all, "page {page}");
    }
    assert_eq!(cf.get_count("k").expect("counted"), 250);
    assert_eq!(cf.select().start(240_i64).get_count("k").expect("counted"), 10);
    assert_eq!(cf.select().count(3).get_count("k").expect("counted"), 3);
    assert_eq!(cf.select().count(0).get("k").expect("read"), None);
}

#[test]
fn columns_are_chosen_by_name() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    cf.insert("foo", [("a", "1"), ("b", "2"), ("c", "3")]).expect("inserted");
    let some = cf.select().columns(["c", "a", "x"]).get("foo").expect("read");
    assert_eq!(format!("{some:?}"), r#"Some({"a": "1", "c": "3"})"#);
    assert_eq!(cf.select().columns(["x"]).get("foo").expect("read"), None);
    let e = cf.select().columns(["a"]).start("a").get("foo").expect_err("both");
    assert!(matches!(e, Error::InvalidOption { option: "columns", .. }), "{e}");
}

#[test]
fn rows_come_once_whatever_the_page() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    cf.batch_insert((0..57).map(|i| (format!("key{i}"), [("a", "1"), ("b", "2")]))).expect("inserted");
    for i in [3, 20, 21, 40] {
        cf.remove_row(format!("key{i}")).expect("removed");
    }
    let keys =
        |range: cassa::Range| -> Vec<String> { range.map(|row| row.expect("read").0.to_string()).collect() };
    let whole = keys(cf.get_range());
    assert_eq!(whole.len(), 53);
    let with_empty = keys(cf.select().keep_empty().get_range());
    assert_eq!(with_empty.len(), 57);
    for page in [1, 2, 3, 10, 52, 53, 54, 57, 58] {
        let select = || cf.select().row_buffer_size(page);
        assert_eq!(keys(select().get_range()), whole, "page {page}");
        assert_eq!(keys(select().keep_empty().get_range()), with_empty, "page {page}");
        for count in [0, 1, 2, 25, 53, 54] {
            let expected = &whole[..count.min(53)];
            assert_eq!(keys(select().row_count(count).get_range()), expected, "{page} {count}");
        }
        let middle = select().start_key(&whole[10]).finish_key(&whole[30]);
        assert_eq!(keys(middle.get_range()), whole[10..=30], "page {page}");
    }
    let multi = cf.multiget(["key5", "key3", "absent", "key4", "key5"]).expect("read");
    assert_eq!(multi.iter().map(|(key, _)| key.to_string()).collect::<Vec<_>>(), ["key5", "key4"]);
}

#[test]
fn the_same_row_twice_in_a_batch_ends_as_it_was_ordered() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    cf.batch_insert([("foo", [("a", "z")]), ("bar", [("a", "1")]), ("foo", [("a", "b")])]).expect("inserted");
    assert_eq!(cf.get("foo").expect("read").expect("there")["a"], "b");
    assert_eq!(cf.get("bar").expect("read").expect("there")["a"], "1");
}

#[test]
fn a_reply_over_the_limit_comes_in_smaller_pages() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    let value = "v".repeat(500);
    for row in ["foo", "bar", "baz"] {
        cf.insert(row, (0..40).map(|i| (format!("c{i:02}"), value.as_str()))).expect("inserted");
    }
    let pool = ConnectionPool::builder(&keyspace.name)
        .servers(&keyspace.servers)
        .max_frame(4096)
        .build()
        .expect("a pool");
    let e = pool.execute(|connection| connection.set_keyspace(&"x".repeat(5000))).expect_err("too large");
    assert!(matches!(e, Error::FrameTooLarge { limit: 4096, .. }), "{e:?}");
    let small = ColumnFamily::open(&pool, cf.name()).expect("opened");
    assert_eq!(small.get("foo").expect("read").expect("there").len(), 40);
    assert_eq!(small.multiget(["foo", "bar", "baz"]).expect("read").len(), 3);
    assert!(small.get_range().all(|row| row.expect("read").1.len() == 40));
    let e = small.insert("foo", [("huge", "x".repeat(5000))]).expect_err("too large to send");
    assert!(matches!(&e, Error::FrameTooLarge { method: "batch_mutate", .. }), "{e:?}");
    assert_eq!(pool.checked_out(), 0);
}

#[test]
fn a_wrong_name_is_an_error_that_lists_the_right_ones() {
    let keyspace = Keyspace::new();
    keyspace.column_family("Planes");
    let e = ColumnFamily::open(&keyspace.pool(), "Plains").expect_err("no such");
    assert_eq!(
        e.to_string(),
        format!("keyspace {} has no column family Plains; it has Planes", keyspace.name)
    );
    let e = ConnectionPool::new("NoSuchKeyspace", &keyspace.servers).expect_err("no such");
    assert!(matches!(&e, Error::NoSuchKeyspace { .. }), "{e:?}");
    assert!(e.to_string().ends_with("has no keyspace NoSuchKeyspace"), "{e}");
}

#[test]
fn a_range_of_columns_is_deleted_between_its_ends_and_a_missing_finish_is_said() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Wide").comparator(Class::Long));
    cf.insert("k", (0..10_i64).map(|i| (i, "x"))).expect("inserted");
    cf.write().start(3_i64).finish(5_i64).remove_range("k").expect("removed");
    assert_eq!(names(cf.get("k").expect("read")), [0, 1, 2, 6, 7, 8, 9]);
    cf.write().finish(1_i64).remove_range("k").expect("removed");
    assert_eq!(names(cf.get("k").expect("read")), [2, 6, 7, 8, 9]);
    for write in [cf.write(), cf.write().start(7_i64), cf.write().start(8_i64).finish(7_i64)] {
        let e = write.remove_range("k").expect_err("no range");
        assert!(matches!(&e, Error::InvalidOption { option: "finish", .. }), "{e}");
    }
    assert!(matches!(cf.batch().write().remove_range("k"), Err(Error::InvalidOption { .. })));
    assert_eq!(cf.get_count("k").expect("counted"), 5);
}
