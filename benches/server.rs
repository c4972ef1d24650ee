//! The embedded server beside a bare echo of the same bytes, and what it takes of memory and disk.
//!
//! Server and echo are processes of their own; the echo reads each frame whole and answers with a reply of the same
//! size as the server's. Both are measured in turns, and what counts is the median of the rounds' ratios: the machine's
//! noise falls on both.
//!
//! `cargo bench --bench server`; a directory for the data in `CASSA_BENCH_DIR`, the seconds of a round in
//! `CASSA_BENCH_SECONDS` (0.3).

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::{Batch, ColumnParent, GetRangeSlices, GetSlice, KeyRange, SlicePredicate, SliceRange};
use cassa::wire::methods::SetKeyspace;
use cassa::{Durability, EmbeddedServer, SimpleStrategy, SystemManager};

type Any<T> = Result<T, Box<dyn std::error::Error>>;

const ROWS: u32 = 100_000;
const COLUMNS: usize = 10;
const ROUNDS: usize = 9;
const KEYSPACE: &str = "Bench";
const NARROW: &str = "Narrow";
const WIDE: &str = "Wide";
const VALUE: &[u8] = &[b'v'; 20];

fn main() -> Any<()> {
    match env::var("CASSA_BENCH_ROLE").as_deref() {
        Ok("server") => serve(),
        Ok("echo") => echo(),
        _ => measure_all(),
    }
}

// the processes

/// Prints the address and the milliseconds that the start took, and serves until its input ends.
fn serve() -> Any<()> {
    let synced = env::var_os("CASSA_BENCH_SYNCED").is_some();
    let durability = if synced { Durability::Synced } else { Durability::default() };
    let start = Instant::now();
    let path = env::var("CASSA_BENCH_DIR")?;
    let server = EmbeddedServer::builder().path(path).durability(durability).start()?;
    println!("{} {}", server.addresses()[0], start.elapsed().as_secs_f64() * 1e3);
    std::io::stdin().read_to_end(&mut Vec::new())?;
    server.stop();
    Ok(())
}

/// The first frame on a connection is what all others are answered with.
fn echo() -> Any<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{} 0", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut frame = Vec::new();
    read_frame(&mut stream, &mut frame)?;
    let reply = frame.clone();
    loop {
        read_frame(&mut stream, &mut frame)?;
        stream.write_all(&reply)?;
    }
}

struct Process {
    child: Child,
    /// Kept open: a line more would break the pipe.
    _output: BufReader<ChildStdout>,
    address: SocketAddr,
    started_in: f64,
}

impl Process {
    fn start(role: &str, directory: &Path, synced: bool) -> Any<Process> {
        let mut command = Command::new(env::current_exe()?);
        command.env("CASSA_BENCH_ROLE", role).env("CASSA_BENCH_DIR", directory);
        if synced {
            command.env("CASSA_BENCH_SYNCED", "1");
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let (address, started_in) = line.trim().split_once(' ').ok_or("it did not start")?;
        let (address, started_in) = (address.parse()?, started_in.parse()?);
        Ok(Process { child, _output: output, address, started_in })
    }

    /// Resident memory in MB, where the system says.
    fn memory(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
    }

    fn stop(mut self) -> Any<()> {
        drop(self.child.stdin.take());
        self.child.wait()?;
        Ok(())
    }
}

// frames

fn read_frame(stream: &mut TcpStream, frame: &mut Vec<u8>) -> std::io::Result<()> {
    frame.resize(frame.capacity().max(64 * 1024), 0);
    let mut read = 0;
    loop {
        read += match stream.read(&mut frame[read..])? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            bytes => bytes,
        };
        if let Some(length) = frame[..read].first_chunk::<4>() {
            let whole = 4 + u32::from_be_bytes(*length) as usize;
            if read == whole {
                frame.truncate(whole);
                return Ok(());
            }
            if frame.len() < whole {
                frame.resize(whole, 0);
            }
        }
    }
}

/// A request in which the row keys, eight digits each, and the timestamps are others with each call: a write that
/// changes nothing would cost the server nothing.
#[derive(Clone)]
struct Request {
    frame: Vec<u8>,
    keys: Vec<usize>,
    timestamps: Vec<usize>,
}

/// Stands where a row key is to be put.
const KEY: &[u8] = b"########";

/// Stands where a timestamp is to be put.
const TIMESTAMP: i64 = 0x1122_3344_5566_7788;

impl Request {
    fn new(frame: Vec<u8>) -> Request {
        let places = |sought: &[u8]| {
            let places = frame.windows(8).enumerate().filter(|(_, bytes)| *bytes == sought);
            places.map(|(at, _)| at).collect::<Vec<usize>>()
        };
        let (keys, timestamps) = (places(KEY), places(&TIMESTAMP.to_be_bytes()));
        Request { frame, keys, timestamps }
    }

    fn number(&mut self, number: u64) {
        let mut row = number as u32;
        for at in &self.keys {
            // spreads the rows of a batch over the ring
            row = row.wrapping_mul(2_654_435_761).wrapping_add(12_345) % ROWS;
            self.frame[*at..at + 8].copy_from_slice(format!("{row:08}").as_bytes());
        }
        for at in &self.timestamps {
            self.frame[*at..at + 8].copy_from_slice(&(1_700_000_000_000_000 + number).to_be_bytes());
        }
    }
}

fn names(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|i| format!("column{i:06}").into_bytes()).collect()
}

fn write_rows(family: &str, keys: &[&[u8]], columns: usize) -> Request {
    let mut batch = Batch::default();
    for key in keys {
        batch.row(key);
        batch.family(family);
        for name in names(columns) {
            batch.column(&name, VALUE, TIMESTAMP, None);
        }
    }
    let mut frame = Vec::new();
    batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
    Request::new(frame)
}

fn slice(count: i32) -> SlicePredicate<'static> {
    let slice_range = Some(SliceRange { start: b"", finish: b"", reversed: false, count });
    SlicePredicate { column_names: None, slice_range }
}

fn read_row(family: &'static str, key: &'static [u8], count: i32) -> Request {
    let mut frame = Vec::new();
    let request = GetSlice {
        key,
        column_parent: ColumnParent { column_family: family, super_column: None },
        predicate: slice(count),
        consistency_level: ConsistencyLevel::One,
    };
    request.encode(1, &mut frame);
    Request::new(frame)
}

fn read_range(rows: i32) -> Request {
    let mut frame = Vec::new();
    let request = GetRangeSlices {
        column_parent: ColumnParent { column_family: NARROW, super_column: None },
        predicate: slice(COLUMNS as i32),
        range: KeyRange {
            start_key: Some(KEY),
            end_key: Some(b""),
            start_token: None,
            end_token: None,
            count: rows,
            row_filter: None,
        },
        consistency_level: ConsistencyLevel::One,
    };
    request.encode(1, &mut frame);
    Request::new(frame)
}

// connections

struct Line {
    stream: TcpStream,
    reply: Vec<u8>,
}

impl Line {
    fn open(address: SocketAddr) -> Any<Line> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Line { stream, reply: Vec::new() })
    }

    fn to_server(address: SocketAddr) -> Any<Line> {
        let mut line = Line::open(address)?;
        let mut frame = Vec::new();
        cassa::wire::encode_call(&SetKeyspace { keyspace: KEYSPACE.to_owned() }, 1, &mut frame);
        line.exchange(&frame)?;
        Ok(line)
    }

    fn to_echo(address: SocketAddr, reply: &[u8]) -> Any<Line> {
        let mut line = Line::open(address)?;
        line.stream.write_all(reply)?;
        Ok(line)
    }

    fn exchange(&mut self, frame: &[u8]) -> Any<()> {
        self.stream.write_all(frame)?;
        read_frame(&mut self.stream, &mut self.reply)?;
        Ok(())
    }
}

/// Calls a second over all the lines, for the time of a round.
fn rate(lines: &mut [Line], request: &Request, next: &AtomicU64) -> Any<f64> {
    let seconds = env::var("CASSA_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(0.3);
    let (stop, calls) = (AtomicBool::new(false), AtomicU64::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for line in lines {
            let (stop, calls, mut request) = (&stop, &calls, request.clone());
            scope.spawn(move || {
                let mut made = 0;
                while !stop.load(Ordering::Relaxed) {
                    request.number(next.fetch_add(1, Ordering::Relaxed));
                    line.exchange(&request.frame).expect("the other side answers");
                    made += 1;
                }
                calls.fetch_add(made, Ordering::Relaxed);
            });
        }
        thread::sleep(Duration::from_secs_f64(seconds));
        stop.store(true, Ordering::Relaxed);
    });
    Ok(calls.into_inner() as f64 / start.elapsed().as_secs_f64())
}

struct Bench {
    server: Process,
    echo: Process,
    next: AtomicU64,
}

struct Figures {
    ratio: f64,
    server: f64,
    echo: f64,
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

impl Bench {
    fn compare(&self, request: &Request, connections: usize) -> Any<Figures> {
        let mut one = Line::to_server(self.server.address)?;
        let mut request = request.clone();
        request.number(1);
        one.exchange(&request.frame)?;
        let reply = one.reply.clone();
        let lines = |open: &dyn Fn() -> Any<Line>| (0..connections).map(|_| open()).collect::<Any<Vec<_>>>();
        let mut to_server = lines(&|| Line::to_server(self.server.address))?;
        let mut to_echo = lines(&|| Line::to_echo(self.echo.address, &reply))?;
        let (mut ratios, mut server, mut echo) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            server.push(rate(&mut to_server, &request, &self.next)?);
            echo.push(rate(&mut to_echo, &request, &self.next)?);
            ratios.push(server[server.len() - 1] / echo[echo.len() - 1]);
        }
        Ok(Figures { ratio: median(ratios), server: median(server), echo: median(echo) })
    }

    fn line(&self, what: &str, request: &Request, connections: usize, columns: usize) -> Any<()> {
        let Figures { ratio, server, echo } = self.compare(request, connections)?;
        let columns = server * columns as f64 / 1e3;
        println!("{what:46} {ratio:5.2} of an echo {server:9.0} /s {echo:9.0} /s {columns:9.0} k columns/s");
        Ok(())
    }
}

fn on_disk(path: &Path) -> u64 {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => on_disk(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

fn fill(address: SocketAddr) -> Any<()> {
    let system = SystemManager::connect([address])?;
    system.create_keyspace(KEYSPACE, SimpleStrategy(1))?;
    for family in [NARROW, WIDE] {
        system.create_column_family(KEYSPACE, family)?;
    }
    let mut line = Line::to_server(address)?;
    for row in 0..ROWS / 100 {
        let keys: Vec<String> = (0..100).map(|i| format!("{:08}", row * 100 + i)).collect();
        let keys: Vec<&[u8]> = keys.iter().map(String::as_bytes).collect();
        let mut request = write_rows(NARROW, &keys, COLUMNS);
        request.number(0);
        line.exchange(&request.frame)?;
    }
    let mut request = write_rows(WIDE, &[b"wide"], 1_000);
    request.number(0);
    line.exchange(&request.frame)
}

fn measure_all() -> Any<()> {
    let base = env::var_os("CASSA_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(base)?;
    let (data, synced) = (directory.path().join("data"), directory.path().join("synced"));

    let empty: Vec<f64> = (0..7)
        .map(|i| {
            let server = Process::start("server", &directory.path().join(format!("empty{i}")), false)?;
            let started_in = server.started_in;
            server.stop()?;
            Ok(started_in)
        })
        .collect::<Any<_>>()?;
    let server = Process::start("server", &data, false)?;
    println!("start with an empty directory                  {:6.0} ms", median(empty));
    thread::sleep(Duration::from_millis(500));
    println!("memory when idle                               {:6.1} MB", server.memory().unwrap_or(f64::NAN));
    let start = Instant::now();
    fill(server.address)?;
    let million = f64::from(ROWS) * COLUMNS as f64;
    let rate = million / start.elapsed().as_secs_f64() / 1e3;
    println!("a million columns, new, in batches of 100 rows {rate:6.0} k columns/s");
    println!("memory with a million columns                  {:6.1} MB", server.memory().unwrap_or(f64::NAN));

    let bench = Bench { server, echo: Process::start("echo", &data, false)?, next: AtomicU64::new(1) };
    let hundred = write_rows(NARROW, &[KEY; 100], COLUMNS);
    let one = write_rows(NARROW, &[KEY], COLUMNS);
    let get = read_row(NARROW, KEY, COLUMNS as i32);
    for connections in [1, 8] {
        bench.line(&format!("get 10 columns, {connections} connections"), &get, connections, COLUMNS)?;
    }
    for connections in [1, 8] {
        bench.line(&format!("insert 10 columns, {connections} connections"), &one, connections, COLUMNS)?;
    }
    bench.line("slice of 1,000 columns", &read_row(WIDE, b"wide", 1_000), 1, 1_000)?;
    bench.line("scan, 100 rows of 10 columns a call", &read_range(100), 1, 100 * COLUMNS)?;
    bench.line("batch of 100 rows of 10, overwriting", &hundred, 1, 100 * COLUMNS)?;
    println!(
        "memory after all that                          {:6.1} MB",
        bench.server.memory().unwrap_or(f64::NAN)
    );
    let Bench { server, echo, .. } = bench;
    server.stop()?;
    println!(
        "disk                                           {:6.1} bytes a column",
        on_disk(&data) as f64 / million
    );
    let starts: Vec<f64> = (0..3)
        .map(|_| {
            let server = Process::start("server", &data, false)?;
            let started_in = server.started_in;
            server.stop()?;
            Ok(started_in)
        })
        .collect::<Any<_>>()?;
    println!("start with a million columns                   {:6.0} ms", median(starts));

    let server = Process::start("server", &synced, true)?;
    fill(server.address)?;
    let bench = Bench { server, echo, next: AtomicU64::new(0) };
    for connections in [1, 8] {
        bench.line(
            &format!("insert 10 columns synced, {connections} connections"),
            &one,
            connections,
            COLUMNS,
        )?;
    }
    for connections in [1, 8] {
        let what = format!("batch of 100 rows of 10 synced, {connections} connections");
        bench.line(&what, &hundred, connections, 100 * COLUMNS)?;
    }
    let Bench { server, echo, .. } = bench;
    server.stop()?;
    echo.stop()
}
