//! Units of work: what they gather, what they send, and what they say when something fails.

mod failures;
mod killed;
mod loader;
mod model;
mod saves;
mod says;
mod wide;

use std::time::Duration;

use cassa::{
    ColumnFamily, ColumnFamilyBuilder, ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy,
    SystemManager,
};
use serde::{Deserialize, Serialize};

use super::support::Keyspace;

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Planes")]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    year: Option<i32>,
    model: String,
    seats: Option<i64>,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Hits")]
struct Hits {
    #[cassa(key)]
    page: String,
    #[serde(default)]
    #[cassa(counter)]
    hits: i64,
    #[serde(default)]
    #[cassa(counter)]
    errors: i64,
}

#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Accounts")]
struct Account {
    #[cassa(key)]
    owner: String,
    #[cassa(version)]
    version: i64,
    balance: i64,
}

fn plane(tailnum: &str, year: Option<i32>) -> Plane {
    Plane { tailnum: tailnum.to_owned(), year, model: "737-824".to_owned(), seats: Some(149) }
}

/// A keyspace with a column family for planes, one for counters, and a plain one.
struct Fleet {
    _keyspace: Keyspace,
    pool: ConnectionPool,
    plain: ColumnFamily,
}

impl Fleet {
    fn new() -> Fleet {
        Fleet::of(Keyspace::new())
    }

    fn of(keyspace: Keyspace) -> Fleet {
        keyspace.system.create_column_family_for::<Plane>(&keyspace.name).expect("created");
        keyspace.system.create_column_family_for::<Hits>(&keyspace.name).expect("created");
        let plain = ColumnFamilyBuilder::new("Plain").comparator(cassa::Class::Utf8);
        let plain = keyspace.column_family(plain.default_validation_class(cassa::Class::Utf8));
        Fleet { pool: keyspace.pool(), _keyspace: keyspace, plain }
    }

    fn stored(&self, tailnum: &str) -> Option<Plane> {
        self.pool.map::<Plane>().expect("a mapper").get(tailnum).expect("read")
    }

    fn hits(&self, page: &str) -> Option<i64> {
        self.pool.map::<Hits>().expect("a mapper").get(page).expect("read").map(|page: Hits| page.hits)
    }
}

/// A server whose faults a test may set, and a pool that makes each call once.
struct Faulty {
    server: EmbeddedServer,
    pool: ConnectionPool,
}

impl Faulty {
    /// With a column family for planes, one for counters, and one for accounts.
    fn new() -> Faulty {
        let server = EmbeddedServer::start().expect("a server");
        let system = SystemManager::connect(server.addresses()).expect("it serves");
        system.create_keyspace("Fleet", SimpleStrategy(1)).expect("created");
        system.create_column_family_for::<Plane>("Fleet").expect("created");
        system.create_column_family_for::<Hits>("Fleet").expect("created");
        system.create_column_family_for::<Account>("Fleet").expect("created");
        let pool = ConnectionPool::builder("Fleet").servers(server.addresses()).max_retries(0);
        let pool = pool.timeout(Duration::from_secs(5)).build().expect("connects");
        Faulty { server, pool }
    }
}
