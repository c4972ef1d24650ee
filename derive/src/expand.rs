//! The constants, by paths that no import and no shadowed name can change.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::visit::{self, Visit};
use syn::{ConstParam, DeriveInput, GenericParam, Generics, Ident, Path, Type, TypeParam, parse_quote};

use crate::check::check;
use crate::errors::Errors;
use crate::field_attr::Role;
use crate::model::{self, Field, Layout, Model};
use crate::struct_attr::Nulls;

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let model = model::parse(input, &mut errors);
    if let Some(model) = &model {
        check(model, &mut errors);
    }
    errors.finish()?;
    Ok(model.as_ref().map(expand).unwrap_or_default())
}

fn expand(model: &Model<'_>) -> TokenStream {
    let Model { ident, krate, .. } = model;
    let generics = bounded(model);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let fields = model.fields.iter().map(|field| self::field(field, krate));
    let of = quote!(for #ident #type_generics #where_clause);
    let rest = if model.layout() == Layout::Part {
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::Part #of {}

            #[automatically_derived]
            impl #impl_generics #krate::Unclustered #of {}
        }
    } else {
        let family = family(model, &generics);
        let kind = kind(model, &generics);
        let clustered = clustered(model, &generics);
        quote!(#kind #clustered #family)
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Fields #of {
            const FIELDS: &'static [#krate::Field] = &[#(#fields),*];
        }

        #rest
    }
}

/// What may be done with the objects: they are inserted, added to, or saved by their version.
fn kind(model: &Model<'_>, generics: &Generics) -> TokenStream {
    let Model { ident, krate, .. } = model;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let of = quote!(for #ident #type_generics #where_clause);
    if model.holds_counters() {
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::CounterColumns #of {}
        }
    } else if let Some(Field { ident: version, ty, .. }) = model.with_role(Role::Version).next() {
        // The span makes the compiler underline the field's type where it cannot count.
        let ty = quote_spanned!(syn::spanned::Spanned::span(ty)=> #ty);
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::VersionedColumns #of {
                type Version = #ty;

                #[inline]
                fn version_mut(&mut self) -> &mut Self::Version {
                    &mut self.#version
                }
            }
        }
    } else {
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::PlainColumns #of {}
        }
    }
}

/// Whether there are many objects a row; and the type that they have where what they borrow is lent.
fn clustered(model: &Model<'_>, generics: &Generics) -> TokenStream {
    let Model { ident, krate, .. } = model;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let (Layout::Column | Layout::Prefix) = model.layout() else {
        return quote! {
            #[automatically_derived]
            impl #impl_generics #krate::Unclustered for #ident #type_generics #where_clause {}
        };
    };
    let lent = if generics.lifetimes().next().is_none() {
        quote!(#ident #type_generics)
    } else {
        let arguments = generics.params.iter().map(|parameter| match parameter {
            GenericParam::Lifetime(_) => quote!('__de),
            GenericParam::Type(TypeParam { ident, .. }) | GenericParam::Const(ConstParam { ident, .. }) => {
                quote!(#ident)
            }
        });
        quote!(#ident<#(#arguments),*>)
    };
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Clustered for #ident #type_generics #where_clause {
            type Lent<'__de> = #lent;
        }
    }
}

fn family(model: &Model<'_>, generics: &Generics) -> TokenStream {
    let Model { ident, vis, krate, name: (name, _), attributes, .. } = model;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let some_text = |name: &str, text: Option<&String>| {
        let name = quote::format_ident!("{name}");
        text.map(|text| {
            quote!(
                const #name: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(#text);
            )
        })
    };
    let keyspace = some_text("KEYSPACE", attributes.keyspace.get());
    let comment = some_text("COMMENT", attributes.comment.get());
    let nulls = (attributes.nulls.get() == Some(&Nulls::Delete))
        .then(|| quote!(const NULLS: #krate::Nulls = #krate::Nulls::Delete;));
    let ttl = attributes.ttl.get().map(|seconds| {
        quote!(const TTL: ::core::option::Option<::core::primitive::i32> = ::core::option::Option::Some(#seconds);)
    });
    let comparator = attributes
        .comparator
        .get()
        .map(|class| quote!(const COMPARATOR: #krate::FieldClass = #krate::FieldClass::Named(#class);));
    let key_type = attributes.key_type.get().map(|class| {
        quote!(
            const KEY_TYPE: ::core::option::Option<#krate::FieldClass> =
                ::core::option::Option::Some(#krate::FieldClass::Named(#class));
        )
    });
    let deny_unknown_fields = model.deny_unknown_fields.then(|| {
        quote!(
            const DENY_UNKNOWN_FIELDS: ::core::primitive::bool = true;
        )
    });
    // The one column that an object is has a constant too, under the field's name.
    let is_column = |field: &&Field<'_>| field.role.is_named_column() || field.role == Role::Value;
    let columns: Vec<_> = model.fields.iter().filter(is_column).collect();
    let (definition, of_columns, values) = if columns.is_empty() {
        (None, quote!(()), quote!(()))
    } else {
        let idents: Vec<_> = columns.iter().map(|field| field.ident).collect();
        let names = columns.iter().map(|field| &field.name.0);
        let definition = quote! {
            #vis struct __Columns #impl_generics #where_clause {
                #(#vis #idents: #krate::ColumnOf<#ident #type_generics>),*
            }
        };
        let values = quote!(__Columns { #(#idents: #krate::ColumnOf::named(#names)),* });
        (Some(definition), quote!(__Columns #type_generics), values)
    };
    quote! {
        #[allow(dead_code, missing_docs, missing_debug_implementations, missing_copy_implementations)]
        const _: () = {
            #definition

            #[automatically_derived]
            impl #impl_generics #krate::ColumnFamilyMap for #ident #type_generics #where_clause {
                const NAME: &'static ::core::primitive::str = #name;
                #keyspace
                #comment
                #nulls
                #ttl
                #comparator
                #key_type
                #deny_unknown_fields
                type Columns = #of_columns;
                const COLUMNS: Self::Columns = #values;
            }
        };
    }
}

fn field(field: &Field<'_>, krate: &Path) -> TokenStream {
    let Field { ty, name: (name, _), .. } = field;
    let direction = match (field.skip_serializing, field.skip_deserializing) {
        (Some(_), None) => Some(quote!(.only_read())),
        (None, Some(_)) => Some(quote!(.only_written())),
        _ => None,
    };
    if field.role == Role::Flatten {
        let fields = quote_spanned!(field.type_span()=> <#ty as #krate::Fields>::FIELDS);
        let prefix = &field.prefix;
        let counters = field.counter.map(|_| quote!(.counters()));
        return quote!(#krate::Field::flatten(#name, #fields, #prefix) #counters #direction);
    }
    // The span makes the compiler underline the field's type when it has no class.
    let class = match &field.validator {
        Some((class, _)) => quote!(#krate::FieldClass::Named(#class)),
        None if field.json.is_some() => quote!(#krate::FieldClass::Json),
        None if field.counter.is_some() => quote!(#krate::FieldClass::Named("CounterColumnType")),
        None if field.role == Role::Rest => quote_spanned!(field.type_span()=> <#ty as #krate::Rest>::VALUE),
        None => quote_spanned!(field.type_span()=> <#ty as #krate::Typed>::CLASS),
    };
    let role = match field.role {
        Role::Key => quote!(Key),
        Role::SuperColumn => quote!(SuperColumn),
        Role::Clustering => quote!(Clustering),
        Role::Value => quote!(Value),
        Role::Column | Role::Flatten => quote!(Column),
        Role::Static => quote!(Static),
        Role::Version => quote!(Version),
        Role::Rest => quote!(Rest),
        Role::Ttl => quote!(Ttl),
        Role::Timestamp => quote!(Timestamp),
    };
    let aliases = (!field.aliases.is_empty()).then(|| {
        let names = field.aliases.iter().map(|(name, _)| name);
        quote!(.aliases(&[#(#names),*]))
    });
    let index = field.index.map(|_| quote!(.indexed()));
    let reversed = field.reversed.map(|_| quote!(.reversed()));
    quote!(#krate::Field::new(#name, #class, #krate::Role::#role) #aliases #index #reversed #direction)
}

/// A field whose type depends on a parameter needs a class for whatever is put there.
fn bounded(model: &Model<'_>) -> Generics {
    let mut generics = model.generics.clone();
    let krate = &model.krate;
    let bounds: Vec<syn::WherePredicate> = model
        .fields
        .iter()
        .filter(|field| field.validator.is_none() && field.json.is_none())
        .filter(|field| field.counter.is_none() || field.role == Role::Flatten)
        .filter(|field| mentions_a_parameter(field.ty, model.generics))
        .map(|Field { ty, role, .. }| match role {
            Role::Flatten => parse_quote!(#ty: #krate::Fields),
            Role::Rest => parse_quote!(#ty: #krate::Rest),
            _ => parse_quote!(#ty: #krate::Typed),
        })
        .collect();
    if !bounds.is_empty() {
        generics.make_where_clause().predicates.extend(bounds);
    }
    generics
}

fn mentions_a_parameter(ty: &Type, generics: &Generics) -> bool {
    struct Search<'a> {
        generics: &'a Generics,
        found: bool,
    }
    impl<'ast> Visit<'ast> for Search<'_> {
        fn visit_ident(&mut self, ident: &'ast Ident) {
            self.found |= self.generics.type_params().any(|parameter| parameter.ident == *ident);
            visit::visit_ident(self, ident);
        }
    }
    let mut search = Search { generics, found: false };
    search.visit_type(ty);
    search.found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds what the derive makes of `tests/expansion/NAME.in.rs` to `tests/expansion/NAME.rs`; `EXPANSION=overwrite`
    /// writes the latter anew, to be read before it is committed. Whitespace is prettyplease's.
    fn snapshot(name: &str) {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansion");
        let source = std::fs::read_to_string(folder.join(format!("{name}.in.rs"))).expect("a struct");
        let tokens = derive(&syn::parse_str(&source).expect("a struct")).expect("no mistake in it");
        let expansion = prettyplease::unparse(&syn::parse2(tokens).expect("items"));
        let expected = folder.join(format!("{name}.rs"));
        if std::env::var_os("EXPANSION").is_some_and(|value| value == "overwrite") {
            std::fs::write(&expected, &expansion).expect("a file that can be written");
        }
        assert_eq!(expansion, std::fs::read_to_string(expected).expect("the expansion"), "{name}");
    }

    #[test]
    fn a_plain_struct() {
        snapshot("plain");
    }

    #[test]
    fn every_attribute() {
        snapshot("attributes");
    }

    #[test]
    fn every_role() {
        snapshot("roles");
    }

    #[test]
    fn counters() {
        snapshot("counters");
    }

    #[test]
    fn a_version() {
        snapshot("version");
    }

    #[test]
    fn a_part() {
        snapshot("part");
    }

    #[test]
    fn a_timeline() {
        snapshot("timeline");
    }

    #[test]
    fn a_composite_prefix() {
        snapshot("prefix");
    }

    #[test]
    fn a_generic_struct() {
        snapshot("generic");
    }
}
