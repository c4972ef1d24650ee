//! What clients may do to the server on their connections, and what becomes of the others meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::{
    ApplicationErrorKind, ApplicationException, ConsistencyLevel, Exception, MessageKind, begin_message,
    end_message, methods,
};
use cassa::{EmbeddedServer, EmbeddedServerBuilder, Error};

use super::raw::{Client, all, bytes, column, written};

fn started(options: EmbeddedServerBuilder) -> EmbeddedServer {
    options.start().expect("a server")
}

fn is_alive(client: &mut Client) -> bool {
    client.call(&methods::DescribeVersion {}).as_deref() == Ok("19.39.0")
}

/// A message with this method and body.
fn message(kind: MessageKind, method: &str, body: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let start = begin_message(&mut frame, kind, method, 1);
    frame.extend_from_slice(body);
    end_message(&mut frame, start);
    frame.split_off(4)
}

#[test]
fn bytes_that_are_no_message_end_their_connection_only() {
    let server = started(EmbeddedServer::builder());
    let mut other = Client::of(&server);
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0, 0, 0, 3, 1, 2, 3], &[0, 0, 0, 0], &[0xff; 64]] {
        let mut client = Client::of(&server);
        client.send(garbage);
        assert_eq!(client.receive(), None, "{garbage:?}");
    }
    assert!(is_alive(&mut other));
}

#[test]
fn arguments_that_cannot_be_read_are_answered_and_end_the_connection() {
    let server = started(EmbeddedServer::builder());
    // a list that announces 2,000,000,000 keys, and a struct without its required fields
    let lie = [15, 0, 1, 11, 0x77, 0x35, 0x94, 0];
    for (method, body) in
        [("multiget_slice", &lie[..]), ("get_slice", &[0]), ("set_keyspace", &[11, 0, 1, 0x7f])]
    {
        let mut client = Client::of(&server);
        let reply = client.exchange(&message(MessageKind::Call, method, body)).expect("an answer");
        let (header, _) = cassa::wire::split_message(&reply).expect("a message");
        assert_eq!((header.kind, header.method), (MessageKind::Exception, method));
        assert_eq!(client.receive(), None);
    }
}

#[test]
fn methods_that_are_not_served_say_so_and_the_connection_goes_on() {
    let server = started(EmbeddedServer::builder());
    let mut client = Client::of(&server);
    let reply = client.exchange(&message(MessageKind::Call, "no_such_method", &[0])).expect("an answer");
    let (header, body) = cassa::wire::split_message(&reply).expect("a message");
    assert_eq!((header.kind, header.method), (MessageKind::Exception, "no_such_method"));
    let exception: ApplicationException = cassa::wire::decode(body).expect("an exception");
    assert_eq!(exception.number, Some(ApplicationErrorKind::UnknownMethod as i32));
    assert!(exception.message.is_some_and(|text| text.contains("no_such_method")));
    let query = methods::ExecuteCql3Query {
        query: bytes("select * from t"),
        compression: cassa::wire::Compression::None,
        consistency: ConsistencyLevel::One,
    };
    let refused = client.call(&query);
    assert!(matches!(&refused, Err(Exception::InvalidRequest(why)) if why.contains("CQL")), "{refused:?}");
    let reply = client.exchange(&message(MessageKind::Reply, "get", &[0])).expect("an answer");
    assert_eq!(cassa::wire::split_message(&reply).expect("a message").0.kind, MessageKind::Exception);
    assert!(is_alive(&mut client));
}

#[test]
fn a_frame_over_the_limit_ends_the_connection() {
    let server = started(EmbeddedServer::builder().max_frame(1000));
    let mut client = Client::of(&server);
    assert!(is_alive(&mut client));
    client.send(&[0, 0, 3, 0xe9]);
    assert_eq!(client.receive(), None);
}

#[test]
fn half_a_frame_and_silence_time_out() {
    let server = started(EmbeddedServer::builder().idle_timeout(Duration::from_millis(150)));
    let begin = Instant::now();
    let mut half = Client::of(&server);
    half.send(&[0, 0, 1, 0, 0x80]);
    let mut silent = Client::of(&server);
    assert_eq!(half.receive(), None);
    assert_eq!(silent.receive(), None);
    assert!(begin.elapsed() < Duration::from_secs(10));
    // one byte at a time is no way around it
    let mut slow = Client::of(&server);
    let begin = Instant::now();
    while slow.is_open() {
        slow.send_if_open(&[0]);
        thread::sleep(Duration::from_millis(20));
        assert!(begin.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_place_that_is_left_is_free_again() {
    let server = started(EmbeddedServer::builder().max_connections(2));
    let (mut first, mut second) = (Client::of(&server), Client::of(&server));
    assert!(is_alive(&mut first) && is_alive(&mut second));
    assert_eq!(Client::of(&server).try_version(), None);
    assert!(is_alive(&mut first) && is_alive(&mut second));
    drop(first);
    // its thread notices in its own time
    let begin = Instant::now();
    while Client::of(&server).try_version().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn stop_ends_waiting_connections_and_frees_address_and_directory() {
    let directory = tempfile::tempdir().expect("a directory");
    for _ in 0..5 {
        let server = started(EmbeddedServer::builder().path(directory.path()));
        let address = server.addresses()[0];
        let mut clients: Vec<Client> = (0..8).map(|_| Client::of(&server)).collect();
        assert!(is_alive(&mut clients[0]));
        let begin = Instant::now();
        server.stop();
        assert!(begin.elapsed() < Duration::from_secs(5));
        for mut client in clients {
            assert_eq!(client.receive(), None);
        }
        assert!(std::net::TcpStream::connect(address).is_err());
    }
}

#[test]
fn an_address_that_is_taken_is_refused_by_name() {
    let server = started(EmbeddedServer::builder());
    let address = server.addresses()[0].to_string();
    match EmbeddedServer::builder().listen(&address).start() {
        Err(error @ Error::Listen { .. }) => assert!(error.to_string().contains(&address), "{error}"),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn several_addresses_serve_one_store() {
    let server = started(EmbeddedServer::builder().listen("127.0.0.1:0").listen("127.0.0.1:0"));
    let [first, second] = server.addresses()[..] else { panic!("two addresses") };
    Client::connect(first).with_keyspace("K", &[("S", "UTF8Type")]).insert("S", "k", column("a", "b", 1));
    let mut client = Client::connect(second).use_keyspace("K");
    assert_eq!(client.get_slice("S", "k", all()), [column("a", "b", 1)]);
}

#[test]
fn readers_never_see_half_of_a_batch() {
    const COLUMNS: usize = 300;
    let server = started(EmbeddedServer::builder());
    let mut writer = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
    let writing = AtomicBool::new(true);
    // two rows of several chunks, written with one value each time
    let batch = |round: i64| {
        let row = || {
            let value = format!("{round:060}");
            (0..COLUMNS).map(|i| written(column(format!("c{i:04}"), &value, round))).collect()
        };
        vec![(bytes("one"), row()), (bytes("two"), row())]
    };
    writer.batch("S", batch(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut reader = Client::of(&server).use_keyspace("K");
                let mut seen = 0;
                while writing.load(Ordering::Relaxed) || seen == 0 {
                    let rows = reader.rows("S", all());
                    let first = rows[0].1[0].value.clone();
                    let cells: Vec<_> = rows.iter().flat_map(|(_, columns)| columns).collect();
                    assert_eq!(cells.len(), 2 * COLUMNS);
                    assert!(cells.iter().all(|cell| cell.value == first));
                    seen += 1;
                }
            });
        }
        for round in 1..60 {
            writer.batch("S", batch(round));
        }
        writing.store(false, Ordering::Relaxed);
    });
}

#[test]
fn writers_of_one_row_lose_nothing() {
    let server = started(EmbeddedServer::builder());
    let _ = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
    thread::scope(|scope| {
        for writer in 0..4 {
            let server = &server;
            scope.spawn(move || {
                let mut client = Client::of(server).use_keyspace("K");
                for i in 0..150 {
                    client.insert("S", "row", column(format!("w{writer}c{i:03}"), "x".repeat(40), 1));
                }
            });
        }
    });
    let mut client = Client::of(&server).use_keyspace("K");
    assert_eq!(client.get_slice("S", "row", all()).len(), 600);
}

#[test]
fn truncations_and_drops_beside_readers_and_writers() {
    let server = started(EmbeddedServer::builder());
    let mut admin = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type"), ("T", "UTF8Type")]);
    let working = AtomicBool::new(true);
    thread::scope(|scope| {
        for worker in 0..3 {
            let (server, working) = (&server, &working);
            scope.spawn(move || {
                let mut client = Client::of(server).use_keyspace("K");
                let mut i = 0;
                while working.load(Ordering::Relaxed) {
                    i += 1;
                    let name = format!("w{worker}c{i}");
                    for family in ["S", "T"] {
                        // a column family that is not there at the moment is the only thing to go wrong
                        match client.try_insert(family, "row", column(&name, "x".repeat(100), i)) {
                            Ok(()) | Err(Exception::InvalidRequest(_)) => {}
                            other => panic!("{other:?}"),
                        }
                    }
                    assert!(client.rows("S", all()).len() <= 1);
                }
            });
        }
        for _ in 0..30 {
            admin.call(&methods::Truncate { cfname: "S".to_owned() }).expect("it is there");
            admin
                .call(&methods::SystemDropColumnFamily { column_family: "T".to_owned() })
                .expect("it is there");
            let cf_def =
                cassa::wire::CfDef { keyspace: "K".to_owned(), name: "T".to_owned(), ..Default::default() };
            admin.call(&methods::SystemAddColumnFamily { cf_def }).expect("the name is free");
        }
        working.store(false, Ordering::Relaxed);
    });
    admin.call(&methods::Truncate { cfname: "S".to_owned() }).expect("it is there");
    assert_eq!(admin.rows("S", all()), []);
}
