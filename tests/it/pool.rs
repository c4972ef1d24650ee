//! The connection pool against servers that refuse, break, stay silent and come back.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cassa::wire::methods::{DescribeVersion, SetKeyspace, Truncate};
use cassa::wire::{Exception, MessageHeader, TimedOutException};
use cassa::{Connection, ConnectionPool, EmbeddedServer, Error, Result, SimpleStrategy, SystemManager};

use crate::pool_support::{quick, server, version, well};
use crate::scripted::{Answer, ScriptedServer, frame, refusing};

#[test]
fn is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<ConnectionPool>();
}

#[test]
fn servers_take_turns() {
    let (one, two) = (server(well), server(well));
    let pool = quick([one.address(), two.address()]).build().expect("a pool");
    for _ in 0..10 {
        pool.execute(version).expect("a version");
    }
    assert_eq!((one.count("describe_version"), two.count("describe_version")), (5, 5));
    assert_eq!((pool.checked_out(), pool.checked_in()), (0, 2));
}

#[test]
fn connections_are_used_again_up_to_recycle() {
    let one = server(well);
    let pool = quick([one.address()]).recycle(4).build().expect("a pool");
    for _ in 0..12 {
        pool.execute(version).expect("a version");
    }
    assert_eq!(one.count("set_keyspace"), 3);
}

#[test]
fn the_pool_is_filled_at_once_unless_told_otherwise() {
    let one = server(well);
    let pool = quick([one.address()]).prefill(true).pool_size(3).build().expect("a pool");
    assert_eq!((pool.checked_in(), one.count("set_keyspace")), (3, 3));
    let pool = quick([one.address()]).build().expect("a pool");
    assert_eq!((pool.checked_in(), one.count("set_keyspace")), (0, 3));
}

#[test]
fn a_server_that_refuses_is_passed_over() {
    let one = server(well);
    let pool = quick([refusing(), one.address(), refusing()]).build().expect("a pool");
    for _ in 0..10 {
        pool.execute(version).expect("a version");
    }
    assert_eq!(one.count("describe_version"), 10);
}

#[test]
fn where_none_answers_each_is_named_with_its_cause() {
    let servers = [refusing(), refusing(), refusing()];
    let start = Instant::now();
    let pool = quick(servers).build().expect("nothing is opened yet");
    let e = pool.execute(version).expect_err("all refuse");
    assert!(start.elapsed() < Duration::from_secs(5));
    let Error::AllServersUnavailable(failures) = &e else { panic!("{e:?}") };
    assert_eq!(failures.len(), 3);
    for server in servers {
        assert!(e.to_string().contains(&format!("cannot connect to {server}")), "{e}");
    }
    assert_eq!(pool.checked_out(), 0);
    let e = quick(servers).prefill(true).build().expect_err("all refuse");
    assert!(matches!(e, Error::AllServersUnavailable(_)), "{e:?}");
}

#[test]
fn a_server_that_never_answers_is_left_within_the_timeout() {
    let silent = server(|_, _| Answer::Silence);
    let pool = quick([silent.address()]).timeout(Duration::from_millis(200)).max_retries(0).build();
    let pool = pool.expect("a pool");
    let start = Instant::now();
    let e = pool.execute(version).expect_err("silence");
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(150) && waited < Duration::from_secs(5), "{waited:?}");
    let text = e.to_string();
    assert!(matches!(e, Error::NoAnswer { method: "describe_version", .. }), "{e:?}");
    assert_eq!(text, format!("no answer from {} to describe_version within 200ms", silent.address()));
    assert_eq!((pool.checked_out(), pool.checked_in()), (0, 0));
}

#[test]
fn a_listener_that_never_speaks_is_an_error_too() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let start = Instant::now();
    let e = quick([address]).prefill(true).build().expect_err("silence");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(e.to_string().contains(&format!("no answer from {address} to set_keyspace")), "{e}");
}

#[test]
fn a_call_that_breaks_is_made_again_on_another_server() {
    for fault in [
        (|_, _| Answer::Close) as fn(&MessageHeader<'_>, usize) -> Answer,
        |_, _| Answer::Silence,
        |_, _| Answer::FrameAndClose(vec![0, 0, 0, 100, 1, 2, 3]),
        |_, _| Answer::Frame(vec![0, 0, 0, 3, 1, 2, 3]),
    ] {
        let (bad, good) = (server(fault), server(well));
        let pool = quick([bad.address(), good.address()]).timeout(Duration::from_millis(400)).build();
        let pool = pool.expect("a pool");
        for _ in 0..4 {
            assert_eq!(pool.execute(version).expect("the other one answers"), "19.39.0");
        }
        assert_eq!(pool.checked_out(), 0);
    }
}

#[test]
fn retries_end_and_every_attempt_is_named() {
    let (one, two) = (server(|_, _| Answer::Close), server(|_, _| Answer::Close));
    let pool = quick([one.address(), two.address()]).build().expect("a pool");
    let e = pool.execute(version).expect_err("both break");
    let Error::MaximumRetry { attempts: 4, failures } = &e else { panic!("{e:?}") };
    assert_eq!(failures.len(), 4);
    assert!(e.to_string().starts_with("failed 4 times: the connection to 127.0.0.1:"), "{e}");
    assert_eq!(one.count("describe_version") + two.count("describe_version"), 4);
}

#[test]
fn what_a_server_refuses_is_not_tried_elsewhere() {
    let refuse = |header: &MessageHeader<'_>, _| {
        let header = MessageHeader { method: "truncate", ..*header };
        Answer::Frame(frame::<Truncate>(&header, Err(Exception::InvalidRequest("no".into()))))
    };
    let (one, two) = (server(refuse), server(refuse));
    let pool = quick([one.address(), two.address()]).build().expect("a pool");
    let e = pool.execute(|c| c.call(&Truncate { cfname: "Planes".into() })).expect_err("refused");
    assert!(matches!(&e, Error::InvalidRequest { .. }), "{e:?}");
    assert!(e.to_string().starts_with("truncate on 127.0.0.1:") && e.to_string().ends_with(": no"), "{e}");
    assert_eq!(one.count("truncate") + two.count("truncate"), 1);
    assert_eq!(pool.checked_in(), 1, "the connection is whole");
}

#[test]
fn what_must_not_be_done_twice_is_done_once() {
    let (one, two) = (server(|_, _| Answer::Close), server(|_, _| Answer::Close));
    let pool = quick([one.address(), two.address()]).build().expect("a pool");
    let e = pool.execute_once(version).expect_err("broken");
    assert!(matches!(e, Error::Io { method: "describe_version", .. }), "{e:?}");
    assert_eq!(one.count("describe_version") + two.count("describe_version"), 1);
}

#[test]
fn callers_wait_for_a_connection_no_longer_than_the_pool_timeout() {
    let one = server(well);
    let options = quick([one.address()]).pool_size(1).max_overflow(1);
    let pool = options.clone().pool_timeout(Duration::from_millis(50)).build().expect("a pool");
    let held = [pool.get().expect("one"), pool.get().expect("overflow")];
    let start = Instant::now();
    let e = pool.get().expect_err("both are out");
    assert!(start.elapsed() >= Duration::from_millis(50));
    assert!(matches!(e, Error::NoConnectionAvailable { size: 1, overflow: 1, .. }), "{e:?}");
    drop(held);
    assert_eq!((pool.checked_out(), pool.checked_in()), (0, 1), "the overflow is closed");

    let pool = options.pool_timeout(Duration::ZERO).build().expect("a pool");
    let _held = [pool.get().expect("one"), pool.get().expect("overflow")];
    assert!(matches!(pool.get(), Err(Error::NoConnectionAvailable { .. })));
}

#[test]
fn no_count_is_lost_to_threads_and_panics() {
    let one = server(well);
    let pool = quick([one.address()]).pool_size(4).build().expect("a pool");
    let calls = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (pool, calls) = (&pool, &calls);
            scope.spawn(move || {
                for i in 0..50 {
                    if thread == 0 && i % 10 == 0 {
                        let panicking = std::panic::AssertUnwindSafe(|| {
                            pool.execute(|_| -> Result<()> { std::panic::resume_unwind(Box::new("oops")) })
                        });
                        assert!(std::panic::catch_unwind(panicking).is_err());
                    }
                    pool.execute(version).expect("a version");
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(calls.into_inner(), 400);
    assert_eq!(pool.checked_out(), 0);
    assert!(pool.checked_in() <= 4);
}

#[test]
fn a_connection_with_another_keyspace_does_not_come_back() {
    let one = server(well);
    let pool = quick([one.address()]).build().expect("a pool");
    pool.get().expect("one").set_keyspace("Other").expect("set");
    assert_eq!(pool.checked_in(), 0);
    assert_eq!(pool.get().expect("another").keyspace(), Some("K"));
}

#[test]
fn impossible_options_are_errors() {
    let none: [&str; 0] = [];
    let e = quick(none).build().expect_err("no server");
    assert_eq!(e.to_string(), "servers: expected at least one, got none");
    let e = quick(["a"]).pool_size(0).build().expect_err("no place");
    assert!(matches!(e, Error::InvalidOption { option: "pool_size", .. }), "{e:?}");
    let e = quick(["host:port"]).build().expect("not yet looked at").get().expect_err("no server");
    assert!(e.to_string().contains("cannot connect to host:port: expected host, host:port"), "{e}");
}

#[test]
fn a_server_that_was_restarted_is_served_at_the_first_call() {
    let directory = tempfile::tempdir().expect("a directory");
    let start = |listen: String| EmbeddedServer::builder().path(directory.path()).listen(listen).start();
    let server = start("127.0.0.1:0".to_owned()).expect("started");
    let address = server.addresses()[0];
    SystemManager::connect([address]).expect("up").create_keyspace("K", SimpleStrategy(1)).expect("created");
    let pool = ConnectionPool::new("K", [address]).expect("a pool");
    pool.execute(version).expect("a version");
    server.stop();
    let e = pool.execute(version).expect_err("down");
    assert!(e.to_string().contains(&address.to_string()), "{e}");
    let _server = start(address.to_string()).expect("started again");
    pool.execute(version).expect("up again");
}

#[test]
fn a_restart_that_nobody_noticed_costs_no_call() {
    let directory = tempfile::tempdir().expect("a directory");
    let start = |listen: String| EmbeddedServer::builder().path(directory.path()).listen(listen).start();
    let server = start("127.0.0.1:0".to_owned()).expect("started");
    let address = server.addresses()[0];
    SystemManager::connect([address]).expect("up").create_keyspace("K", SimpleStrategy(1)).expect("created");
    let pool = ConnectionPool::new("K", [address]).expect("a pool");
    server.stop();
    let _server = start(address.to_string()).expect("started again");
    std::thread::sleep(Duration::from_millis(150));
    // once: nothing hides a stale connection
    for _ in 0..5 {
        pool.execute_once(version).expect("the stale ones are seen");
    }
}

#[test]
fn a_keyspace_that_is_refused_for_another_reason_is_not_said_to_be_missing() {
    let refuse = |why: &'static str| {
        ScriptedServer::start(move |header, _| {
            Answer::Frame(frame::<SetKeyspace>(header, Err(Exception::InvalidRequest(why.into()))))
        })
    };
    let server = refuse("User ann has no permission on <keyspace K>");
    let e = quick([server.address()]).prefill(true).build().expect_err("refused");
    assert!(matches!(&e, Error::InvalidRequest { .. }) && e.to_string().ends_with("<keyspace K>"), "{e}");
    let server = refuse("Keyspace 'K' does not exist");
    let e = quick([server.address()]).prefill(true).build().expect_err("refused");
    assert!(matches!(&e, Error::NoSuchKeyspace { .. }), "{e}");
}

#[test]
fn no_time_is_too_long() {
    let one = server(well);
    let longest = Duration::MAX;
    let pool = quick([refusing(), one.address()])
        .timeout(longest)
        .connect_timeout(longest)
        .pool_timeout(longest)
        .cool_off(longest)
        .build()
        .expect("a pool");
    for _ in 0..4 {
        pool.execute(version).expect("a version");
    }
    let system = SystemManager::connect([one.address()]).expect("up").agreement_timeout(longest);
    assert_eq!(system.describe_version().expect("a version"), "19.39.0");
}

fn truncated(header: &MessageHeader<'_>, result: std::result::Result<(), Exception>) -> Answer {
    Answer::Frame(frame::<Truncate>(header, result))
}

fn truncate(connection: &mut Connection) -> Result<()> {
    connection.call(&Truncate { cfname: "Planes".into() })
}

#[test]
fn what_the_replicas_of_one_server_cannot_do_another_may() {
    for exception in [Exception::TimedOut(TimedOutException::default()), Exception::Unavailable] {
        let refusal = exception.clone();
        let bad = server(move |header, _| truncated(header, Err(refusal.clone())));
        let good = server(|header, _| truncated(header, Ok(())));
        let pool = quick([bad.address(), good.address()]).build().expect("a pool");
        for _ in 0..4 {
            pool.execute(truncate).expect("the other one can");
        }
        assert!(bad.count("truncate") > 0);
        assert_eq!(good.count("truncate"), 4);
        // both are whole: the server has answered
        assert_eq!((pool.checked_out(), pool.checked_in()), (0, 2));

        let pool = quick([bad.address()]).max_retries(0).build().expect("a pool");
        let e = pool.execute(truncate).expect_err("no other");
        match exception {
            Exception::Unavailable => assert!(matches!(e, Error::Unavailable { .. }), "{e:?}"),
            _ => assert!(matches!(e, Error::TimedOut { .. }), "{e:?}"),
        }
    }
}

#[test]
fn a_retry_goes_to_another_server_although_it_is_the_same_ones_turn() {
    let refuse = |header: &MessageHeader<'_>, _| truncated(header, Err(Exception::Unavailable));
    let (one, two) = (server(refuse), server(refuse));
    let pool = quick([one.address(), two.address()]).max_retries(1).build().expect("a pool");
    for calls in 1..5 {
        let e = pool.execute(|connection| {
            let _other = pool.get()?;
            truncate(connection)
        });
        assert!(matches!(e, Err(Error::MaximumRetry { .. })), "{e:?}");
        assert_eq!((one.count("truncate"), two.count("truncate")), (calls, calls));
    }
}

#[test]
fn a_server_that_failed_is_left_alone_until_it_has_cooled_off() {
    let (bad, good) = (server(|_, _| Answer::Close), server(well));
    let options = quick([bad.address(), good.address()]).cool_off(Duration::from_secs(600));
    let pool = options.clone().build().expect("a pool");
    for _ in 0..10 {
        pool.execute(version).expect("the other one answers");
    }
    assert_eq!(bad.count("describe_version"), 1);

    let pool = options.cool_off(Duration::from_millis(20)).build().expect("a pool");
    for _ in 0..4 {
        pool.execute(version).expect("the other one answers");
        std::thread::sleep(Duration::from_millis(40));
    }
    assert!(bad.count("describe_version") >= 3, "{}", bad.count("describe_version"));
}

#[test]
fn a_connection_with_an_answer_under_way_does_not_come_back() {
    let long =
        |header: &MessageHeader<'_>, _| Answer::Frame(frame::<DescribeVersion>(header, Ok("9".repeat(5000))));
    let one = server(long);
    let pool = quick([one.address()]).max_frame(4096).build().expect("a pool");
    let mut connection = pool.get().expect("a connection");
    let e = version(&mut connection).expect_err("too large");
    assert!(matches!(e, Error::FrameTooLarge { length: 5000.., limit: 4096, .. }), "{e:?}");
    assert!(connection.is_broken());
    drop(connection);
    assert_eq!((pool.checked_out(), pool.checked_in()), (0, 0));
}

#[test]
fn an_answer_that_drips_is_not_waited_for_beyond_the_timeout() {
    let drip = |header: &MessageHeader<'_>, _| {
        let frame = frame::<DescribeVersion>(header, Ok("9".repeat(1000)));
        Answer::Drip(frame, Duration::from_millis(10))
    };
    let one = server(drip);
    let pool = quick([one.address()]).max_retries(0).build().expect("a pool");
    let start = Instant::now();
    let e = pool.execute(version).expect_err("it would take ten seconds");
    assert!(matches!(e, Error::NoAnswer { .. }), "{e:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
