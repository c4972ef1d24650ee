//! `#[cassa(…)]`, on the struct and on its fields.

use proc_macro2::Span;
use syn::{Attribute, Lit, Path};

use crate::attr::{Item, Once, items};
use crate::class::{self, COMPARATORS, listed, nearest};
use crate::errors::Errors;

const STRUCT_WORDS: [&str; 5] = ["comparator", "crate", "name", "nulls", "ttl"];
const STRUCT_WORDS_LATER: [&str; 4] = ["comment", "key_type", "keyspace", "part"];
const FIELD_WORDS: [&str; 3] = ["json", "key", "validator"];
const FIELD_WORDS_LATER: [&str; 10] = [
    "clustering",
    "counter",
    "flatten",
    "index",
    "rest",
    "super_column",
    "timestamp",
    "ttl",
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

/// Twenty years in seconds: the longest that Cassandra takes.
const LONGEST_TTL: i32 = 20 * 365 * 24 * 60 * 60;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    Skip,
    Delete,
}

pub(crate) struct StructAttributes {
    pub(crate) name: Once<String>,
    pub(crate) nulls: Once<Nulls>,
    pub(crate) ttl: Once<i32>,
    pub(crate) comparator: Once<&'static str>,
    pub(crate) krate: Once<Path>,
}

pub(crate) fn of_struct(attributes: &[Attribute], errors: &mut Errors) -> StructAttributes {
    let mut parsed = StructAttributes {
        name: Once::new("name"),
        nulls: Once::new("nulls"),
        ttl: Once::new("ttl"),
        comparator: Once::new("comparator"),
        krate: Once::new("crate"),
    };
    for item in items(attributes, "cassa", errors) {
        let word = item.word();
        match word.as_str() {
            "name" => {
                if let Some(name) = item.text(errors) {
                    parsed.name.set(name.value(), name.span(), errors);
                }
            }
            "nulls" => {
                if let Some((nulls, span)) = nulls(&item, errors) {
                    parsed.nulls.set(nulls, span, errors);
                }
            }
            "ttl" => {
                if let Some(seconds) = seconds(&item, errors) {
                    parsed.ttl.set(seconds, item.span(), errors);
                }
            }
            "comparator" => {
                if let Some((class, span)) = comparator(&item, errors) {
                    parsed.comparator.set(class, span, errors);
                }
            }
            "crate" => {
                if let Some(path) = item.text(errors) {
                    match path.parse_with(Path::parse_mod_style) {
                        Ok(path) => parsed.krate.set(path, item.span(), errors),
                        Err(_) => {
                            errors.on(&path, "expected the path of the crate `cassa`, as in `\"::cassa\"`")
                        }
                    }
                }
            }
            _ => other(&item, &word, &STRUCT_WORDS, &STRUCT_WORDS_LATER, &FIELD_WORDS, "a field", errors),
        }
    }
    parsed
}

pub(crate) struct FieldAttributes {
    pub(crate) key: Once<()>,
    pub(crate) json: Once<()>,
    pub(crate) validator: Once<&'static str>,
    /// A validator was given, be it a wrong one: nothing else is to be missed then.
    pub(crate) has_validator: bool,
}

pub(crate) fn of_field(attributes: &[Attribute], errors: &mut Errors) -> FieldAttributes {
    let mut parsed = FieldAttributes {
        key: Once::new("key"),
        json: Once::new("json"),
        validator: Once::new("validator"),
        has_validator: false,
    };
    for item in items(attributes, "cassa", errors) {
        let word = item.word();
        match word.as_str() {
            "key" => {
                item.nothing(errors);
                parsed.key.set((), item.span(), errors);
            }
            "json" => {
                item.nothing(errors);
                parsed.json.set((), item.span(), errors);
            }
            "validator" => {
                parsed.has_validator = true;
                if let Some(name) = item.text(errors) {
                    match class::validator(&name.value()) {
                        Ok(class) => parsed.validator.set(class, item.span(), errors),
                        Err(message) => errors.on(&name, message),
                    }
                }
            }
            _ => other(&item, &word, &FIELD_WORDS, &FIELD_WORDS_LATER, &STRUCT_WORDS, "the struct", errors),
        }
    }
    parsed
}

/// A word that has no place here, by the reason that it has none.
fn other(
    item: &Item,
    word: &str,
    known: &[&str],
    later: &[&str],
    elsewhere: &[&str],
    where_else: &str,
    errors: &mut Errors,
) {
    let message = if later.contains(&word) {
        format!("`cassa({word})` is not supported by this version of cassa")
    } else if SERDES_WORDS.contains(&word) {
        let example = if matches!(item.meta, syn::Meta::Path(_)) { "" } else { " = …" };
        format!("write `#[serde({word}{example})]`: the mapper obeys it")
    } else if elsewhere.contains(&word) {
        format!("`cassa({word})` belongs on {where_else}")
    } else {
        match nearest(word, known) {
            Some(meant) => format!("unknown attribute `cassa({word})`; did you mean `{meant}`?"),
            None => format!("unknown attribute `cassa({word})`; known here: {}", listed(known)),
        }
    };
    errors.at(item.span(), message);
}

fn nulls(item: &Item, errors: &mut Errors) -> Option<(Nulls, Span)> {
    let text = item.text(errors)?;
    match text.value().as_str() {
        "skip" => Some((Nulls::Skip, item.span())),
        "delete" => Some((Nulls::Delete, item.span())),
        _ => {
            errors.on(
                &text,
                "expected `\"skip\"` (an older cell stays when the field is `None`) or `\"delete\"` (it is deleted)",
            );
            None
        }
    }
}

fn seconds(item: &Item, errors: &mut Errors) -> Option<i32> {
    let seconds = match item.literal() {
        Some(Lit::Int(number)) => number.base10_parse().ok(),
        _ => None,
    };
    let seconds = seconds.filter(|seconds| (1..=LONGEST_TTL).contains(seconds));
    if seconds.is_none() {
        errors.on(&item.meta, format!("expected `ttl = N`, in seconds, from 1 to {LONGEST_TTL} (20 years)"));
    }
    seconds
}

fn comparator(item: &Item, errors: &mut Errors) -> Option<(&'static str, Span)> {
    let text = item.text(errors)?;
    match class::validator(&text.value()) {
        Ok(class) if COMPARATORS.contains(&class) => return Some((class, item.span())),
        Ok(class) => errors.on(
            &text,
            format!(
                "the names of fields are text, which `{class}` does not hold; write one of {}",
                listed(&COMPARATORS)
            ),
        ),
        Err(message) => errors.on(&text, message.replace("validator", "comparator")),
    }
    None
}
