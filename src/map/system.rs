//! The verbs of the system manager that go by a struct.

use super::field::ColumnFamilyMap;
use super::plan::Plan;
use super::schema::{add_columns, definition, differences, exact_differences, mapping, plan};
use crate::error::{Difference, Error, Result};
use crate::schema::ColumnFamilyDefinition;
use crate::system_manager::SystemManager;

impl SystemManager {
    /// Creates the column family that a struct describes: the classes of its row key, column names and columns, their
    /// indexes, the time to live and the comment.
    ///
    /// Columns that are no fields of the struct are bytes, or what its `rest` field holds.
    ///
    /// ```
    /// use cassa::{Class, ColumnFamilyMap, EmbeddedServer, SimpleStrategy, SystemManager};
    ///
    /// #[derive(ColumnFamilyMap)]
    /// #[cassa(name = "Planes", comment = "one row a tail number")]
    /// struct Plane {
    ///     #[cassa(key)]
    ///     tailnum: String,
    ///     year: Option<i32>,
    ///     #[cassa(index)]
    ///     model: String,
    /// }
    ///
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// system.create_column_family_for::<Plane>("Keyspace1")?;
    /// let definition = system.describe_column_family("Keyspace1", "Planes")?;
    /// assert_eq!(definition.key_validation_class(), &Class::Utf8);
    /// assert_eq!(definition.column_validator(b"year"), Some(&Class::Int32));
    /// assert!(definition.index(b"model").is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`create_column_family`](Self::create_column_family); [`Error::Mapping`] where the struct belongs to another
    /// keyspace, or two of its parts have one column.
    pub fn create_column_family_for<T: ColumnFamilyMap>(&self, keyspace: &str) -> Result<()> {
        let plan = plan_in::<T>(keyspace)?;
        self.create_column_family(keyspace, definition::<T>(&plan))
    }

    /// Creates the column family that a struct describes, or alters the one there is until it fits: columns, validators,
    /// indexes, the time to live and the comment are those of the struct then.
    ///
    /// What the struct does not speak of stays as it is. The type of the row key, of the columns' names, and whether the
    /// family holds super columns or counters cannot be altered: such differences are an error, and nothing is changed.
    ///
    /// ```
    /// # use cassa::{ColumnFamilyMap, EmbeddedServer, SimpleStrategy, SystemManager};
    /// # fn main() -> cassa::Result<()> {
    /// # let server = EmbeddedServer::start()?;
    /// # let system = SystemManager::connect(server.addresses())?;
    /// # system.create_keyspace("Keyspace1", SimpleStrategy(1))?;
    /// mod yesterday {
    ///     #[derive(cassa::ColumnFamilyMap)]
    ///     pub struct Plane {
    ///         #[cassa(key)]
    ///         pub tailnum: String,
    ///         pub model: String,
    ///     }
    /// }
    ///
    /// #[derive(ColumnFamilyMap)]
    /// struct Plane {
    ///     #[cassa(key)]
    ///     tailnum: String,
    ///     #[cassa(index)]
    ///     model: String,
    ///     year: Option<i32>,
    /// }
    ///
    /// system.alter_column_family_for::<yesterday::Plane>("Keyspace1")?; // there is none yet: it is created
    /// assert_eq!(system.differences_for::<Plane>("Keyspace1")?.len(), 2); // an index, and a column's validator
    /// system.alter_column_family_for::<Plane>("Keyspace1")?;
    /// assert_eq!(system.differences_for::<Plane>("Keyspace1")?, []);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::SchemaMismatch`] with all differences that cannot be altered; those of
    /// [`alter_column_family`](Self::alter_column_family) and of
    /// [`create_column_family_for`](Self::create_column_family_for).
    pub fn alter_column_family_for<T: ColumnFamilyMap>(&self, keyspace: &str) -> Result<()> {
        let plan = plan_in::<T>(keyspace)?;
        let live = match self.describe_column_family(keyspace, T::NAME) {
            Ok(live) => live,
            Err(Error::NoSuchColumnFamily { .. }) => return self.create_column_family_for::<T>(keyspace),
            Err(other) => return Err(other),
        };
        let altered = alter::<T>(&plan, live.into()).build(keyspace)?;
        let left = differences(&plan, &altered);
        if !left.is_empty() {
            return Err(Error::SchemaMismatch {
                at: Box::new(crate::error::Place::column_family(keyspace, T::NAME)),
                name: std::any::type_name::<T>(),
                differences: left.into(),
            });
        }
        self.alter_column_family(keyspace, T::NAME, |live| alter::<T>(&plan, live))
    }

    /// Every way in which the live column family differs from what the struct says: what [`Mapper::open`] refuses, and
    /// also classes that are others but hold the struct's values, the time to live and the comment.
    ///
    /// Empty where there is none. See [`alter_column_family_for`](Self::alter_column_family_for) for an example.
    ///
    /// [`Mapper::open`]: crate::Mapper::open
    ///
    /// # Errors
    /// As [`describe_column_family`](Self::describe_column_family); [`Error::Mapping`] as
    /// [`create_column_family_for`](Self::create_column_family_for).
    pub fn differences_for<T: ColumnFamilyMap>(&self, keyspace: &str) -> Result<Vec<Difference>> {
        let plan = plan_in::<T>(keyspace)?;
        let live = self.describe_column_family(keyspace, T::NAME)?;
        let mut found = exact_differences(&plan, &live);
        found.extend(of_options::<T>(&plan, &live));
        Ok(found)
    }
}

/// The plan, if the struct belongs to this keyspace.
pub(super) fn plan_in<T: ColumnFamilyMap>(keyspace: &str) -> Result<Plan> {
    match T::KEYSPACE {
        Some(own) if own != keyspace => {
            Err(mapping::<T>(format!("it belongs to keyspace {own}, and this is keyspace {keyspace}")))
        }
        _ => plan::<T>(),
    }
}

fn alter<T: ColumnFamilyMap>(
    plan: &Plan,
    live: crate::schema::ColumnFamilyBuilder,
) -> crate::schema::ColumnFamilyBuilder {
    let mut altered = add_columns(plan, live);
    if let Some(comment) = T::COMMENT {
        altered = altered.comment(comment);
    }
    if let Some(seconds) = T::TTL {
        altered = altered.default_time_to_live(seconds);
    }
    match plan.rest() {
        Some(class) if !plan.holds_counters() => altered.default_validation_class(class.clone()),
        _ => altered,
    }
}

fn of_options<T: ColumnFamilyMap>(plan: &Plan, live: &ColumnFamilyDefinition) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differ = |what: &str, expected: String, actual: String| {
        if expected != actual {
            found.push(Difference { what: what.into(), expected: expected.into(), actual: actual.into() });
        }
    };
    if let Some(comment) = T::COMMENT {
        differ("the comment", format!("{comment:?}"), format!("{:?}", live.comment()));
    }
    if let Some(seconds) = T::TTL {
        differ("the time to live", seconds.to_string(), live.default_time_to_live().unwrap_or(0).to_string());
    }
    if let Some(class) = plan.rest() {
        differ("the default validator", class.to_string(), live.default_validation_class().to_string());
    }
    found
}
