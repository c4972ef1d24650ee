//! A server as a process that can be killed.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{env, thread};

use cassa::{Connection, ConnectionOptions, Durability, EmbeddedServer};

use crate::writers::KEYSPACE;

/// A running server; killed when it is dropped.
pub(crate) struct Serving {
    process: Child,
    address: String,
}

impl Drop for Serving {
    fn drop(&mut self) {
        // where it has ended already there is nothing to kill
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The arguments that serve a directory on a free port.
pub(crate) fn arguments(data: &Path, durability: &str) -> Vec<String> {
    let text = ["serve", "--listen", "127.0.0.1:0", "--durability", durability, "--data"];
    let mut arguments: Vec<String> = text.into_iter().map(str::to_owned).collect();
    arguments.push(data.display().to_string());
    arguments
}

/// What [`serve_and_compact`] is told.
const DATA: &str = "CASSA_CRASH_DATA";
const DURABILITY: &str = "CASSA_CRASH_DURABILITY";

#[test]
#[ignore = "not a test: the process of Serving::start_compacting"]
fn serve_and_compact() {
    let durability = match env::var(DURABILITY).as_deref() {
        Ok("synced") => Durability::Synced,
        _ => Durability::default(),
    };
    let data = env::var_os(DATA).expect("told by the one that starts it");
    let server = EmbeddedServer::builder().path(data).durability(durability).start().expect("served");
    println!("serves on {}", server.addresses()[0]);
    loop {
        server.compact().expect("compacted");
        thread::sleep(Duration::from_millis(5));
    }
}

impl Serving {
    /// Serves a directory with the program `cassa`.
    pub(crate) fn start(data: &Path, durability: &str) -> Serving {
        Serving::try_start(data, durability)
            .unwrap_or_else(|(status, log)| panic!("it ends with {status}: {log}"))
    }

    /// The same; where it does not serve, its end and what it says.
    pub(crate) fn try_start(data: &Path, durability: &str) -> Result<Serving, (ExitStatus, String)> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cassa"));
        Serving::run(command.args(arguments(data, durability)))
    }

    /// Serves a directory, and brings all that is written into tables, again and again.
    pub(crate) fn start_compacting(data: &Path, durability: &str) -> Serving {
        let mut command = Command::new(env::current_exe().expect("this program"));
        command.args(["serving::serve_and_compact", "--exact", "--ignored", "--nocapture"]);
        command.env(DATA, data).env(DURABILITY, durability);
        Serving::run(&mut command).unwrap_or_else(|(status, log)| panic!("it ends with {status}: {log}"))
    }

    /// Runs a command that serves.
    pub(crate) fn run(command: &mut Command) -> Result<Serving, (ExitStatus, String)> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("starts");
        let mut out = BufReader::new(process.stdout.take().expect("piped"));
        let mut log = process.stderr.take().expect("piped");
        let mut line = String::new();
        let address = loop {
            line.clear();
            if out.read_line(&mut line).expect("a line or none") == 0 {
                let mut text = String::new();
                log.read_to_string(&mut text).expect("its log");
                return Err((process.wait().expect("it has ended"), text));
            }
            if let Some((_, address)) = line.trim_end().rsplit_once(" on ") {
                break address.to_owned();
            }
        };
        // a full pipe would stop the server
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Ok(Serving { process, address })
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.process.try_wait().expect("a child").is_none()
    }

    /// A connection without a keyspace.
    pub(crate) fn plain_connection(&self) -> Connection {
        let options = ConnectionOptions::default().timeout(Duration::from_secs(30)).max_frame(1 << 30);
        Connection::open(&self.address, &options).expect("connects")
    }

    /// A connection to the writers' keyspace.
    pub(crate) fn connection(&self) -> Connection {
        let mut connection = self.plain_connection();
        connection.set_keyspace(KEYSPACE).expect("it is there");
        connection
    }

    /// Sends it SIGKILL and waits for its end.
    pub(crate) fn kill(mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it has ended");
    }
}
