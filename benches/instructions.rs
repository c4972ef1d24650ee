//! How many instructions the hot paths take, counted by callgrind: repeatable for one toolchain, whatever else the
//! machine does, so that a later change shows where a clock would not.
//!
//! `cargo bench --bench instructions` counts and prints them beside the recorded ones, `benches/instructions.txt`;
//! with `-- --record` it writes that file anew. Needs `valgrind`.
//!
//! Each path runs under callgrind once for a few rounds and once for more; what counts is the difference, so that
//! neither start nor set-up is in it. The server's paths are those of client and server in one process.

mod support;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use bytes::Bytes;
use cassa::bare::Bare;
use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::{Batch, ColumnParent, GetSlice, Rows, SlicePredicate, SliceRange, SliceReply};
use cassa::{Class, ColumnFamily, ColumnFamilyBuilder};
use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};

use support::Any;
use support::flight::Flight;
use support::line::Line;

/// A path: what it is called, the rounds of the longer run, and the run itself.
type Path = (&'static str, u32, fn(u32) -> Any<()>);

const PATHS: &[Path] = &[
    ("decode a reply of 1,000 columns", 20, decode),
    ("encode a batch of 100 rows of 10 columns", 20, encode),
    ("a struct of 10 columns to an encoded insert", 200, write_struct),
    ("a decoded row of 10 columns to a struct", 200, read_struct),
    ("check a connection out and in", 1_000, check_out),
    ("unit of work: gather 100 objects of 10 columns", 20, gather),
    ("unit of work: save 100 objects that have not changed", 20, save_unchanged),
    ("embedded server: get 10 columns", 200, get),
    ("embedded server: slice of 1,000 columns", 20, slice),
    ("embedded server: insert 10 columns", 200, insert),
    ("embedded server: batch of 100 rows of 10 columns", 10, batch),
    ("embedded server: insert into a row of 1,000 columns", 200, insert_wide),
    ("ColumnFamily: get 10 columns, with the server's part", 200, typed_get),
    ("ColumnFamily: multiget 100 rows of 10 columns, likewise", 10, typed_multiget),
    ("with the server: commit 100 objects of 10 columns", 10, commit),
    ("with the server: load 1,000 objects of 10 columns", 10, load),
];

fn main() -> Any<ExitCode> {
    if let Ok(role) = env::var("CASSA_COUNT") {
        let (path, rounds) = role.split_once('*').ok_or("expected PATH*ROUNDS")?;
        PATHS[path.parse::<usize>()?].2(rounds.parse()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.txt");
    let before = fs::read_to_string(&file).unwrap_or_default();
    let recorded = recorded(&before);
    let mut text = String::from(HEAD);
    for (index, (what, rounds, _)) in PATHS.iter().enumerate() {
        let (few, many) = (count(index, rounds / 10)?, count(index, *rounds)?);
        let each = many.saturating_sub(few) / u64::from(rounds - rounds / 10);
        text += &format!("{what}: {each}\n");
        match recorded.get(*what) {
            Some(before) => {
                let change = 100.0 * (each as f64 / *before as f64 - 1.0);
                println!("{what:50} {each:>10}  recorded {before:>10}  {change:+6.1} %");
            }
            None => println!("{what:50} {each:>10}"),
        }
    }
    if env::args().any(|argument| argument == "--record") {
        fs::write(&file, text)?;
    }
    Ok(ExitCode::SUCCESS)
}

const HEAD: &str = "# Instructions of the hot paths, a call each. Written by `cargo bench --bench instructions -- --record`.\n";

fn recorded(text: &str) -> BTreeMap<&str, u64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| {
            let (what, count) = line.rsplit_once(": ")?;
            Some((what, count.parse().ok()?))
        })
        .collect()
}

/// The instructions of so many rounds, with start and set-up.
fn count(path: usize, rounds: u32) -> Any<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .env("CASSA_COUNT", format!("{path}*{rounds}"))
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let log = String::from_utf8_lossy(&output.stderr);
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    let (_, count) = collected.ok_or_else(|| format!("callgrind counted nothing: {log}"))?;
    Ok(count.trim().parse()?)
}

// the paths

const VALUE: &[u8] = &[b'v'; 20];
const TIMESTAMP: i64 = 1_700_000_000_000_000;

fn names(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|i| format!("column{i:06}").into_bytes()).collect()
}

fn decode(rounds: u32) -> Any<()> {
    let mut frame = Vec::new();
    let mut reply = SliceReply::begin(1, &mut frame);
    for name in names(1_000) {
        reply.column(&name, VALUE, TIMESTAMP, None);
    }
    reply.finish();
    let frame = Bytes::from(frame).slice(4..);
    for _ in 0..rounds {
        let rows =
            Rows::of_get_slice(black_box(frame.clone()), 1)?.map_err(|refused| format!("{refused:?}"))?;
        black_box(rows);
    }
    Ok(())
}

fn fill(batch: &mut Batch, keys: &[Vec<u8>], names: &[Vec<u8>], timestamp: i64) {
    batch.clear();
    for key in keys {
        batch.row(key);
        batch.family("Narrow");
        for name in names {
            batch.column(name, VALUE, timestamp, None);
        }
    }
}

fn encode(rounds: u32) -> Any<()> {
    let (names, keys) = (names(10), names(100));
    let (mut batch, mut frame) = (Batch::default(), Vec::new());
    for _ in 0..rounds {
        frame.clear();
        fill(&mut batch, black_box(&keys), &names, TIMESTAMP);
        batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
        black_box(&frame);
    }
    Ok(())
}

fn flight() -> Flight {
    Flight::of("UA1545".to_owned())
}

fn write_struct(rounds: u32) -> Any<()> {
    let mut bare = Bare::new::<Flight>().map_err(|error| format!("{error:?}"))?;
    let (object, mut batch, mut frame) = (flight(), Batch::default(), Vec::new());
    for _ in 0..rounds {
        batch.clear();
        frame.clear();
        bare.write(black_box(&object), &mut batch, TIMESTAMP).map_err(|error| format!("{error:?}"))?;
        batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
        black_box(&frame);
    }
    Ok(())
}

fn read_struct(rounds: u32) -> Any<()> {
    let (_server, pool) = serve()?;
    pool.map::<Flight>()?.insert(&flight())?;
    let rows = pool.get()?.multiget_slice(&cassa::wire::hot::MultigetSlice {
        keys: vec![b"UA1545"],
        column_parent: ColumnParent { column_family: "Flight", super_column: None },
        predicate: everything(),
        consistency_level: ConsistencyLevel::One,
    })?;
    let row = rows.get(0).ok_or("no row")?;
    let mut bare = Bare::new::<Flight>().map_err(|error| format!("{error:?}"))?;
    for _ in 0..rounds {
        let object: Flight = bare.read(black_box(row)).map_err(|error| format!("{error:?}"))?;
        black_box(object);
    }
    Ok(())
}

fn check_out(rounds: u32) -> Any<()> {
    let (_server, pool) = serve()?;
    for _ in 0..rounds {
        black_box(pool.get()?);
    }
    Ok(())
}

// units of work

fn flights(count: usize) -> Vec<Flight> {
    (0..count).map(|number| Flight::of(format!("UA{number:08}"))).collect()
}

fn gather(rounds: u32) -> Any<()> {
    let (_server, pool) = serve()?;
    let (mut work, flights) = (pool.unit_of_work(), flights(100));
    for _ in 0..rounds {
        black_box(&flights).iter().try_for_each(|flight| work.insert(flight))?;
        work.discard();
    }
    Ok(())
}

fn save_unchanged(rounds: u32) -> Any<()> {
    let (_server, pool) = serve()?;
    let (mut work, flights) = (pool.unit_of_work(), flights(100));
    flights.iter().try_for_each(|flight| work.insert(flight))?;
    work.commit()?;
    for _ in 0..rounds {
        black_box(&flights).iter().try_for_each(|flight| work.save(flight))?;
    }
    if work.is_dirty() { Err("nothing has changed".into()) } else { Ok(()) }
}

fn commit(rounds: u32) -> Any<()> {
    let (_server, pool) = serve()?;
    let flights = flights(100);
    for _ in 0..rounds {
        let mut work = pool.unit_of_work();
        flights.iter().try_for_each(|flight| work.insert(flight))?;
        work.commit()?;
    }
    Ok(())
}

fn load(rounds: u32) -> Any<()> {
    let (_server, pool) = serve()?;
    let flights = flights(1_000);
    let mut loader = pool.loader().requests(1);
    for _ in 0..rounds {
        loader.load(&flights, |loader, flight| loader.insert(flight))?;
        loader.flush()?;
    }
    loader.finish()?;
    Ok(())
}

// the server's

fn serve() -> Any<(EmbeddedServer, ConnectionPool)> {
    // how often a thread looks for the next call is no property of the code
    let server = EmbeddedServer::builder().busy_poll(std::time::Duration::ZERO).start()?;
    let system = SystemManager::connect(server.addresses())?;
    system.create_keyspace("Count", SimpleStrategy(1))?;
    system.create_column_family("Count", "Narrow")?;
    system.create_column_family_for::<Flight>("Count")?;
    let planes = ColumnFamilyBuilder::new("Planes")
        .key_validation_class(Class::Utf8)
        .comparator(Class::Utf8)
        .default_validation_class(Class::Utf8);
    system.create_column_family("Count", planes)?;
    let timeout = std::time::Duration::from_secs(60);
    let pool =
        ConnectionPool::builder("Count").servers(server.addresses()).timeout(timeout).pool_size(1).build()?;
    Ok((server, pool))
}

fn everything() -> SlicePredicate<'static> {
    let slice_range = Some(SliceRange { start: b"", finish: b"", reversed: false, count: i32::MAX });
    SlicePredicate { column_names: None, slice_range }
}

/// The bare client.
fn line(server: &EmbeddedServer) -> Any<Line> {
    Line::open(server.addresses()[0], "Count")
}

fn write_rows(
    line: &mut Line,
    batch: &mut Batch,
    rows: &[Vec<u8>],
    names: &[Vec<u8>],
    round: u32,
) -> Any<()> {
    fill(batch, rows, names, TIMESTAMP + i64::from(round));
    let mut frame = Vec::new();
    batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
    line.exchange(&frame)
}

fn read_rows(rounds: u32, columns: usize) -> Any<()> {
    let (server, _pool) = serve()?;
    let mut line = line(&server)?;
    write_rows(&mut line, &mut Batch::default(), &names(1), &names(columns), 0)?;
    let mut frame = Vec::new();
    let request = GetSlice {
        key: b"column000000",
        column_parent: ColumnParent { column_family: "Narrow", super_column: None },
        predicate: everything(),
        consistency_level: ConsistencyLevel::One,
    };
    request.encode(1, &mut frame);
    for _ in 0..rounds {
        line.exchange(&frame)?;
    }
    Ok(())
}

fn get(rounds: u32) -> Any<()> {
    read_rows(rounds, 10)
}

fn slice(rounds: u32) -> Any<()> {
    read_rows(rounds, 1_000)
}

fn write_again(rounds: u32, rows: usize) -> Any<()> {
    let (server, _pool) = serve()?;
    let mut line = line(&server)?;
    let (mut batch, rows, columns) = (Batch::default(), names(rows), names(10));
    for round in 0..rounds {
        write_rows(&mut line, &mut batch, &rows, &columns, round)?;
    }
    Ok(())
}

fn insert(rounds: u32) -> Any<()> {
    write_again(rounds, 1)
}

fn batch(rounds: u32) -> Any<()> {
    write_again(rounds, 100)
}

/// One column that is there already.
fn insert_wide(rounds: u32) -> Any<()> {
    let (server, _pool) = serve()?;
    let mut line = line(&server)?;
    let (mut batch, columns) = (Batch::default(), names(1_000));
    write_rows(&mut line, &mut batch, &names(1), &columns, 0)?;
    for round in 0..rounds {
        write_rows(&mut line, &mut batch, &names(1), &columns[500..501], 1 + round)?;
    }
    Ok(())
}

// the client's

/// Rows of texts, and their keys.
fn texts(rows: usize) -> Any<(EmbeddedServer, ColumnFamily, Vec<String>)> {
    let (server, pool) = serve()?;
    let planes = ColumnFamily::open(&pool, "Planes")?;
    let keys: Vec<String> = (0..rows).map(|i| format!("row{i:05}")).collect();
    let columns = |key| (key, (0..10).map(|i| (format!("column{i}"), "a value of 20 bytes.")));
    planes.batch_insert(keys.iter().map(columns))?;
    Ok((server, planes, keys))
}

fn typed_get(rounds: u32) -> Any<()> {
    let (_server, planes, keys) = texts(1)?;
    for _ in 0..rounds {
        black_box(planes.get(&keys[0])?);
    }
    Ok(())
}

fn typed_multiget(rounds: u32) -> Any<()> {
    let (_server, planes, keys) = texts(100)?;
    for _ in 0..rounds {
        black_box(planes.multiget(&keys)?);
    }
    Ok(())
}
