//! Calls next to the recorded ones, by what Cassandra's source says of them.

use bytes::Bytes;
use cassa::EmbeddedServer;
use cassa::wire::{
    CfDef, Column, ColumnParent, ColumnSlice, ConsistencyLevel, CounterColumn, Exception, IndexExpression,
    IndexOperator, KeyRange, MultiSliceRequest, SlicePredicate, SliceRange, methods,
};

use super::raw::{Client, all, bytes, column, keyspace_definition, written};

fn started() -> (EmbeddedServer, Client) {
    let server = EmbeddedServer::start().expect("a server");
    let mut client = Client::of(&server);
    client.call(&methods::SystemAddKeyspace { ks_def: keyspace_definition("K") }).expect("it is new");
    let mut client = client.use_keyspace("K");
    for (name, column_type, validator) in [
        ("S", "Standard", "BytesType"),
        ("Sup", "Super", "BytesType"),
        ("Cnt", "Standard", "CounterColumnType"),
    ] {
        let cf_def = CfDef {
            keyspace: "K".to_owned(),
            name: name.to_owned(),
            column_type: Some(column_type.to_owned()),
            default_validation_class: Some(validator.to_owned()),
            ..CfDef::default()
        };
        client.call(&methods::SystemAddColumnFamily { cf_def }).expect("it is new");
    }
    (server, client)
}

fn parent(family: &str) -> ColumnParent {
    ColumnParent { column_family: family.to_owned(), super_column: None }
}

fn invalid<T>(answer: &Result<T, Exception>) -> bool {
    matches!(answer, Err(Exception::InvalidRequest(_)))
}

#[test]
fn where_no_key_is_read_no_replica_is_asked() {
    use ConsistencyLevel::*;
    let (_server, mut client) = started();
    for level in [One, Quorum, LocalQuorum, EachQuorum, All, Any, Two, Three, Serial, LocalSerial, LocalOne] {
        let mut counts = |keys: Vec<Bytes>| {
            let column_parent = parent("S");
            let predicate = all();
            let call = methods::MultigetCount { keys, column_parent, predicate, consistency_level: level };
            client.call(&call).map(|counts| counts.len())
        };
        let (none, one) = (counts(vec![]), counts(vec![bytes("k")]));
        match level {
            Any | EachQuorum => assert!(invalid(&none) && invalid(&one), "{level}: {none:?}, {one:?}"),
            Two | Three => assert_eq!((none, one), (Ok(0), Err(Exception::Unavailable)), "{level}"),
            _ => assert_eq!((none, one), (Ok(0), Ok(1)), "{level}"),
        }
    }
}

#[test]
fn a_row_filter_is_refused_where_cassandra_fails_on_it() {
    let (_server, mut client) = started();
    client.insert("S", "k", column("c", "v", 1));
    let mut filtered = |family: &str, name: &str| {
        let range = KeyRange {
            start_key: Some(Bytes::new()),
            end_key: Some(Bytes::new()),
            count: 10,
            row_filter: Some(vec![IndexExpression {
                column_name: bytes(name),
                op: IndexOperator::Eq,
                value: bytes("v"),
            }]),
            ..KeyRange::default()
        };
        let (column_parent, consistency_level) = (parent(family), ConsistencyLevel::One);
        let call = methods::GetRangeSlices { column_parent, predicate: all(), range, consistency_level };
        client.call(&call).map(|rows| rows.len())
    };
    assert_eq!(filtered("S", "c"), Ok(1));
    for (family, name) in [("S", ""), ("Sup", "c"), ("Sup", "")] {
        let answer = filtered(family, name);
        assert!(invalid(&answer), "{family} {name:?}: {answer:?}");
    }
}

#[test]
fn a_row_filter_sees_of_a_counter_what_is_stored_and_not_its_count() {
    let (_server, mut client) = started();
    let add = methods::Add {
        key: bytes("k"),
        column_parent: parent("Cnt"),
        column: CounterColumn { name: bytes("c"), value: 7 },
        consistency_level: ConsistencyLevel::One,
    };
    client.call(&add).expect("added");
    use IndexOperator::{Eq, Gt, Gte, Lt, Lte};
    for (op, value, found) in [
        (Eq, 7, 0),
        (Gt, 7, 1),
        (Gte, 8, 1),
        (Lt, 8, 0),
        // of bytes, a negative number is among the greatest
        (Lte, -1, 1),
    ] {
        let value = bytes(i64::to_be_bytes(value));
        let range = KeyRange {
            start_key: Some(Bytes::new()),
            end_key: Some(Bytes::new()),
            count: 10,
            row_filter: Some(vec![IndexExpression { column_name: bytes("c"), op, value }]),
            ..KeyRange::default()
        };
        let (column_parent, consistency_level) = (parent("Cnt"), ConsistencyLevel::One);
        let call = methods::GetRangeSlices { column_parent, predicate: all(), range, consistency_level };
        assert_eq!(client.call(&call).map(|rows| rows.len()), Ok(found), "{op:?}");
    }
}

#[test]
fn several_slices_give_as_many_columns_as_are_asked_for() {
    let (_server, mut client) = started();
    for name in ["a", "b", "c", "d"] {
        client.insert("S", "k", column(name, "v", 1));
    }
    for (count, columns) in [(None, 4), (Some(3), 3), (Some(0), 0), (Some(-1), 0), (Some(i32::MIN), 0)] {
        let slice = |start: &str, finish: &str| ColumnSlice {
            start: Some(bytes(start)),
            finish: Some(bytes(finish)),
        };
        let request = MultiSliceRequest {
            key: Some(bytes("k")),
            column_parent: Some(parent("S")),
            column_slices: Some(vec![slice("a", "b"), slice("c", "")]),
            count,
            ..MultiSliceRequest::default()
        };
        let answer = client.call(&methods::GetMultiSlice { request });
        assert_eq!(answer.map(|answer| answer.len()), Ok(columns), "{count:?}");
    }
}

#[test]
fn a_conditional_update_expects_columns_that_have_a_name_and_a_value() {
    let (_server, mut client) = started();
    client.insert("S", "k", column("c", "v", 1));
    let mut swap = |expected: Option<Vec<Column>>| {
        client.call(&methods::Cas {
            key: bytes("k"),
            column_family: "S".to_owned(),
            expected,
            updates: vec![column("c", "v", 1)],
            serial_consistency_level: ConsistencyLevel::Serial,
            commit_consistency_level: ConsistencyLevel::One,
        })
    };
    for refused in
        [None, Some(vec![column("", "v", 1)]), Some(vec![Column { value: None, ..column("c", "", 1) }])]
    {
        let answer = swap(refused.clone());
        assert!(invalid(&answer), "{refused:?}: {answer:?}");
    }
    assert_eq!(swap(Some(vec![column("c", "w", 1)])).map(|result| result.success), Ok(false));
    assert_eq!(swap(Some(vec![column("c", "v", 7)])).map(|result| result.success), Ok(true));
}

#[test]
fn what_is_described_and_not_served_says_so() {
    let server = EmbeddedServer::start().expect("a server");
    let mut client = Client::of(&server).use_keyspace("system");
    let described =
        client.call(&methods::DescribeKeyspace { keyspace: "system".to_owned() }).expect("described");
    let names: Vec<String> = described.cf_defs.into_iter().map(|family| family.name).collect();
    assert!(!names.is_empty());
    let mut refused = |family: &str| {
        let (column_parent, consistency_level) = (parent(family), ConsistencyLevel::One);
        let call = methods::GetSlice { key: bytes("k"), column_parent, predicate: all(), consistency_level };
        match client.call(&call) {
            Err(Exception::InvalidRequest(why)) => why,
            answer => panic!("{family}: {answer:?}"),
        }
    };
    for name in names {
        let why = refused(&name);
        assert!(why.contains(&name) && why.contains("does not serve"), "{why}");
    }
    assert_eq!(refused("nope"), "unconfigured columnfamily nope");
}

fn add_family(client: &mut Client, name: &str, comparator: &str) {
    let cf_def = CfDef {
        keyspace: "K".to_owned(),
        name: name.to_owned(),
        comparator_type: Some(comparator.to_owned()),
        ..CfDef::default()
    };
    client.call(&methods::SystemAddColumnFamily { cf_def }).expect("it is new");
}

#[test]
fn an_unchecked_bound_must_still_be_a_composite_where_names_are() {
    let (_server, mut client) = started();
    for (name, comparator) in [("L", "LongType"), ("Pair", "CompositeType(LongType,UTF8Type)")] {
        add_family(&mut client, name, comparator);
    }
    let one = ConsistencyLevel::One;
    for (family, bound, taken) in [
        ("L", &b"abc"[..], true),
        ("Pair", b"", true),
        ("Pair", b"\0\x03abc\0", true),
        ("Pair", b"\0\x03abc\x01", true),
        ("Pair", b"\xff\xff\0\0\0", true),
        ("Pair", b"\0\0\0\0\0\0", true),
        ("Pair", b"\0\0\0\0\0\0\0\0\0", false),
        ("Pair", b"abc", false),
        ("Pair", b"\0", false),
        ("Pair", b"\0\x03abc", false),
    ] {
        let slice = SliceRange { start: bytes(bound), finish: Bytes::new(), reversed: false, count: 10 };
        let predicate = SlicePredicate { column_names: None, slice_range: Some(slice) };
        let (key, column_parent) = (bytes("k"), parent(family));
        let count = methods::GetCount { key, column_parent, predicate, consistency_level: one };
        let count = client.call(&count).map(|_| ());
        let range = KeyRange {
            start_key: Some(Bytes::new()),
            end_key: Some(Bytes::new()),
            count: 10,
            ..KeyRange::default()
        };
        let (column_family, start_column) = (family.to_owned(), bytes(bound));
        let page = methods::GetPagedSlice { column_family, range, start_column, consistency_level: one };
        let page = client.call(&page).map(|_| ());
        let request = MultiSliceRequest {
            key: Some(bytes("k")),
            column_parent: Some(parent(family)),
            column_slices: Some(vec![ColumnSlice { start: None, finish: Some(bytes(bound)) }]),
            ..MultiSliceRequest::default()
        };
        let several = client.call(&methods::GetMultiSlice { request }).map(|_| ());
        for answer in [count, page, several] {
            assert!(if taken { answer.is_ok() } else { invalid(&answer) }, "{family} {bound:?}: {answer:?}");
        }
    }
}

#[test]
fn the_end_of_a_slice_is_a_name_where_cassandra_does_not_take_names_apart() {
    let (_server, mut client) = started();
    for (name, comparator) in [
        ("Pair", "CompositeType(AsciiType,AsciiType)"),
        ("Backwards", "ReversedType(CompositeType(AsciiType,AsciiType))"),
        ("Dynamic", "DynamicCompositeType(a=>AsciiType)"),
    ] {
        add_family(&mut client, name, comparator);
    }
    let refused = client.try_insert("Pair", "k", column(b"\0\x01a\x01", "v", 1));
    assert!(invalid(&refused), "{refused:?}");
    for (family, head, backwards) in [("Dynamic", &b"\x80a"[..], false), ("Backwards", b"", true)] {
        let mut expected = Vec::new();
        for number in 0..40 {
            let component = [head, b"\0\x03", format!("{number:03}").as_bytes()].concat();
            let name = |end: &[u8]| bytes([&component, end].concat());
            expected.extend([
                name(&[0xff]),
                name(&[0]),
                name(&[&[0][..], head, b"\0\x01a\0"].concat()),
                name(&[1]),
            ]);
        }
        if backwards {
            expected.reverse();
        }
        let columns: Vec<Column> = expected.iter().map(|name| column(name, "v".repeat(60), 1)).collect();
        // not in their order, and each one twice
        for part in 0..14 {
            let written = columns.iter().skip(part % 7).step_by(7).map(|column| written(column.clone()));
            client.batch(family, vec![(bytes("k"), written.collect())]);
        }
        assert_eq!(client.get_slice(family, "k", all()), columns, "{family}");
        for column in &columns {
            let one = SlicePredicate { column_names: Some(vec![column.name.clone()]), slice_range: None };
            assert_eq!(client.get_slice(family, "k", one), std::slice::from_ref(column), "{family}");
        }
    }
}
