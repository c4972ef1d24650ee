//! A process that is killed while it commits: what it leaves are whole rows.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cassa::{
    ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, Fault, SimpleStrategy, SystemManager,
};

use super::{Plane, plane};

const ROWS: usize = 6;

/// Where the process that is killed finds the server, and what it is to use.
const SERVER: &str = "CASSA_TEST_KILLED_SERVER";
const WAY: &str = "CASSA_TEST_KILLED_WAY";

fn pool(servers: &[String]) -> ConnectionPool {
    let pool = ConnectionPool::builder("Fleet").servers(servers).max_retries(0);
    pool.timeout(Duration::from_secs(60)).call_timeout(Duration::from_secs(60)).build().expect("connects")
}

/// What is written by this generation: of each key a row of planes, and one of several columns.
fn written(generation: i32) -> [(&'static str, String); 3] {
    ["a", "b", "c"].map(|name| (name, generation.to_string()))
}

fn write(pool: &ConnectionPool, generation: i32, way: &str) {
    let plain = ColumnFamily::open(pool, "Plain").expect("it is there");
    if way == "loader" {
        let mut loader = pool.loader().row_limit(1).requests(1);
        let loaded = loader.load(0..ROWS, |loader, n| {
            let key = format!("N{n}");
            loader.insert(&plane(&key, Some(generation)))?;
            loader.column_family(&plain)?.insert(key, written(generation))
        });
        loaded.and_then(|()| loader.finish()).expect("all is well");
    } else {
        let mut work = pool.unit_of_work().row_limit(1);
        for n in 0..ROWS {
            let key = format!("N{n}");
            work.insert(&plane(&key, Some(generation))).expect("it fits");
            work.column_family(&plain).expect("ours").insert(key, written(generation)).expect("it fits");
        }
        work.commit().expect("all is well");
    }
}

#[test]
#[ignore = "run by the test of this file, as a process of its own"]
fn the_process_that_is_killed() {
    if let (Ok(server), Ok(way)) = (std::env::var(SERVER), std::env::var(WAY)) {
        write(&pool(&[server]), 2, &way);
    }
}

struct Process(Child);

impl Process {
    fn start(server: &EmbeddedServer, way: &str) -> Process {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "unit_of_work::killed::the_process_that_is_killed", "--ignored"]);
        command.env(SERVER, server.addresses()[0].to_string()).env(WAY, way);
        Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"))
    }

    fn kill(mut self) {
        assert_eq!(self.0.try_wait().expect("ours"), None, "it waits for an answer");
        self.0.kill().expect("it runs");
        self.0.wait().expect("it was killed");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may be gone
    }
}

#[test]
fn what_a_killed_process_leaves_are_whole_rows() {
    let server = EmbeddedServer::start().expect("a server");
    let system = SystemManager::connect(server.addresses()).expect("it serves");
    system.create_keyspace("Fleet", SimpleStrategy(1)).expect("created");
    system.create_column_family_for::<Plane>("Fleet").expect("created");
    let plain = ColumnFamilyBuilder::new("Plain").comparator(cassa::Class::Utf8);
    let plain = plain.default_validation_class(cassa::Class::Utf8);
    system.create_column_family("Fleet", plain).expect("created");
    let addresses: Vec<String> = server.addresses().iter().map(ToString::to_string).collect();
    let ours = pool(&addresses);
    let (planes, plain) =
        (ours.map::<Plane>().expect("a mapper"), ColumnFamily::open(&ours, "Plain").expect("it is there"));

    for (way, chunks, is_done) in
        [("unit", 0, false), ("unit", 2, true), ("unit", 4, false), ("loader", 1, true), ("loader", 3, false)]
    {
        let what = format!("{way}, chunk {chunks}, {is_done}");
        write(&ours, 1, "unit");
        // it gets no answer to this chunk, and sends none after it
        let silence = if is_done { Fault::silence().after_work() } else { Fault::silence() };
        let fault = server.faults().add(silence.method("batch_mutate").skip(chunks).times(1));
        let process = Process::start(&server, way);
        let generation = |n: usize| -> i32 {
            let key = format!("N{n}");
            let plane = planes.get(&key).expect("read").expect("it is there");
            assert_eq!(plane, super::plane(&key, plane.year), "{what}");
            let year = plane.year.expect("written with it");
            let columns = plain.get(key).expect("read").expect("it is there");
            let columns: Vec<_> =
                columns.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            let expected = written(year).map(|(name, value)| (name.to_owned(), value));
            assert_eq!(columns, expected, "{what}: of one row key all goes out together");
            year
        };
        // one read at a time: between two of them the chunk may arrive
        let has_arrived = |n: u64| {
            let columns = plain.get(format!("N{n}")).expect("read").expect("it is there");
            columns.iter().all(|(_, value)| value == "2")
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        while fault.hits() == 0 || is_done && !has_arrived(chunks) {
            assert!(Instant::now() < deadline, "{what}: it sends nothing");
            thread::sleep(Duration::from_millis(2));
        }
        process.kill();
        fault.remove();
        let stored: Vec<i32> = (0..ROWS).map(generation).collect();
        let written = chunks as usize + usize::from(is_done);
        let expected: Vec<i32> = (0..ROWS).map(|n| if n < written { 2 } else { 1 }).collect();
        assert_eq!(stored, expected, "{what}");
    }
}
