//! `#[serde(…)]`: obeyed, or refused with the reason, never half.

use proc_macro2::Span;
use syn::{Attribute, Meta};

use crate::attr::{Item, Once, entries, items};
use crate::case::Case;
use crate::errors::Errors;

pub(crate) struct StructAttributes {
    pub(crate) rename_all: Option<Case>,
    pub(crate) deny_unknown_fields: bool,
}

pub(crate) fn of_struct(attributes: &[Attribute], errors: &mut Errors) -> StructAttributes {
    let mut parsed = StructAttributes { rename_all: None, deny_unknown_fields: false };
    for item in items(attributes, "serde", errors) {
        let word = item.word();
        match word.as_str() {
            "rename_all" => parsed.rename_all = rename_all(&item, errors),
            "deny_unknown_fields" => parsed.deny_unknown_fields = true,
            // The name of the struct itself is written nowhere.
            "rename" | "default" | "bound" | "crate" | "expecting" => {}
            "transparent" | "from" | "try_from" | "into" | "tag" | "content" | "untagged" => errors.at(
                item.span(),
                format!(
                    "`serde({word})` makes the struct something else than its fields, which are what the mapper \
                     stores; derive `ColumnFamilyMap` on a struct without it and convert by hand"
                ),
            ),
            "remote" => errors.at(
                item.span(),
                "`serde(remote)` describes another type, which `ColumnFamilyMap` cannot be derived for; derive it on \
                 a struct of your own and convert by hand",
            ),
            _ => unknown(&item, &word, errors),
        }
    }
    parsed
}

pub(crate) struct FieldAttributes {
    pub(crate) rename: Option<(String, Span)>,
    pub(crate) aliases: Vec<(String, Span)>,
    pub(crate) skip_serializing: Once<()>,
    pub(crate) skip_deserializing: Once<()>,
    pub(crate) skip_serializing_if: Once<()>,
    /// The word that puts a function of the user's between value and column.
    pub(crate) with: Once<String>,
}

impl FieldAttributes {
    /// serde neither writes nor reads the field, and so the mapper does not know it.
    pub(crate) fn is_skipped(&self) -> bool {
        self.skip_serializing.is_given() && self.skip_deserializing.is_given()
    }
}

pub(crate) fn of_field(attributes: &[Attribute], errors: &mut Errors) -> FieldAttributes {
    let mut parsed = FieldAttributes {
        rename: None,
        aliases: Vec::new(),
        skip_serializing: Once::new("skip_serializing"),
        skip_deserializing: Once::new("skip_deserializing"),
        skip_serializing_if: Once::new("skip_serializing_if"),
        with: Once::new("with"),
    };
    for item in items(attributes, "serde", errors) {
        let word = item.word();
        match word.as_str() {
            "rename" => parsed.rename = both_directions(&item, errors),
            "alias" => {
                if let Some(name) = item.text(errors) {
                    parsed.aliases.push((name.value(), name.span()));
                }
            }
            "skip" => {
                parsed.skip_serializing.set((), item.span(), errors);
                parsed.skip_deserializing.set((), item.span(), errors);
            }
            "skip_serializing" => parsed.skip_serializing.set((), item.span(), errors),
            "skip_deserializing" => parsed.skip_deserializing.set((), item.span(), errors),
            "skip_serializing_if" => parsed.skip_serializing_if.set((), item.span(), errors),
            // serde itself reports one that is given twice.
            "with" | "serialize_with" | "deserialize_with" => {
                if !parsed.with.is_given() {
                    parsed.with.set(word, item.span(), errors);
                }
            }
            "default" | "borrow" | "bound" => {}
            "flatten" => errors.at(
                item.span(),
                "`serde(flatten)` loses the types of the inner fields, and columns are read by them; write \
                 `#[cassa(flatten)]` (for a map of all other columns `#[cassa(rest)]`)",
            ),
            "getter" => errors.at(
                item.span(),
                "`serde(getter)` belongs to `serde(remote)`, which `ColumnFamilyMap` cannot be derived with",
            ),
            _ => unknown(&item, &word, errors),
        }
    }
    parsed
}

fn unknown(item: &Item, word: &str, errors: &mut Errors) {
    errors.at(item.span(), format!("`serde({word})` is not known to the mapper; remove it"));
}

fn rename_all(item: &Item, errors: &mut Errors) -> Option<Case> {
    let (rule, span) = both_directions(item, errors)?;
    let case = Case::parse(&rule);
    if case.is_none() {
        errors.at(span, format!("`{rule}` is no rule of serde's; write one of {}", Case::rules()));
    }
    case
}

/// `rename = "a"`, or `rename(serialize = "a", deserialize = "a")` if both say the same.
fn both_directions(item: &Item, errors: &mut Errors) -> Option<(String, Span)> {
    let Meta::List(list) = &item.meta else {
        return item.text(errors).map(|text| (text.value(), text.span()));
    };
    let texts: Vec<_> = entries(list, errors)
        .iter()
        .filter(|entry| matches!(entry.word().as_str(), "serialize" | "deserialize"))
        .filter_map(|entry| entry.text(errors))
        .collect();
    match texts.as_slice() {
        [one, other] if one.value() == other.value() => Some((one.value(), one.span())),
        _ => {
            let word = item.word();
            errors.on(
                &item.meta,
                format!(
                    "a column has one name, for writing and for reading; write `#[serde({word} = \"…\")]`"
                ),
            );
            None
        }
    }
}
