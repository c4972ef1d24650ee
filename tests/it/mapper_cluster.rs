//! What the tests of the mapper begin with.

use std::error::Error as _;

use cassa::{ColumnFamily, ColumnFamilyBuilder, ColumnFamilyMap, ConnectionPool, Error, Mapper};

use crate::support::Keyspace;

/// A keyspace of its own, and mappers on it.
pub(crate) struct Cluster {
    pub(crate) keyspace: Keyspace,
    pub(crate) pool: ConnectionPool,
}

impl Cluster {
    pub(crate) fn start() -> Cluster {
        let keyspace = Keyspace::new();
        let pool = keyspace.pool();
        Cluster { keyspace, pool }
    }

    /// A mapper on the column family that its struct describes.
    pub(crate) fn map<T: ColumnFamilyMap>(&self) -> Mapper<T> {
        self.keyspace.system.create_column_family_for::<T>(&self.keyspace.name).expect("it is new");
        self.pool.map().expect("the struct fits its own column family")
    }

    pub(crate) fn create(&self, definition: impl Into<ColumnFamilyBuilder>) {
        self.keyspace.system.create_column_family(&self.keyspace.name, definition).expect("it is new");
    }

    pub(crate) fn column_family(&self, name: &str) -> ColumnFamily {
        ColumnFamily::open(&self.pool, name).expect("it was created")
    }

    /// An error with its sources, as a program prints it, on a keyspace `Flights`.
    pub(crate) fn text(&self, error: &Error) -> String {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text.replace(&self.keyspace.name, "Flights")
    }
}
