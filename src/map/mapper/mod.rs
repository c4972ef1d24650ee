//! Objects of one struct in their column family.
//!
//! # Layout
//!
//! Here: how a mapper is opened, and where an error is said to be. `encode` (an object's cells as mutations) → `select`
//! and `write` (options) → `read`, `objects`, `insert`, `counter`, `save`, `remove` (the verbs behind them) → `batch` (the
//! verbs that write, gathered), `packed` (objects as cells for those that gather them) → `verbs` (the short forms, without
//! options); `wide` (what there is of wide rows only).

mod batch;
mod counter;
mod encode;
mod insert;
mod objects;
mod packed;
mod read;
mod remove;
mod save;
mod select;
mod verbs;
pub(in crate::map) mod wide;
mod write;

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

pub use batch::{MapperBatch, MapperOperation};
pub use objects::Objects;
pub(crate) use packed::{PackedVersion, conflict};
pub use select::SelectObjects;
pub use wide::{Items, LentItems};
pub use write::WriteObjects;

use super::fault::Fault;
use super::field::{ColumnFamilyMap, Part};
use super::plan::{Plan, Planned};
use super::probe::Difference;
use super::schema::{differences, mapping};
use super::ser::Packed;
use super::system::plan_in;
use crate::column_family::ColumnFamily;
use crate::error::{Error, Place, Result};
use crate::pool::ConnectionPool;
use crate::wire::ConsistencyLevel;

/// Objects of one struct in their column family: each a row, or a super column of one.
///
/// The struct derives [`ColumnFamilyMap`](macro@crate::ColumnFamilyMap), serde's `Serialize` to be written and
/// `Deserialize` to be read. Cheap to clone; may be used by many threads.
///
/// ```
/// use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
/// #[cassa(name = "Planes")]
/// struct Plane {
///     #[cassa(key)]
///     tailnum: String,
///     year: Option<i32>,
///     model: String,
/// }
///
/// # fn main() -> cassa::Result<()> {
/// let server = EmbeddedServer::start()?;
/// let system = SystemManager::connect(server.addresses())?;
/// system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// system.create_column_family_for::<Plane>("Keyspace1")?;
///
/// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// let planes = pool.map::<Plane>()?;
/// let plane = Plane { tailnum: "N14228".into(), year: Some(1999), model: "737-824".into() };
/// planes.insert(&plane)?;
/// assert_eq!(planes.get("N14228")?, Some(plane));
/// # Ok(())
/// # }
/// ```
pub struct Mapper<T> {
    cf: ColumnFamily,
    shared: Arc<Shared>,
    objects: PhantomData<fn(T) -> T>,
}

struct Shared {
    plan: Plan,
    /// The columns that a read asks for.
    names: Arc<[Vec<u8>]>,
    /// Whether serde reads the fields that the plan has: found out by the first read, as a struct need not be readable.
    readable: OnceLock<std::result::Result<(), Difference>>,
}

impl Shared {
    fn new(plan: Plan, cf: &ColumnFamily) -> Arc<Shared> {
        let plan = if plan.rest().is_some() { plan.with_live(cf.definition()) } else { plan };
        let names = plan.row_names();
        Arc::new(Shared { plan, names, readable: OnceLock::new() })
    }
}

impl ConnectionPool {
    /// Opens a mapper: [`Mapper::open`].
    ///
    /// # Errors
    /// As [`Mapper::open`].
    pub fn map<T: ColumnFamilyMap>(&self) -> Result<Mapper<T>> {
        Mapper::open(self)
    }
}

impl<T: ColumnFamilyMap> Mapper<T> {
    /// Opens the struct's column family in the pool's keyspace, and checks that its live schema fits the struct.
    ///
    /// It fits where each column holds what its field writes: a class of the schema is the field's own, or takes it
    /// unchanged, as `BytesType` takes everything; and where each column that is to have an index has one.
    ///
    /// ```
    /// # use cassa::{Class, ColumnFamilyBuilder, ColumnFamilyMap, ConnectionPool, EmbeddedServer, Error, SimpleStrategy};
    /// # use cassa::SystemManager;
    /// #[derive(ColumnFamilyMap)]
    /// #[cassa(name = "Planes")]
    /// struct Plane {
    ///     #[cassa(key)]
    ///     tailnum: String,
    ///     year: Option<i32>,
    /// }
    ///
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// let planes = ColumnFamilyBuilder::new("Planes").comparator(Class::Utf8).column("year", Class::Long);
    /// system.create_column_family("Keyspace1", planes)?;
    ///
    /// let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// let error = pool.map::<Plane>().expect_err("the classes of `year` differ");
    /// let Error::SchemaMismatch { differences, .. } = error else { panic!("{error}") };
    /// assert_eq!(
    ///     differences[0].to_string(),
    ///     "the validator of field `year`: expected Int32Type, the schema has LongType"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::SchemaMismatch`], which lists every difference; those of [`ColumnFamily::open`]; [`Error::Mapping`]
    /// where the struct belongs to another keyspace, or two of its parts have one column.
    pub fn open(pool: &ConnectionPool) -> Result<Mapper<T>> {
        let plan = plan_in::<T>(pool.keyspace())?;
        let cf = ColumnFamily::open(pool, T::NAME)?;
        let differences = differences(&plan, cf.definition());
        if !differences.is_empty() {
            return Err(Error::SchemaMismatch {
                at: Box::new(cf.place()),
                name: type_name::<T>(),
                differences: differences.into(),
            });
        }
        let shared = Shared::new(plan, &cf);
        Ok(Mapper { cf, shared, objects: PhantomData })
    }
}

impl<T> Mapper<T> {
    /// The same objects, but only the columns of a part of them: for reads that need no more.
    ///
    /// The part need not be one that the struct flattens: any of its columns will do. An object that has none of the
    /// part's columns is absent here.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # use serde::{Deserialize, Serialize};
    /// # #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    /// # struct Plane { #[cassa(key)] tailnum: String, model: String, #[cassa(json)] history: Vec<String> }
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// # system.create_column_family_for::<Plane>("Keyspace1")?;
    /// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
    /// # let planes = pool.map::<Plane>()?;
    /// # planes.insert(&Plane { tailnum: "N14228".into(), model: "737-824".into(), history: vec!["…".into()] })?;
    /// #[derive(Deserialize, ColumnFamilyMap)]
    /// #[cassa(part)]
    /// struct Model {
    ///     model: String,
    /// }
    ///
    /// let models = planes.part::<Model>()?;
    /// assert_eq!(models.get("N14228")?.expect("it was inserted").model, "737-824");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::SchemaMismatch`] where the part does not fit the live schema, with every difference; [`Error::Mapping`]
    /// where two parts of it have one column.
    pub fn part<P: Part>(&self) -> Result<Mapper<P>> {
        let plan = self.plan().of_part::<P>().map_err(|why| mapping::<P>(why.to_string()))?;
        let differences = differences(&plan, self.cf.definition());
        if !differences.is_empty() {
            return Err(Error::SchemaMismatch {
                at: Box::new(self.cf.place()),
                name: type_name::<P>(),
                differences: differences.into(),
            });
        }
        Ok(Mapper { cf: self.cf.clone(), shared: Shared::new(plan, &self.cf), objects: PhantomData })
    }

    /// How many replicas must answer a read. Defaults to `ONE`.
    #[must_use]
    pub fn read_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.cf = self.cf.read_consistency_level(level);
        self
    }

    /// How many replicas must take a write. Defaults to `ONE`.
    #[must_use]
    pub fn write_consistency_level(mut self, level: ConsistencyLevel) -> Self {
        self.cf = self.cf.write_consistency_level(level);
        self
    }

    /// The column family, to read and write its columns as values.
    pub fn column_family(&self) -> &ColumnFamily {
        &self.cf
    }

    fn plan(&self) -> &Plan {
        &self.shared.plan
    }

    /// The column of this name.
    fn column(&self, name: &str) -> Result<&Planned> {
        self.plan().column(name).ok_or_else(|| mapping::<T>(format!("it has no column {name:?}")))
    }

    /// Says where a fault was; the key is not known while it is being packed.
    #[cold]
    fn error(&self, key: Option<&[u8]>, fault: &Fault) -> Error {
        let Some(field) = fault.field() else {
            // Not a value that is wrong, but a `Serialize` or `Deserialize` by hand.
            return mapping::<T>(fault.reason().unwrap_or_default());
        };
        let mut at = key.map_or_else(|| self.cf.place(), |key| self.cf.key_place(key));
        at.column = fault.column().map(|column| format!("{column:?}").into());
        let (at, field) = (Box::new(at), field.into());
        match fault.reason() {
            Some(reason) => Error::Field { at, field, source: reason.into() },
            None => Error::MissingColumn { at, field },
        }
    }

    /// Where an object is.
    #[cold]
    fn place(&self, id: &Packed) -> Place {
        self.place_of(&id.key, id.super_column.as_deref())
    }

    #[cold]
    fn place_of(&self, key: &[u8], super_column: Option<&[u8]>) -> Place {
        let at = self.cf.key_place(key);
        match (super_column, self.plan().identity().super_column()) {
            (Some(name), Some(part)) => at.super_column(&part.class, name),
            _ => at,
        }
    }
}

impl<T> Clone for Mapper<T> {
    fn clone(&self) -> Self {
        Mapper { cf: self.cf.clone(), shared: self.shared.clone(), objects: PhantomData }
    }
}

impl<T> fmt::Debug for Mapper<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapper")
            .field("object", &type_name::<T>())
            .field("column_family", &self.cf)
            .finish_non_exhaustive()
    }
}
