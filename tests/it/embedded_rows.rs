//! Rows of every size, under names of several types.

use std::collections::BTreeMap;

use bytes::Bytes;
use cassa::EmbeddedServer;
use cassa::wire::{Column, ConsistencyLevel, Exception, SlicePredicate, methods};

use super::raw::{Client, all, bytes, column, deleted, names, slice, written};

fn client(server: &EmbeddedServer) -> Client {
    Client::of(server)
        .with_keyspace("K", &[("S", "UTF8Type"), ("L", "LongType"), ("I", "IntegerType"), ("B", "BytesType")])
}

fn started() -> EmbeddedServer {
    EmbeddedServer::start().expect("a server")
}

#[test]
fn a_wide_row_written_in_any_order_reads_in_order() {
    let server = started();
    let mut client = client(&server);
    // 7 and 3000 have no common divisor: every number comes once, far from the one before
    let order: Vec<usize> = (0..3000).map(|i| i * 1507 % 3000).collect();
    let all_columns: Vec<Column> =
        (0..3000).map(|i| column(format!("c{i:04}"), format!("value {i}"), 1)).collect();
    for part in order.chunks(170) {
        let mutations = part.iter().map(|i| written(all_columns[*i].clone())).collect();
        client.batch("S", vec![(bytes("wide"), mutations)]);
    }
    for i in [5, 1234, 2999] {
        client.insert("S", "wide", all_columns[i].clone());
    }
    assert_eq!(client.get_slice("S", "wide", all()), all_columns);
    let mut backwards = client.get_slice("S", "wide", slice("", "", true, i32::MAX));
    backwards.reverse();
    assert_eq!(backwards, all_columns);
    for (start, end) in [(0, 10), (1490, 1520), (2990, 2999), (17, 17)] {
        let (first, last) = (format!("c{start:04}"), format!("c{end:04}"));
        let expected = &all_columns[start..=end];
        assert_eq!(client.get_slice("S", "wide", slice(&first, &last, false, 100)), expected);
        let mut reversed = client.get_slice("S", "wide", slice(&last, &first, true, 100));
        reversed.reverse();
        assert_eq!(reversed, expected);
        assert_eq!(client.get_slice("S", "wide", slice(&first, "", false, 1)), expected[..1]);
    }
    let wanted = names(["c2999", "c0000", "nope", "c1500", "c1501", "c1501", "c9"]);
    let expected = [0, 1500, 1501, 2999].map(|i| all_columns[i].clone());
    assert_eq!(client.get_slice("S", "wide", wanted.clone()), expected);
    assert_eq!(client.rows("S", wanted)[0].1, expected);
    // a deletion is seen at once in chunks that it does not rewrite
    client.batch("S", vec![(bytes("wide"), vec![deleted(1, Some(slice("c0100", "c2899", false, 100)))])]);
    assert_eq!(client.get_slice("S", "wide", all()).len(), 200);
    client.batch("S", vec![(bytes("wide"), vec![deleted(2, None)])]);
    assert_eq!(client.get_slice("S", "wide", all()), []);
    client.insert("S", "wide", column("c1500", "after", 3));
    assert_eq!(client.get_slice("S", "wide", all()), [column("c1500", "after", 3)]);
    assert_eq!(client.rows("S", all()).len(), 1);
}

#[test]
fn rows_between_wide_ones_are_found_in_ranges() {
    let server = started();
    let mut client = client(&server);
    for row in 0..40 {
        let width = if row % 3 == 0 { 200 } else { 2 };
        let mutations = (0..width).map(|i| written(column(format!("c{i:04}"), "v".repeat(60), 1))).collect();
        client.batch("S", vec![(bytes(format!("row{row}")), mutations)]);
    }
    let rows = client.rows("S", slice("c0001", "", false, 1));
    assert_eq!(rows.len(), 40);
    assert!(rows.iter().all(|(_, columns)| columns.len() == 1));
    assert_eq!(
        client
            .rows("S", slice("", "", true, 1))
            .iter()
            .filter(|(_, columns)| *columns[0].name == *b"c0199")
            .count(),
        14
    );
}

#[test]
fn numbers_sort_as_numbers_across_chunks() {
    let server = started();
    let mut client = client(&server);
    let numbers: Vec<i64> = (-300..300).map(|i| i * 1_000_003).collect();
    let mutation = |n: &i64| written(column(n.to_be_bytes(), "v".repeat(30), 1));
    client.batch("L", vec![(bytes("k"), numbers.iter().rev().map(mutation).collect())]);
    let read: Vec<i64> = client
        .get_slice("L", "k", all())
        .iter()
        .map(|column| i64::from_be_bytes(column.name[..].try_into().expect("8 bytes")))
        .collect();
    assert_eq!(read, numbers);
    // the same number, spelled in more bytes, is the same column
    client.insert("I", "k", column([1], "one", 1));
    client.insert("I", "k", column([0, 0, 1], "one again", 2));
    assert_eq!(client.get_slice("I", "k", all()), [column([0, 0, 1], "one again", 2)]);
}

#[test]
fn large_cells_names_and_keys_fit() {
    let server = started();
    let mut client = client(&server);
    let large = "x".repeat(5_000_000);
    for name in ["b", "a", "c"] {
        client.insert("S", "large", column(name, "small", 1));
        client.insert("S", "large", column(format!("{name}+"), &large, 1));
    }
    let sizes: Vec<usize> = client
        .get_slice("S", "large", all())
        .iter()
        .map(|column| column.value.as_ref().map_or(0, |value| value.len()))
        .collect();
    assert_eq!(sizes, [5, 5_000_000, 5, 5_000_000, 5, 5_000_000]);
    assert_eq!(client.get_slice("S", "large", names(["c"])), [column("c", "small", 1)]);

    // names so long that no key of a chunk can part them
    let mut expected = BTreeMap::new();
    for key in [vec![b'k'; 10], vec![b'k'; 65_535], vec![0; 65_535]] {
        for i in (0..12_u8).rev() {
            let mut name = vec![b'n'; 65_535];
            name[65_534] = i;
            client.insert("B", &key, column(&name, [i], 1));
            expected.insert(name, column([], [i], 1));
        }
        let columns = client.get_slice("B", &key, all());
        assert!(columns.iter().map(|column| column.name.to_vec()).eq(expected.keys().cloned()));
        let mut wanted = vec![b'n'; 65_535];
        wanted[65_534] = 7;
        let predicate = SlicePredicate { column_names: Some(vec![bytes(&wanted)]), slice_range: None };
        assert_eq!(client.get_slice("B", &key, predicate), [column(&wanted, [7], 1)]);
    }
    let mut keys: Vec<usize> =
        client.rows("B", slice("", "", false, 1)).iter().map(|(key, _)| key.len()).collect();
    keys.sort_unstable();
    assert_eq!(keys, [10, 65_535, 65_535]);
    let too_long = client.try_insert("B", vec![b'k'; 65_536], column("n", "v", 1));
    assert!(matches!(too_long, Err(Exception::InvalidRequest(_))), "{too_long:?}");
}

#[test]
fn of_a_row_that_a_batch_names_twice_the_last_counts() {
    let server = started();
    let mut client = client(&server);
    let row = |name: &str| (bytes("k"), vec![("S".to_owned(), vec![written(column(name, "v", 1))])]);
    let mutation_map = vec![row("a"), row("b")];
    let call = methods::AtomicBatchMutate { mutation_map, consistency_level: ConsistencyLevel::Quorum };
    client.call(&call).expect("the batch is applied");
    // the mutations are a map, and this is what Cassandra makes of it
    let names: Vec<Bytes> = client.get_slice("S", "k", all()).into_iter().map(|column| column.name).collect();
    assert_eq!(names, ["b"]);
}

#[test]
fn a_range_ends_where_it_ends_also_behind_wide_rows() {
    let server = started();
    let mut client = client(&server);
    // rows of one chunk, of several, and of a head alone, in turn
    for row in 0..24 {
        let columns = [1, 60, 300][row % 3];
        let value = |i| written(column(format!("c{i:03}"), "v".repeat(100), 1));
        client.batch("S", vec![(bytes(format!("row{row:02}")), (0..columns).map(value).collect())]);
    }
    let one = || slice("", "", false, 1);
    let keys = |rows: Vec<(bytes::Bytes, Vec<Column>)>| -> Vec<String> {
        rows.iter().map(|(key, _)| String::from_utf8_lossy(key).into_owned()).collect()
    };
    let ring = keys(client.rows("S", one()));
    assert_eq!(ring.len(), 24);
    for start in 0..24 {
        for end in start..24 {
            let between = keys(client.rows_between("S", one(), &ring[start], &ring[end]));
            assert_eq!(between, ring[start..=end]);
        }
    }
}

#[test]
fn a_deleted_range_that_ends_before_it_starts_deletes_its_start() {
    let server = started();
    let mut client = client(&server);
    let row =
        || vec![(bytes("row"), ["a", "b", "c", "d"].map(|name| written(column(name, "v", 1))).to_vec())];
    let mut left_of = |start: &str, finish: &str, reversed: bool| {
        client.batch("S", row());
        let range = Some(slice(start, finish, reversed, 100));
        client.batch("S", vec![(bytes("row"), vec![deleted(2, range)])]);
        let columns = client.get_slice("S", "row", all());
        // without a column, the row is still seen
        assert_eq!(client.rows("S", all()).len(), 1);
        client.call(&methods::Truncate { cfname: "S".to_owned() }).expect("truncated");
        columns.iter().map(|column| char::from(column.name[0])).collect::<String>()
    };
    assert_eq!(left_of("b", "c", false), "ad");
    assert_eq!(left_of("", "b", false), "cd");
    assert_eq!(left_of("c", "b", true), "abd");
    assert_eq!(left_of("bb", "b", true), "abcd");
    // an open end comes before all names
    assert_eq!(left_of("b", "", false), "acd");
    assert_eq!(left_of("bb", "", false), "abcd");
    assert_eq!(left_of("", "", false), "abcd");
    client.batch("S", vec![(bytes("row"), vec![deleted(2, Some(all()))])]);
    assert_eq!(client.rows("S", all()).len(), 1);
}

#[test]
fn an_update_without_columns_leaves_an_empty_row() {
    let server = started();
    let mut client = client(&server);
    let keys = |client: &mut Client| -> Vec<Bytes> {
        client.rows("S", all()).into_iter().map(|(key, _)| key).collect()
    };
    client.batch("S", vec![(bytes("row"), vec![])]);
    assert_eq!(client.rows("S", all()), [(bytes("row"), vec![])]);
    // it hides nothing that is written later, however old
    client.insert("S", "row", column("c", "v", i64::MIN + 1));
    assert_eq!(client.get_slice("S", "row", all()), [column("c", "v", i64::MIN + 1)]);
    // and nothing that is there
    client.batch("S", vec![(bytes("row"), vec![])]);
    client.batch("S", vec![(bytes("row"), vec![deleted(1, Some(names([])))])]);
    assert_eq!(client.get_slice("S", "row", all()), [column("c", "v", i64::MIN + 1)]);
    client.batch("S", vec![(bytes("other"), vec![deleted(1, Some(names([])))])]);
    assert_eq!(keys(&mut client).len(), 2);
    let swap = methods::Cas {
        key: bytes("third"),
        column_family: "S".to_owned(),
        expected: Some(vec![]),
        updates: vec![],
        serial_consistency_level: ConsistencyLevel::Serial,
        commit_consistency_level: ConsistencyLevel::One,
    };
    assert!(client.call(&swap).expect("swapped").success);
    assert_eq!(keys(&mut client).len(), 3);
}
