//! A server under mixed load for a long time: memory, disk and latencies are to be flat at the end, on data that do
//! not become more.
//!
//! Eight threads write and read rows, wide rows, counters, indexed rows, and rows that expire after seconds or are
//! deleted; one column family is emptied again and again; `gc_grace` is ten seconds, so that what is dead goes. The
//! store compacts by itself; it can be asked to compact as a whole now and then. A line a minute says what the server,
//! a process of its own, takes, and one for each kind of call how long it took: median, 99th percentile and longest,
//! in microseconds, at the client.
//!
//! `CASSA_SOAK_MINUTES=60 cargo bench --bench soak` (2); the calls a second in `CASSA_SOAK_RATE` (2000), the minutes
//! from one compaction of everything to the next in `CASSA_SOAK_COMPACT` (0: none), the directory in which the data are
//! made in `CASSA_BENCH_DIR`.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cassa::{
    Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, IndexClause, IndexExpression,
    SimpleStrategy, SystemManager,
};

type Any<T> = Result<T, Box<dyn std::error::Error>>;

const KEYSPACE: &str = "Soak";
const THREADS: u64 = 8;
const GC_GRACE: i32 = 10;
const STATES: [&str; 4] = ["new", "open", "done", "lost"];

fn main() -> Any<()> {
    if env::var_os("CASSA_SOAK_SERVER").is_some() { serve() } else { soak() }
}

fn setting<T: FromStr>(name: &str, default: T) -> T {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

// the server's process

/// Prints the address, and serves until its input ends; each line of it asks for a compaction of everything.
fn serve() -> Any<()> {
    let server = EmbeddedServer::builder().path(env::var("CASSA_SOAK_SERVER")?).start()?;
    println!("{}", server.addresses()[0]);
    for line in std::io::stdin().lines() {
        line?;
        let begin = Instant::now();
        server.compact()?;
        println!("{}", begin.elapsed().as_millis());
    }
    server.stop();
    Ok(())
}

struct Server {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    address: String,
    data: PathBuf,
}

impl Server {
    fn start(data: &Path) -> Any<Server> {
        let mut command = Command::new(env::current_exe()?);
        command.env("CASSA_SOAK_SERVER", data).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().ok_or("no output")?);
        let mut server = Server { process, input, output, address: String::new(), data: data.to_owned() };
        server.address = server.line()?;
        Ok(server)
    }

    fn line(&mut self) -> Any<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() {
            return Err("the server has ended".into());
        }
        Ok(line.trim().to_owned())
    }

    /// Compacts everything, and says how many milliseconds it took.
    fn compact(&mut self) -> Any<String> {
        writeln!(self.input.as_mut().ok_or("no input")?)?;
        self.line()
    }

    /// Resident memory in MB, and threads, where the system says.
    fn usage(&self) -> (f64, f64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(f64::NAN)
        };
        (number("VmRSS:") / 1024.0, number("Threads:"))
    }

    /// Megabytes and files in its directory, and those of them that are journals.
    fn disk(&self) -> (f64, usize, f64) {
        fn add(path: &Path, sum: &mut (u64, usize, u64)) {
            for entry in fs::read_dir(path).into_iter().flatten().flatten() {
                match entry.metadata() {
                    Ok(metadata) if metadata.is_dir() => add(&entry.path(), sum),
                    Ok(metadata) => {
                        sum.0 += metadata.len();
                        sum.1 += 1;
                        if entry.path().extension().is_some_and(|extension| extension == "jnl") {
                            sum.2 += metadata.len();
                        }
                    }
                    Err(_) => {} // it went meanwhile
                }
            }
        }
        let mut sum = (0, 0, 0);
        add(&self.data, &mut sum);
        (sum.0 as f64 / 1e6, sum.1, sum.2 as f64 / 1e6)
    }

    fn stop(mut self) -> Any<()> {
        drop(self.input.take());
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // it has ended where it was stopped
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

// the load

struct Families {
    rows: ColumnFamily,
    wide: ColumnFamily,
    counters: ColumnFamily,
    indexed: ColumnFamily,
    expiring: ColumnFamily,
    deleted: ColumnFamily,
    side: ColumnFamily,
}

impl Families {
    fn create(address: &str) -> Any<Families> {
        let system = SystemManager::connect([address])?;
        system.create_keyspace(KEYSPACE, SimpleStrategy(1))?;
        let text = |name: &str| {
            ColumnFamilyBuilder::new(name)
                .key_validation_class(Class::Utf8)
                .comparator(Class::Utf8)
                .gc_grace_seconds(GC_GRACE)
        };
        let plain = |name: &str| text(name).default_validation_class(Class::Utf8);
        let families = [
            plain("Rows"),
            plain("Wide").comparator(Class::Long),
            text("Counters").default_validation_class(Class::Counter),
            plain("Indexed").index("state", Class::Utf8),
            plain("Expiring"),
            plain("Deleted"),
            plain("Side"),
        ];
        for family in families {
            system.create_column_family(KEYSPACE, family)?;
        }
        let pool = ConnectionPool::builder(KEYSPACE).servers([address]).pool_size(THREADS as usize + 1);
        let pool = pool.timeout(Duration::from_secs(60)).build()?;
        let open = |name| ColumnFamily::open(&pool, name);
        Ok(Families {
            rows: open("Rows")?,
            wide: open("Wide")?,
            counters: open("Counters")?,
            indexed: open("Indexed")?,
            expiring: open("Expiring")?,
            deleted: open("Deleted")?,
            side: open("Side")?,
        })
    }

    /// One call of a kind; says which.
    fn call(&self, random: &mut fastrand::Rng) -> cassa::Result<&'static str> {
        let value = |random: &mut fastrand::Rng| format!("{:020}", random.u64(..));
        let columns = |random: &mut fastrand::Rng| -> Vec<(String, String)> {
            (0..10).map(|i| (format!("column{i}"), value(random))).collect()
        };
        let row = |random: &mut fastrand::Rng| format!("row{:05}", random.u32(..5_000));
        Ok(match random.u32(..100) {
            0..20 => {
                self.rows.insert(row(random), columns(random))?;
                "insert"
            }
            20..23 => {
                let rows: Vec<_> = (0..20).map(|_| (row(random), columns(random))).collect();
                self.rows.batch_insert(rows)?;
                "batch"
            }
            23..45 => {
                self.rows.get(row(random))?;
                "get"
            }
            45..50 => {
                let names = (0..10).map(|_| (random.i64(0..2_000), value(random))).collect::<Vec<_>>();
                self.wide.insert(format!("wide{}", random.u32(..20)), names)?;
                "insert wide"
            }
            50..58 => {
                let select = self.wide.select().start(random.i64(0..2_000)).count(100);
                select.get(format!("wide{}", random.u32(..20)))?;
                "slice"
            }
            58..60 => {
                let key = format!("wide{}", random.u32(..20));
                let start = random.i64(0..2_000);
                self.wide.write().start(start).finish(start + 20).remove_range(key)?;
                "remove range"
            }
            60..67 => {
                self.counters.add(format!("counter{}", random.u32(..200)), "n", 1)?;
                "add"
            }
            67..73 => {
                let state = STATES[random.usize(..4)];
                let columns = [("state".to_owned(), state.to_owned()), ("n".to_owned(), value(random))];
                self.indexed.insert(format!("row{}", random.u32(..1_000)), columns)?;
                "insert indexed"
            }
            73..75 => {
                let clause = IndexClause::new([IndexExpression::eq("state", STATES[random.usize(..4)])]);
                for found in self.indexed.select().get_indexed_slices(clause.count(50)) {
                    found?;
                }
                "by index"
            }
            75..83 => {
                let write = self.expiring.write().ttl(random.i32(5..20));
                write.insert(format!("row{}", random.u32(..)), columns(random))?;
                "insert with ttl"
            }
            83..90 => {
                self.deleted.insert(format!("row{}", random.u32(..5_000)), columns(random))?;
                "insert to delete"
            }
            90..96 => {
                self.deleted.remove_row(format!("row{}", random.u32(..5_000)))?;
                "remove row"
            }
            96 => {
                for found in self.rows.select().start_key(row(random)).row_count(100).get_range() {
                    found?;
                }
                "range"
            }
            97 => {
                for found in self.expiring.select().row_count(100).get_range() {
                    found?;
                }
                "range expiring"
            }
            _ => {
                self.side.insert(format!("row{}", random.u32(..)), columns(random))?;
                "insert side"
            }
        })
    }
}

/// Microseconds of the calls of a minute, by kind.
type Times = BTreeMap<&'static str, Vec<u64>>;

fn work(families: &Families, thread: u64, times: &Mutex<Times>, stop: &AtomicBool) -> cassa::Result<()> {
    let mut random = fastrand::Rng::with_seed(thread);
    let pause = Duration::from_secs_f64(THREADS as f64 / setting("CASSA_SOAK_RATE", 2000.0));
    let mut next = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        // a thread that is late does not catch up: the load stays what it is
        next = (next + pause).max(Instant::now());
        thread::sleep(next.saturating_duration_since(Instant::now()));
        let begin = Instant::now();
        let kind = families.call(&mut random)?;
        let micros = begin.elapsed().as_micros() as u64;
        times.lock().expect("no panic").entry(kind).or_default().push(micros);
    }
    Ok(())
}

fn print_times(times: Times) {
    for (kind, mut times) in times {
        times.sort_unstable();
        let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)];
        let (median, late, longest) = (at(50), at(99), times[times.len() - 1]);
        println!("    {kind:16} {:8} calls {median:8} {late:8} {longest:8} µs", times.len());
    }
}

fn soak() -> Any<()> {
    let base = env::var_os("CASSA_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(base)?;
    let mut server = Server::start(&directory.path().join("data"))?;
    let families = Families::create(&server.address)?;
    let (times, stop) = (Mutex::new(Times::new()), AtomicBool::new(false));
    thread::scope(|scope| -> Any<()> {
        let workers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (families, times, stop) = (&families, &times, &stop);
                scope.spawn(move || work(families, thread, times, stop))
            })
            .collect();
        let watched = watch(&mut server, &families, &times);
        stop.store(true, Ordering::Relaxed);
        for worker in workers {
            worker.join().map_err(|_| "a worker panicked")??;
        }
        watched
    })?;
    server.stop()
}

fn watch(server: &mut Server, families: &Families, times: &Mutex<Times>) -> Any<()> {
    let begin = Instant::now();
    let compaction: u64 = setting("CASSA_SOAK_COMPACT", 0);
    for minute in 1..=setting("CASSA_SOAK_MINUTES", 2_u64) {
        for quarter in 1..=4 {
            let until = begin + Duration::from_secs(60 * (minute - 1) + 15 * quarter);
            thread::sleep(until.saturating_duration_since(Instant::now()));
            families.side.truncate()?;
        }
        let of_minute = std::mem::take(&mut *times.lock().expect("no panic"));
        let calls: usize = of_minute.values().map(Vec::len).sum();
        let ((memory, threads), (disk, files, journal)) = (server.usage(), server.disk());
        println!(
            "minute {minute:3}: {:6.0} calls/s, memory {memory:7.1} MB, {threads} threads, disk {disk:7.1} MB in \
             {files} files, of it journal {journal:6.1} MB",
            calls as f64 / 60.0
        );
        print_times(of_minute);
        if compaction > 0 && minute % compaction == 0 {
            let took = server.compact()?;
            println!("    compacted in {took} ms, disk {:7.1} MB", server.disk().0);
        }
    }
    Ok(())
}
