//! The struct's constants and a column family's definition: one made of the other, or the two compared.

use bytes::Bytes;

use super::field::{ColumnFamilyMap, Role};
use super::plan::{Plan, Planned};
use crate::error::Difference;
use crate::marshal::{Class, InvalidClass};
use crate::wire::{CfDef, ColumnDef};

const STANDARD: &str = "Standard";

/// The definition of the column family that the struct describes.
pub(super) fn definition<T: ColumnFamilyMap>(plan: &Plan, keyspace: &str) -> CfDef {
    let columns = plan.fields().iter().filter(|field| field.role != Role::Key).map(|field| ColumnDef {
        name: Bytes::copy_from_slice(&field.packed),
        validation_class: field.class.qualified(),
        ..ColumnDef::default()
    });
    CfDef {
        keyspace: keyspace.to_owned(),
        name: T::NAME.to_owned(),
        column_type: Some(STANDARD.to_owned()),
        comparator_type: Some(plan.comparator().qualified()),
        key_validation_class: Some(plan.key().class.qualified()),
        default_validation_class: Some(Class::Bytes.qualified()),
        column_metadata: Some(columns.collect()),
        ..CfDef::default()
    }
}

/// All ways in which a live definition does not fit the struct.
///
/// # Errors
/// If the definition names a class that cannot be one.
pub(super) fn differences(plan: &Plan, live: &CfDef) -> Result<Vec<Difference>, InvalidClass> {
    let mut differences = Vec::new();
    let mut differ = |what: String, expected: &str, actual: &str| {
        differences.push(Difference { what: what.into(), expected: expected.into(), actual: actual.into() });
    };
    match live.column_type.as_deref() {
        None | Some(STANDARD) => {}
        Some(other) => differ("the column type".to_owned(), STANDARD, other),
    }
    let comparator = class(live.comparator_type.as_deref())?;
    if !matches!(comparator, Class::Utf8 | Class::Ascii | Class::Bytes) {
        differ("the comparator".to_owned(), plan.comparator().name(), comparator.name());
    }
    let key = class(live.key_validation_class.as_deref())?;
    if !holds(&key, &plan.key().class) {
        differ(
            format!("the class of the row key (field `{}`)", plan.key().name),
            plan.key().class.name(),
            key.name(),
        );
    }
    let default = class(live.default_validation_class.as_deref())?;
    for field in plan.fields().iter().filter(|field| field.role != Role::Key) {
        if comparator == Class::Ascii && !field.name.is_ascii() {
            differ(
                format!("the name of field `{}`", field.name),
                "a comparator that holds it",
                comparator.name(),
            );
        }
        let validator = validator(field, live)?;
        let validator = validator.as_ref().unwrap_or(&default);
        if !holds(validator, &field.class) {
            differ(format!("the validator of field `{}`", field.name), field.class.name(), validator.name());
        }
    }
    Ok(differences)
}

fn validator(field: &Planned, live: &CfDef) -> Result<Option<Class>, InvalidClass> {
    let columns = live.column_metadata.iter().flatten();
    let column = columns.into_iter().find(|column| *column.name == *field.packed);
    column.map(|column| Class::parse(&column.validation_class)).transpose()
}

/// Cassandra takes `BytesType` where none is named.
fn class(name: Option<&str>) -> Result<Class, InvalidClass> {
    name.map_or(Ok(Class::Bytes), Class::parse)
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
