//! A cluster to test against: a fresh embedded server, or the servers that `CASSA_TEST_SERVERS` names.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cassa::{
    ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager,
};

static KEYSPACES: AtomicUsize = AtomicUsize::new(0);

/// A keyspace of a test's own.
pub(crate) struct Keyspace {
    pub(crate) name: String,
    pub(crate) servers: Vec<String>,
    pub(crate) system: SystemManager,
    /// Further keyspaces of the test.
    others: Mutex<Vec<String>>,
    embedded: Option<EmbeddedServer>,
}

impl Keyspace {
    pub(crate) fn new() -> Keyspace {
        let (servers, embedded) = match std::env::var("CASSA_TEST_SERVERS") {
            Ok(servers) => (servers.split(',').map(|server| server.trim().to_owned()).collect(), None),
            Err(_) => {
                let server = EmbeddedServer::start().expect("an embedded server");
                (vec![server.addresses()[0].to_string()], Some(server))
            }
        };
        let system = SystemManager::connect(&servers).expect("a server");
        // unlike any other of this run, and of runs before that left theirs behind
        let stamp = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("after 1970")
            .as_millis();
        let number = KEYSPACES.fetch_add(1, Ordering::Relaxed);
        let name = format!("cassa_{stamp}_{}_{number}", std::process::id());
        system.create_keyspace(&name, SimpleStrategy(1)).expect("a keyspace");
        Keyspace { name, servers, system, others: Mutex::default(), embedded }
    }

    /// The name of another keyspace of the same test, which is dropped with this one.
    pub(crate) fn another(&self, suffix: &str) -> String {
        let name = format!("{}_{suffix}", self.name);
        self.others.lock().expect("unpoisoned").push(name.clone());
        name
    }

    pub(crate) fn pool(&self) -> ConnectionPool {
        ConnectionPool::builder(&self.name)
            .servers(&self.servers)
            .timeout(Duration::from_secs(10))
            .build()
            .expect("a pool")
    }

    /// Creates a column family and opens it.
    pub(crate) fn column_family(&self, definition: impl Into<ColumnFamilyBuilder>) -> ColumnFamily {
        let definition = definition.into();
        let name = definition.clone().build(&self.name).expect("a definition").name().to_owned();
        self.system.create_column_family(&self.name, definition).expect("created");
        ColumnFamily::open(&self.pool(), &name).expect("opened")
    }
}

impl Drop for Keyspace {
    fn drop(&mut self) {
        if self.embedded.is_none() {
            let others = self.others.get_mut().expect("unpoisoned");
            for name in others.iter().chain([&self.name]) {
                let _ = self.system.drop_keyspace(name); // best effort: the test may have failed
            }
        }
    }
}
