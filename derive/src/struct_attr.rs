//! `#[cassa(…)]` on the struct.

use proc_macro2::Span;
use syn::{Attribute, Lit, Path};

use crate::attr::{Item, Once, items};
use crate::class::{self, COMPARATORS, listed};
use crate::errors::Errors;
use crate::words::{Place, unknown};

/// Twenty years in seconds: the longest that Cassandra takes.
const LONGEST_TTL: i32 = 20 * 365 * 24 * 60 * 60;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    Skip,
    Delete,
}

pub(crate) struct StructAttributes {
    pub(crate) name: Once<String>,
    pub(crate) keyspace: Once<String>,
    pub(crate) comment: Once<String>,
    pub(crate) nulls: Once<Nulls>,
    pub(crate) ttl: Once<i32>,
    pub(crate) comparator: Once<String>,
    pub(crate) key_type: Once<String>,
    pub(crate) deny_unknown: Once<()>,
    pub(crate) part: Once<()>,
    pub(crate) krate: Once<Path>,
}

impl StructAttributes {
    /// Those that say something of a column family, which a part is not.
    pub(crate) fn of_a_family(&self) -> impl Iterator<Item = (&'static str, Span)> {
        [
            ("name", self.name.span()),
            ("keyspace", self.keyspace.span()),
            ("comment", self.comment.span()),
            ("nulls", self.nulls.span()),
            ("ttl", self.ttl.span()),
            ("comparator", self.comparator.span()),
            ("key_type", self.key_type.span()),
            ("deny_unknown", self.deny_unknown.span()),
        ]
        .into_iter()
        .filter_map(|(word, span)| Some((word, span?)))
    }
}

pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> StructAttributes {
    let mut parsed = StructAttributes {
        name: Once::new("name"),
        keyspace: Once::new("keyspace"),
        comment: Once::new("comment"),
        nulls: Once::new("nulls"),
        ttl: Once::new("ttl"),
        comparator: Once::new("comparator"),
        key_type: Once::new("key_type"),
        deny_unknown: Once::new("deny_unknown"),
        part: Once::new("part"),
        krate: Once::new("crate"),
    };
    for item in items(attributes, "cassa", errors) {
        match item.word().as_str() {
            "name" => text(&item, &mut parsed.name, errors),
            "keyspace" => text(&item, &mut parsed.keyspace, errors),
            "comment" => text(&item, &mut parsed.comment, errors),
            "nulls" => {
                if let Some(nulls) = nulls(&item, errors) {
                    parsed.nulls.set(nulls, item.span(), errors);
                }
            }
            "ttl" => {
                if let Some(seconds) = seconds(&item, errors) {
                    parsed.ttl.set(seconds, item.span(), errors);
                }
            }
            "comparator" => {
                if let Some(class) = comparator(&item, errors) {
                    parsed.comparator.set(class, item.span(), errors);
                }
            }
            "key_type" => {
                if let Some(name) = item.text(errors) {
                    match class::validator(&name.value()) {
                        Ok(class) => parsed.key_type.set(class, item.span(), errors),
                        Err(message) => errors.on(&name, message.replace("validator", "type of a key")),
                    }
                }
            }
            "deny_unknown" => {
                item.nothing(errors);
                parsed.deny_unknown.set((), item.span(), errors);
            }
            "part" => {
                item.nothing(errors);
                parsed.part.set((), item.span(), errors);
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
            _ => unknown(&item, Place::Struct, errors),
        }
    }
    parsed
}

fn text(item: &Item, once: &mut Once<String>, errors: &mut Errors) {
    if let Some(text) = item.text(errors) {
        once.set(text.value(), text.span(), errors);
    }
}

fn nulls(item: &Item, errors: &mut Errors) -> Option<Nulls> {
    let text = item.text(errors)?;
    match text.value().as_str() {
        "skip" => Some(Nulls::Skip),
        "delete" => Some(Nulls::Delete),
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

fn comparator(item: &Item, errors: &mut Errors) -> Option<String> {
    let text = item.text(errors)?;
    match class::validator(&text.value()) {
        Ok(class) if COMPARATORS.contains(&&*class) => return Some(class),
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
