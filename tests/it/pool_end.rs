//! What is left of a pool that was dropped: nothing.

use std::process::Command;
use std::time::{Duration, Instant};

use cassa::HostState;

use crate::pool_support::{eventually, quick, server, state, version, well};
use crate::scripted::{Answer, frame};

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
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
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
}
