//! Writers that know what they have written, each on rows of its own or on columns of its own in shared rows.

mod batches;
mod counters;
mod deletions;
mod indexed;
mod schema;
mod singles;
mod truncations;

use std::fmt::Debug;
use std::hash::Hash;

use cassa::wire::methods::SystemAddKeyspace;
use cassa::wire::{CfDef, ColumnDef, IndexType, KsDef};
use cassa::{Connection, Error};

use crate::calls::text;
use crate::state::{Known, digest};

pub(crate) const KEYSPACE: &str = "Crash";

/// A writer, and what must be there of its writes.
pub(crate) trait Model: Send {
    type State: Clone + Debug + Hash + PartialEq;

    const NAME: &str;

    fn known(&mut self) -> &mut Known<Self::State>;

    /// Makes one call.
    fn write(&mut self, connection: &mut Connection) -> Result<(), Error>;

    /// What the server has of it; panics where that is no state at all, as half a batch.
    fn read(&self, connection: &mut Connection) -> Result<Self::State, Error>;
}

/// A [`Model`] of any state.
pub(crate) trait Writer: Send {
    /// Makes one call.
    fn write(&mut self, connection: &mut Connection) -> Result<(), Error>;

    /// Holds what the server has to what the writer knows.
    fn check(&mut self, connection: &mut Connection);

    /// The digest of the state that was acknowledged last.
    fn acknowledged(&mut self) -> u64;

    /// The digest of what the server has.
    fn found(&self, connection: &mut Connection) -> Result<u64, Error>;
}

impl<M: Model> Writer for M {
    fn write(&mut self, connection: &mut Connection) -> Result<(), Error> {
        Model::write(self, connection)
    }

    fn check(&mut self, connection: &mut Connection) {
        let found = self.read(connection).unwrap_or_else(|error| panic!("{}: {error}", M::NAME));
        self.known().check(M::NAME, found);
    }

    fn acknowledged(&mut self) -> u64 {
        digest(self.known().now())
    }

    fn found(&self, connection: &mut Connection) -> Result<u64, Error> {
        Ok(digest(&self.read(connection)?))
    }
}

/// All of them, as they run beside each other.
pub(crate) fn all() -> Vec<Box<dyn Writer>> {
    vec![
        Box::new(singles::Singles::default()),
        Box::new(batches::Batches::default()),
        // the rows are the same, and each addition reads what it adds to
        Box::new(counters::Counters::named("one")),
        Box::new(counters::Counters::named("other")),
        Box::new(deletions::Deletions::default()),
        Box::new(indexed::Indexed::default()),
        Box::new(schema::Schema::default()),
        Box::new(truncations::Truncations::default()),
    ]
}

/// Makes the keyspace of all writers.
pub(crate) fn create(connection: &mut Connection) {
    let family = |name: &str| CfDef { keyspace: KEYSPACE.into(), name: name.into(), ..CfDef::default() };
    let counters = CfDef { default_validation_class: Some("CounterColumnType".into()), ..family("Counters") };
    let state = ColumnDef {
        name: text("state"),
        validation_class: "UTF8Type".into(),
        index_type: Some(IndexType::Keys),
        index_name: Some("by_state".into()),
        index_options: None,
    };
    let indexed = CfDef { column_metadata: Some(vec![state]), ..family("Indexed") };
    let plain = ["Singles", "Batches", "Batches2", "Deletions", "Truncated"];
    let cf_defs = plain.into_iter().map(family).chain([counters, indexed]).collect();
    let ks_def = KsDef {
        name: KEYSPACE.into(),
        strategy_class: "SimpleStrategy".into(),
        strategy_options: Some(vec![("replication_factor".into(), "1".into())]),
        cf_defs,
        ..KsDef::default()
    };
    connection.call(&SystemAddKeyspace { ks_def }).expect("created");
}
