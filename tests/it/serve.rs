//! `cassa serve`, as a program: what it prints, how it ends, and what is there afterwards.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::methods::DescribeVersion;
use cassa::{ColumnFamily, Connection, ConnectionOptions, ConnectionPool, SimpleStrategy, SystemManager};
use tempfile::TempDir;

/// A running `cassa serve`; killed when it is dropped.
pub(super) struct Serving {
    process: Child,
    address: SocketAddr,
    /// All of them, the first among them.
    pub(super) addresses: Vec<SocketAddr>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // where it has ended already there is nothing to kill
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(super) fn serve(data: &Path, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cassa"));
    command.args(["serve", "--listen", listen, "--data"]).arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Serving {
    pub(super) fn start(data: &Path, more: &[&str]) -> Serving {
        let mut process = serve(data, "127.0.0.1:0").args(more).spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let head = format!("serving {} on ", data.display());
        let Some(address) = line.strip_prefix(&head) else {
            process.kill().expect("killed");
            let mut log = String::new();
            process.stderr.take().expect("piped").read_to_string(&mut log).expect("its log");
            panic!("it says {line:?}, and: {log}");
        };
        let addresses = address.trim_end().split(", ").map(|address| address.parse().expect("an address"));
        let addresses: Vec<SocketAddr> = addresses.collect();
        Serving { process, address: addresses[0], addresses }
    }

    pub(super) fn connection(&self) -> Connection {
        let options = ConnectionOptions::default().timeout(Duration::from_secs(30));
        Connection::open(&self.address.to_string(), &options).expect("connects")
    }

    fn column_family(&self) -> ColumnFamily {
        let pool =
            ConnectionPool::builder("Flights").servers([self.address]).timeout(Duration::from_secs(30));
        ColumnFamily::open(&pool.build().expect("connects"), "Planes").expect("is there")
    }

    /// Sends SIGTERM; gives what was logged.
    pub(super) fn end_with_log(mut self) -> String {
        let mut stderr = self.process.stderr.take().expect("piped");
        assert_eq!(self.end("-TERM").code(), Some(0));
        let mut log = String::new();
        stderr.read_to_string(&mut log).expect("its log");
        log
    }

    /// Sends a signal, and waits for the end.
    fn end(mut self, signal: &str) -> ExitStatus {
        // not every system has a program of this name, but every shell has the command
        let kill = format!("kill {signal} {}", self.process.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().expect("a shell");
        assert!(sent.success());
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(status) = self.process.try_wait().expect("a child") {
                return status;
            }
            assert!(Instant::now() < deadline, "{signal} does not end it");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Runs to its end what cannot be served.
pub(super) fn refused(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command.output().expect("runs");
    assert_eq!(stdout, b"", "nothing is served");
    (status.code(), String::from_utf8(stderr).expect("text"))
}

pub(super) fn data() -> TempDir {
    tempfile::tempdir().expect("a directory")
}

#[test]
fn it_serves_until_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let data = data();
        let server = Serving::start(data.path(), &[]);
        let mut connection = server.connection();
        assert_eq!(connection.call(&DescribeVersion {}).expect("a version"), "19.39.0");
        // with the connection open
        assert_eq!(server.end(signal).code(), Some(0), "{signal}");
        connection.call(&DescribeVersion {}).expect_err("it has ended");
    }
}

#[test]
fn it_makes_the_directory() {
    let data = data();
    let server = Serving::start(&data.path().join("a/b"), &["--durability", "synced"]);
    assert_eq!(server.connection().call(&DescribeVersion {}).expect("a version"), "19.39.0");
    assert_eq!(server.end("-TERM").code(), Some(0));
    assert!(data.path().join("a/b").is_dir());
}

#[test]
fn a_second_server_on_a_directory_is_refused() {
    let data = data();
    let first = Serving::start(data.path(), &[]);
    let (code, log) = refused(&mut serve(data.path(), "127.0.0.1:0"));
    assert_eq!(code, Some(4), "{log}");
    let path = data.path().display();
    assert_eq!(log, format!("error: {path}: the directory is in use by another server\n"));
    assert_eq!(first.connection().call(&DescribeVersion {}).expect("the first serves"), "19.39.0");
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound");
    let (code, log) = refused(&mut serve(data().path(), &address.to_string()));
    assert_eq!(code, Some(3), "{log}");
    assert!(log.starts_with(&format!("error: cannot listen on {address}: ")), "{log}");

    let (code, log) = refused(&mut serve(data().path(), "127.0.0.1"));
    assert_eq!(code, Some(3), "{log}");
    assert!(log.starts_with("error: cannot listen on 127.0.0.1: "), "{log}");
}

#[test]
fn a_directory_that_cannot_be_one_is_named() {
    let data = data();
    let file = data.path().join("file");
    std::fs::write(&file, "no directory").expect("written");
    let (code, log) = refused(&mut serve(&file, "127.0.0.1:0"));
    assert_eq!(code, Some(4), "{log}");
    assert!(log.starts_with(&format!("error: {}", file.display())), "{log}");
    assert_eq!(std::fs::read(&file).expect("still there"), b"no directory");
}

#[test]
fn wrong_usage_is_explained() {
    let (code, log) = refused(Command::new(env!("CARGO_BIN_EXE_cassa")).arg("serve"));
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("--data <DIR>"), "{log}");
    let (code, log) = refused(serve(data().path(), "127.0.0.1:0").args(["--durability", "none"]));
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("process") && log.contains("synced"), "{log}");
}

#[test]
fn the_planes_are_there_after_kill_9() {
    let data = data();
    let server = Serving::start(data.path(), &[]);
    let system = SystemManager::connect([server.address]).expect("connects");
    system.create_keyspace("Flights", SimpleStrategy(1)).expect("created");
    system.create_column_family("Flights", "Planes").expect("created");
    let planes = planes();
    assert_eq!(planes.len(), 3322);
    server.column_family().batch_insert(planes.clone()).expect("written");
    assert_eq!(server.end("-KILL").code(), None, "it was killed");

    let server = Serving::start(data.path(), &[]);
    let mut rows: Vec<Row> = server
        .column_family()
        .get_range()
        .map(|row| {
            let (key, columns) = row.expect("a row");
            let columns = columns.iter().map(|(name, value)| (name.to_string(), value.to_string()));
            (key.to_string(), columns.collect())
        })
        .collect();
    rows.sort();
    assert_eq!(rows.len(), 3322);
    assert!(rows == planes, "every column of every row is as it was written");
    assert_eq!(server.end("-TERM").code(), Some(0));
}

/// A row: its key, and name and value of each column.
type Row = (String, Vec<(String, String)>);

/// The planes, rows and columns in order of their names.
fn planes() -> Vec<Row> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/planes.csv");
    let mut planes = csv::Reader::from_path(file).expect("the planes");
    let names = planes.headers().expect("a header").clone();
    let mut rows: Vec<Row> = planes
        .records()
        .map(|plane| {
            let plane = plane.expect("a plane");
            let column = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            let mut columns: Vec<_> = names.iter().zip(&plane).map(column).collect();
            columns.sort();
            (plane[0].to_owned(), columns)
        })
        .collect();
    rows.sort();
    rows
}
