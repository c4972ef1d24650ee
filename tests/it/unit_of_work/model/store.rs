//! The server, and what it holds, read behind the unit's back.

use std::time::Duration;

use cassa::wire::methods;
use cassa::{
    Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager,
};

use super::rows::Cells;
use super::shapes::{Account, Hits, Landings, Plane, Reading, Seat, Stop, Tagged};

const KEYSPACE: &str = "Model";

pub(super) struct Store {
    pub(super) server: EmbeddedServer,
    /// Meets no failure, as long as a host is up.
    pub(super) calm: ConnectionPool,
    pub(super) plain: ColumnFamily,
    pub(super) hits: ColumnFamily,
    pub(super) seats: ColumnFamily,
    families: Vec<ColumnFamily>,
}

impl Store {
    pub(super) fn new() -> Store {
        let server = EmbeddedServer::builder().cluster(2).start().expect("a server");
        let system = SystemManager::connect(server.addresses()).expect("it serves");
        system.create_keyspace(KEYSPACE, SimpleStrategy(2)).expect("created");
        system.create_column_family_for::<Plane>(KEYSPACE).expect("created");
        system.create_column_family_for::<Tagged>(KEYSPACE).expect("created");
        system.create_column_family_for::<Seat>(KEYSPACE).expect("created");
        system.create_column_family_for::<Stop>(KEYSPACE).expect("created");
        system.create_column_family_for::<Reading>(KEYSPACE).expect("created");
        system.create_column_family_for::<Hits>(KEYSPACE).expect("created");
        system.create_column_family_for::<Landings>(KEYSPACE).expect("created");
        system.create_column_family_for::<Account>(KEYSPACE).expect("created");
        let plain = ColumnFamilyBuilder::new("Plain").comparator(Class::Utf8);
        let plain = plain.key_validation_class(Class::Utf8).default_validation_class(Class::Utf8);
        system.create_column_family(KEYSPACE, plain).expect("created");
        let calm = ConnectionPool::builder(KEYSPACE).servers(server.addresses());
        let calm = calm.timeout(Duration::from_secs(10)).build().expect("connects");
        let open = |name: &str| ColumnFamily::open(&calm, name).expect("created");
        let names =
            ["Planes", "Tagged", "Seats", "Stops", "Readings", "Hits", "Landings", "Accounts", "Plain"];
        let families = names.iter().map(|name| open(name)).collect();
        let (plain, hits, seats) = (open("Plain"), open("Hits"), open("Seats"));
        Store { server, calm, plain, hits, seats, families }
    }

    /// A pool for a unit, which makes a call so many times again.
    pub(super) fn pool(&self, retries: usize) -> ConnectionPool {
        let pool = ConnectionPool::builder(KEYSPACE).servers(self.server.addresses()).max_retries(retries);
        let pool = pool.backoff(Duration::from_millis(1)).cool_off(Duration::from_millis(1));
        pool.pool_size(2).timeout(Duration::from_millis(500)).build().expect("connects")
    }

    /// Has a pool find out which of its connections are broken, and that the hosts are up.
    pub(super) fn reconnect(pool: &ConnectionPool) {
        let mut well = 0;
        for _ in 0..1_000 {
            let called = pool.execute(|connection| connection.call(&methods::DescribeVersion {}));
            well = if called.is_ok() { well + 1 } else { 0 };
            // it has two connections, and takes turns
            if well == 8 {
                return;
            }
        }
        panic!("{:?}", pool.stats());
    }

    /// What is stored of a row.
    pub(super) fn row(&self, family: &str, key: &str) -> Cells {
        let cf = self.families.iter().find(|cf| cf.name() == family).expect("one of ours");
        let mut cells = Cells::new();
        let row = cf.get(key).unwrap_or_else(|e| panic!("{e}"));
        for column in row.iter().flat_map(|row| row.as_slice()) {
            match &column.columns {
                None => drop(cells.insert(column.name.to_string(), printed(&column.value))),
                Some(columns) => cells.extend(
                    columns
                        .as_slice()
                        .iter()
                        .map(|inner| (format!("{}/{}", column.name, inner.name), inner.value.to_string())),
                ),
            }
        }
        cells
    }
}

/// Of wide rows the server knows no types: their numbers are bytes.
fn printed(value: &cassa::Value) -> String {
    let printed = value.to_string();
    let number = printed.strip_prefix("0x").and_then(|hex| i64::from_str_radix(hex, 16).ok());
    number.map_or(printed, |number| number.to_string())
}
