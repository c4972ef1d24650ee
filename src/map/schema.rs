//! The struct's constants and a column family's definition: one made of the other, or the two compared.

use std::any::type_name;

use super::field::ColumnFamilyMap;
use super::identity::Identity;
use super::mapper::wide::schema as wide;
use super::plan::{Plan, Planned};
use crate::error::{Difference, Error, Result};
use crate::marshal::{Class, Value};
use crate::schema::{ColumnFamilyBuilder, ColumnFamilyDefinition};

/// The plan of a struct, or why it cannot be mapped.
pub(super) fn plan<T: ColumnFamilyMap>() -> Result<Plan> {
    Plan::of::<T>().map_err(|why| mapping::<T>(why.to_string()))
}

pub(super) fn mapping<T>(why: impl Into<Box<str>>) -> Error {
    Error::Mapping { name: type_name::<T>(), why: why.into() }
}

/// The column family that the struct describes.
pub(super) fn definition<T: ColumnFamilyMap>(plan: &Plan) -> ColumnFamilyBuilder {
    let mut definition =
        ColumnFamilyBuilder::new(T::NAME).key_validation_class(plan.identity().key_class().clone());
    definition = match plan.identity().super_column() {
        None if wide::is_wide(plan) => wide::describe(plan, definition),
        Some(name) => definition.comparator(name.class.clone()).subcomparator(plan.comparator().clone()),
        None => definition.comparator(plan.comparator().clone()),
    };
    if plan.holds_counters() {
        definition = definition.counters();
    } else if let Some(class) = plan.rest() {
        definition = definition.default_validation_class(class.clone());
    }
    if let Some(comment) = T::COMMENT {
        definition = definition.comment(comment);
    }
    if let Some(seconds) = T::TTL {
        definition = definition.default_time_to_live(seconds);
    }
    add_columns(plan, definition)
}

/// The columns with their validators and indexes. Those of a column family of counters have no need of it.
pub(super) fn add_columns(plan: &Plan, definition: ColumnFamilyBuilder) -> ColumnFamilyBuilder {
    if plan.holds_counters() || wide::is_wide(plan) {
        return definition;
    }
    plan.columns().fold(definition, |definition, field| {
        let name = || name_of(plan, field);
        let definition = definition.column(name(), field.class.clone());
        if field.is_indexed { definition.index(name(), field.class.clone()) } else { definition }
    })
}

fn name_of(plan: &Plan, field: &Planned) -> Value {
    // All comparators of named fields take the text as it stands.
    Value::from(plan.text(field.slot))
}

/// All ways in which a live definition does not fit the struct.
pub(super) fn differences(plan: &Plan, live: &ColumnFamilyDefinition) -> Vec<Difference> {
    compared(plan, live, holds)
}

/// All ways in which the classes of a live definition are others than those of the struct, even where they fit it.
pub(super) fn exact_differences(plan: &Plan, live: &ColumnFamilyDefinition) -> Vec<Difference> {
    compared(plan, live, |live, field| live == field)
}

fn compared(
    plan: &Plan,
    live: &ColumnFamilyDefinition,
    holds: impl Fn(&Class, &Class) -> bool,
) -> Vec<Difference> {
    let mut found = Vec::new();
    if wide::is_wide(plan) {
        wide::differences(plan, live, &mut found);
        return found;
    }
    let mut differ = |what: &str, expected: &str, actual: &str| {
        found.push(Difference { what: what.into(), expected: expected.into(), actual: actual.into() });
    };
    let kind = |is_super| if is_super { "Super" } else { "Standard" };
    let names = match (plan.identity().super_column(), live.subcomparator()) {
        (Some(part), Some(names)) => {
            if !holds(live.comparator(), &part.class) {
                let what = format!("the comparator, for field `{}`", part.name);
                differ(&what, &part.class.to_string(), &live.comparator().to_string());
            }
            names
        }
        (None, None) => live.comparator(),
        (ours, theirs) => {
            differ("the column type", kind(ours.is_some()), kind(theirs.is_some()));
            theirs.unwrap_or(live.comparator())
        }
    };
    if !matches!(names, Class::Utf8 | Class::Ascii | Class::Bytes) {
        let what = if live.is_super() { "the subcomparator" } else { "the comparator" };
        differ(what, plan.comparator().name(), names.name());
    }
    let (key, key_class) = (plan.identity().key_class(), live.key_validation_class());
    if !holds(key_class, key) {
        let fields = Identity::shown(plan.identity().key());
        differ(
            &format!("the class of the row key (field `{fields}`)"),
            &key.to_string(),
            &key_class.to_string(),
        );
    }
    if plan.holds_counters() != live.is_counter() {
        let counter = Class::Counter.to_string();
        let (expected, actual) = match plan.holds_counters() {
            true => (counter, live.default_validation_class().to_string()),
            false => ("no counters".to_owned(), counter),
        };
        differ("the default validator", &expected, &actual);
        return found; // the validators of the columns would only repeat it
    }
    for field in plan.columns() {
        let column = plan.text(field.slot);
        if *names == Class::Ascii && !column.is_ascii() {
            let what = format!("the comparator, for the name of field `{column}`");
            differ(&what, Class::Utf8.name(), names.name());
        }
        let validator = live.validator_of(plan.name(field.slot));
        if !holds(validator, &field.class) {
            differ(
                &format!("the validator of field `{column}`"),
                &field.class.to_string(),
                &validator.to_string(),
            );
        }
        if field.is_indexed && live.index(plan.name(field.slot)).is_none() {
            differ(&format!("the index of field `{column}`"), "KEYS", "none");
        }
    }
    found
}

/// Whether a column of the class `live` takes whatever a field of the class `field` writes, and gives back the same.
pub(super) fn holds(live: &Class, field: &Class) -> bool {
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
