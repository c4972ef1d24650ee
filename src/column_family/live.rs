//! A schema that changes under a live handle is noticed.
//!
//! A reply does not say which schema it was made by. So a handle looks at the schema again from time to time, and
//! whenever something did not fit: a value that could not be packed or unpacked, or a request that the server
//! refused. What it finds changed becomes an error, as what was packed by the old classes may mean something else
//! by the new ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::ColumnFamily;
use crate::connection::Connection;
use crate::error::{Difference, Error, Result};
use crate::pool::{Call, ConnectionPool};
use crate::schema::ColumnFamilyDefinition;
use crate::wire::methods::DescribeKeyspace;

/// When the schema was looked at last; shared by the clones of a handle.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    since: Instant,
    /// Milliseconds after `since`.
    last: Arc<AtomicU64>,
}

impl Looked {
    pub(super) fn now() -> Self {
        Looked { since: Instant::now(), last: Arc::default() }
    }

    /// Milliseconds from `since` to `now`.
    fn elapsed(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.since).as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether it is time to look again. Only one of those who ask at a time is told so.
    fn is_due(&self, interval: Duration, now: Instant) -> bool {
        let (last, now) = (self.last.load(Ordering::Relaxed), self.elapsed(now));
        let interval = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        now.saturating_sub(last) >= interval
            && self.last.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl ColumnFamily {
    /// A call that may be made again on another server, as doing it twice is the same as doing it once.
    pub(crate) fn call<T>(
        &self,
        key: Option<&[u8]>,
        operation: impl FnMut(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        self.make(Call::idempotent(), key, operation)
    }

    /// A call that is made once, as doing it twice may not be the same; unless that is wanted.
    pub(crate) fn call_once<T>(
        &self,
        key: Option<&[u8]>,
        retry: bool,
        operation: impl FnMut(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        self.make(if retry { Call::idempotent() } else { Call::once() }, key, operation)
    }

    fn make<'k, T>(
        &self,
        call: Call<'k>,
        key: Option<&'k [u8]>,
        operation: impl FnMut(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        let start = self.look_if_due()?;
        let call = key.map_or(call, |key| call.routing_key(key));
        self.pool.execute_from(start, call, operation).map_err(|e| self.explain(e))
    }

    /// Looks whether the schema has changed, if it is time to; gives the time afterwards.
    pub(crate) fn look_if_due(&self) -> Result<Instant> {
        let now = Instant::now();
        match self.defaults.schema_check {
            Some(interval) if self.looked.is_due(interval, now) => self.look().map(|()| Instant::now()),
            _ => Ok(now),
        }
    }

    /// Compares the schema with the one that the handle has. That it cannot be had is no error: the call that
    /// follows will fail for the same reason, or not.
    fn look(&self) -> Result<()> {
        match self.describe() {
            Ok(definition) => match differences(&self.definition, &definition) {
                found if found.is_empty() => Ok(()),
                found => Err(Error::SchemaChanged { at: Box::new(self.place()), differences: found.into() }),
            },
            Err(e @ (Error::NoSuchColumnFamily { .. } | Error::NoSuchKeyspace { .. })) => Err(e),
            Err(e) => {
                tracing::debug!(column_family = self.name(), error = %e, "the schema cannot be read");
                Ok(())
            }
        }
    }

    fn describe(&self) -> Result<ColumnFamilyDefinition> {
        describe(self.pool.keyspace(), self.name(), |operation| {
            self.pool.execute_with(Call::once(), operation)
        })
    }

    /// What is said of an error that a changed schema may be the cause of: that it has changed, if it has.
    #[cold]
    pub(crate) fn explain(&self, e: Error) -> Error {
        if !matches!(e, Error::Type { .. } | Error::InvalidRequest { .. }) {
            return e;
        }
        self.looked.last.store(self.looked.elapsed(Instant::now()), Ordering::Relaxed);
        match (self.look(), e.place()) {
            (Err(changed), Some(place)) => changed.at(place.clone()),
            (Err(changed), None) => changed,
            (Ok(()), _) => e,
        }
    }

    /// Reads the schema again, and packs by it from now on; whether it has changed. Clones made before go on with
    /// what they have.
    ///
    /// A handle notices by itself when its schema has changed, and says so by [`Error::SchemaChanged`]; then this makes
    /// it usable again. Overrides made by hand stay.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamily, ColumnFamilyBuilder, ConnectionPool, EmbeddedServer, Error};
    /// # use cassa::{SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let numbers = ColumnFamilyBuilder::new("Planes").default_validation_class(Class::Long);
    /// system.create_column_family("Keyspace1", numbers)?;
    /// let mut planes = ColumnFamily::open(&pool, "Planes")?;
    /// planes.insert("N10156", [("year", 2004)])?;
    ///
    /// system.drop_column_family("Keyspace1", "Planes")?;
    /// let texts = ColumnFamilyBuilder::new("Planes").default_validation_class(Class::Utf8);
    /// system.create_column_family("Keyspace1", texts)?;
    /// let error = planes.insert("N10156", [("model", "EMB-145XR")]).unwrap_err();
    /// assert!(matches!(error, Error::SchemaChanged { .. }), "{error}");
    ///
    /// assert!(planes.reload_schema()?);
    /// planes.insert("N10156", [("model", "EMB-145XR")])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ColumnFamily::open`].
    pub fn reload_schema(&mut self) -> Result<bool> {
        let definition =
            describe(self.pool.keyspace(), self.name(), |operation| self.pool.execute(operation))?;
        let changed = !differences(&self.definition, &definition).is_empty();
        self.definition = Arc::new(definition);
        self.looked = Looked::now();
        self.repack();
        Ok(changed)
    }
}

/// The live definition of a column family of the pool's keyspace.
pub(super) fn definition(pool: &ConnectionPool, name: &str) -> Result<ColumnFamilyDefinition> {
    describe(pool.keyspace(), name, |operation| pool.execute(operation))
}

fn describe(
    keyspace: &str,
    name: &str,
    call: impl FnOnce(&mut dyn FnMut(&mut Connection) -> Result<crate::wire::KsDef>) -> Result<crate::wire::KsDef>,
) -> Result<ColumnFamilyDefinition> {
    let ks_def = call(&mut |connection| {
        let call = DescribeKeyspace { keyspace: keyspace.to_owned() };
        connection.call(&call).map_err(|e| match e {
            Error::NotFound { .. } => {
                Error::NoSuchKeyspace { server: connection.server().clone(), keyspace: keyspace.into() }
            }
            other => other,
        })
    })?;
    let mut known = Vec::new();
    for cf_def in ks_def.cf_defs {
        if cf_def.name == name {
            // the others may have types that nobody can read
            return ColumnFamilyDefinition::from_cf_def(cf_def);
        }
        known.push(cf_def.name);
    }
    known.sort();
    Err(Error::NoSuchColumnFamily { keyspace: keyspace.into(), column_family: name.into(), known })
}

/// What of it packing depends on.
fn differences(had: &ColumnFamilyDefinition, has: &ColumnFamilyDefinition) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |what: String, had: Option<String>, has: Option<String>| {
        if had != has {
            let text = |class: Option<String>| class.unwrap_or_else(|| "none".into()).into();
            found.push(Difference { what: what.into(), expected: text(had), actual: text(has) });
        }
    };
    let class = |class: Option<&crate::marshal::Class>| class.map(ToString::to_string);
    compare("the comparator".into(), class(Some(had.comparator())), class(Some(has.comparator())));
    compare("the subcomparator".into(), class(had.subcomparator()), class(has.subcomparator()));
    compare(
        "the key validation class".into(),
        class(Some(had.key_validation_class())),
        class(Some(has.key_validation_class())),
    );
    compare(
        "the default validation class".into(),
        class(Some(had.default_validation_class())),
        class(Some(has.default_validation_class())),
    );
    let names = had.subcomparator().unwrap_or(had.comparator());
    let listed = had.columns().chain(has.columns().filter(|(name, _)| had.column_validator(name).is_none()));
    for (name, _) in listed {
        let text = names.unpack(name).map_or_else(|_| format!("{name:?}"), |name| format!("{name:?}"));
        let of = |definition: &ColumnFamilyDefinition| class(definition.column_validator(name));
        compare(format!("the validator of column {text}"), of(had), of(has));
    }
    found
}
