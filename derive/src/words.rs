//! The words of `#[cassa(…)]`, and what is said to one that has no place.

use crate::attr::Item;
use crate::class::{listed, nearest};
use crate::errors::Errors;

pub(crate) const STRUCT_WORDS: [&str; 10] = [
    "comment",
    "comparator",
    "crate",
    "deny_unknown",
    "key_type",
    "keyspace",
    "name",
    "nulls",
    "part",
    "ttl",
];

pub(crate) const FIELD_WORDS: [&str; 15] = [
    "clustering",
    "counter",
    "flatten",
    "index",
    "json",
    "key",
    "rest",
    "reversed",
    "static",
    "super_column",
    "timestamp",
    "ttl",
    "validator",
    "value",
    "version",
];

/// What serde can say is said to serde.
const SERDES_WORDS: [&str; 12] = [
    "alias",
    "borrow",
    "default",
    "deny_unknown_fields",
    "deserialize_with",
    "rename",
    "rename_all",
    "serialize_with",
    "skip",
    "skip_deserializing",
    "skip_serializing",
    "skip_serializing_if",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Struct,
    Field,
}

/// A word that has no place here, by the reason that it has none.
pub(crate) fn unknown(item: &Item, place: Place, errors: &mut Errors) {
    let word = &*item.word();
    let (known, elsewhere, where_else) = match place {
        Place::Struct => (&STRUCT_WORDS[..], &FIELD_WORDS[..], "a field"),
        Place::Field => (&FIELD_WORDS[..], &STRUCT_WORDS[..], "the struct"),
    };
    let message = if SERDES_WORDS.contains(&word) {
        let example = if matches!(item.meta, syn::Meta::Path(_)) { "" } else { " = …" };
        format!("write `#[serde({word}{example})]`: the mapper obeys it")
    } else if elsewhere.contains(&word) {
        format!("`cassa({word})` belongs on {where_else}")
    } else if word == "prefix" {
        "`prefix` stands behind `flatten`; write `#[cassa(flatten(prefix = \"…\"))]`".to_owned()
    } else {
        match nearest(word, known) {
            Some(meant) => format!("unknown attribute `cassa({word})`; did you mean `{meant}`?"),
            None => format!("unknown attribute `cassa({word})`; known here: {}", listed(known)),
        }
    };
    errors.at(item.span(), message);
}
