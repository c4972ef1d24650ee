//! `#[cassa(…)]` on a field.

use proc_macro2::Span;
use syn::{Attribute, LitStr, Meta};

use crate::attr::{Item, Once, entries, items};
use crate::class;
use crate::errors::Errors;
use crate::words::{Place, unknown};

/// What a field is for: each has one of these, or is a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Key,
    SuperColumn,
    Clustering,
    Value,
    Column,
    Static,
    Version,
    Flatten,
    Rest,
    Ttl,
    Timestamp,
}

impl Role {
    /// The word that gives it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Role::Key => "key",
            Role::SuperColumn => "super_column",
            Role::Clustering => "clustering",
            Role::Value => "value",
            Role::Column => "column",
            Role::Static => "static",
            Role::Version => "version",
            Role::Flatten => "flatten",
            Role::Rest => "rest",
            Role::Ttl => "ttl",
            Role::Timestamp => "timestamp",
        }
    }

    /// A part of what an object is found by, which it always has.
    pub(crate) fn is_identity(self) -> bool {
        matches!(self, Role::Key | Role::SuperColumn | Role::Clustering)
    }

    /// A column whose name is the field's.
    pub(crate) fn is_named_column(self) -> bool {
        matches!(self, Role::Column | Role::Static | Role::Version)
    }
}

pub(crate) struct FieldAttributes {
    pub(crate) role: Role,
    /// Where the role is given; `None` for a column.
    pub(crate) role_span: Option<Span>,
    pub(crate) prefix: String,
    pub(crate) json: Once<()>,
    pub(crate) counter: Once<()>,
    pub(crate) index: Once<()>,
    pub(crate) reversed: Once<()>,
    pub(crate) validator: Once<String>,
    /// A validator was given, be it a wrong one: nothing else is to be missed then.
    pub(crate) has_validator: bool,
}

impl FieldAttributes {
    /// Each word that is given, with its place.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&'static str, Span)> {
        [
            (self.role.word(), self.role_span),
            ("json", self.json.span()),
            ("counter", self.counter.span()),
            ("index", self.index.span()),
            ("reversed", self.reversed.span()),
            ("validator", self.validator.span()),
        ]
        .into_iter()
        .filter_map(|(word, span)| Some((word, span?)))
    }
}

pub(crate) fn parse(attributes: &[Attribute], errors: &mut Errors) -> FieldAttributes {
    let mut parsed = FieldAttributes {
        role: Role::Column,
        role_span: None,
        prefix: String::new(),
        json: Once::new("json"),
        counter: Once::new("counter"),
        index: Once::new("index"),
        reversed: Once::new("reversed"),
        validator: Once::new("validator"),
        has_validator: false,
    };
    for item in items(attributes, "cassa", errors) {
        let role = match item.word().as_str() {
            "key" => Role::Key,
            "super_column" => Role::SuperColumn,
            "clustering" => Role::Clustering,
            "value" => Role::Value,
            "static" => Role::Static,
            "version" => Role::Version,
            "flatten" => Role::Flatten,
            "rest" => Role::Rest,
            "ttl" => Role::Ttl,
            "timestamp" => Role::Timestamp,
            "json" => {
                flag(&item, &mut parsed.json, errors);
                continue;
            }
            "counter" => {
                flag(&item, &mut parsed.counter, errors);
                continue;
            }
            "index" => {
                flag(&item, &mut parsed.index, errors);
                continue;
            }
            "reversed" => {
                flag(&item, &mut parsed.reversed, errors);
                continue;
            }
            "validator" => {
                parsed.has_validator = true;
                validator(&item, &mut parsed.validator, errors);
                continue;
            }
            _ => {
                unknown(&item, Place::Field, errors);
                continue;
            }
        };
        if role == Role::Ttl && matches!(item.meta, Meta::NameValue(_)) {
            errors.on(
                &item.meta,
                "on a field, `ttl` says that the field holds the time to live and takes no value; `ttl = N` stands on the \
                 struct",
            );
        } else if role == Role::Flatten {
            flatten(&item, &mut parsed.prefix, errors);
        } else {
            item.nothing(errors);
        }
        if parsed.role_span.is_none() {
            (parsed.role, parsed.role_span) = (role, Some(item.span()));
        } else if parsed.role == role {
            errors.at(item.span(), format!("`{}` is given twice", role.word()));
        } else {
            errors.at(
                item.span(),
                format!(
                    "a field is one thing only, and this one is `{}`; remove one of the two",
                    parsed.role.word()
                ),
            );
        }
    }
    parsed
}

fn flag(item: &Item, once: &mut Once<()>, errors: &mut Errors) {
    item.nothing(errors);
    once.set((), item.span(), errors);
}

fn validator(item: &Item, once: &mut Once<String>, errors: &mut Errors) {
    let Some(name) = item.text(errors) else { return };
    match class::validator(&name.value()) {
        Ok(class) => once.set(class, item.span(), errors),
        Err(message) => errors.on(&name, message),
    }
}

/// `flatten` or `flatten(prefix = "…")`.
fn flatten(item: &Item, prefix: &mut String, errors: &mut Errors) {
    let list = match &item.meta {
        Meta::Path(_) => return,
        Meta::List(list) => list,
        meta => return errors.on(meta, "expected `flatten` or `flatten(prefix = \"…\")`"),
    };
    if let Ok(text) = list.parse_args::<LitStr>() {
        return errors.on(text, "expected `prefix = \"…\"`");
    }
    for entry in entries(list, errors) {
        if entry.word() != "prefix" {
            errors.at(entry.span(), "expected `prefix = \"…\"`");
        } else if let Some(text) = entry.text(errors) {
            *prefix = text.value();
        }
    }
}
