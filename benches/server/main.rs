//! The embedded server beside a bare echo of the same bytes, what it takes of memory and disk, and the goal of each
//! figure.
//!
//! Server and echo are processes of their own; the echo reads each frame whole and answers with a reply of the same
//! size as the server's. Both are measured in many short turns, and what counts is the median of the turns' ratios: the
//! machine's noise falls on both. Figures without an echo beside them are what they are on a machine that does nothing
//! else.
//!
//! `cargo bench --bench server`; with `-- WORD…` only the rows that have one of the words. A directory for the data in
//! `CASSA_BENCH_DIR`, the seconds of a turn in `CASSA_BENCH_SECONDS` (0.15).
//!
//! `process`: the two sides; `frames`: what is sent; `line`: who is faster; `table`: what is printed.

mod frames;
mod line;
mod process;
mod table;

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use cassa::{SimpleStrategy, SystemManager};

use frames::{KEY, Request, read_range, read_row, write_rows};
use line::{Figures, Line, Sides, median};
use process::{Process, on_disk};
use table::{Goal, compared, row};

type Any<T> = Result<T, Box<dyn std::error::Error>>;

const ROWS: u32 = 100_000;
const COLUMNS: usize = 10;
const KEYSPACE: &str = "Bench";
const NARROW: &str = "Narrow";
const WIDE: &str = "Wide";
const VALUE: &[u8] = &[b'v'; 20];

fn main() -> Any<()> {
    match env::var("CASSA_BENCH_ROLE").as_deref() {
        Ok("server") => process::serve(),
        Ok("echo") => process::echo(),
        _ => measure_all(),
    }
}

/// Whether a row of the table is asked for.
fn wanted(what: &str) -> bool {
    let words: Vec<String> = env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    words.is_empty() || words.iter().any(|word| what.contains(word.as_str()))
}

/// What the figure of a comparison is.
enum Measure {
    Ratio,
    /// Columns a second, of so many columns a call.
    Columns(usize),
}

fn compare(
    sides: &Sides,
    what: &str,
    request: &Request,
    connections: usize,
    measure: Measure,
    goal: Goal,
) -> Any<()> {
    let what = match connections {
        1 => format!("{what}, 1 connection"),
        more => format!("{what}, {more} connections"),
    };
    if !wanted(&what) {
        return Ok(());
    }
    let Figures { ratio, server, echo } = sides.compare(request, connections)?;
    let calls = format!("{server:.0} calls/s, echo {echo:.0}");
    match measure {
        Measure::Ratio => compared(&what, ratio, "", goal, &calls),
        Measure::Columns(columns) => {
            let beside = format!("{calls} ({ratio:.2})");
            compared(&what, server * columns as f64, "columns/s", goal, &beside);
        }
    }
    Ok(())
}

/// Milliseconds, the median of several starts.
fn starts(count: usize, directory: impl Fn(usize) -> PathBuf) -> Any<f64> {
    let started = (0..count).map(|i| {
        let server = Process::start("server", &directory(i), false)?;
        let started_in = server.started_in;
        server.stop()?;
        Ok(started_in)
    });
    Ok(median(started.collect::<Any<_>>()?))
}

/// Megabytes; what no system says is no pass.
fn memory(server: &Process) -> f64 {
    server.memory().unwrap_or(f64::NAN)
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
    let data = directory.path().join("data");
    table::head();
    if wanted("start, empty") {
        let empty = starts(7, |i| directory.path().join(format!("empty{i}")))?;
        row("start, empty", empty, "ms", Goal::Below(50.0));
    }
    let echo = at_default_durability(&data)?;
    if wanted("start, a million columns") {
        row("start, a million columns", starts(3, |_| data.clone())?, "ms", Goal::Below(1_000.0));
    }
    synced(&directory.path().join("synced"), echo)
}

fn at_default_durability(data: &Path) -> Any<Process> {
    let server = Process::start("server", data, false)?;
    thread::sleep(Duration::from_millis(500));
    row("memory, idle", memory(&server), "MB", Goal::Below(30.0));
    let start = Instant::now();
    fill(server.address)?;
    let million = f64::from(ROWS) * COLUMNS as f64;
    let rate = million / start.elapsed().as_secs_f64();
    row("a million new columns, batches of 100 rows", rate, "columns/s", Goal::None);
    row("memory, after a million columns", memory(&server), "MB", Goal::None);

    row("disk, a million columns", on_disk(data) as f64 / million, "bytes/column", Goal::None);

    let sides = Sides::new(server, Process::start("echo", data, false)?);
    let get = read_row(NARROW, KEY, COLUMNS as i32);
    for (connections, goal) in [(1, 0.85), (8, 0.7)] {
        compare(&sides, "get of 10 columns", &get, connections, Measure::Ratio, Goal::AtLeast(goal))?;
    }
    let insert = write_rows(NARROW, &[KEY], COLUMNS);
    for (connections, goal) in [(1, 0.75), (8, 0.5)] {
        compare(&sides, "insert of 10 columns", &insert, connections, Measure::Ratio, Goal::AtLeast(goal))?;
    }
    let slice = read_row(WIDE, b"wide", 1_000);
    compare(&sides, "slice of 1,000 columns", &slice, 1, Measure::Columns(1_000), Goal::AtLeast(2.5e6))?;
    let scan = Measure::Columns(100 * COLUMNS);
    compare(&sides, "scan, 100 rows of 10 a call", &read_range(100), 1, scan, Goal::None)?;
    let hundred = write_rows(NARROW, &[KEY; 100], COLUMNS);
    let batch = Measure::Columns(100 * COLUMNS);
    compare(&sides, "overwriting batch of 100 rows of 10", &hundred, 1, batch, Goal::None)?;
    row("memory, after all that", memory(&sides.server), "MB", Goal::None);
    let Sides { server, echo, .. } = sides;
    server.stop()?;
    row("disk, overwritten and not compacted", on_disk(data) as f64 / million, "bytes/column", Goal::None);
    Ok(echo)
}

fn synced(data: &Path, echo: Process) -> Any<()> {
    if !wanted("synced") {
        return echo.stop();
    }
    let server = Process::start("server", data, true)?;
    fill(server.address)?;
    let sides = Sides::new(server, echo);
    let insert = write_rows(NARROW, &[KEY], COLUMNS);
    let hundred = write_rows(NARROW, &[KEY; 100], COLUMNS);
    for connections in [1, 8] {
        compare(&sides, "synced insert of 10 columns", &insert, connections, Measure::Ratio, Goal::None)?;
    }
    for connections in [1, 8] {
        let (columns, goal) = (Measure::Columns(100 * COLUMNS), Goal::AtLeast(400_000.0));
        compare(&sides, "synced batch of 100 rows of 10", &hundred, connections, columns, goal)?;
    }
    let Sides { server, echo, .. } = sides;
    server.stop()?;
    echo.stop()
}
