//! What the examples share: a cluster to run on, the data, and how a line is printed.

// each example uses a part of it
#![allow(dead_code)]

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use cassa::{ConnectionPool, EmbeddedServer, Faults, Host, SimpleStrategy, SystemManager};
use chrono::{DateTime, TimeDelta, Utc};
use comfy_table::{Table, presets};
use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

pub(crate) type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

/// Runs an example; prints an error with its causes.
pub(crate) fn main(example: fn() -> Result<()>) -> ExitCode {
    let Err(error) = example() else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
    ExitCode::FAILURE
}

/// A keyspace of the example's own, made anew, on the cluster that `CASSA_SERVERS` names, or on a server of our own.
pub(crate) struct Cluster {
    pub(crate) keyspace: &'static str,
    pub(crate) servers: Vec<String>,
    pub(crate) system: SystemManager,
    /// Kept to the end: a server stops when it is dropped.
    server: Option<EmbeddedServer>,
}

impl Cluster {
    pub(crate) fn start(keyspace: &'static str) -> Result<Cluster> {
        Cluster::of(1, keyspace)
    }

    /// So many hosts, where the server is our own.
    pub(crate) fn of(hosts: usize, keyspace: &'static str) -> Result<Cluster> {
        let (servers, server): (Vec<String>, _) = match std::env::var("CASSA_SERVERS") {
            Ok(servers) => (servers.split(',').map(|server| server.trim().to_owned()).collect(), None),
            Err(_) => {
                let server = EmbeddedServer::builder().cluster(hosts).start()?;
                (server.addresses().iter().map(ToString::to_string).collect(), Some(server))
            }
        };
        let what = if server.is_some() { "an embedded server, at" } else { "the cluster" };
        println!("On {what} {}.", servers.join(", "));
        let system = SystemManager::connect(&servers)?;
        if system.list_keyspaces()?.iter().any(|name| name == keyspace) {
            system.drop_keyspace(keyspace)?;
        }
        system.create_keyspace(keyspace, SimpleStrategy(1))?;
        Ok(Cluster { keyspace, servers, system, server })
    }

    /// The hosts of a server of our own; none of a cluster.
    pub(crate) fn hosts(&self) -> &[Host] {
        self.server.as_ref().map_or(&[], EmbeddedServer::hosts)
    }

    /// What makes a server of our own fail on request; none of a cluster.
    pub(crate) fn faults(&self) -> Option<&Faults> {
        self.server.as_ref().map(EmbeddedServer::faults)
    }

    pub(crate) fn pool(&self) -> Result<ConnectionPool> {
        let pool = ConnectionPool::builder(self.keyspace).servers(&self.servers);
        Ok(pool.timeout(Duration::from_secs(10)).build()?)
    }
}

/// A flight that left New York City in January 2013.
#[derive(Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct Flight {
    pub(crate) carrier: String,
    #[serde(rename = "flight")]
    pub(crate) number: i32,
    /// Not known of some that were cancelled.
    #[serde(deserialize_with = "known")]
    pub(crate) tailnum: Option<String>,
    pub(crate) origin: String,
    pub(crate) dest: String,
    /// Miles.
    pub(crate) distance: i64,
    /// Minutes; none of those that were cancelled.
    #[serde(deserialize_with = "known")]
    pub(crate) dep_delay: Option<i32>,
    time_hour: DateTime<Utc>,
    minute: u32,
}

impl Flight {
    /// When it was to leave.
    pub(crate) fn scheduled(&self) -> DateTime<Utc> {
        self.time_hour + TimeDelta::minutes(self.minute.into())
    }
}

/// `NA` stands for what is not known.
fn known<'de, T, D>(deserializer: D) -> std::result::Result<Option<T>, D::Error>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
    D: Deserializer<'de>,
{
    match &*String::deserialize(deserializer)? {
        "NA" => Ok(None),
        text => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

/// The flights of January 2013, in order of their departure.
pub(crate) fn flights() -> Result<Vec<Flight>> {
    read(GzDecoder::new(open("flights_january.csv.gz")?))
}

/// A plane that flew from New York City in 2013.
#[derive(Deserialize, Clone, Debug, PartialEq)]
pub(crate) struct Plane {
    pub(crate) tailnum: String,
    #[serde(deserialize_with = "known")]
    pub(crate) year: Option<i32>,
    pub(crate) manufacturer: String,
    pub(crate) model: String,
    pub(crate) seats: i32,
}

/// The planes, in order of their tail numbers.
pub(crate) fn planes() -> Result<Vec<Plane>> {
    read(open("planes.csv")?)
}

fn open(file: &str) -> Result<File> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(file);
    File::open(&path).map_err(|e| format!("cannot read {}: {e}", path.display()).into())
}

fn read<T: DeserializeOwned>(file: impl Read) -> Result<Vec<T>> {
    Ok(csv::Reader::from_reader(file).deserialize().collect::<std::result::Result<_, _>>()?)
}

pub(crate) fn heading(text: &str) {
    println!("\n{text}");
}

pub(crate) fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(header);
    table
}

/// 3322 as 3,322.
pub(crate) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
