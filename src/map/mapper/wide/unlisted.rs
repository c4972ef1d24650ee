//! Tables that were made in CQL.

use std::marker::PhantomData;

use super::super::{Mapper, Shared};
use crate::column_family::ColumnFamily;
use crate::error::Result;
use crate::map::field::{ColumnFamilyMap, Role};
use crate::map::plan::Plan;
use crate::map::schema::{definition, mapping};
use crate::map::system::plan_in;
use crate::pool::ConnectionPool;

impl<T: ColumnFamilyMap> Mapper<T> {
    /// Opens a table that was made in CQL. Cassandra serves it to Thrift and does not describe it, so the mapper goes by
    /// the struct alone, and nothing is checked.
    ///
    /// The cells are those that CQL reads and writes. Of a table without compact storage each column's name is a
    /// composite: the values of the clustering columns and the name of the column; an object that is inserted has one
    /// cell more, without a column's name and without a value, by which CQL knows that there is such a row even if all
    /// its other columns are null. A struct with a `value`, or with a super column, is a table with compact storage, which
    /// has neither. [`create_table`](Self::create_table) writes the table of a struct.
    ///
    /// The layout is the one that Cassandra 1.2 to 2.2 is known to have for such tables.
    ///
    /// ```
    /// use cassa::{Class, ColumnFamilyBuilder, ColumnFamilyMap, ConnectionPool, EmbeddedServer, Mapper, SimpleStrategy};
    /// use cassa::SystemManager;
    /// use serde::{Deserialize, Serialize};
    ///
    /// /// CREATE TABLE visits (page text, at bigint, visitor text, PRIMARY KEY (page, at))
    /// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    /// #[cassa(name = "visits")]
    /// struct Visit {
    ///     #[cassa(key)]
    ///     page: String,
    ///     #[cassa(clustering)]
    ///     at: i64,
    ///     visitor: Option<String>,
    /// }
    ///
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// // what Cassandra keeps of that statement, as the embedded server has no CQL
    /// let names = Class::composite([Class::Long, Class::Utf8]);
    /// system.create_column_family("Keyspace1", ColumnFamilyBuilder::new("visits").comparator(names))?;
    /// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let visits: Mapper<Visit> = Mapper::open_unlisted(&pool)?;
    /// let visit = Visit { page: "/".into(), at: 5, visitor: None };
    /// visits.insert(&visit)?; // writes the one cell that says that it is there
    /// assert_eq!(visits.get(("/", 5))?, Some(visit));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Mapping`](crate::Error::Mapping) where the struct belongs to another keyspace, two of its parts have one
    /// column, or it has a `version`. Whether there is such a table is found out by the first call.
    pub fn open_unlisted(pool: &ConnectionPool) -> Result<Mapper<T>> {
        plan_in::<T>(pool.keyspace())?;
        let plan = Plan::of_table::<T>().map_err(|why| mapping::<T>(why.to_string()))?;
        if T::FIELDS.iter().any(|field| field.role == Role::Version) {
            return Err(mapping::<T>("a `version` is compared by `cas`, which does not go with CQL's own"));
        }
        let definition = definition::<T>(&plan).build(pool.keyspace())?;
        // There is none to be looked at.
        let cf = ColumnFamily::with_definition(pool, definition).schema_check(None);
        let shared = Shared::new(plan, &cf);
        Ok(Mapper { cf, shared, objects: PhantomData })
    }
}
