//! What a handle does where a call does not say: consistency levels, buffers, clock, packing.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::packing::Overrides;
use super::{Clock, ColumnFamily};
use crate::error::Result;
use crate::marshal::{Class, Value};
use crate::wire::ConsistencyLevel;

impl ColumnFamily {
    /// How many replicas must answer a read, where a [`Select`](crate::Select) does not say. Defaults to `ONE`.
    #[must_use]
    pub fn read_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.defaults.read_consistency_level = level;
        self
    }

    /// How many replicas must take a write, where a call does not say.
    pub(crate) fn write_level(&self) -> ConsistencyLevel {
        self.defaults.write_consistency_level
    }

    /// How many replicas must take a write, where a [`Write`](crate::Write) does not say. Defaults to `ONE`.
    #[must_use]
    pub fn write_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.defaults.write_consistency_level = level;
        self
    }

    /// How many columns of a row one call asks for, where a [`Select`](crate::Select) does not say; wider rows take
    /// further calls. Defaults to 1,024.
    #[must_use]
    pub fn column_buffer_size(mut self, columns: usize) -> Self {
        self.defaults.column_buffer_size = columns.max(1);
        self
    }

    /// How many rows one call asks for, where a [`Select`](crate::Select) does not say. Defaults to 256.
    #[must_use]
    pub fn row_buffer_size(mut self, rows: usize) -> Self {
        self.defaults.row_buffer_size = rows.max(1);
        self
    }

    /// Whether a change of a counter is made again on another server when it is not known whether it took effect: it
    /// may then count twice. Defaults to false.
    #[must_use]
    pub fn retry_counters(mut self, retry: bool) -> Self {
        self.defaults.retry_counters = retry;
        self
    }

    /// The clock that stamps writes, where a [`Write`](crate::Write) does not say. Defaults to microseconds since
    /// 1970, strictly increasing within the process.
    ///
    /// Of two writes of one column the greater timestamp wins, whatever the order in which they were made; of two with
    /// the same, a deletion, then the greater value. All writers of a column family should use one unit.
    ///
    /// ```
    /// # use std::sync::atomic::{AtomicI64, Ordering};
    /// # use cassa::{ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Standard1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let versions = AtomicI64::new(1);
    /// let cf = ColumnFamily::open(&pool, "Standard1")?.clock(move || versions.fetch_add(1, Ordering::Relaxed));
    /// assert_eq!(cf.insert("foo", [("a", "1")])?, 1);
    /// assert_eq!(cf.remove_row("foo")?, 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        self.defaults.clock = Clock::new(now);
        self
    }

    /// How often the handle looks whether its schema is still the live one, beside the times when something did not
    /// fit; `None` for never. Defaults to every 60 s, which costs a call.
    ///
    /// A schema that has changed is an [`Error::SchemaChanged`](crate::Error::SchemaChanged);
    /// [`reload_schema`](Self::reload_schema) makes the handle usable again.
    #[must_use]
    pub fn schema_check(mut self, interval: Option<Duration>) -> Self {
        self.defaults.schema_check = interval;
        self
    }

    /// Whether keys, names and values are packed by their classes, or are bytes as they stand. Defaults to true.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer};
    /// # use cassa::{SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # let definition = ColumnFamilyBuilder::new("Ages").default_validation_class(Class::Int32);
    /// # system.create_column_family("Keyspace1", definition)?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let ages = ColumnFamily::open(&pool, "Ages")?;
    /// ages.insert("ann", [("age", 7)])?;
    /// let columns = ages.autopack(false).get("ann")?.expect("just inserted");
    /// assert_eq!(columns["age"], [0, 0, 0, 7]);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn autopack(self, autopack: bool) -> Self {
        self.autopack_keys(autopack).autopack_names(autopack).autopack_values(autopack)
    }

    /// As [`autopack`](Self::autopack), for row keys only.
    #[must_use]
    pub fn autopack_keys(self, autopack: bool) -> Self {
        self.overridden(|by_hand| by_hand.pack_keys = autopack)
    }

    /// As [`autopack`](Self::autopack), for names of columns and super columns only.
    #[must_use]
    pub fn autopack_names(self, autopack: bool) -> Self {
        self.overridden(|by_hand| by_hand.pack_names = autopack)
    }

    /// As [`autopack`](Self::autopack), for values only.
    #[must_use]
    pub fn autopack_values(self, autopack: bool) -> Self {
        self.overridden(|by_hand| by_hand.pack_values = autopack)
    }

    /// The class that packs row keys, whatever the schema says: for data that is typed by agreement only. Defaults to
    /// the schema's.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager, columns};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Log")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let log = ColumnFamily::open(&pool, "Log")? // all its classes are BytesType
    ///     .key_validation_class(Class::Long)
    ///     .column_name_class(Class::Int32)
    ///     .default_validation_class(Class::Utf8)
    ///     .column_validator(0, Class::Double)?;
    /// log.insert(2013, columns! { 0 => 0.5, 1 => "take-off" })?;
    /// assert_eq!(format!("{:?}", log.get(2013)?), r#"Some({0: 0.5, 1: "take-off"})"#);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn key_validation_class(self, class: Class) -> Self {
        self.overridden(|by_hand| by_hand.key = Some(class))
    }

    /// The class that packs the names of columns, whatever the schema says; in a super column family, of those in super
    /// columns. The server orders them by its own comparator. Defaults to the schema's.
    #[must_use]
    pub fn column_name_class(self, class: Class) -> Self {
        self.overridden(|by_hand| by_hand.name = Some(class))
    }

    /// The class that packs the names of super columns, whatever the schema says. Defaults to the schema's.
    #[must_use]
    pub fn super_column_name_class(self, class: Class) -> Self {
        self.overridden(|by_hand| by_hand.super_name = Some(class))
    }

    /// The class that packs the values of columns without a validator of their own, whatever the schema says. Defaults
    /// to the schema's.
    #[must_use]
    pub fn default_validation_class(self, class: Class) -> Self {
        self.overridden(|by_hand| by_hand.value = Some(class))
    }

    /// The class that packs the values of one column, whatever the schema says.
    ///
    /// # Errors
    /// [`Error::Type`](crate::Error::Type) where the name does not fit the class of names.
    pub fn column_validator(self, name: impl Into<Value>, class: Class) -> Result<Self> {
        let name = Bytes::from(self.pack_name(&name.into(), true)?);
        Ok(self.overridden(|by_hand| {
            by_hand.columns.retain(|(column, _)| *column != name);
            by_hand.columns.push((name, class));
        }))
    }

    fn overridden(mut self, change: impl FnOnce(&mut Overrides)) -> Self {
        change(Arc::make_mut(&mut self.overrides));
        self.repack();
        self
    }
}
