//! Each field for itself.

use crate::class;
use crate::errors::Errors;
use crate::field_attr::Role;
use crate::model::Field;

pub(super) fn check(field: &Field<'_>, errors: &mut Errors) {
    words(field, errors);
    skips(field, errors);
    validator(field, errors);
    if !field.role.is_named_column() {
        let message = match field.role {
            Role::Key => "the row key has no column that could have another name; remove `alias`".to_owned(),
            role => format!("`{}` has no column that could have another name; remove `alias`", role.word()),
        };
        for (_, span) in &field.aliases {
            errors.at(*span, &message);
        }
    }
}

/// `json`, `counter` and `index`, beside what the field is for.
fn words(field: &Field<'_>, errors: &mut Errors) {
    if let Some(span) = field.json {
        match field.role {
            Role::Column | Role::Static | Role::Value => {}
            Role::Key => errors.at(
                field.span(),
                "a row key cannot be `json`: one object could have several keys; write `validator`",
            ),
            role if role.is_identity() => {
                errors.at(span, format!("`{}` names the object, which JSON text cannot: it has several forms; write `validator`", role.word()));
            }
            role => errors.at(span, format!("`{}` has a form of its own; remove `json`", role.word())),
        }
    }
    if let Some(span) = field.counter {
        if !matches!(field.role, Role::Column | Role::Value | Role::Flatten) {
            errors.at(span, format!("`{}` cannot be a counter; remove `counter`", field.role.word()));
        } else if let Some(json) = field.json {
            errors.at(json, "a counter is a number; remove `json`");
        }
        if let Some(index) = field.index {
            errors.at(index, "Cassandra has no indexes of counters; remove `index`");
        }
    } else if let Some(span) = field.index
        && !matches!(field.role, Role::Column)
    {
        errors.at(
            span,
            format!("an index is of a column, and `{}` is none; remove `index`", field.role.word()),
        );
    }
}

fn skips(field: &Field<'_>, errors: &mut Errors) {
    let skips = [
        (field.skip_serializing, "skip_serializing"),
        (field.skip_deserializing, "skip_deserializing"),
        (field.skip_serializing_if, "skip_serializing_if"),
    ];
    for (span, word) in skips {
        let Some(span) = span else { continue };
        match field.role {
            Role::Key => errors.at(span, format!("the row key is always written and read; remove `{word}`")),
            Role::SuperColumn | Role::Clustering | Role::Value | Role::Version => {
                errors
                    .at(span, format!("`{}` is always written and read; remove `{word}`", field.role.word()));
            }
            Role::Timestamp if word == "skip_deserializing" => {
                errors.at(span, "`timestamp` is there to be read; remove the field or `skip_deserializing`");
            }
            _ => {}
        }
    }
}

fn validator(field: &Field<'_>, errors: &mut Errors) {
    if let Some((_, span)) = &field.validator {
        if field.json.is_some() {
            errors.at(*span, "a `json` field is stored as `UTF8Type`; remove `validator`");
        } else if field.counter.is_some() {
            errors.at(*span, "a `counter` field is stored as `CounterColumnType`; remove `validator`");
        } else if field.role == Role::Flatten {
            errors.at(*span, "`flatten` stores each inner field by its own type; write `validator` on those");
        }
    }
    if let Some((word, span)) = &field.with
        && !field.has_validator
        && field.json.is_none()
        && field.counter.is_none()
        && field.role != Role::Flatten
    {
        errors.at(
            *span,
            format!(
                "`serde({word})` hides what the field is stored as; write `#[cassa(validator = \"…\")]` beside it, with \
                 one of {}",
                class::listed(&class::VALIDATORS)
            ),
        );
    } else if let (Some((word, span)), Role::Flatten) = (&field.with, field.role) {
        errors.at(
            *span,
            format!("`serde({word})` hides the fields that `flatten` stores; remove one of the two"),
        );
    }
}
