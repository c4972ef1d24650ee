//! An embedded server in a process of its own, so that its time and memory are not the client's.

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use cassa::EmbeddedServer;

use super::Any;

/// Names the role of a process that a bench starts: `server`, or one of the bench's own.
pub(crate) const ROLE: &str = "CASSA_BENCH_ROLE";

/// What a process of the role `server` does: prints the address, and serves until its input ends.
pub(crate) fn serve() -> Any<()> {
    let server = EmbeddedServer::start()?;
    println!("{}", server.addresses()[0]);
    std::io::stdin().read_to_end(&mut Vec::new())?;
    server.stop();
    Ok(())
}

/// This program again, in another role.
pub(crate) fn again(role: &str) -> Any<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.env(ROLE, role);
    Ok(command)
}

/// It ends when it is dropped, or when this process does.
pub(crate) struct Server {
    child: Child,
    /// Kept open: a line more would break the pipe.
    _output: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start() -> Any<Server> {
        let mut child = again("server")?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        Ok(Server { address: line.trim().parse()?, child, _output: output })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
