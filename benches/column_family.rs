//! What the column family API costs the client: processor time of the thread that calls, beside that of the bare exchange
//! of the same frames (written, and read whole, by hand), against an embedded server on threads of its own. Linux only:
//! the time of a thread is read from `/proc`.
//!
//! `cargo bench --bench column_family`

mod support;

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use cassa::wire::frame::FrameReader;
use cassa::{
    Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager,
};

use support::figures::processor_time;

/// A round of each side takes about so long.
const ROUND: Duration = Duration::from_millis(400);
const ROUNDS: usize = 5;
const MAX_FRAME: usize = 64 * 1024 * 1024;

/// Processor time of a call and its time by the clock, in microseconds.
fn round(mut call: impl FnMut()) -> (f64, f64) {
    let (start, before) = (Instant::now(), processor_time());
    let mut calls = 0;
    while start.elapsed() < ROUND {
        call();
        calls += 1;
    }
    let (elapsed, used) = (start.elapsed(), processor_time() - before);
    (used as f64 / 1e3 / f64::from(calls), elapsed.as_secs_f64() * 1e6 / f64::from(calls))
}

/// Passes everything on to a server, and keeps what was sent to it.
fn recorder(server: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let frames = Arc::<Mutex<Vec<Vec<u8>>>>::default();
    let kept = frames.clone();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, kept) = (client.expect("a connection"), kept.clone());
            thread::spawn(move || {
                let mut server = TcpStream::connect(server).expect("connected");
                let mut requests = FrameReader::new(client.try_clone().expect("a socket"));
                let mut replies = FrameReader::new(server.try_clone().expect("a socket"));
                while let Ok(Some(request)) = requests.read(MAX_FRAME) {
                    kept.lock().expect("no panic").push(framed(&request));
                    server.write_all(&framed(&request)).expect("sent");
                    let reply = replies.read(MAX_FRAME).expect("a reply").expect("a reply");
                    client.write_all(&framed(&reply)).expect("sent");
                }
            });
        }
    });
    (address, frames)
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u32).to_be_bytes(), message].concat()
}

/// A connection that does no more than it must.
struct Bare {
    stream: TcpStream,
    reply: Vec<u8>,
}

impl Bare {
    /// A reply that comes with one read takes one.
    fn exchange(&mut self, frame: &[u8]) {
        self.stream.write_all(frame).expect("sent");
        let mut came = 0;
        let mut whole = 4;
        while came < whole {
            if self.reply.len() < whole.max(64 * 1024) {
                self.reply.resize(whole.max(64 * 1024), 0);
            }
            let read = self.stream.read(&mut self.reply[came..]).expect("a reply");
            assert!(read > 0, "the server has gone");
            came += read;
            if let Some(length) = self.reply[..came].first_chunk::<4>() {
                whole = 4 + u32::from_be_bytes(*length) as usize;
            }
        }
        black_box(&self.reply[4..whole]);
    }
}

struct Bench {
    server: SocketAddr,
}

impl Bench {
    fn open(&self, address: SocketAddr, name: &str) -> ColumnFamily {
        let pool =
            ConnectionPool::builder("K").servers([address]).pool_size(1).timeout(Duration::from_secs(10));
        ColumnFamily::open(&pool.build().expect("a pool"), name).expect("opened")
    }

    /// Compares a call with the bare exchange of the frames that it sends.
    fn compare(&self, what: &str, name: &str, call: impl Fn(&ColumnFamily)) {
        let (address, frames) = recorder(self.server);
        let recorded = self.open(address, name);
        frames.lock().expect("no panic").clear();
        call(&recorded);
        let frames = std::mem::take(&mut *frames.lock().expect("no panic"));

        let stream = TcpStream::connect(self.server).expect("connected");
        stream.set_nodelay(true).expect("a socket");
        let mut bare = Bare { stream, reply: Vec::new() };
        let mut keyspace = Vec::new();
        let choose = cassa::wire::methods::SetKeyspace { keyspace: "K".to_owned() };
        cassa::wire::encode_call(&choose, 1, &mut keyspace);
        bare.exchange(&keyspace);

        let cf = self.open(self.server, name);
        let best = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.min(b.1));
        let (mut ours, mut least) = ((f64::MAX, f64::MAX), (f64::MAX, f64::MAX));
        for _ in 0..ROUNDS {
            ours = best(ours, round(|| call(&cf)));
            least = best(least, round(|| frames.iter().for_each(|frame| bare.exchange(frame))));
        }
        println!(
            "{what:28} {:9.1} µs of processor, bare {:9.1} ({:4.2} times); by the clock {:9.1} µs, bare {:9.1}",
            ours.0,
            least.0,
            ours.0 / least.0,
            ours.1,
            least.1,
        );
    }
}

fn main() {
    let server = EmbeddedServer::start().expect("a server");
    let system = SystemManager::connect(server.addresses()).expect("connected");
    system.create_keyspace("K", SimpleStrategy(1)).expect("created");
    let text = |name: &str| {
        ColumnFamilyBuilder::new(name)
            .key_validation_class(Class::Utf8)
            .comparator(Class::Utf8)
            .default_validation_class(Class::Utf8)
    };
    system.create_column_family("K", text("Planes")).expect("created");
    let wide = text("Wide").comparator(Class::Long);
    system.create_column_family("K", wide).expect("created");
    let bench = Bench { server: server.addresses()[0] };

    let columns: Vec<(String, &str)> =
        (0..10).map(|i| (format!("column{i}"), "a value of 20 bytes.")).collect();
    let keys: Vec<String> = (0..100).map(|i| format!("row{i:05}")).collect();
    let planes = bench.open(bench.server, "Planes");
    planes.batch_insert(keys.iter().map(|key| (key, columns.clone()))).expect("inserted");
    let wide = bench.open(bench.server, "Wide");
    for some in (0..100_000_i64).collect::<Vec<_>>().chunks(5_000) {
        wide.insert("row", some.iter().map(|name| (*name, "a value of 20 bytes."))).expect("inserted");
    }

    bench.compare("get, 10 columns", "Planes", |cf| {
        assert_eq!(cf.get("row00050").expect("read").expect("there").len(), 10);
    });
    bench.compare("multiget, 100 rows of 10", "Planes", |cf| {
        assert_eq!(cf.multiget(&keys).expect("read").len(), 100);
    });
    bench.compare("xget, 100,000 columns", "Wide", |cf| {
        let columns = cf
            .xget("row")
            .fold(0, |columns, column| columns + column.expect("read").columns.map_or(1, |_| 0));
        assert_eq!(columns, 100_000);
    });
    bench.compare("batch, 100 rows of 10", "Planes", |cf| {
        let batch = cf.batch().queue_size(None);
        for key in &keys {
            batch.insert(key, columns.iter().map(|(name, value)| (name, *value))).expect("queued");
        }
        batch.send().expect("sent");
    });
    bench.compare("batch_insert, 100 rows of 10", "Planes", |cf| {
        let rows = keys.iter().map(|key| (key, columns.iter().map(|(name, value)| (name, *value))));
        cf.batch_insert(rows).expect("inserted");
    });
}
