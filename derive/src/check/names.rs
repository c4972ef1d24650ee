//! The names: columns, aliases and all other fields share one space of them, serde's.

use std::collections::HashMap;

use crate::errors::Errors;
use crate::field_attr::Role;
use crate::model::{Field, Model};

pub(super) fn check(model: &Model<'_>, errors: &mut Errors) {
    let is_ascii = model.attributes.comparator.get().is_some_and(|class| class == "AsciiType");
    let mut taken: HashMap<&str, &Field<'_>> = HashMap::new();
    for field in &model.fields {
        for (name, span) in std::iter::once(&field.name).chain(&field.aliases) {
            if name.is_empty() {
                errors.at(*span, "a column's name cannot be empty");
            } else if name.len() > usize::from(u16::MAX) {
                errors.at(*span, format!("a column's name cannot be longer than {} bytes", u16::MAX));
            } else if !name.is_ascii() && is_ascii && field.role.is_named_column() {
                errors.at(*span, format!("`{name}` is not ASCII, and the comparator is `AsciiType`"));
            }
            if let Some(other) = taken.insert(name, field) {
                errors.at(*span, format!("the name `{name}` is taken by the field `{}`", other.ident));
            }
        }
        if is_ascii && field.role == Role::Flatten && !field.prefix.is_ascii() {
            let message = format!("`{}` is not ASCII, and the comparator is `AsciiType`", field.prefix);
            errors.at(field.span(), message);
        }
    }
}
