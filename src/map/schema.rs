//! The struct's constants and a column family's definition: one made of the other, or the two compared.

use std::any::type_name;

use super::field::{ColumnFamilyMap, Role};
use super::plan::Plan;
use crate::error::{Difference, Error, Result};
use crate::marshal::Class;
use crate::schema::{ColumnFamilyBuilder, ColumnFamilyDefinition};
use crate::system_manager::SystemManager;

impl SystemManager {
    /// Creates the column family that a struct describes: the classes of its row key, column names and columns.
    ///
    /// Columns that are no fields of the struct are bytes.
    ///
    /// ```
    /// use cassa::{Class, ColumnFamilyMap, EmbeddedServer, SimpleStrategy, SystemManager};
    ///
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
    /// system.create_column_family_for::<Plane>("Keyspace1")?;
    /// let definition = system.describe_column_family("Keyspace1", "Planes")?;
    /// assert_eq!(definition.key_validation_class(), &Class::Utf8);
    /// assert_eq!(definition.column_validator(b"year"), Some(&Class::Int32));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`create_column_family`](Self::create_column_family); [`Error::Mapping`] where the struct's constants are
    /// written by hand and wrong.
    pub fn create_column_family_for<T: ColumnFamilyMap>(&self, keyspace: &str) -> Result<()> {
        self.create_column_family(keyspace, definition::<T>(&plan::<T>()?))
    }
}

/// The plan of a struct, or why it cannot be mapped.
pub(super) fn plan<T: ColumnFamilyMap>() -> Result<Plan> {
    Plan::of::<T>().map_err(|why| Error::Mapping { name: type_name::<T>(), why: why.to_string().into() })
}

/// The column family that the struct describes.
pub(super) fn definition<T: ColumnFamilyMap>(plan: &Plan) -> ColumnFamilyBuilder {
    let empty = ColumnFamilyBuilder::new(T::NAME)
        .comparator(plan.comparator().clone())
        .key_validation_class(plan.key().class.clone());
    let columns = plan.fields().iter().filter(|field| field.role != Role::Key);
    columns.fold(empty, |definition, field| definition.column(field.name, field.class.clone()))
}

/// All ways in which a live definition does not fit the struct.
pub(super) fn differences(plan: &Plan, live: &ColumnFamilyDefinition) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut differ = |what: String, expected: &str, actual: &str| {
        differences.push(Difference { what: what.into(), expected: expected.into(), actual: actual.into() });
    };
    let comparator = live.comparator();
    if !matches!(comparator, Class::Utf8 | Class::Ascii | Class::Bytes) {
        differ("the comparator".to_owned(), plan.comparator().name(), comparator.name());
    }
    let (key, key_class) = (plan.key(), live.key_validation_class());
    if !holds(key_class, &key.class) {
        let what = format!("the class of the row key (field `{}`)", key.name);
        differ(what, key.class.name(), key_class.name());
    }
    for field in plan.fields().iter().filter(|field| field.role != Role::Key) {
        if *comparator == Class::Ascii && !field.name.is_ascii() {
            let what = format!("the comparator, for the name of field `{}`", field.name);
            differ(what, Class::Utf8.name(), comparator.name());
        }
        let validator = live.validator_of(&field.packed);
        if !holds(validator, &field.class) {
            differ(format!("the validator of field `{}`", field.name), field.class.name(), validator.name());
        }
    }
    differences
}

/// Whether a column of the class `live` takes whatever a field of the class `field` writes, and gives back the same.
fn holds(live: &Class, field: &Class) -> bool {
    live == field
        || match live {
            Class::Bytes => true,
            Class::Utf8 => *field == Class::Ascii,
            Class::Date | Class::Timestamp => matches!(field, Class::Date | Class::Timestamp),
            Class::Uuid | Class::LexicalUuid => {
                matches!(field, Class::Uuid | Class::LexicalUuid | Class::TimeUuid)
            }
            _ => false,
        }
}
