//! `cassa serve`: the embedded server as a program.

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cassa::{Durability, EmbeddedServer, EmbeddedServerBuilder, Partitioner, ServerTls, Users};
use clap::{Args, ValueEnum};
use parking_lot::Mutex;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::metrics;

/// Serves Cassandra's Thrift interface from a directory, until SIGINT or SIGTERM
///
/// It prints one line on stdout when it serves, and logs to stderr.
#[derive(Args)]
pub(crate) struct Serve {
    /// The directory of the data; it is created where it is missing
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// An address to serve; port 0 takes a free one. Given several times, the addresses are the hosts of one
    /// cluster on one store; clients that discover the ring need one port at all of them
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9160")]
    listen: Vec<String>,
    /// How rows are placed on the ring: Murmur3Partitioner, RandomPartitioner or ByteOrderedPartitioner. A
    /// directory keeps the one that it was created with; a new one gets Murmur3Partitioner
    #[arg(long, value_name = "NAME")]
    partitioner: Option<Partitioner>,
    /// What a write that was answered survives
    #[arg(long, value_enum, default_value_t = Survives::Process)]
    durability: Survives,
    /// Lets only the users of this file in: a line each, NAME:HASH, as `cassa user` writes it
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Serves TLS with this certificate, followed by those between it and its root, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serves only clients that have a certificate of an authority in this file, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// How many connections are served at once, on all addresses together
    #[arg(long, value_name = "N", default_value_t = 1024)]
    max_connections: usize,
    /// The largest request, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = cassa::wire::DEFAULT_MAX_FRAME)]
    max_frame: usize,
    /// The memory that requests may take together, in bytes; further large ones are refused for the moment
    #[arg(long, value_name = "BYTES", default_value_t = 512 << 20)]
    request_memory: usize,
    /// The largest reply, in bytes; beyond it, clients must ask for less at a time
    #[arg(long, value_name = "BYTES", default_value_t = 256 * 1024 * 1024)]
    max_reply: usize,
    /// Closes connections on which nothing came for so many seconds; without it, they stay
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    idle_timeout: Option<u64>,
    /// For how many microseconds after an answer a connection looks for the next call before it sleeps, at most 1000;
    /// 0 spares processor time, and costs calls that follow one another at once some time each
    #[arg(long, value_name = "MICROSECONDS", default_value_t = 50)]
    busy_poll: u64,
    /// Serves counters for Prometheus at http://HOST:PORT/metrics
    #[arg(long, value_name = "HOST:PORT")]
    metrics: Option<String>,
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
        let server = self.builder()?.start()?;
        let running = Arc::new(Mutex::new(None));
        let metrics = self.metrics.as_deref().map(|address| metrics::start(address, &running)).transpose()?;
        self.log(&server, metrics);
        let line = line(&server);
        *running.lock() = Some(server);
        announce(&line)?;
        if let Some(signal) = signals.forever().next() {
            let name = if signal == SIGINT { "SIGINT" } else { "SIGTERM" };
            tracing::info!("stopping at {name}");
        }
        if let Some(server) = running.lock().take() {
            server.stop();
        }
        tracing::info!("stopped");
        Ok(())
    }

    fn builder(&self) -> Result<EmbeddedServerBuilder, cassa::Error> {
        let mut builder = EmbeddedServer::builder()
            .path(&self.data)
            .durability(self.durability.into())
            .max_connections(self.max_connections)
            .max_frame(self.max_frame)
            .request_memory(self.request_memory)
            .max_reply(self.max_reply);
        for address in &self.listen {
            builder = builder.listen(address);
        }
        if let Some(partitioner) = self.partitioner {
            builder = builder.partitioner(partitioner);
        }
        if let Some(file) = &self.users {
            builder = builder.users(Users::read(file)?);
        }
        if let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) {
            let tls = ServerTls::read(certificate, key)?;
            builder = builder.tls(match &self.tls_client_ca {
                Some(authorities) => tls.client_ca(authorities)?,
                None => tls,
            });
        }
        builder = builder.busy_poll(Duration::from_micros(self.busy_poll));
        if let Some(seconds) = self.idle_timeout {
            builder = builder.idle_timeout(Duration::from_secs(seconds));
        }
        Ok(builder)
    }

    /// Says what is served, and under which rules.
    fn log(&self, server: &EmbeddedServer, metrics: Option<SocketAddr>) {
        tracing::info!(
            data = %self.data.display(),
            addresses = ?server.addresses(),
            partitioner = %server.partitioner(),
            durability = ?Durability::from(self.durability),
            login = self.users.is_some(),
            tls = self.tls_cert.is_some(),
            client_certificates = self.tls_client_ca.is_some(),
            max_connections = self.max_connections,
            metrics = ?metrics,
            "serving"
        );
    }
}

/// What stdout says, for people and for programs that wait until it serves.
fn line(server: &EmbeddedServer) -> String {
    let addresses: Vec<String> = server.addresses().iter().map(ToString::to_string).collect();
    format!("serving {} on {}", server.path().display(), addresses.join(", "))
}

fn announce(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
