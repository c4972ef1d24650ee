//! The column family of wide rows that a struct describes, and how a live one differs.

use crate::error::Difference;
use crate::map::identity::Identity;
use crate::map::plan::{Layout, Plan};
use crate::map::schema::holds;
use crate::map::wide_name::comparator;
use crate::marshal::Class;
use crate::schema::{ColumnFamilyBuilder, ColumnFamilyDefinition};

/// Comparator and validator. A wide row's columns have no names of their own that a schema could list, so all have one
/// class: that of the fields, if it is the same, or bytes.
pub(in crate::map) fn describe(plan: &Plan, definition: ColumnFamilyBuilder) -> ColumnFamilyBuilder {
    let definition = definition.comparator(comparator(plan));
    if plan.holds_counters() {
        definition.counters()
    } else {
        definition.default_validation_class(values(plan))
    }
}

fn values(plan: &Plan) -> Class {
    let mut classes = plan.columns().map(|column| &column.class);
    match classes.next() {
        Some(first) if classes.all(|class| class == first) => first.clone(),
        _ => Class::Bytes,
    }
}

pub(in crate::map) fn is_wide(plan: &Plan) -> bool {
    matches!(plan.layout(), Layout::Timeline | Layout::Prefix { .. })
}

/// All ways in which the names and values of a live definition do not fit the struct.
pub(in crate::map) fn differences(plan: &Plan, live: &ColumnFamilyDefinition, found: &mut Vec<Difference>) {
    let mut differ = |what: String, expected: String, actual: String| {
        found.push(Difference { what: what.into(), expected: expected.into(), actual: actual.into() });
    };
    let ours = comparator(plan);
    if live.is_super() {
        differ("the column type".into(), "Standard".into(), "Super".into());
    } else if !is_same_order(&ours, live.comparator()) {
        differ("the comparator".into(), ours.to_string(), live.comparator().to_string());
    }
    let (key, live_key) = (plan.identity().key_class(), live.key_validation_class());
    if !holds(live_key, key) {
        let fields = Identity::shown(plan.identity().key());
        differ(format!("the class of the row key (field `{fields}`)"), key.to_string(), live_key.to_string());
    }
    let validator = live.default_validation_class();
    if plan.holds_counters() != live.is_counter() {
        let counter = Class::Counter.to_string();
        let (expected, actual) = match plan.holds_counters() {
            true => (counter, validator.to_string()),
            false => ("no counters".to_owned(), counter),
        };
        return differ("the default validator".into(), expected, actual);
    }
    for column in plan.columns() {
        if !holds(validator, &column.class) {
            let what = format!("the default validator, for field `{}`", column.name);
            differ(what, column.class.to_string(), validator.to_string());
        }
    }
}

/// The two names for a moment are one order.
fn is_same_order(ours: &Class, live: &Class) -> bool {
    match (ours, live) {
        (Class::Reversed(ours), Class::Reversed(live)) => is_same_order(ours, live),
        (Class::Composite(ours), Class::Composite(live)) => {
            ours.len() == live.len()
                && ours.iter().zip(&live[..]).all(|(ours, live)| is_same_order(ours, live))
        }
        (Class::Date | Class::Timestamp, Class::Date | Class::Timestamp) => true,
        _ => ours == live,
    }
}
