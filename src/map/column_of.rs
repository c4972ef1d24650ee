//! The columns of a struct by name, for conditions and for what is said about single fields.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;

use super::field::Unclustered;
use super::plan::{Plan, Planned};
use super::{fault, ser};
use crate::wire::IndexOperator;

/// A column of the objects of `T`: `Plane::COLUMNS.model`.
///
/// ```
/// use cassa::{ColumnFamilyMap, ColumnOf};
///
/// #[derive(ColumnFamilyMap)]
/// struct Plane {
///     #[cassa(key)]
///     tailnum: String,
///     #[serde(rename = "type")]
///     model: String,
/// }
///
/// let model: ColumnOf<Plane> = Plane::COLUMNS.model;
/// assert_eq!(model.name(), "type");
/// ```
pub struct ColumnOf<T> {
    name: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> ColumnOf<T> {
    /// The column of this name, as the column family has it: with the prefix of a `flatten`.
    ///
    /// The columns of a flattened part have no constant of their own. That there is such a column is found out by the
    /// verb that it is given to.
    pub const fn named(name: &'static str) -> ColumnOf<T> {
        ColumnOf { name, of: PhantomData }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T> ColumnOf<T> {
    /// The objects whose column equals a value. Every query by an index needs one such condition at least.
    pub fn eq<'v>(self, value: impl Serialize + 'v) -> Condition<'v, T>
    where
        T: Unclustered,
    {
        Condition::of(self, IndexOperator::Eq, value)
    }

    /// The objects whose column is greater than a value.
    pub fn gt<'v>(self, value: impl Serialize + 'v) -> Condition<'v, T>
    where
        T: Unclustered,
    {
        Condition::of(self, IndexOperator::Gt, value)
    }

    /// The objects whose column is a value or greater.
    pub fn gte<'v>(self, value: impl Serialize + 'v) -> Condition<'v, T>
    where
        T: Unclustered,
    {
        Condition::of(self, IndexOperator::Gte, value)
    }

    /// The objects whose column is less than a value.
    pub fn lt<'v>(self, value: impl Serialize + 'v) -> Condition<'v, T>
    where
        T: Unclustered,
    {
        Condition::of(self, IndexOperator::Lt, value)
    }

    /// The objects whose column is a value or less.
    pub fn lte<'v>(self, value: impl Serialize + 'v) -> Condition<'v, T>
    where
        T: Unclustered,
    {
        Condition::of(self, IndexOperator::Lte, value)
    }

    /// A new value for the column; `None` deletes it. See [`Mapper::update`](crate::Mapper::update).
    pub fn set<'v>(self, value: impl Serialize + 'v) -> Assignment<'v, T> {
        Assignment { column: self, value: packs(value) }
    }
}

impl<T> Clone for ColumnOf<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ColumnOf<T> {}

impl<T> fmt::Debug for ColumnOf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ColumnOf").field(&self.name).finish()
    }
}

/// A value of a type that is not known any more, to be packed by its column.
type Packs<'v> = Box<dyn Fn(&Plan, &Planned, &mut Vec<u8>) -> fault::Result<Option<()>> + 'v>;

fn packs<'v>(value: impl Serialize + 'v) -> Packs<'v> {
    Box::new(move |plan, column, out| ser::value(plan, column, &value, out))
}

/// Conditions that objects are found by; see [`Mapper::get_indexed_slices`](crate::Mapper::get_indexed_slices).
///
/// A value is of any type that the column's field takes: that it does not fit is found out by the query.
///
/// ```
/// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, ColumnFamilyMap)]
/// # struct Plane { #[cassa(key)] tailnum: String, #[cassa(index)] model: String, seats: Option<i32> }
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family_for::<Plane>("Keyspace1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let planes = pool.map::<Plane>()?;
/// # planes.insert(&Plane { tailnum: "N14228".into(), model: "737-824".into(), seats: Some(149) })?;
/// let condition: cassa::Condition<'_, Plane> =
///     Plane::COLUMNS.model.eq("737-824").and(Plane::COLUMNS.seats.gte(100));
/// assert_eq!(planes.get_indexed_slices(condition).count(), 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a condition does nothing until a query has it"]
pub struct Condition<'v, T> {
    pub(super) parts: Vec<Part<'v, T>>,
}

pub(super) struct Part<'v, T> {
    pub(super) column: ColumnOf<T>,
    pub(super) operator: IndexOperator,
    pub(super) value: Packs<'v>,
}

impl<'v, T> Condition<'v, T> {
    fn of(column: ColumnOf<T>, operator: IndexOperator, value: impl Serialize + 'v) -> Self {
        Condition { parts: vec![Part { column, operator, value: packs(value) }] }
    }

    /// The objects that meet both. The server finds rows by the index of one, and holds them to the others.
    pub fn and(mut self, other: Condition<'v, T>) -> Self {
        self.parts.extend(other.parts);
        self
    }
}

impl<T> fmt::Debug for Condition<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts.iter().map(|part| (part.column.name, part.operator));
        f.debug_list().entries(parts).finish()
    }
}

/// A new value for one column; made by [`ColumnOf::set`].
///
/// ```
/// # use cassa::{ColumnFamilyMap, ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};
/// # use serde::{Deserialize, Serialize};
/// # #[derive(Serialize, Deserialize, ColumnFamilyMap)]
/// # struct Plane { #[cassa(key)] tailnum: String, #[cassa(index)] model: String, seats: Option<i32> }
/// # fn main() -> cassa::Result<()> {
/// # let server = EmbeddedServer::start()?;
/// # let system = SystemManager::connect(server.addresses())?;
/// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
/// # system.create_column_family_for::<Plane>("Keyspace1")?;
/// # let pool = ConnectionPool::new("Keyspace1", server.addresses())?;
/// # let planes = pool.map::<Plane>()?;
/// # planes.insert(&Plane { tailnum: "N14228".into(), model: "737-824".into(), seats: Some(149) })?;
/// let assignments: [cassa::Assignment<'_, Plane>; 2] =
///     [Plane::COLUMNS.model.set("737-924"), Plane::COLUMNS.seats.set(None::<i32>)];
/// planes.update("N14228", assignments)?;
/// assert_eq!(planes.get("N14228")?.expect("it is there").seats, None);
/// # Ok(())
/// # }
/// ```
#[must_use = "an assignment does nothing until an update has it"]
pub struct Assignment<'v, T> {
    pub(super) column: ColumnOf<T>,
    pub(super) value: Packs<'v>,
}

impl<T> fmt::Debug for Assignment<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Assignment").field(&self.column.name).finish_non_exhaustive()
    }
}

/// An integer that counts the changes of an object; see [`Mapper::save`](crate::Mapper::save).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no version of an object",
    note = "write one of `i32`, `i64` and `u32`"
)]
pub trait Version: Copy + Serialize {
    /// Of an object that is not stored yet.
    const NEW: Self;

    /// Whether it is that.
    fn is_new(self) -> bool;

    /// The version after this one; from the greatest it goes on with the least that is not new.
    #[must_use]
    fn next(self) -> Self;
}

macro_rules! versions {
    ($($integer:ty),+) => {$(
        impl Version for $integer {
            const NEW: Self = 0;

            fn is_new(self) -> bool {
                self == Self::NEW
            }

            fn next(self) -> Self {
                self.checked_add(1).unwrap_or(1)
            }
        }
    )+};
}

versions!(i32, i64, u32);
