//! `cassa serve`: the embedded server as a program.

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use cassa::{Durability, EmbeddedServer};
use clap::{Args, ValueEnum};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Serves Cassandra's Thrift interface from a directory, until SIGINT or SIGTERM
#[derive(Args)]
pub(crate) struct Serve {
    /// The directory of the data; it is created where it is missing
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The address to serve; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9160")]
    listen: String,
    /// What a write that was answered survives
    #[arg(long, value_enum, default_value_t = Survives::Process)]
    durability: Survives,
}

#[derive(Clone, Copy, ValueEnum)]
enum Survives {
    /// The end of the process, kill -9 included; it is on the disk within a second
    Process,
    /// A power failure: it is on the disk before it is answered
    Synced,
}

impl From<Survives> for Durability {
    fn from(survives: Survives) -> Self {
        match survives {
            Survives::Process => Durability::default(),
            Survives::Synced => Durability::Synced,
        }
    }
}

impl Serve {
    pub(crate) fn run(self) -> Result<(), Box<dyn Error>> {
        // before the store is opened, so that no signal can end the program halfway
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let server = EmbeddedServer::builder()
            .path(&self.data)
            .listen(self.listen)
            .durability(self.durability.into())
            .start()?;
        announce(&server)?;
        if let Some(signal) = signals.forever().next() {
            let name = if signal == SIGINT { "SIGINT" } else { "SIGTERM" };
            tracing::info!("stopping at {name}");
        }
        server.stop();
        Ok(())
    }
}

/// One line on stdout, for people and for programs that wait until it serves.
fn announce(server: &EmbeddedServer) -> io::Result<()> {
    let addresses: Vec<String> = server.addresses().iter().map(ToString::to_string).collect();
    let mut out = io::stdout().lock();
    writeln!(out, "serving {} on {}", server.path().display(), addresses.join(", "))?;
    out.flush()
}
