//! Super columns.

use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, Error, Value};

use crate::support::Keyspace;

fn family(keyspace: &Keyspace) -> ColumnFamily {
    keyspace.column_family(
        ColumnFamilyBuilder::new("Super1")
            .comparator(Class::Long)
            .subcomparator(Class::Utf8)
            .default_validation_class(Class::Utf8)
            .column("year", Class::Int32),
    )
}

fn shown(columns: cassa::Result<Option<cassa::Columns>>) -> String {
    columns.expect("read").map_or_else(|| "nothing".to_owned(), |columns| format!("{columns:?}"))
}

#[test]
fn whole_super_columns_are_written_read_and_deleted() {
    let keyspace = Keyspace::new();
    let cf = family(&keyspace);
    cf.insert(
        "k",
        [
            (1_i64, cassa::columns! { "a" => "x", "year" => 2004 }),
            (2, cassa::columns! { "a" => "y", "year" => 2013 }),
        ],
    )
    .expect("inserted");
    cf.insert("l", [(1_i64, vec![("a", "z")])]).expect("inserted");
    let row = cf.get("k").expect("read").expect("there");
    assert_eq!(format!("{row:?}"), r#"{1: {"a": "x", "year": 2004}, 2: {"a": "y", "year": 2013}}"#);
    assert_eq!(row.super_column(&2_i64).expect("there")["year"], Value::Int32(2013));
    assert!(row.super_column(&2_i64).expect("there").column("a").expect("there").timestamp > 0);
    assert_eq!(row.column(&1_i64).expect("there").value, Value::Empty);
    assert_eq!(row.super_column(&3_i64), None);

    assert_eq!(cf.get_count("k").expect("counted"), 2);
    assert_eq!(format!("{:?}", cf.multiget_count(["l", "k"]).expect("counted")), r#"[("l", 1), ("k", 2)]"#);
    assert_eq!(shown(cf.select().columns([2_i64, 7]).get("k")), r#"{2: {"a": "y", "year": 2013}}"#);
    assert_eq!(shown(cf.select().start(2_i64).get("k")), r#"{2: {"a": "y", "year": 2013}}"#);
    assert_eq!(shown(cf.select().count(1).reversed().get("k")), r#"{2: {"a": "y", "year": 2013}}"#);
    let rows = cf.multiget(["l", "absent", "k"]).expect("read");
    assert_eq!(rows.iter().map(|(_, columns)| columns.len()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(cf.get_range().map(|row| row.expect("read").1.len()).sum::<usize>(), 3);
    assert_eq!(cf.get_keys().count(), 2);

    cf.remove("k", [1_i64]).expect("removed");
    assert_eq!(shown(cf.get("k")), r#"{2: {"a": "y", "year": 2013}}"#);
    cf.remove_row("k").expect("removed");
    assert_eq!(shown(cf.get("k")), "nothing");
}

#[test]
fn columns_are_written_read_and_deleted_in_a_super_column() {
    let keyspace = Keyspace::new();
    let cf = family(&keyspace);
    let (write, select) = (|sc: i64| cf.write().super_column(sc), |sc: i64| cf.select().super_column(sc));
    write(1).insert("k", [("a", "1"), ("b", "2"), ("c", "3")]).expect("inserted");
    write(2).ttl(60).insert("k", cassa::columns! { "a" => "4", "year" => 5 }).expect("inserted");
    write(1).batch_insert([("l", [("a", "5")]), ("m", [("a", "6")])]).expect("inserted");
    assert_eq!(shown(select(1).get("k")), r#"{"a": "1", "b": "2", "c": "3"}"#);
    assert_eq!(
        select(2).get("k").expect("read").expect("there").column("year").expect("there").ttl,
        Some(60)
    );
    assert_eq!(shown(select(3).get("k")), "nothing");
    assert_eq!(shown(select(1).columns(["c", "x"]).get("k")), r#"{"c": "3"}"#);
    assert_eq!(shown(select(1).start("b").count(1).get("k")), r#"{"b": "2"}"#);
    assert_eq!(select(1).get_count("k").expect("counted"), 3);
    assert_eq!(
        format!("{:?}", select(1).multiget_count(["l", "k"]).expect("counted")),
        r#"[("l", 1), ("k", 3)]"#
    );
    assert_eq!(select(1).multiget(["m", "k"]).expect("read").len(), 2);
    assert_eq!(select(1).column_buffer_size(1).reversed().xget("k").count(), 3);
    assert_eq!(select(2).get_range().count(), 1);
    assert_eq!(select(1).get_keys().count(), 3);

    write(1).remove("k", ["a"]).expect("removed");
    assert_eq!(shown(select(1).get("k")), r#"{"b": "2", "c": "3"}"#);
    write(1).start("c").finish("z").remove_range("k").expect("removed");
    assert_eq!(shown(select(1).get("k")), r#"{"b": "2"}"#);
    write(2).remove_row("k").expect("removed");
    assert_eq!(shown(cf.get("k")), r#"{1: {"b": "2"}}"#);
    cf.write().start(1_i64).finish(1_i64).remove_range("l").expect("removed");
    assert_eq!(shown(cf.get("l")), "nothing");
}

#[test]
fn super_columns_come_once_whatever_the_page() {
    let keyspace = Keyspace::new();
    let cf = family(&keyspace);
    cf.insert("k", (0..23_i64).map(|sc| (sc, vec![("a", "1"), ("b", "2")]))).expect("inserted");
    for page in [1, 2, 3, 11, 22, 23, 24] {
        let select = || cf.select().column_buffer_size(page);
        let row = select().get("k").expect("read").expect("there");
        let names: Vec<i64> = row.iter().map(|(name, _)| i64::try_from(name).expect("a number")).collect();
        assert_eq!(names, (0..23).collect::<Vec<_>>(), "page {page}");
        assert!(row.into_iter().all(|column| column.columns.is_some_and(|columns| columns.len() == 2)));
        assert_eq!(select().reversed().xget("k").count(), 23, "page {page}");
        assert_eq!(select().count(13).get("k").expect("read").expect("there").len(), 13, "page {page}");
        let (_, range) = select().get_range().next().expect("a row").expect("read");
        assert_eq!(range.len(), 23, "page {page}");
    }
    let pool = ConnectionPool::builder(&keyspace.name).servers(&keyspace.servers).max_frame(4096);
    let small = ColumnFamily::open(&pool.build().expect("a pool"), "Super1").expect("opened");
    cf.insert("w", (0..30_i64).map(|sc| (sc, vec![("a", "v".repeat(300))]))).expect("inserted");
    assert_eq!(small.get("w").expect("read").expect("there").len(), 30);
}

#[test]
fn a_super_column_over_the_limit_is_told_and_read_alone() {
    let keyspace = Keyspace::new();
    let cf = family(&keyspace);
    let large: Vec<(String, String)> = (0..40).map(|i| (format!("c{i:02}"), "v".repeat(300))).collect();
    cf.insert("k", [(1_i64, vec![("a".to_owned(), "1".to_owned())]), (2, large)]).expect("inserted");
    let pool = ConnectionPool::builder(&keyspace.name).servers(&keyspace.servers).max_frame(4096);
    let small = ColumnFamily::open(&pool.build().expect("a pool"), "Super1").expect("opened");
    let failures = [
        small.get("k").map(drop),
        small.multiget(["k"]).map(drop),
        small.get_range().collect::<Result<Vec<_>, _>>().map(drop),
        small.xget("k").collect::<Result<Vec<_>, _>>().map(drop),
    ];
    for failure in failures {
        let e = failure.expect_err("no reply can hold it");
        assert!(matches!(e, Error::Unsupported { .. }), "{e:?}");
        let text = e.to_string();
        assert!(text.contains("Super1") && text.contains("4096") && text.contains("super_column("), "{text}");
    }
    assert_eq!(small.select().super_column(2_i64).get("k").expect("read").expect("there").len(), 40);
    assert_eq!(small.select().super_column(2_i64).xget("k").count(), 40);
}

#[test]
fn batches_take_super_columns_whole_and_in_part() {
    let keyspace = Keyspace::new();
    let cf = family(&keyspace);
    let batch = cf.batch();
    batch.insert("k", [(1_i64, [("a", "1")]), (2, [("a", "2")])]).expect("queued");
    batch.write().super_column(1_i64).insert("k", [("b", "3")]).expect("queued");
    batch.write().super_column(2_i64).remove("k", ["a"]).expect("queued");
    batch.write().super_column(3_i64).insert("k", [("a", "4")]).expect("queued");
    batch.write().super_column(3_i64).remove_row("k").expect("queued");
    batch.write().super_column(3_i64).insert("k", [("a", "5"), ("b", "6"), ("c", "7")]).expect("queued");
    batch.write().super_column(3_i64).start("aa").finish("z").remove_range("k").expect("queued");
    batch.remove("k", [9_i64]).expect("queued").send().expect("sent");
    assert_eq!(shown(cf.get("k")), r#"{1: {"a": "1", "b": "3"}, 3: {"a": "5"}}"#);
    // more columns than one mutation holds, split inside the super column
    let many: Vec<_> = (0..1_500).map(|i| (format!("c{i:04}"), "0123456789")).collect();
    let batch = cf.batch().byte_limit(40_000);
    batch.write().super_column(5_i64).insert("k", many).expect("queued");
    batch.send().expect("sent");
    assert_eq!(cf.select().super_column(5_i64).get_count("k").expect("counted"), 1_500);
    assert_eq!(cf.select().super_column(5_i64).get("k").expect("read").expect("there").len(), 1_500);
}

#[test]
fn counters_stand_in_super_columns_too() {
    let keyspace = Keyspace::new();
    let definition =
        ColumnFamilyBuilder::new("Hits").subcomparator(Class::Utf8).comparator(Class::Utf8).counters();
    let cf = keyspace.column_family(definition);
    cf.write().super_column("home").add("2013", "jan", 3).expect("added");
    cf.write().super_column("home").add("2013", "jan", -1).expect("added");
    cf.batch().write().super_column("away").add("2013", "feb", 7).expect("queued").send().expect("sent");
    assert_eq!(shown(cf.get("2013")), r#"{"away": {"feb": 7}, "home": {"jan": 2}}"#);
    assert_eq!(shown(cf.select().super_column("home").get("2013")), r#"{"jan": 2}"#);
    assert_eq!(cf.select().column_buffer_size(1).get("2013").expect("read").expect("there").len(), 2);
    let e = cf.add("2013", "jan", 1).expect_err("in which super column");
    assert!(matches!(&e, Error::WrongKind { .. }), "{e}");
    cf.write().super_column("home").remove_counter("2013", "jan").expect("removed");
    cf.write().super_column("away").remove_row("2013").expect("removed");
    assert_eq!(shown(cf.get("2013")), "nothing");
}

#[test]
fn what_is_for_super_columns_or_not_is_said() {
    let keyspace = Keyspace::new();
    let (cf, plain) = (family(&keyspace), keyspace.column_family("Standard1"));
    let wrong = |result: cassa::Result<i64>, parts: &[&str]| {
        let e = result.expect_err("of the wrong kind");
        assert!(matches!(e, Error::WrongKind { .. }), "{e}");
        for part in parts {
            assert!(e.to_string().contains(part), "{e} lacks {part}");
        }
    };
    wrong(cf.insert("k", [(1_i64, "x")]), &["row key \"k\"", "column 1", "got a value"]);
    wrong(plain.insert("k", [("a", [("b", "c")])]), &["row key \"k\"", "column \"a\"", "got columns"]);
    wrong(
        plain.write().super_column("a").insert("k", [("b", "c")]),
        &["row key \"k\"", "super column \"a\""],
    );
    wrong(cf.write().super_column(1_i64).insert("k", [("a", [("b", "c")])]), &["got columns"]);
    assert!(matches!(plain.select().super_column("a").get("k"), Err(Error::WrongKind { .. })));
    let e = cf.write().super_column("one").insert("k", [("a", "b")]).expect_err("no number");
    assert!(matches!(&e, Error::Type { .. }) && e.to_string().contains(r#"super column "one""#), "{e}");
    let e = cf.insert("k", [(1_i64, [("year", "new")])]).expect_err("no number");
    assert!(e.to_string().contains(r#"row key "k", super column 1, column "year""#), "{e}");
    assert!(matches!(cf.cas("k", [(1_i64, "x")], [(1_i64, "y")]), Err(Error::WrongKind { .. })));

    let raw = cf.clone().autopack_values(false);
    raw.write()
        .super_column(1_i64)
        .insert("k", [("a", &[0xff][..])])
        .map(|_| ())
        .expect_err("validated by the server");
    let named = cf.super_column_name_class(Class::Bytes);
    named.insert("m", [(1_i64.to_be_bytes(), [("a", "1")])]).expect("inserted");
    assert_eq!(named.get("m").expect("read").expect("there").as_slice()[0].name, 1_i64.to_be_bytes());
}
