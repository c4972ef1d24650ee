//! The struct as its attributes describe it.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Path, Type, Visibility, parse_quote};

use crate::case::Case;
use crate::errors::Errors;
use crate::field_attr::{self, Role};
use crate::serde_attr;
use crate::struct_attr::{self, StructAttributes};

pub(crate) struct Model<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) vis: &'a Visibility,
    pub(crate) generics: &'a Generics,
    /// The path of the crate `cassa`.
    pub(crate) krate: Path,
    pub(crate) name: (String, Span),
    pub(crate) attributes: StructAttributes,
    pub(crate) deny_unknown_fields: bool,
    /// Without those that serde skips altogether.
    pub(crate) fields: Vec<Field<'a>>,
}

/// How the objects of a struct lie in their column family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// No object of its own: fields for others.
    Part,
    Row,
    SuperColumn,
    /// A column of a wide row.
    Column,
    /// The columns of a wide row that begin alike.
    Prefix,
}

pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    /// serde's, which is the column's.
    pub(crate) name: (String, Span),
    pub(crate) aliases: Vec<(String, Span)>,
    pub(crate) role: Role,
    pub(crate) role_span: Option<Span>,
    pub(crate) prefix: String,
    pub(crate) json: Option<Span>,
    pub(crate) counter: Option<Span>,
    pub(crate) index: Option<Span>,
    pub(crate) reversed: Option<Span>,
    pub(crate) validator: Option<(String, Span)>,
    pub(crate) has_validator: bool,
    pub(crate) with: Option<(String, Span)>,
    pub(crate) skip_serializing: Option<Span>,
    pub(crate) skip_deserializing: Option<Span>,
    pub(crate) skip_serializing_if: Option<Span>,
}

/// `None` if there are no named fields to speak of.
pub(crate) fn parse<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Model<'a>> {
    let attributes = struct_attr::parse(&input.attrs, errors);
    let serde = serde_attr::of_struct(&input.attrs, errors);
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => fields,
            Fields::Unnamed(fields) => {
                let message = "the fields of a tuple struct have no names, and a column needs one; write a struct \
                               with named fields";
                errors.on(fields, message);
                return None;
            }
            Fields::Unit => {
                errors.on(
                    &input.ident,
                    "a struct without fields has nothing to store; write one with named fields",
                );
                return None;
            }
        },
        Data::Enum(data) => {
            let message = "an enum is not an object of a column family; derive `ColumnFamilyMap` on a struct (a \
                           field may hold an enum: by `#[cassa(validator = \"UTF8Type\")]` its variant's name)";
            errors.at(data.enum_token.span, message);
            return None;
        }
        Data::Union(data) => {
            let message = "a union is not an object of a column family; derive `ColumnFamilyMap` on a struct";
            errors.at(data.union_token.span, message);
            return None;
        }
    };
    let fields =
        fields.named.iter().filter_map(|field| self::field(field, serde.rename_all, errors)).collect();
    Some(Model {
        ident: &input.ident,
        vis: &input.vis,
        generics: &input.generics,
        krate: attributes.krate.get().cloned().unwrap_or_else(|| parse_quote!(::cassa)),
        name: match (attributes.name.get(), attributes.name.span()) {
            (Some(name), Some(span)) => (name.clone(), span),
            _ => (input.ident.unraw().to_string(), input.ident.span()),
        },
        deny_unknown_fields: serde.deny_unknown_fields || attributes.deny_unknown.is_given(),
        attributes,
        fields,
    })
}

impl<'a> Model<'a> {
    pub(crate) fn layout(&self) -> Layout {
        if self.attributes.part.is_given() {
            Layout::Part
        } else if self.with_role(Role::Clustering).next().is_some() {
            if self.with_role(Role::Value).next().is_some() { Layout::Column } else { Layout::Prefix }
        } else if self.with_role(Role::SuperColumn).next().is_some() {
            Layout::SuperColumn
        } else {
            Layout::Row
        }
    }

    pub(crate) fn with_role(&self, role: Role) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter().filter(move |field| field.role == role)
    }

    pub(crate) fn holds_counters(&self) -> bool {
        self.fields.iter().any(|field| field.counter.is_some())
    }
}

fn field<'a>(field: &'a syn::Field, rename_all: Option<Case>, errors: &mut Errors) -> Option<Field<'a>> {
    let cassa = field_attr::parse(&field.attrs, errors);
    let serde = serde_attr::of_field(&field.attrs, errors);
    // Behind `Fields::Named` every field has a name.
    let ident = field.ident.as_ref()?;
    if serde.is_skipped() {
        for (word, span) in cassa.given() {
            errors.at(span, format!("`{word}` on a field that serde skips; remove one of the two"));
        }
        return None;
    }
    let name = serde.rename.unwrap_or_else(|| {
        let plain = ident.unraw().to_string();
        (rename_all.map_or(plain.clone(), |case| case.apply(&plain)), ident.span())
    });
    let mut aliases: Vec<(String, Span)> = Vec::new();
    for alias in serde.aliases {
        // serde does not mind one that says nothing new.
        if alias.0 != name.0 && !aliases.iter().any(|other| other.0 == alias.0) {
            aliases.push(alias);
        }
    }
    Some(Field {
        ident,
        ty: &field.ty,
        name,
        aliases,
        role: cassa.role,
        role_span: cassa.role_span,
        prefix: cassa.prefix,
        json: cassa.json.span(),
        counter: cassa.counter.span(),
        index: cassa.index.span(),
        reversed: cassa.reversed.span(),
        validator: cassa.validator.get().cloned().zip(cassa.validator.span()),
        has_validator: cassa.has_validator,
        with: serde.with.get().cloned().zip(serde.with.span()),
        skip_serializing: serde.skip_serializing.span(),
        skip_deserializing: serde.skip_deserializing.span(),
        skip_serializing_if: serde.skip_serializing_if.span(),
    })
}

impl Field<'_> {
    pub(crate) fn type_span(&self) -> Span {
        self.ty.span()
    }

    /// Where what the field is for is said, if anywhere.
    pub(crate) fn span(&self) -> Span {
        self.role_span.unwrap_or_else(|| self.ident.span())
    }
}
