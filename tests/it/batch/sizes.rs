//! How a batch is split: by exact bytes, between rows, and inside a row only where it must be.

use std::sync::{Arc, Mutex};

use cassa::wire::hot::BatchMutate;
use cassa::wire::{self, methods, split_message};
use cassa::{ColumnFamily, ConnectionPool, Error};

use crate::scripted::{Answer, ScriptedServer, frame};
use crate::support::Keyspace;

/// What the messages held: their size, and for each row its key and the number of mutations.
type Sent = Arc<Mutex<Vec<(usize, Vec<(String, usize)>)>>>;

/// A server that takes every batch, and notes it down.
fn noting() -> (ScriptedServer, Sent) {
    let sent = Sent::default();
    let notes = sent.clone();
    let server = ScriptedServer::start_with_frames(move |header, whole, _| {
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
            "batch_mutate" => {
                let (_, body) = split_message(whole).expect("a message");
                let call = BatchMutate::decode(body).expect("a batch");
                let row = |(key, families): &(&[u8], Vec<(&str, Vec<_>)>)| {
                    let mutations = families.iter().map(|(_, mutations)| mutations.len()).sum();
                    (String::from_utf8_lossy(key).into_owned(), mutations)
                };
                let rows = call.mutation_map.iter().map(row).collect();
                notes.lock().expect("no panic").push((whole.len(), rows));
                frame::<methods::BatchMutate>(header, Ok(()))
            }
            other => panic!("no answer to {other}"),
        })
    });
    (server, sent)
}

fn open(server: &ScriptedServer, max_frame: usize) -> ColumnFamily {
    let pool = ConnectionPool::builder("K").servers([server.address()]).max_frame(max_frame).build();
    ColumnFamily::open(&pool.expect("a pool"), "S").expect("opened")
}

#[test]
fn a_batch_is_split_between_rows_and_no_message_passes_the_limit() {
    for limit in [300, 301, 337, 400, 1_000, 4_000] {
        let (server, sent) = noting();
        let cf = open(&server, 1_000_000);
        let batch = cf.batch().queue_size(None).byte_limit(limit);
        for i in 0..40 {
            batch.insert(format!("row{i:02}"), [("a", "1"), ("b", "2")]).expect("queued");
        }
        batch.send().expect("sent");
        let sent = sent.lock().expect("no panic");
        let mut keys = Vec::new();
        for (size, rows) in &*sent {
            assert!(*size <= limit, "{size} bytes, {limit}");
            assert!(rows.iter().all(|(_, mutations)| *mutations == 2), "a row was split: {rows:?}");
            keys.extend(rows.iter().map(|(key, _)| key.clone()));
        }
        keys.sort();
        assert_eq!(keys, (0..40).map(|i| format!("row{i:02}")).collect::<Vec<_>>(), "{limit}");
        if limit == 4_000 {
            assert!(sent.len() <= 2, "{} messages", sent.len());
        }
    }
}

#[test]
fn a_row_that_alone_passes_the_limit_is_split_and_no_other() {
    let (server, sent) = noting();
    let cf = open(&server, 1_000_000);
    let batch = cf.batch().queue_size(None).byte_limit(10_000_000);
    batch.insert("before", [("a", "1")]).expect("queued");
    for i in 0..100 {
        batch.insert("wide", [(format!("c{i:03}"), "0123456789")]).expect("queued");
    }
    batch.insert("after", [("a", "1")]).expect("queued");
    let batch = batch.byte_limit(1_000);
    batch.send().expect("sent");
    let sent = sent.lock().expect("no panic");
    let wide: usize =
        sent.iter().flat_map(|(_, rows)| rows).filter(|(key, _)| key == "wide").map(|(_, n)| n).sum();
    assert_eq!(wide, 100);
    assert!(sent.iter().all(|(size, _)| *size <= 1_000), "{sent:?}");
    assert!(sent.iter().filter(|(_, rows)| rows.iter().any(|(key, _)| key == "wide")).count() > 4);
    assert_eq!(sent[0].1, [("before".to_owned(), 1)]);
    // as much as fits goes into each message: another column would not
    for (size, rows) in &sent[1..sent.len() - 2] {
        assert!(size + size / rows[0].1 > 1_000, "{sent:?}");
    }
}

#[test]
fn a_batch_sends_itself_when_its_bytes_have_come_to_the_limit() {
    let (server, sent) = noting();
    let cf = open(&server, 1_000_000);
    let batch = cf.batch().queue_size(None).byte_limit(2_000);
    for i in 0..100 {
        batch.insert(format!("row{i:02}"), [("a", "0123456789")]).expect("queued");
        assert!(batch.len() < 60, "{}", batch.len());
    }
    batch.send().expect("sent");
    let sent = sent.lock().expect("no panic");
    assert!(sent.iter().all(|(size, _)| *size <= 2_000), "{sent:?}");
    assert_eq!(sent.iter().map(|(_, rows)| rows.len()).sum::<usize>(), 100);
}

/// Peers send it, and the server that closes the connection looks dead to them.
#[test]
fn what_could_never_be_sent_is_refused_at_once_and_the_server_is_not_blamed() {
    let keyspace = Keyspace::new();
    let pool = ConnectionPool::builder(&keyspace.name).servers(&keyspace.servers).max_frame(4_096).build();
    let pool = pool.expect("a pool");
    keyspace.column_family("Standard1");
    let cf = ColumnFamily::open(&pool, "Standard1").expect("opened");
    let batch = cf.batch();
    batch.insert("small", [("a", "1")]).expect("queued");
    let e = batch.insert("large", [("a", "x".repeat(5_000))]).expect_err("too large");
    let Error::TooLarge { at, length, limit } = &e else { panic!("{e}") };
    assert_eq!((at.row_key.as_deref(), *limit), (Some(r#""large""#), 4_096));
    assert!(*length > 5_000 && *length < 5_200, "{length}");
    assert_eq!(batch.len(), 1);
    // many small ones go out in several messages
    for i in 0..90 {
        batch.insert("wide", [(format!("c{i:02}"), "x".repeat(100))]).expect("queued");
    }
    batch.send().expect("sent");
    assert_eq!(cf.get_count("wide").expect("counted"), 90);
    assert_eq!(cf.select().column_buffer_size(10).get("wide").expect("read").expect("there").len(), 90);
    let e = cf.insert("large", [("a", "x".repeat(5_000))]).expect_err("too large");
    assert!(matches!(&e, Error::FrameTooLarge { limit: 4_096, .. }) && !e.is_retryable(), "{e}");
    assert_eq!(cf.get("small").expect("the server is still there").expect("there")["a"], "1");

    let atomic = cf.batch().atomic(true).queue_size(1);
    for i in 0..90 {
        atomic.insert("logged", [(format!("c{i:02}"), "x".repeat(100))]).expect("queued");
    }
    assert_eq!(atomic.len(), 90, "an atomic batch is never sent in parts");
    let e = atomic.send().expect_err("too large, and not to be split");
    assert!(matches!(e, Error::TooLarge { limit: 4_096, .. }), "{e}");
    assert_eq!(cf.get("logged").expect("read"), None);
    assert_eq!(atomic.discard(), 90);
    atomic.insert("logged", [("a", "1")]).expect("queued").send().expect("sent");
    assert!(cf.get("logged").expect("read").is_some());
}
