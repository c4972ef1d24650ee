//! The column family itself.

use proc_macro2::Span;

use crate::errors::Errors;
use crate::model::Model;
use crate::struct_attr::Nulls;

/// The longest name of a keyspace or a column family that Cassandra takes.
const LONGEST_NAME: usize = 48;

pub(super) fn check(model: &Model<'_>, errors: &mut Errors) {
    let (family, span) = &model.name;
    name(family, *span, "column family", "name", errors);
    let keyspace = &model.attributes.keyspace;
    if let (Some(keyspace), Some(span)) = (keyspace.get(), keyspace.span()) {
        name(keyspace, span, "keyspace", "keyspace", errors);
    }
    if model.with_role(crate::field_attr::Role::Version).next().is_some()
        && model.attributes.nulls.get() == Some(&Nulls::Delete)
        && let Some(span) = model.attributes.nulls.span()
    {
        errors.at(
            span,
            "a struct with a `version` is written by `cas`, which cannot delete a column; remove `nulls = \"delete\"`, or \
             store such a field by `#[cassa(json)]`",
        );
    }
}

fn name(name: &str, span: Span, what: &str, attribute: &str, errors: &mut Errors) {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_word) {
        errors.at(
            span,
            format!(
                "`{name}` is no name of a {what}: Cassandra takes 1 to {LONGEST_NAME} of the characters `a-z`, `A-Z`, \
                 `0-9` and `_`; write `#[cassa({attribute} = \"…\")]`"
            ),
        );
    }
}
