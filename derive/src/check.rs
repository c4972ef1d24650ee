//! What no attribute can know alone.

use std::collections::HashMap;

use crate::class;
use crate::errors::Errors;
use crate::model::{Field, Model};

/// The longest column family name that Cassandra takes.
const LONGEST_NAME: usize = 48;

pub(crate) fn check(model: &Model<'_>, errors: &mut Errors) {
    family_name(model, errors);
    keys(model, errors);
    names(model, errors);
    for field in &model.fields {
        self::field(field, errors);
    }
}

fn family_name(model: &Model<'_>, errors: &mut Errors) {
    let (name, span) = &model.name;
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_word) {
        errors.at(
            *span,
            format!(
                "`{name}` is no name of a column family: Cassandra takes 1 to {LONGEST_NAME} of the characters `a-z`, \
                 `A-Z`, `0-9` and `_`; write `#[cassa(name = \"…\")]`"
            ),
        );
    }
}

fn keys(model: &Model<'_>, errors: &mut Errors) {
    let mut keys = model.fields.iter().filter_map(|field| field.key.map(|span| (field, span)));
    let Some((first, _)) = keys.next() else {
        errors.at(model.ident.span(), "no field is the row key; write `#[cassa(key)]` on one");
        return;
    };
    for (_, span) in keys {
        errors.at(
            span,
            format!(
                "a key of several fields is not supported by this version of cassa, and `{}` is one already",
                first.ident
            ),
        );
    }
    if model.fields.iter().all(|field| field.key.is_some()) {
        errors.at(
            model.ident.span(),
            "no field besides the row key: there would be no column to store, and Cassandra keeps no row without one",
        );
    }
}

/// Columns, aliases and the key's field share one space of names: serde's.
fn names(model: &Model<'_>, errors: &mut Errors) {
    let mut taken: HashMap<&str, &Field<'_>> = HashMap::new();
    for field in &model.fields {
        let own = std::iter::once(&field.name);
        for (name, span) in own.chain(&field.aliases) {
            if name.is_empty() {
                errors.at(*span, "a column's name cannot be empty");
            } else if name.len() > usize::from(u16::MAX) {
                errors.at(*span, format!("a column's name cannot be longer than {} bytes", u16::MAX));
            } else if !name.is_ascii() && matches!(model.comparator, Some(("AsciiType", _))) {
                errors.at(*span, format!("`{name}` is not ASCII, and the comparator is `AsciiType`"));
            }
            if let Some(other) = taken.insert(name, field) {
                errors.at(*span, format!("the name `{name}` is taken by the field `{}`", other.ident));
            }
        }
    }
}

fn field(field: &Field<'_>, errors: &mut Errors) {
    if let Some(span) = field.key {
        if field.json.is_some() {
            errors.at(
                span,
                "a row key cannot be `json`: one object could have several keys; write `validator`",
            );
        }
        let skips = [
            (field.skip_serializing, "skip_serializing"),
            (field.skip_deserializing, "skip_deserializing"),
            (field.skip_serializing_if, "skip_serializing_if"),
        ];
        for (span, word) in skips {
            if let Some(span) = span {
                errors.at(span, format!("the row key is always written and read; remove `{word}`"));
            }
        }
        for (_, span) in &field.aliases {
            errors.at(*span, "the row key has no column that could have another name; remove `alias`");
        }
    }
    if let (Some(_), Some((_, span))) = (field.json, field.validator) {
        errors.at(span, "a `json` field is stored as `UTF8Type`; remove `validator`");
    }
    if let Some((word, span)) = &field.with
        && !field.has_validator
        && field.json.is_none()
    {
        errors.at(
            *span,
            format!(
                "`serde({word})` hides what the field is stored as; write `#[cassa(validator = \"…\")]` beside it, with \
                 one of {}",
                class::listed(&class::VALIDATORS)
            ),
        );
    }
}
