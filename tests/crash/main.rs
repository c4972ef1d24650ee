//! The embedded server is killed at random moments under all kinds of writers, and served again: what it acknowledged
//! is there, no batch is half there, counters are exact, and indexes agree with the rows.
//!
//! `CASSA_CRASH_KILLS` says how often each of the tests kills a server (24); `CASSA_CRASH_SEED` repeats a run's moments.

mod serving;
mod state;
mod writers;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cassa::Error;
use serving::{Serving, arguments};
use writers::{Singles, Writer};

/// So many kills on one directory; then it begins anew, so that a long run does not only read.
const KILLS_A_DIRECTORY: u64 = 25;

fn kills() -> u64 {
    let kills = std::env::var("CASSA_CRASH_KILLS").ok();
    kills.map_or(24, |kills| kills.parse().expect("CASSA_CRASH_KILLS is a number"))
}

/// Random enough for moments and lengths; printed, so that a run can be told.
struct Moments(u64);

impl Moments {
    fn new() -> Moments {
        let seed = std::env::var("CASSA_CRASH_SEED").ok().map(|seed| seed.parse().expect("a number"));
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64;
        let seed = seed.unwrap_or_else(clock);
        eprintln!("CASSA_CRASH_SEED={seed}");
        Moments(seed | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Lets the writers run until the server is killed.
fn run_and_kill(server: Serving, writers: &mut [Box<dyn Writer>], after: Duration) {
    thread::scope(|scope| {
        for writer in writers {
            let mut connection = server.connection();
            scope.spawn(move || while writer.step(&mut connection).is_ok() {});
        }
        thread::sleep(after);
        server.kill();
    });
}

fn kill_again_and_again(durability: &str) {
    let mut moments = Moments::new();
    let mut left = kills();
    while left > 0 {
        let data = tempfile::tempdir().expect("a directory");
        let mut server = Serving::start(data.path(), durability);
        writers::create(&mut server.plain_connection());
        let mut writers = writers::all();
        for _ in 0..left.min(KILLS_A_DIRECTORY) {
            run_and_kill(server, &mut writers, Duration::from_millis(5 + moments.below(250)));
            server = Serving::start(data.path(), durability);
            let mut connection = server.connection();
            for writer in &mut writers {
                writer.check(&mut connection);
            }
            left -= 1;
        }
    }
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    kill_again_and_again("process");
}

#[test]
fn what_was_acknowledged_survives_kill_9_when_synced() {
    kill_again_and_again("synced");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a directory") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn a_file_that_was_cut_loses_a_tail_or_is_refused() {
    let mut moments = Moments::new();
    let data = tempfile::tempdir().expect("a directory");
    let server = Serving::start(data.path(), "process");
    writers::create(&mut server.plain_connection());
    let mut singles = Singles::default();
    let mut connection = server.connection();
    while singles.acknowledged() < 2_000 {
        singles.step(&mut connection).expect("written");
    }
    server.kill();
    let mut all = Vec::new();
    files(&data.path().join("store"), &mut all);
    let modified = |path: &PathBuf| fs::metadata(path).and_then(|file| file.modified()).expect("a time");
    let last = all.iter().max_by_key(|path| modified(path)).expect("a file");
    let (last, length) =
        (last.strip_prefix(data.path()).expect("inside"), fs::metadata(last).expect("is").len());

    let (mut served, mut refused) = (0, 0);
    for _ in 0..kills() {
        let copied = tempfile::tempdir().expect("a directory");
        copy(data.path(), copied.path());
        let file = fs::OpenOptions::new().write(true).open(copied.path().join(last)).expect("opens");
        file.set_len(moments.below(length + 1)).expect("cut");
        drop(file);
        let mut command = Command::new(env!("CARGO_BIN_EXE_cassa"));
        match Serving::run(command.args(arguments(copied.path(), "process"))) {
            Ok(server) => {
                served += 1;
                let mut connection = server.plain_connection();
                match connection.set_keyspace(writers::KEYSPACE) {
                    Ok(()) => {}
                    Err(Error::NoSuchKeyspace { .. }) => continue, // cut before it was made
                    Err(other) => panic!("{other}"),
                }
                let found = Singles::found(&mut connection);
                assert!(found <= singles.acknowledged(), "{found} rows");
            }
            Err((status, log)) => {
                refused += 1;
                assert_eq!(status.code(), Some(1), "{log}");
                assert!(log.contains(&copied.path().display().to_string()), "names what is damaged: {log}");
            }
        }
    }
    eprintln!("{} of {length} bytes: {served} served, {refused} refused", last.display());
}

/// As on a full disk: no file can grow beyond a limit.
#[test]
#[cfg(unix)]
fn a_disk_without_room_fails_writes_and_serves_reads() {
    let data = tempfile::tempdir().expect("a directory");
    let mut server = Serving::start(data.path(), "process");
    writers::create(&mut server.plain_connection());
    server.kill();
    let mut command = Command::new("sh");
    // the signal that comes with the limit would end the process
    let limited = "trap '' XFSZ; ulimit -f 2048; exec \"$@\"";
    command.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_cassa")]);
    command.args(arguments(data.path(), "process"));
    server =
        Serving::run(&mut command).unwrap_or_else(|(status, log)| panic!("it ends with {status}: {log}"));
    let mut connection = server.connection();
    let value = vec![b'x'; 100_000];
    let mut written = 0;
    let refused = loop {
        match writers::large(&mut connection, written, &value) {
            Ok(()) => written += 1,
            Err(refused) => break refused,
        }
        assert!(written < 5_000, "the limit does not hold");
    };
    assert!(
        !matches!(refused, Error::Io { .. } | Error::Protocol { .. }),
        "an answer, not a lost connection: {refused}"
    );
    eprintln!("{written} rows, then: {refused}");
    let later = writers::large(&mut connection, written + 1, &value).expect_err("writes have ended");
    assert!(later.to_string().contains("the store takes no more writes since one of them failed"), "{later}");
    assert!(later.to_string().contains("when the server is started again"), "says what helps: {later}");
    assert!(server.is_running());
    // it serves what it has, to this client and to others
    assert_eq!(writers::count_large(&mut server.connection()), written, "while the disk is full");
    server.kill();
    let server = Serving::start(data.path(), "process");
    let mut connection = server.connection();
    let found = writers::count_large(&mut connection);
    assert!(found == written || found == written + 1, "{found} of {written} rows");
    writers::large(&mut connection, found, &value).expect("there is room again");
}
