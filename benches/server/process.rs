//! Server and echo, each a process of its own.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Instant;

use cassa::{Durability, EmbeddedServer};

use crate::Any;
use crate::frames::read_frame;

/// Prints the address and the milliseconds that the start took, and serves until its input ends.
pub(crate) fn serve() -> Any<()> {
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
pub(crate) fn echo() -> Any<()> {
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

pub(crate) struct Process {
    child: Child,
    /// Kept open: a line more would break the pipe.
    _output: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
    /// In milliseconds.
    pub(crate) started_in: f64,
}

impl Process {
    pub(crate) fn start(role: &str, directory: &Path, synced: bool) -> Any<Process> {
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
    pub(crate) fn memory(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
    }

    pub(crate) fn stop(mut self) -> Any<()> {
        drop(self.child.stdin.take());
        self.child.wait()?;
        Ok(())
    }
}

/// The bytes of the files below a directory.
pub(crate) fn on_disk(path: &Path) -> u64 {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => on_disk(&entry.path()),
            Ok(metadata) => allocated(&metadata),
            Err(_) => 0,
        })
        .sum()
}

/// A journal is as long as it may become from the start, and takes what was written.
#[cfg(unix)]
fn allocated(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(metadata) * 512
}

#[cfg(not(unix))]
fn allocated(metadata: &fs::Metadata) -> u64 {
    metadata.len()
}
