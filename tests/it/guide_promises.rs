//! The page "What the embedded server promises": each test that it names exists; and the tests of what it promises
//! where no other one is about it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use cassa::wire::{
    CfDef, ColumnDef, ColumnOrSuperColumn, ColumnParent, ConsistencyLevel, CounterColumn, Exception,
    IndexType, KeyRange, KsDef, Mutation, methods,
};
use cassa::{EmbeddedServer, wire};

use super::raw::{Client, all, bytes, column, keyspace_definition, written};

const PAGE: &str = include_str!("../../src/guide/promises.md");

/// Adds the functions that follow a test attribute in the files of a directory.
fn add_tests(directory: &Path, tests: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            add_tests(&path, tests);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("text");
            for after in text.split("#[test]").skip(1) {
                let name = after.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
                tests.extend(name.map(|(name, _)| name.to_owned()));
            }
        }
    }
}

#[test]
fn each_promise_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    for directory in ["src", "tests"] {
        add_tests(&root.join(directory), &mut tests);
    }
    let rows = PAGE.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---"));
    let mut promises = 0;
    for row in rows.filter(|row| !row.ends_with("| test |")) {
        let (_, named) = row.trim_end_matches([' ', '|']).rsplit_once(" | ").expect("two cells");
        let named: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test: {row}");
        let missing: Vec<&&str> = named.iter().filter(|name| !tests.contains(**name)).collect();
        assert!(missing.is_empty(), "{missing:?} of: {row}");
        promises += 1;
    }
    assert!(promises > 20, "the page has {promises} rows");
}

fn parent(family: &str) -> ColumnParent {
    ColumnParent { column_family: family.to_owned(), super_column: None }
}

#[test]
fn readers_never_see_half_of_a_batch_of_counters() {
    const ROWS: usize = 6;
    let server = EmbeddedServer::start().expect("a server");
    let counters = CfDef {
        keyspace: "K".to_owned(),
        name: "C".to_owned(),
        default_validation_class: Some("CounterColumnType".to_owned()),
        ..CfDef::default()
    };
    let mut writer = Client::of(&server);
    let ks_def = KsDef { cf_defs: vec![counters], ..keyspace_definition("K") };
    writer.call(&methods::SystemAddKeyspace { ks_def }).expect("a keyspace");
    let mut writer = writer.use_keyspace("K");
    // one is added to each row, each time
    let batch = || {
        let counter_column = Some(CounterColumn { name: bytes("n"), value: 1 });
        let column_or_supercolumn = Some(ColumnOrSuperColumn { counter_column, ..Default::default() });
        let mutation = Mutation { column_or_supercolumn, deletion: None };
        let row = |i: usize| (bytes(format!("row{i}")), vec![("C".to_owned(), vec![mutation.clone()])]);
        methods::BatchMutate {
            mutation_map: (0..ROWS).map(row).collect(),
            consistency_level: ConsistencyLevel::One,
        }
    };
    writer.call(&batch()).expect("added");
    let writing = AtomicBool::new(true);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut reader = Client::of(&server).use_keyspace("K");
            let mut seen = 0;
            while writing.load(Ordering::Relaxed) || seen == 0 {
                let (start_key, end_key) = (Some(bytes("")), Some(bytes("")));
                let slices = reader.call(&methods::GetRangeSlices {
                    column_parent: parent("C"),
                    predicate: all(),
                    range: KeyRange { start_key, end_key, count: 100, ..KeyRange::default() },
                    consistency_level: ConsistencyLevel::One,
                });
                let cells = slices.expect("a range").into_iter().flat_map(|slice| slice.columns);
                let counters: Vec<i64> =
                    cells.filter_map(|cell| cell.counter_column.map(|counter| counter.value)).collect();
                assert_eq!(counters, [counters[0]; ROWS]);
                seen += 1;
            }
        });
        for _ in 0..200 {
            writer.call(&batch()).expect("added");
        }
        writing.store(false, Ordering::Relaxed);
    });
}

#[test]
fn two_calls_see_two_moments() {
    let server = EmbeddedServer::start().expect("a server");
    let mut reader = Client::of(&server).with_keyspace("K", &[("S", "BytesType")]);
    let mut writer = Client::of(&server).use_keyspace("K");
    let mut batch = |value: &str, timestamp| {
        let row = |key| (bytes(key), vec![written(column("n", value, timestamp))]);
        writer.batch("S", vec![row("one"), row("other")]);
    };
    batch("before", 1);
    assert_eq!(reader.get_slice("S", "one", all()), [column("n", "before", 1)]);
    batch("after", 2);
    assert_eq!(reader.get_slice("S", "other", all()), [column("n", "after", 2)]);
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Exception>, what: &str) {
    assert!(matches!(answer, Err(Exception::InvalidRequest(_))), "{what}: {answer:?}");
}

#[test]
fn names_and_keys_end_where_the_page_says() {
    let server = EmbeddedServer::start().expect("a server");
    let mut client = Client::of(&server).with_keyspace("K", &[("S", "BytesType")]);
    let longest = vec![b'n'; 65_535];
    client.insert("S", &longest, column(&longest, "v", 1));
    assert_eq!(client.get_slice("S", &longest, all()), [column(&longest, "v", 1)]);
    let longer = vec![b'n'; 65_536];
    refused(client.try_insert("S", &longer, column("n", "v", 1)), "a key");
    refused(client.try_insert("S", "k", column(&longer, "v", 1)), "a column name");
    refused(client.try_insert("S", "", column("n", "v", 1)), "no key");

    let family = |name: String| CfDef { keyspace: "K".to_owned(), name, ..CfDef::default() };
    let add = |name| methods::SystemAddColumnFamily { cf_def: family(name) };
    client.call(&add("f".repeat(48))).expect("48 characters");
    refused(client.call(&add("f".repeat(49))), "a column family of 49 characters");
    let add = |name: String| methods::SystemAddKeyspace { ks_def: keyspace_definition(&name) };
    client.call(&add("k".repeat(48))).expect("48 characters");
    refused(client.call(&add("k".repeat(49))), "a keyspace of 49 characters");

    let indexed = ColumnDef {
        name: bytes("i"),
        validation_class: "BytesType".to_owned(),
        index_type: Some(IndexType::Keys),
        index_name: None,
        index_options: None,
    };
    let cf_def = wire::CfDef { column_metadata: Some(vec![indexed]), ..family("Indexed".to_owned()) };
    client.call(&methods::SystemAddColumnFamily { cf_def }).expect("created");
    client.insert("Indexed", "k", column("i", vec![b'v'; 65_534], 1));
    refused(client.try_insert("Indexed", "k", column("i", vec![b'v'; 65_535], 2)), "an indexed value");
    client.insert("Indexed", "k", column("free", vec![b'v'; 65_535], 2));
}
