//! What many, slow, silent and confused clients may do to the others: nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::{ApplicationErrorKind, Exception, decode_reply, encode_call, methods};
use cassa::{EmbeddedServer, EmbeddedServerBuilder};

use super::raw::{Client, all, bytes, column, slice};

fn started(options: EmbeddedServerBuilder) -> EmbeddedServer {
    options.start().expect("a server")
}

/// Waits until something holds; the bound is generous, as it is no measurement.
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// The frame that asks for the version, or the first half of it.
fn half_a_frame() -> Vec<u8> {
    let mut frame = Vec::new();
    encode_call(&methods::DescribeVersion {}, 1, &mut frame);
    frame.truncate(frame.len() / 2);
    frame
}

#[test]
fn a_connection_too_many_is_told_so() {
    let server = started(EmbeddedServer::builder().max_connections(1));
    let mut first = Client::of(&server);
    assert!(first.try_version().is_some());
    let mut second = Client::of(&server);
    let Err(Exception::Application(ApplicationErrorKind::InternalError, why)) =
        second.call(&methods::SetKeyspace { keyspace: "K".to_owned() })
    else {
        panic!("it is refused");
    };
    assert_eq!(why, "too many connections: this server serves at most 1 at once");
    assert_eq!(second.receive(), None);
    // those that say nothing do not hold up the refusal of others, nor those that are served
    let silent: Vec<Client> = (0..100).map(|_| Client::of(&server)).collect();
    wait_until("all are counted", || server.stats().connections_refused == 101);
    assert!(first.try_version().is_some());
    for mut client in silent {
        assert_eq!(client.receive(), None);
    }
    assert_eq!(server.stats().connections, 1);
}

#[test]
fn the_others_are_served_beside_silent_clients_and_half_frames() {
    const SILENT: usize = 150;
    const HALF: usize = 20;
    const WORKING: usize = 10;
    let server = started(EmbeddedServer::builder().max_connections(SILENT + HALF + WORKING));
    let _ = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
    let silent: Vec<Client> = (0..SILENT).map(|_| Client::of(&server)).collect();
    let half = (0..HALF).map(|_| {
        let mut client = Client::of(&server);
        client.send(&half_a_frame());
        client
    });
    let half: Vec<Client> = half.collect();
    thread::scope(|scope| {
        for worker in 0..WORKING {
            let server = &server;
            scope.spawn(move || {
                let mut client = Client::of(server).use_keyspace("K");
                for i in 0..50 {
                    client.insert("S", format!("row{worker}"), column(format!("c{i:02}"), "value", 1));
                }
                assert_eq!(client.get_slice("S", format!("row{worker}"), all()).len(), 50);
            });
        }
    });
    wait_until("the workers have left", || server.stats().connections == SILENT + HALF);
    for mut client in silent.into_iter().chain(half) {
        assert!(client.is_open());
    }
}

#[test]
fn a_client_that_takes_no_answer_holds_up_itself_only() {
    let server = started(EmbeddedServer::builder().write_timeout(Duration::from_millis(200)));
    let mut client = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
    for i in 0..8 {
        client.insert("S", "wide", column(format!("c{i}"), vec![b'x'; 1 << 20], 1));
    }
    let mut slow = Client::of(&server).use_keyspace("K");
    let call = methods::GetSlice {
        key: bytes("wide"),
        column_parent: cassa::wire::ColumnParent { column_family: "S".to_owned(), super_column: None },
        predicate: all(),
        consistency_level: cassa::wire::ConsistencyLevel::One,
    };
    let mut frame = Vec::new();
    encode_call(&call, 1, &mut frame);
    // more than the system buffers, and nothing of it is read
    for _ in 0..8 {
        slow.send(&frame);
    }
    for i in 0..20 {
        client.insert("S", "other", column(format!("c{i}"), "value", 1));
    }
    wait_until("it is given up", || server.stats().connections_timed_out == 1);
    wait_until("it has left", || server.stats().connections == 1);
    assert_eq!(client.get_slice("S", "wide", slice("c7", "", false, 10)).len(), 1);
}

#[test]
fn half_a_frame_behind_a_whole_one_times_out() {
    let server = started(EmbeddedServer::builder().frame_timeout(Duration::from_millis(100)));
    let mut client = Client::of(&server);
    let mut frames = Vec::new();
    encode_call(&methods::DescribeVersion {}, 1, &mut frames);
    frames.extend(half_a_frame());
    client.send(&frames);
    assert!(client.receive().is_some());
    // no time is set for silence, but this is not silence
    assert_eq!(client.receive(), None);
    assert_eq!(server.stats().connections_timed_out, 1);
}

#[test]
fn the_garbage_of_a_port_scan_changes_nothing() {
    let server = started(EmbeddedServer::builder().frame_timeout(Duration::from_millis(300)));
    let mut client = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
    client.insert("S", "row", column("name", "value", 1));
    let before = client.call(&methods::DescribeKeyspaces {});
    let mut random = 1_u64;
    let mut noise = |length: usize| -> Vec<u8> {
        let next = || {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 56) as u8
        };
        std::iter::repeat_with(next).take(length).collect()
    };
    let mut probes: Vec<Vec<u8>> = [
        &b"GET / HTTP/1.0\r\n\r\n"[..],
        b"OPTIONS rtsp://x RTSP/1.0\r\n\r\n",
        b"SSH-2.0-scan\r\n",
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
        b"\x04\x00\x00\x00\x05\x00\x00\x00\x00",
        b"EHLO scan\r\n",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        b"",
    ]
    .map(<[u8]>::to_vec)
    .into();
    probes.extend((0..60).map(|i| noise(i * 7)));
    // well-framed, and called like a method, with arguments of noise
    for method in methods::NAMES {
        let body = noise(40);
        let mut frame = Vec::new();
        let kind = cassa::wire::MessageKind::Call;
        let start = cassa::wire::begin_message(&mut frame, kind, method, 1);
        frame.extend(body);
        cassa::wire::end_message(&mut frame, start);
        probes.push(frame);
    }
    for probe in &probes {
        let mut scanner = Client::of(&server);
        scanner.send_if_open(probe);
        // half of them leave, the others wait until they are shown out
        if probe.len() % 2 == 0 {
            scanner.shut_down();
            let _ = scanner.receive_if_any();
        }
    }
    wait_until("all have left", || server.stats().connections == 1);
    assert_eq!(client.call(&methods::DescribeKeyspaces {}), before);
    assert_eq!(client.get_slice("S", "row", all()), [column("name", "value", 1)]);
    assert_eq!(client.rows("S", all()).len(), 1);
}

#[test]
fn a_stop_under_load_loses_nothing_that_was_acknowledged() {
    const WRITERS: usize = 8;
    let directory = tempfile::tempdir().expect("a directory");
    for round in 0..3 {
        let server = started(EmbeddedServer::builder().path(directory.path()));
        if round == 0 {
            let _ = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
        }
        let writers: Vec<Client> = (0..WRITERS).map(|_| Client::of(&server).use_keyspace("K")).collect();
        let total = AtomicUsize::new(0);
        let acknowledged: Vec<usize> = thread::scope(|scope| {
            let write = |(writer, mut client): (usize, Client)| {
                let total = &total;
                scope.spawn(move || {
                    let mut acknowledged = 0;
                    let row = format!("{round}-{writer}");
                    while client.insert_if_open("S", &row, column(format!("c{acknowledged:06}"), "v", 1)) {
                        acknowledged += 1;
                        total.fetch_add(1, Ordering::Relaxed);
                    }
                    acknowledged
                })
            };
            let threads: Vec<_> = writers.into_iter().enumerate().map(write).collect();
            wait_until("they write", || total.load(Ordering::Relaxed) > 500);
            let begin = Instant::now();
            server.stop();
            assert!(begin.elapsed() < Duration::from_secs(10), "a second, where nothing else runs");
            threads.into_iter().map(|thread| thread.join().expect("it ends")).collect()
        });
        let server = started(EmbeddedServer::builder().path(directory.path()));
        let mut client = Client::of(&server).use_keyspace("K");
        for (writer, acknowledged) in acknowledged.into_iter().enumerate() {
            let columns = client.get_slice("S", format!("{round}-{writer}"), all());
            // the answer to one more may have been lost on its way
            assert!(columns.len() == acknowledged || columns.len() == acknowledged + 1);
            assert!(columns.iter().zip(0..).all(|(column, i)| column.name == format!("c{i:06}").as_bytes()));
        }
    }
}

#[test]
fn large_requests_share_their_memory_and_are_told_where_there_is_none() {
    const LARGE: usize = 900 * 1024;
    let server = started(EmbeddedServer::builder().max_frame(1 << 20).request_memory(1 << 20));
    let mut first = Client::of(&server).with_keyspace("K", &[("S", "UTF8Type")]);
    let mut second = Client::of(&server).use_keyspace("K");
    let call = |key: &str| methods::Insert {
        key: bytes(key),
        column_parent: cassa::wire::ColumnParent { column_family: "S".to_owned(), super_column: None },
        column: column("c", vec![b'x'; LARGE], 1),
        consistency_level: cassa::wire::ConsistencyLevel::One,
    };
    let mut frame = Vec::new();
    encode_call(&call("first"), 1, &mut frame);
    let (most, rest) = frame.split_at(frame.len() - 1);
    // whichever comes while the other one has the room; both may be served where they do not meet
    let mut refused = None;
    wait_until("one of two is refused", || {
        first.send(most);
        refused = second.call(&call("second")).err();
        first.send(rest);
        let answer = first.receive().expect("an answer");
        let answer = decode_reply::<methods::Insert>(&answer, 1).expect("a well-formed answer");
        refused = refused.take().or(answer.err());
        refused.is_some()
    });
    let Some(Exception::Application(ApplicationErrorKind::InternalError, why)) = refused else {
        panic!("it is refused: {refused:?}");
    };
    assert!(why.starts_with("insert: too many large requests: one of 9"), "{why}");
    assert!(server.stats().requests_refused > 0);
    // on the same connections; room is free a moment after the answer
    second.insert("S", "small", column("c", "v", 1));
    wait_until("there is room again", || second.call(&call("second")).is_ok());
    wait_until("there is room again", || first.call(&call("first")).is_ok());
    for key in ["first", "second"] {
        assert_eq!(second.get_slice("S", key, all())[0].value.as_deref().map(<[u8]>::len), Some(LARGE));
    }
}
