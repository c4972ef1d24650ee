//! `cassa serve` as a process that can be killed.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use cassa::{Connection, ConnectionOptions};

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

impl Serving {
    /// Serves a directory.
    pub(crate) fn start(data: &Path, durability: &str) -> Serving {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cassa"));
        command.args(arguments(data, durability));
        Serving::run(&mut command).unwrap_or_else(|(status, log)| panic!("it ends with {status}: {log}"))
    }

    /// Runs a command that serves; where it does not, its end and what it says.
    pub(crate) fn run(command: &mut Command) -> Result<Serving, (ExitStatus, String)> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("a line or none");
        let mut log = process.stderr.take().expect("piped");
        let Some((_, address)) = line.trim_end().rsplit_once(" on ") else {
            let mut text = String::new();
            log.read_to_string(&mut text).expect("its log");
            return Err((process.wait().expect("it has ended"), text));
        };
        // a full pipe would stop the server
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Ok(Serving { process, address: address.to_owned() })
    }

    /// Waits for its end for as long as a test may wait.
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
