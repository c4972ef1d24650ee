//! How the fields go together: which of them an object is found by, and what is left to store.

use crate::errors::Errors;
use crate::field_attr::Role;
use crate::model::{Field, Layout, Model};

/// Fields for other structs: nothing that belongs to a whole object.
pub(super) fn part(model: &Model<'_>, errors: &mut Errors) {
    for (word, span) in model.attributes.of_a_family() {
        errors.at(
            span,
            format!("a `part` is stored in the column families of other structs; write `{word}` on those"),
        );
    }
    for field in &model.fields {
        if matches!(
            field.role,
            Role::Key | Role::SuperColumn | Role::Clustering | Role::Value | Role::Static | Role::Version
        ) {
            errors.at(
                field.span(),
                format!("a `part` has no `{}`; the struct that it is a part of has", field.role.word()),
            );
        }
    }
    if model.fields.is_empty() {
        errors.at(model.ident.span(), "a `part` without fields has nothing to store");
    }
}

pub(super) fn check(model: &Model<'_>, errors: &mut Errors) {
    if model.with_role(Role::Key).next().is_none() {
        errors.at(
            model.ident.span(),
            "no field is the row key; write `#[cassa(key)]` on one (or `#[cassa(part)]` on a struct that is only a part \
             of others)",
        );
    } else if !model.fields.iter().any(is_stored) {
        errors.at(
            model.ident.span(),
            "no field besides the row key: there would be no column to store, and Cassandra keeps no row without one",
        );
    }
    for role in [Role::SuperColumn, Role::Value, Role::Version, Role::Rest, Role::Ttl, Role::Timestamp] {
        once(model, role, errors);
    }
    match model.layout() {
        Layout::Part => {}
        Layout::Row => row(model, errors),
        Layout::SuperColumn => {
            none_of(model, Role::Value, "`value` needs a `clustering` field, which names its column", errors);
            none_of(
                model,
                Role::Version,
                "`version` needs `cas`, which knows no super columns; remove one of the two",
                errors,
            );
            none_indexed(model, "Cassandra has no indexes in super columns; remove `index`", errors);
            static_needs_a_prefix(model, errors);
        }
        Layout::Column => column(model, errors),
        Layout::Prefix => {
            wide(model, errors);
            if model.fields.iter().any(is_stored)
                && !model.fields.iter().any(|field| is_stored(field) && field.role != Role::Static)
            {
                errors.at(
                    model.ident.span(),
                    "no field besides the row key, `clustering` and `static`: the objects would have no column of their own",
                );
            }
            none_indexed(
                model,
                "an index finds whole rows, and this object is a part of one; remove `index`",
                errors,
            );
        }
    }
    if !matches!(model.layout(), Layout::Column | Layout::Prefix) {
        for (field, span) in model.fields.iter().filter_map(|field| Some((field, field.reversed?))) {
            if field.role != Role::Clustering {
                errors.at(span, "only a `clustering` field has an order that can be `reversed`");
            }
        }
    }
}

fn is_stored(field: &Field<'_>) -> bool {
    !field.role.is_identity() && !matches!(field.role, Role::Ttl | Role::Timestamp)
}

/// Every field that has the role beyond the first.
fn once(model: &Model<'_>, role: Role, errors: &mut Errors) {
    let mut fields = model.with_role(role);
    let Some(first) = fields.next() else { return };
    for field in fields {
        errors.at(field.span(), format!("`{}` is the field `{}` already", role.word(), first.ident));
    }
}

fn none_of(model: &Model<'_>, role: Role, message: &str, errors: &mut Errors) {
    for field in model.with_role(role) {
        errors.at(field.span(), message);
    }
}

fn none_indexed(model: &Model<'_>, message: &str, errors: &mut Errors) {
    for span in model.fields.iter().filter_map(|field| field.index) {
        errors.at(span, message);
    }
}

fn static_needs_a_prefix(model: &Model<'_>, errors: &mut Errors) {
    let message = "a `static` field stands once in a row of several objects: write `#[cassa(clustering)]` on the field \
                   that tells them apart, or remove `static`";
    none_of(model, Role::Static, message, errors);
}

fn row(model: &Model<'_>, errors: &mut Errors) {
    none_of(model, Role::Value, "`value` needs a `clustering` field, which names its column", errors);
    static_needs_a_prefix(model, errors);
}

/// `clustering` names the column, `value` is its value, and nothing else has a place.
fn column(model: &Model<'_>, errors: &mut Errors) {
    wide(model, errors);
    for field in &model.fields {
        if matches!(field.role, Role::Column | Role::Static | Role::Version | Role::Flatten) {
            errors.at(
                field.span(),
                format!(
                    "with `value` an object is a single column, and `{}` has no place in it; remove `value`, or store both \
                     in one field by `#[cassa(value, json)]`",
                    field.ident
                ),
            );
        }
    }
    if let Some(span) = model.attributes.comparator.span() {
        errors.at(span, "the names of the columns are those of the `clustering` field; remove `comparator`");
    }
}

fn wide(model: &Model<'_>, errors: &mut Errors) {
    for field in model.with_role(Role::SuperColumn) {
        errors
            .at(field.span(), "an object is either a `super_column` or a part of a `clustering`; remove one");
    }
    for field in model.with_role(Role::Rest) {
        errors.at(field.span(), "the other columns of a wide row are other objects; remove `rest`");
    }
    for field in model.with_role(Role::Version) {
        errors.at(
            field.span(),
            "`version` guards a whole row, and this object is a part of one; remove `version`",
        );
    }
    for field in &model.fields {
        if let Some(span) = field.reversed.filter(|_| field.role != Role::Clustering) {
            errors.at(span, "only a `clustering` field has an order that can be `reversed`");
        }
    }
}

/// Counters stand alone: a column family holds nothing else beside them.
pub(super) fn counters(model: &Model<'_>, errors: &mut Errors) {
    let Some(first) = model.fields.iter().find(|field| field.counter.is_some()) else { return };
    for field in model.fields.iter().filter(|field| field.counter.is_none()) {
        let why = match field.role {
            Role::Key | Role::SuperColumn | Role::Clustering => continue,
            Role::Flatten => {
                "a column family of counters holds nothing else (a part that holds counters is \
                              `#[cassa(flatten, counter)]`)"
            }
            Role::Ttl => "counters do not expire",
            Role::Timestamp => "counters have no timestamp",
            Role::Version => "counters are added to, never compared",
            _ => "a column family of counters holds nothing else",
        };
        errors.at(
            field.span(),
            format!(
                "`{}` is a counter, and {why}; write `{}` in a struct of its own",
                first.ident, field.ident
            ),
        );
    }
    for (word, span) in [("ttl", model.attributes.ttl.span()), ("nulls", model.attributes.nulls.span())] {
        if let (Some(span), false) = (span, model.layout() == Layout::Part) {
            errors.at(
                span,
                format!("`{}` is a counter, which knows no `{word}`; remove `{word}`", first.ident),
            );
        }
    }
}
