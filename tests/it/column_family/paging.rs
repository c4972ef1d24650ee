//! Paging: nothing is cut, nothing comes twice, and a page is all that is held.

use cassa::wire::{self, methods};
use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, Value};

use crate::scripted::{Answer, ScriptedServer, frame};
use crate::support::Keyspace;

fn numbers(columns: impl IntoIterator<Item = cassa::Result<cassa::Column>>) -> Vec<i64> {
    columns.into_iter().map(|column| i64::try_from(column.expect("read").name).expect("a number")).collect()
}

/// pycassa's `get` stops at a hundred.
#[test]
fn a_row_of_more_than_a_hundred_columns_comes_whole_from_each_verb() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Wide").comparator(Class::Long));
    cf.insert("k", (0..101_i64).map(|i| (i, "x"))).expect("inserted");
    assert_eq!(cf.get("k").expect("read").expect("there").len(), 101);
    assert_eq!(cf.multiget(["k"]).expect("read")[0].1.len(), 101);
    assert_eq!(cf.get_range().next().expect("a row").expect("read").1.len(), 101);
    assert_eq!(cf.get_count("k").expect("counted"), 101);
    assert_eq!(cf.multiget_count(["k"]).expect("counted")[0].1, 101);
    assert_eq!(cf.xget("k").count(), 101);
}

#[test]
fn a_stream_gives_each_column_once_whatever_the_page() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Wide").comparator(Class::Long));
    cf.insert("k", (0..50_i64).map(|i| (i, "x"))).expect("inserted");
    let all: Vec<i64> = (0..50).collect();
    let back: Vec<i64> = all.iter().rev().copied().collect();
    for page in [1, 2, 3, 7, 24, 25, 26, 49, 50, 51] {
        let select = || cf.select().column_buffer_size(page);
        assert_eq!(numbers(select().xget("k")), all, "page {page}");
        assert_eq!(numbers(select().reversed().xget("k")), back, "page {page}");
        for count in [0, 1, 2, page, page + 1, 49, 50, 51] {
            assert_eq!(numbers(select().count(count).xget("k")), all[..count.min(50)], "{page} {count}");
        }
        let middle = select().start(40_i64).finish(10_i64).reversed().xget("k");
        assert_eq!(numbers(middle), back[9..40], "page {page}");
        let some = select().columns([3_i64, 1, 99]).xget("k");
        assert_eq!(numbers(some), [1, 3], "page {page}");
    }
    assert_eq!(cf.xget("absent").count(), 0);
    let mut wrong = cf.select().start("no number").xget("k");
    assert!(matches!(wrong.next(), Some(Err(cassa::Error::Type { .. }))));
    assert!(wrong.next().is_none());
}

#[test]
fn a_stream_holds_one_page() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Wide").comparator(Class::Long));
    cf.insert("k", (0..30_i64).map(|i| (i, "x"))).expect("inserted");
    let mut stream = cf.select().column_buffer_size(10).xget("k");
    assert_eq!(stream.next().expect("a column").expect("read").name, 0);
    // the second page is not read before the first is used up
    cf.write().start(10_i64).finish(99_i64).remove_range("k").expect("removed");
    cf.insert("k", [(25_i64, "late")]).expect("inserted");
    assert_eq!(numbers(stream), [1, 2, 3, 4, 5, 6, 7, 8, 9, 25]);
}

#[test]
fn columns_that_come_and_go_at_a_border_neither_repeat_nor_hide_others() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Wide").comparator(Class::Long));
    cf.insert("k", (0..40_i64).map(|i| (2 * i, "x"))).expect("inserted");
    for reversed in [false, true] {
        let select = cf.select().column_buffer_size(4);
        let stream = if reversed { select.reversed().xget("k") } else { select.xget("k") };
        let mut seen = Vec::new();
        for column in stream {
            let name = i64::try_from(column.expect("read").name).expect("a number");
            // just behind: gone, or new; the border is among them
            cf.insert("k", [(name - 1, "new"), (name + 1, "new")]).expect("inserted");
            cf.remove("k", [name]).expect("removed");
            cf.insert("k", [(name, "again")]).expect("inserted");
            if name % 4 == 0 {
                cf.remove("k", [name]).expect("removed");
            }
            seen.push(name);
        }
        let mut once = seen.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "a column came twice: {seen:?}");
        let expected = (0..40_i64).map(|i| 2 * i).filter(|name| !reversed || name % 4 != 0);
        for name in expected {
            assert!(seen.contains(&name), "{name} is missing: {seen:?}");
        }
    }
}

#[test]
fn names_too_many_for_a_reply_are_asked_for_in_parts() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family(ColumnFamilyBuilder::new("Wide").comparator(Class::Long));
    let value = "v".repeat(400);
    for key in ["foo", "bar"] {
        cf.insert(key, (0..40_i64).map(|i| (i, value.as_str()))).expect("inserted");
    }
    cf.insert("last", [(39_i64, value.as_str())]).expect("inserted");
    let pool = ConnectionPool::builder(&keyspace.name).servers(&keyspace.servers).max_frame(4096);
    let small = ColumnFamily::open(&pool.build().expect("a pool"), "Wide").expect("opened");
    let names: Vec<i64> = (0..40).rev().chain([7]).collect();
    let row = small.select().columns(names.clone()).get("foo").expect("read").expect("there");
    assert_eq!(numbers(row.into_iter().map(Ok)), (0..40).collect::<Vec<_>>());
    let rows = small.select().columns(names.clone()).multiget(["foo", "bar", "last"]).expect("read");
    assert_eq!(rows.iter().map(|(_, columns)| columns.len()).collect::<Vec<_>>(), [40, 40, 1]);
    let range: Vec<_> = small.select().columns(names).get_range().collect::<Result<_, _>>().expect("read");
    assert_eq!(range.iter().map(|(_, columns)| columns.len()).sum::<usize>(), 81);
    assert_eq!(small.select().columns([1_i64]).xget("foo").count(), 1);
    assert_eq!(small.xget("foo").count(), 40);
}

#[test]
fn rows_that_are_all_deleted_end_a_range_nowhere() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    let batch = cf.batch();
    for i in 0..60 {
        batch.insert(format!("key{i:02}"), [("a", "1")]).expect("queued");
    }
    batch.send().expect("sent");
    let keys: Vec<Value> = cf.get_keys().collect::<Result<_, _>>().expect("read");
    for key in &keys[5..55] {
        cf.remove_row(key).expect("removed");
    }
    for page in [1, 2, 3, 10, 49, 50, 51] {
        let left: Vec<Value> =
            cf.select().row_buffer_size(page).get_keys().collect::<Result<_, _>>().expect("read");
        assert_eq!(left, [&keys[..5], &keys[55..]].concat(), "page {page}");
        let five = cf.select().row_buffer_size(page).row_count(7).get_range();
        assert_eq!(five.count(), 7, "page {page}");
        assert_eq!(cf.select().row_buffer_size(page).keep_empty().get_keys().count(), 60, "page {page}");
    }
    for key in keys.iter().take(5).chain(&keys[55..]) {
        cf.remove_row(key).expect("removed");
    }
    assert_eq!(cf.select().row_buffer_size(3).get_range().count(), 0);
}

#[test]
fn rows_that_come_and_go_meanwhile_hide_no_others() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    cf.batch_insert((0..40).map(|i| (format!("key{i:02}"), [("a", "1")]))).expect("inserted");
    let mut seen = Vec::new();
    for (i, key) in cf.select().row_buffer_size(4).get_keys().enumerate() {
        let key = key.expect("read");
        assert!(!seen.contains(&key), "{key} came twice");
        cf.remove_row(&key).expect("removed");
        cf.insert(format!("new{i:02}"), [("a", "1")]).expect("inserted");
        seen.push(key);
    }
    for i in 0..40 {
        let key = format!("key{i:02}");
        assert!(seen.iter().any(|seen| *seen == *key), "{key} is missing");
    }
}

#[test]
fn keys_are_counted_in_the_order_asked_for() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    cf.batch_insert(
        (0..10)
            .map(|i| (format!("key{i}"), (0..i + 1).map(|c| (format!("c{c:02}"), "x")).collect::<Vec<_>>())),
    )
    .expect("inserted");
    let keys = ["key7", "absent", "key0", "key7", "key9"];
    for page in [1, 2, 3, 4, 100] {
        let counts = cf.select().row_buffer_size(page).multiget_count(keys).expect("counted");
        assert_eq!(format!("{counts:?}"), r#"[("key7", 8), ("absent", 0), ("key0", 1), ("key9", 10)]"#);
    }
    let counts = cf.select().start("c03").finish("c05").multiget_count(["key9", "key3"]).expect("counted");
    assert_eq!(format!("{counts:?}"), r#"[("key9", 3), ("key3", 1)]"#);
    let counts = cf.select().count(2).multiget_count(["key9"]).expect("counted");
    assert_eq!(counts[0].1, 2);
    let counts = cf.select().columns(["c00", "c09"]).multiget_count(["key9", "key3"]).expect("counted");
    assert_eq!(format!("{counts:?}"), r#"[("key9", 2), ("key3", 1)]"#);
    assert_eq!(cf.select().count(0).multiget_count(["key9"]).expect("counted")[0].1, 0);
}

/// The tokens of all rows, in order, by the server's own account of the ring.
#[test]
fn a_range_between_tokens_pages_also_around_the_ring() {
    let keyspace = Keyspace::new();
    let cf = keyspace.column_family("Standard1");
    if !cf
        .pool()
        .execute(|c| c.call(&methods::DescribePartitioner {}))
        .expect("told")
        .ends_with("Murmur3Partitioner")
    {
        return; // the tokens here are numbers of this partitioner
    }
    cf.batch_insert((0..60).map(|i| (format!("key{i}"), [("a", "1")]))).expect("inserted");
    let keys =
        |range: cassa::Keys| -> Vec<String> { range.map(|key| key.expect("read").to_string()).collect() };
    let whole = keys(cf.get_keys());
    let after = keys(cf.select().start_token("0").get_keys());
    let before = keys(cf.select().start_token(i64::MIN).finish_token("0").get_keys());
    assert_eq!([before.clone(), after.clone()].concat(), whole);
    assert!(before.len() > 10 && after.len() > 10, "{} {}", before.len(), after.len());
    for page in [2, 3, 7, before.len(), after.len(), 59, 60, 100] {
        let select = || cf.select().row_buffer_size(page);
        assert_eq!(keys(select().start_token("0").get_keys()), after, "page {page}");
        let round = keys(select().start_token("0").finish_token("0").get_keys());
        assert_eq!(round, [after.clone(), before.clone()].concat(), "page {page}");
        let round =
            keys(select().start_token("1000000000000000000").finish_token("-1000000000000000000").get_keys());
        let mut once = round.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), round.len(), "page {page}");
        assert!(round.len() < 60 && round.len() > 40, "page {page}: {}", round.len());
        let from_key = select().start_key(&before[3]).finish_token("0");
        assert_eq!(keys(from_key.get_keys()), before[3..], "page {page}");
    }
    let both = cf.select().start_token("0").finish_key("key1").get_range().next();
    assert!(matches!(both, Some(Err(cassa::Error::InvalidOption { option: "finish_key", .. }))), "{both:?}");
}

/// A server with a row of which the last column of the first page is deleted before the second is asked for.
fn vanishing() -> ScriptedServer {
    ScriptedServer::start(|header, before| {
        let columns = |numbers: std::ops::Range<i32>| {
            let column = |number: i32| wire::Column {
                name: format!("c{number:02}").into(),
                value: Some("x".into()),
                timestamp: Some(1),
                ttl: None,
            };
            let column =
                |number| wire::ColumnOrSuperColumn { column: Some(column(number)), ..Default::default() };
            numbers.map(column).collect()
        };
        Answer::Frame(match header.method {
            "set_keyspace" => frame::<methods::SetKeyspace>(header, Ok(())),
            "describe_keyspace" => {
                let cf_def = wire::CfDef { keyspace: "K".into(), name: "S".into(), ..Default::default() };
                let ks_def = wire::KsDef {
                    name: "K".into(),
                    strategy_class: "SimpleStrategy".into(),
                    cf_defs: vec![cf_def],
                    ..Default::default()
                };
                frame::<methods::DescribeKeyspace>(header, Ok(ks_def))
            }
            "get_slice" if before == 0 => frame::<methods::GetSlice>(header, Ok(columns(0..10))),
            // c09 is gone, and the page begins with the next one
            "get_slice" => frame::<methods::GetSlice>(header, Ok(columns(10..16))),
            other => panic!("no answer to {other}"),
        })
    })
}

#[test]
fn a_column_that_goes_at_a_page_border_takes_no_other_with_it() {
    let server = vanishing();
    let pool = ConnectionPool::new("K", [server.address()]).expect("a pool");
    let cf = ColumnFamily::open(&pool, "S").expect("opened");
    let columns = cf.select().column_buffer_size(10).count(15).get("k").expect("read").expect("there");
    let names: Vec<String> = columns.iter().map(|(name, _)| name.to_string()).collect();
    let expected: Vec<String> = (0..15).map(|number| format!("c{number:02}")).collect();
    assert_eq!(names, expected, "fifteen, as asked for, and none left out");
}
