//! What 950 idle connections cost the 50 that work: calls a second and their latencies, alone and beside 900
//! silent clients and 50 that have sent half a frame, in turns; the memory that the crowd takes; and how long
//! the server takes to stop while all of them are there and 50 write. The server is a process of its own
//! (`cassa serve`), so that its memory is its own.
//!
//! `cargo bench --bench serving --features cli`

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::{ColumnParent, ConsistencyLevel, SlicePredicate, SliceRange, encode_call, methods};
use cassa::{Connection, ConnectionOptions, SimpleStrategy, SystemManager};

const WORKING: usize = 50;
const SILENT: usize = 900;
const HALF: usize = 50;
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;

struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(data: &std::path::Path) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cassa"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let address = line.rsplit(' ').next().expect("an address").trim().parse().expect("an address");
        Server { process, address }
    }

    /// Megabytes that are resident; none where the system does not say.
    fn memory(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Calls a second, and the median, the 99th percentile and the longest, in microseconds.
struct Measured {
    calls: f64,
    median: f64,
    late: f64,
    longest: f64,
}

fn work(connections: &mut [Connection]) -> Measured {
    let begin = Instant::now();
    let mut times: Vec<f64> = thread::scope(|scope| {
        let threads: Vec<_> = connections
            .iter_mut()
            .map(|connection| {
                scope.spawn(move || {
                    let call = methods::GetSlice {
                        key: "row".into(),
                        column_parent: ColumnParent { column_family: "S".to_owned(), super_column: None },
                        predicate: SlicePredicate {
                            column_names: None,
                            slice_range: Some(SliceRange { count: 10, ..SliceRange::default() }),
                        },
                        consistency_level: ConsistencyLevel::One,
                    };
                    let mut times = Vec::new();
                    while begin.elapsed() < ROUND {
                        let sent = Instant::now();
                        connection.call(&call).expect("it is served");
                        times.push(sent.elapsed().as_secs_f64() * 1e6);
                    }
                    times
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("it ends")).collect()
    });
    let seconds = begin.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Measured { calls: times.len() as f64 / seconds, median: at(0.5), late: at(0.99), longest: at(1.0) }
}

fn crowd(address: SocketAddr) -> Vec<TcpStream> {
    let mut frame = Vec::new();
    encode_call(&methods::DescribeVersion {}, 1, &mut frame);
    let connect = |i: usize| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        if i >= SILENT {
            stream.write_all(&frame[..frame.len() / 2]).expect("it reads");
        }
        stream
    };
    (0..SILENT + HALF).map(connect).collect()
}

fn main() {
    let data = tempfile::tempdir().expect("a directory");
    let server = Server::start(data.path());
    let system = SystemManager::connect([server.address]).expect("connects");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    system.create_column_family("K", "S").expect("created");
    let pool = cassa::ConnectionPool::new("K", [server.address]).expect("connects");
    let row = (0..10).map(|i| (format!("column{i}"), "some twenty letters"));
    cassa::ColumnFamily::open(&pool, "S")
        .expect("opened")
        .insert("row", row.collect::<Vec<_>>())
        .expect("written");

    let options = ConnectionOptions::default().timeout(Duration::from_secs(30));
    let connect = |_| {
        let mut connection = Connection::open(&server.address.to_string(), &options).expect("connects");
        connection.set_keyspace("K").expect("it is there");
        connection
    };
    let mut connections: Vec<Connection> = (0..WORKING).map(connect).collect();
    work(&mut connections);
    println!("{WORKING} connections read 10 columns at a time");
    for _ in 0..ROUNDS {
        for beside in ["alone", "beside the crowd"] {
            let before = server.memory();
            let crowd = if beside == "alone" { Vec::new() } else { crowd(server.address) };
            let measured = work(&mut connections);
            let Measured { calls, median, late, longest } = measured;
            print!(
                "{beside:17} {calls:8.0} calls/s, median {median:6.0} µs, 99 % {late:6.0} µs, longest {longest:7.0} µs"
            );
            match (server.memory(), before) {
                (Some(now), Some(before)) => println!(", {now:6.1} MB ({:+5.1} MB)", now - before),
                _ => println!(),
            }
            drop(crowd);
            thread::sleep(Duration::from_millis(300));
        }
    }
    stop(server, connections);
}

/// Stops the server under load, and says how long it took.
fn stop(mut server: Server, connections: Vec<Connection>) {
    let crowd = crowd(server.address);
    let writers = connections.into_iter().enumerate().map(|(writer, mut connection)| {
        thread::spawn(move || {
            let mut acknowledged = 0;
            loop {
                let call = methods::Insert {
                    key: format!("written{writer}").into(),
                    column_parent: ColumnParent { column_family: "S".to_owned(), super_column: None },
                    column: cassa::wire::Column {
                        name: format!("{acknowledged:09}").into(),
                        value: Some("some twenty letters".into()),
                        timestamp: Some(1),
                        ttl: None,
                    },
                    consistency_level: ConsistencyLevel::One,
                };
                match connection.call(&call) {
                    Ok(()) => acknowledged += 1,
                    Err(_) => return acknowledged,
                }
            }
        })
    });
    let writers: Vec<thread::JoinHandle<u64>> = writers.collect();
    thread::sleep(ROUND);
    let begin = Instant::now();
    let kill = format!("kill -TERM {}", server.process.id());
    Command::new("sh").args(["-c", &kill]).status().expect("a shell");
    server.process.wait().expect("it ends");
    let time = begin.elapsed();
    let acknowledged: u64 = writers.into_iter().map(|writer| writer.join().expect("it ends")).sum();
    println!(
        "stopped in {:.0} ms, after {acknowledged} writes, with {} clients",
        time.as_secs_f64() * 1e3,
        crowd.len() + WORKING
    );
}
