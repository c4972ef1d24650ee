//! Conditional writes.

use super::{Column, ColumnFamily, ColumnValue, Columns, IntoColumns, Write};
use crate::error::{Error, Result};
use crate::marshal::Value;
use crate::wire::{CASResult, hot, methods};

/// What became of a conditional write.
///
/// [`Write::cas`] has an example.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a write whose condition does not hold is no error"]
pub enum Cas {
    /// The condition held, and the columns were written.
    Applied,
    /// The condition did not hold, and nothing was written: of the columns that it is about, this is what stands there.
    /// Where the condition was that the row has none, it is the first of those it has.
    Refused(Columns),
}

impl Cas {
    /// Whether the columns were written.
    pub fn is_applied(&self) -> bool {
        matches!(self, Self::Applied)
    }
}

impl ColumnFamily {
    /// Writes columns of a row if others have the values that are expected.
    ///
    /// # Errors
    /// As [`Write::cas`].
    pub fn cas(
        &self,
        key: impl Into<Value>,
        expected: impl IntoColumns,
        updates: impl IntoColumns,
    ) -> Result<Cas> {
        self.write().cas(key, expected, updates)
    }

    /// Writes columns of a row if it has none.
    ///
    /// # Errors
    /// As [`Write::cas`].
    pub fn insert_if_absent(&self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<Cas> {
        self.write().insert_if_absent(key, columns)
    }
}

impl Write<'_> {
    /// Writes columns of a row if others have the values that are expected, as one step.
    ///
    /// The replicas agree on it ([`serial_consistency_level`](Self::serial_consistency_level)), and the server stamps
    /// it: columns that are written by `cas` should be written by it only. Made once: where no answer comes, whether it
    /// took effect is not known, and a second time would meet what the first wrote.
    ///
    /// ```
    /// # use cassa::{Cas, ColumnFamily, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family("Keyspace1", "Seats")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let seats = ColumnFamily::open(&pool, "Seats")?;
    /// assert!(seats.insert_if_absent("17A", [("passenger", "ann")])?.is_applied());
    /// assert!(seats.cas("17A", [("passenger", "ann")], [("passenger", "bob")])?.is_applied());
    /// match seats.cas("17A", [("passenger", "ann")], [("passenger", "eve")])? {
    ///     Cas::Refused(current) => assert_eq!(current["passenger"], "bob"),
    ///     Cas::Applied => panic!("it is bob's"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Write::insert`]; [`Error::TimedOut`], [`Error::NoAnswer`] and [`Error::Io`] where it may or may not have
    /// taken effect. An expectation without columns is [`Error::NothingToWrite`]: see
    /// [`insert_if_absent`](Self::insert_if_absent). A [`ttl`](Self::ttl) is an [`Error::InvalidOption`]: servers take it,
    /// and the columns live on.
    pub fn cas(
        self,
        key: impl Into<Value>,
        expected: impl IntoColumns,
        updates: impl IntoColumns,
    ) -> Result<Cas> {
        let key = self.cf.pack_key(&key.into())?;
        let cas = || {
            let expected = self.pack_for_cas(expected)?;
            self.send_cas(&key, &expected, &self.pack_for_cas(updates)?)
        };
        cas().map_err(|e| e.at(self.cf.key_place(&key)))
    }

    /// Writes columns of a row if it has none, as [`cas`](Self::cas) does.
    ///
    /// # Errors
    /// As [`Write::cas`].
    pub fn insert_if_absent(self, key: impl Into<Value>, columns: impl IntoColumns) -> Result<Cas> {
        let key = self.cf.pack_key(&key.into())?;
        let cas = || self.send_cas(&key, &[], &self.pack_for_cas(columns)?);
        cas().map_err(|e| e.at(self.cf.key_place(&key)))
    }

    fn pack_for_cas(&self, columns: impl IntoColumns) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        if self.cf.definition().is_super() || self.cf.definition().is_counter() {
            let why = "neither super columns nor counters can be written conditionally";
            return Err(Error::WrongKind { at: Box::new(self.cf.place()), why: why.into() });
        }
        let mut packed = Vec::new();
        for (name, value) in columns.into_columns() {
            let ColumnValue::Value(value) = value else {
                return Err(self.cf.wrong_shape(&name, &value));
            };
            let (mut packed_name, mut packed_value) = (Vec::new(), Vec::new());
            self.cf.pack_column((&name, &value), &mut packed_name, &mut packed_value)?;
            packed.push((packed_name, packed_value));
        }
        if packed.is_empty() {
            return Err(Error::NothingToWrite { at: Box::new(self.cf.place()) });
        }
        Ok(packed)
    }

    /// As [`Write::cas`], packed. An error does not name the row.
    pub(crate) fn raw_cas(&self, request: &hot::Cas<'_>) -> Result<CASResult> {
        self.cf.call_once(Some(request.key), false, |connection| {
            connection.call_in_place::<methods::Cas>(|sequence, out| request.encode(sequence, out))
        })
    }

    fn send_cas(
        &self,
        key: &[u8],
        expected: &[(Vec<u8>, Vec<u8>)],
        updates: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<Cas> {
        if self.ttl.is_some() {
            let why = "expected none, as a server forgets it in a conditional write, got one".into();
            return Err(Error::InvalidOption { option: "ttl", why });
        }
        let timestamp = Some(self.stamp());
        let request = hot::Cas {
            key,
            column_family: self.cf.name(),
            expected: Some(columns(expected, timestamp)),
            updates: columns(updates, timestamp),
            serial_consistency_level: self.serial_consistency_level,
            commit_consistency_level: self.consistency_level,
        };
        let result = self.raw_cas(&request)?;
        if result.success {
            return Ok(Cas::Applied);
        }
        let column = |column: crate::wire::Column| -> Result<Column> {
            let (name, value) = (column.name, column.value.unwrap_or_default());
            let (name, value) = self.cf.unpack_pair(key, &name, &value)?;
            Ok(Column {
                name,
                value,
                timestamp: column.timestamp.unwrap_or_default(),
                ttl: column.ttl,
                columns: None,
            })
        };
        let current = result.current_values.into_iter().flatten().map(column).collect::<Result<_>>()?;
        Ok(Cas::Refused(current))
    }
}

fn columns(pairs: &[(Vec<u8>, Vec<u8>)], timestamp: Option<i64>) -> Vec<hot::Column<'_>> {
    pairs.iter().map(|(name, value)| hot::Column { name, value: Some(value), timestamp, ttl: None }).collect()
}
