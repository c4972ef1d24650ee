//! Limits of replies, and many clients at once.

use std::thread;

use bytes::Bytes;
use cassa::EmbeddedServer;
use cassa::wire::{
    self, CfDef, Column, ColumnParent, ColumnPath, ColumnSlice, ConsistencyLevel, CounterColumn, Exception,
    KeyRange, KsDef, Method, MultiSliceRequest, methods,
};

use super::raw::{Client, all, bytes, column, keyspace_definition, slice, written};

const ONE: ConsistencyLevel = ConsistencyLevel::One;

fn parent(family: &str) -> ColumnParent {
    ColumnParent { column_family: family.to_owned(), super_column: None }
}

fn range(count: i32) -> KeyRange {
    let (start_key, end_key) = (Some(Bytes::new()), Some(Bytes::new()));
    KeyRange { start_key, end_key, count, ..KeyRange::default() }
}

fn says_to_page<M: Method>(client: &mut Client, call: &M)
where
    M::Output: std::fmt::Debug,
{
    match client.call(call) {
        Err(Exception::InvalidRequest(why)) => {
            assert!(why.contains("page") && why.contains("20000"), "{why}")
        }
        other => panic!("{}: {other:?}", M::METHOD),
    }
}

#[test]
fn a_reply_over_the_limit_is_refused_and_pages_are_not() {
    let server = EmbeddedServer::builder().max_reply(20_000).start().expect("a server");
    let mut client = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
    for key in ["k", "q"] {
        let columns = (0..30).map(|i| written(column(format!("c{i:02}"), "v".repeat(1000), 1))).collect();
        client.batch("S", vec![(bytes(key), columns)]);
    }
    let key = || bytes("k");
    let (column_parent, consistency_level) = (parent("S"), ONE);
    let get_slice = methods::GetSlice {
        key: key(),
        column_parent: column_parent.clone(),
        predicate: all(),
        consistency_level,
    };
    says_to_page(&mut client, &get_slice);
    says_to_page(
        &mut client,
        &methods::MultigetSlice {
            keys: vec![key(), bytes("q")],
            column_parent: column_parent.clone(),
            predicate: slice("", "", false, 12),
            consistency_level,
        },
    );
    says_to_page(
        &mut client,
        &methods::GetRangeSlices {
            column_parent: column_parent.clone(),
            predicate: all(),
            range: range(10),
            consistency_level,
        },
    );
    let get_paged_slice = |count| methods::GetPagedSlice {
        column_family: "S".to_owned(),
        range: range(count),
        start_column: Bytes::new(),
        consistency_level,
    };
    says_to_page(&mut client, &get_paged_slice(60));
    let request = MultiSliceRequest {
        key: Some(key()),
        column_parent: Some(column_parent),
        column_slices: Some(vec![ColumnSlice { start: None, finish: None }]),
        ..MultiSliceRequest::default()
    };
    says_to_page(&mut client, &methods::GetMultiSlice { request });
    let expected = (0..30).map(|i| column(format!("c{i:02}"), "x", 1)).collect();
    says_to_page(
        &mut client,
        &methods::Cas {
            key: key(),
            column_family: "S".to_owned(),
            expected: Some(expected),
            updates: Vec::new(),
            serial_consistency_level: ConsistencyLevel::Serial,
            commit_consistency_level: ONE,
        },
    );

    // the same connection, a page at a time
    let (mut start, mut got) = (String::new(), 0);
    loop {
        let page = client.get_slice("S", "k", slice(&start, "", false, 10));
        let Some(last) = page.last() else { break };
        got += page.iter().filter(|column| column.name != start.as_bytes()).count();
        if page.len() < 10 {
            break;
        }
        start = String::from_utf8(last.name.to_vec()).expect("text");
    }
    assert_eq!(got, 30);
    assert_eq!(client.call(&get_paged_slice(15)).expect("a page").len(), 1);
}

#[test]
fn counters_and_conditional_updates_lose_nothing_between_clients() {
    const CLIENTS: i64 = 4;
    const ROUNDS: i64 = 60;
    let server = EmbeddedServer::start().expect("a server");
    let counters = CfDef {
        keyspace: "K".to_owned(),
        name: "C".to_owned(),
        default_validation_class: Some("CounterColumnType".to_owned()),
        ..CfDef::default()
    };
    let plain = CfDef { keyspace: "K".to_owned(), name: "S".to_owned(), ..CfDef::default() };
    let ks_def = KsDef { cf_defs: vec![counters, plain], ..keyspace_definition("K") };
    let mut client = Client::of(&server);
    client.call(&methods::SystemAddKeyspace { ks_def }).expect("a keyspace");
    let mut client = client.use_keyspace("K");
    client.insert("S", "k", column("n", "0", 1));
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let mut client = Client::of(&server).use_keyspace("K");
            scope.spawn(move || {
                let mut seen = "0".to_owned();
                for round in 0..ROUNDS {
                    let column = CounterColumn { name: bytes("n"), value: round };
                    let (key, column_parent) = (bytes("k"), parent("C"));
                    let call = methods::Add { key, column_parent, column, consistency_level: ONE };
                    client.call(&call).expect("added");
                    while !increment(&mut client, &mut seen) {}
                }
            });
        }
    });
    let get = |family: &str, name: &str| methods::Get {
        key: bytes("k"),
        column_path: ColumnPath {
            column_family: family.to_owned(),
            super_column: None,
            column: Some(bytes(name)),
        },
        consistency_level: ONE,
    };
    let counter = client.call(&get("C", "n")).expect("a counter").counter_column.map(|counter| counter.value);
    assert_eq!(counter, Some(CLIENTS * ROUNDS * (ROUNDS - 1) / 2));
    let value = client.call(&get("S", "n")).expect("a column").column.and_then(|column| column.value);
    assert_eq!(value, Some(bytes((CLIENTS * ROUNDS).to_string())));
}

/// Puts one more than what was seen; false where another client was faster, and then that is what is seen.
fn increment(client: &mut Client, seen: &mut String) -> bool {
    let next = (seen.parse::<i64>().expect("a number") + 1).to_string();
    let named = |value: &str| Column { name: bytes("n"), value: Some(bytes(value)), ..Column::default() };
    let call = methods::Cas {
        key: bytes("k"),
        column_family: "S".to_owned(),
        expected: Some(vec![named(seen)]),
        updates: vec![Column { timestamp: Some(1), ..named(&next) }],
        serial_consistency_level: ConsistencyLevel::Serial,
        commit_consistency_level: ONE,
    };
    let wire::CASResult { success, current_values } = client.call(&call).expect("an answer");
    let current = current_values.into_iter().flatten().next().and_then(|column| column.value);
    *seen = match current {
        Some(value) => String::from_utf8(value.to_vec()).expect("text"),
        None => next,
    };
    success
}

#[test]
fn a_client_asks_for_less_where_a_reply_would_pass_the_limit() {
    let server = EmbeddedServer::builder().max_reply(20_000).start().expect("a server");
    let system = cassa::SystemManager::connect(server.addresses()).expect("up");
    system.create_keyspace("K", cassa::SimpleStrategy(1)).expect("created");
    system.create_column_family("K", "S").expect("created");
    let pool = cassa::ConnectionPool::new("K", server.addresses()).expect("a pool");
    let cf = cassa::ColumnFamily::open(&pool, "S").expect("opened");
    let value = "v".repeat(1000);
    for key in ["k", "q", "r"] {
        cf.insert(key, (0..50).map(|i| (format!("c{i:02}"), value.as_str()))).expect("inserted");
    }
    assert_eq!(cf.get("k").expect("read").expect("there").len(), 50);
    let names = (0..50).map(|i| format!("c{i:02}"));
    assert_eq!(cf.select().columns(names).get("k").expect("read").expect("there").len(), 50);
    let rows = cf.multiget(["k", "q", "r"]).expect("read");
    assert_eq!(rows.iter().map(|(_, columns)| columns.len()).collect::<Vec<_>>(), [50, 50, 50]);
    assert_eq!(cf.xget("q").filter(|column| column.is_ok()).count(), 50);
    assert_eq!(cf.get_range().map(|row| row.expect("read").1.len()).sum::<usize>(), 150);
    cf.insert("huge", [("a", "v".repeat(30_000))]).expect("inserted");
    let e = cf.get("huge").expect_err("no page holds it");
    assert!(matches!(e, cassa::Error::InvalidRequest { .. }), "{e:?}");
}
