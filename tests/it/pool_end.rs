//! What is left of a pool that was dropped: nothing.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cassa::HostState;

use crate::pool_support::{eventually, quick, server, state, version, well};
use crate::scripted::{Answer, frame};

/// A second is promised; a busy machine may need more, and waits here are for minutes.
const SOON: Duration = Duration::from_secs(3);

/// The pools' threads of this process.
fn threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let name = |task: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(task.expect("a thread").path().join("comm")).ok()
    };
    let ours = |name: &String| {
        ["cassa-slots", "cassa-housekeep", "cassa-connect"].iter().any(|ours| name.starts_with(ours))
    };
    tasks.filter_map(name).filter(ours).collect()
}

#[test]
#[cfg(target_os = "linux")]
fn no_thread_and_no_socket_outlives_a_pool() {
    // in a process of its own: other tests have pools too
    let this = std::env::current_exe().expect("a test");
    let output = Command::new(this)
        .args(["pool_end::alone", "--exact", "--ignored", "--nocapture"])
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let failure = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{failure}");
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn alone() {
    let patient = Duration::from_secs(600);
    // one that answers, and one whose health check is never answered
    let (good, mute) = (server(well), server(|_, _| Answer::Silence));
    let silent = crate::scripted::ScriptedServer::start(|header, before| match (header.method, before) {
        ("set_keyspace", 0) => Answer::Frame(frame::<cassa::wire::methods::SetKeyspace>(header, Ok(()))),
        ("set_keyspace", _) => Answer::Silence,
        _ => Answer::Close,
    });
    for _ in 0..3 {
        let pool = quick([good.address(), mute.address()]).prefill(true).build().expect("a pool");
        assert_eq!(threads().len(), 2);
        drop(pool);
        let start = Instant::now();
        eventually("its threads have ended", || threads().is_empty());
        println!("threads ended after {:?}", start.elapsed());
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    }
    good.wait_until_closed(3 * 2);
    mute.wait_until_closed(3 * 2);
    let pool = quick([silent.address()])
        .timeout(patient)
        .call_timeout(patient)
        .cool_off(Duration::ZERO)
        .max_retries(0)
        .build()
        .expect("a pool");
    pool.execute(version).expect_err("closed");
    assert_ne!(state(&pool, silent.address()), HostState::Up);
    eventually("its health check has begun", || silent.count("set_keyspace") == 2);
    drop(pool);
    let start = Instant::now();
    eventually("the thread that waited on the silent server has ended", || threads().is_empty());
    println!("in the midst of a health check: after {:?}", start.elapsed());
    silent.wait_until_closed(2);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    while_connecting();
    lists_without_end();
}

/// A host that takes a connection and stays silent is not waited for.
fn while_connecting() {
    let patient = Duration::from_secs(600);
    let (good, silent) = (server(well), crate::scripted::ScriptedServer::start(|_, _| Answer::Silence));
    let options = quick([good.address(), silent.address()]).timeout(patient).call_timeout(patient);
    let pool = options.connect_timeout(Duration::from_millis(80)).build().expect("a pool");
    // whoever's turn it is, the silent one is tried by the second
    let held = [pool.get().expect("one answers"), pool.get().expect("one answers")];
    eventually("it is tried", || silent.count("set_keyspace") > 0);
    assert!(threads().iter().any(|name| name.starts_with("cassa-connect")), "{:?}", threads());
    let start = Instant::now();
    drop((held, pool));
    eventually("the thread that waited on the silent server has ended", || threads().is_empty());
    println!("in the midst of connecting: after {:?}", start.elapsed());
    silent.wait_until_closed(1);
    good.wait_until_closed(2);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

/// A function that gives another list of servers each time keeps the housekeeping thread from nothing, and what is
/// no longer in the list is gone.
fn lists_without_end() {
    let (good, breaks) = (
        server(well),
        server(|_, before| match before {
            0 => Answer::Close,
            _ => Answer::Silence,
        }),
    );
    let (asked, counter) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (given, counts) = ([good.address().to_string(), breaks.address().to_string()], counter.clone());
    let lists = asked.clone();
    let pool = quick([good.address()])
        .servers_from(move || {
            lists.fetch_add(1, Ordering::Relaxed);
            let fresh = counts.fetch_add(1, Ordering::Relaxed);
            let [high, low] = (fresh as u16).to_be_bytes();
            given.iter().cloned().chain([format!("127.7.{high}.{low}:1")]).collect()
        })
        .refresh_every(Duration::from_millis(1))
        .cool_off(Duration::from_millis(1))
        .build()
        .expect("a pool");
    let sockets = || std::fs::read_dir("/proc/self/fd").expect("Linux").count();
    let serve = |lists: usize| {
        let until = asked.load(Ordering::Relaxed) + lists;
        eventually("the function is asked", || {
            pool.execute(|connection| connection.call(&cassa::wire::methods::DescribeVersion {})).is_ok()
                && asked.load(Ordering::Relaxed) >= until
        });
    };
    // one call breaks, and its host is found to be up by a health check
    eventually("it has broken", || {
        let _ = pool.execute(version);
        breaks.count("describe_version") > 0
    });
    eventually("it is up", || state(&pool, breaks.address()) == HostState::Up);
    pool.dispose();
    serve(50);
    let before = sockets();
    serve(200);
    assert!(sockets() <= before + 6, "{} file descriptors, {before} before", sockets());
    // beside the two that stay, one connects now and then, while a list has a host that no list had before
    let staying = threads().iter().filter(|name| !name.starts_with("cassa-connect")).count();
    assert_eq!(staying, 2, "{:?}", threads());
    eventually("nothing connects", || threads().len() == 2);
    assert_eq!(pool.servers().len(), 3);
    let stats = pool.stats();
    assert_eq!(stats.hosts.iter().map(|host| host.checked_in).sum::<usize>(), pool.checked_in());
    drop(pool);
    eventually("its threads have ended", || threads().is_empty());
}
