//! The constants, by paths that no import and no shadowed name can change.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::visit::{self, Visit};
use syn::{DeriveInput, Generics, Ident, Path, Type, parse_quote};

use crate::cassa_attr::Nulls;
use crate::check::check;
use crate::errors::Errors;
use crate::model::{self, Field, Model};

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
    let Model { ident, krate, name: (name, _), .. } = model;
    let generics = bounded(model);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let fields = model.fields.iter().map(|field| self::field(field, krate));
    let nulls =
        (model.nulls == Nulls::Delete).then(|| quote!(const NULLS: #krate::Nulls = #krate::Nulls::Delete;));
    let ttl = model.ttl.map(|seconds| {
        quote!(const TTL: ::core::option::Option<::core::primitive::i32> = ::core::option::Option::Some(#seconds);)
    });
    let comparator = model
        .comparator
        .map(|(class, _)| quote!(const COMPARATOR: #krate::FieldClass = #krate::FieldClass::Named(#class);));
    let deny_unknown_fields = model.deny_unknown_fields.then(|| {
        quote!(
            const DENY_UNKNOWN_FIELDS: ::core::primitive::bool = true;
        )
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Fields for #ident #type_generics #where_clause {
            const FIELDS: &'static [#krate::Field] = &[#(#fields),*];
        }

        #[automatically_derived]
        impl #impl_generics #krate::ColumnFamilyMap for #ident #type_generics #where_clause {
            const NAME: &'static ::core::primitive::str = #name;
            #nulls
            #ttl
            #comparator
            #deny_unknown_fields
        }
    }
}

fn field(field: &Field<'_>, krate: &Path) -> TokenStream {
    let Field { ty, name: (name, _), .. } = field;
    let class = match field.validator {
        Some((class, _)) => quote!(#krate::FieldClass::Named(#class)),
        None if field.json.is_some() => quote!(#krate::FieldClass::Named("UTF8Type")),
        // The span makes the compiler underline the field's type when it has no class.
        None => quote_spanned!(field.type_span()=> <#ty as #krate::Typed>::CLASS),
    };
    let role = match (field.key, field.json) {
        (Some(_), _) => quote!(#krate::Role::Key),
        (None, Some(_)) => quote!(#krate::Role::Json),
        (None, None) => quote!(#krate::Role::Column),
    };
    let aliases = (!field.aliases.is_empty()).then(|| {
        let names = field.aliases.iter().map(|(name, _)| name);
        quote!(.aliases(&[#(#names),*]))
    });
    let direction = match (field.skip_serializing, field.skip_deserializing) {
        (Some(_), None) => Some(quote!(.only_read())),
        (None, Some(_)) => Some(quote!(.only_written())),
        _ => None,
    };
    quote!(#krate::Field::new(#name, #class, #role) #aliases #direction)
}

/// A field whose type depends on a parameter needs a class for whatever is put there.
fn bounded(model: &Model<'_>) -> Generics {
    let mut generics = model.generics.clone();
    let krate = &model.krate;
    let bounds: Vec<syn::WherePredicate> = model
        .fields
        .iter()
        .filter(|field| field.validator.is_none() && field.json.is_none())
        .filter(|field| mentions_a_parameter(field.ty, model.generics))
        .map(|Field { ty, .. }| parse_quote!(#ty: #krate::Typed))
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

    /// What the derive makes of the struct, as source. Whitespace is prettyplease's.
    fn expansion(source: &str) -> String {
        let input = syn::parse_str(source).expect("a struct");
        let tokens = derive(&input).expect("no mistake in it");
        prettyplease::unparse(&syn::parse2(tokens).expect("items"))
    }

    #[test]
    fn a_plain_struct() {
        let expected = include_str!("../tests/expansion/plain.rs");
        assert_eq!(expansion(include_str!("../tests/expansion/plain.in.rs")), expected);
    }

    #[test]
    fn every_attribute() {
        let expected = include_str!("../tests/expansion/attributes.rs");
        assert_eq!(expansion(include_str!("../tests/expansion/attributes.in.rs")), expected);
    }

    #[test]
    fn a_generic_struct() {
        let expected = include_str!("../tests/expansion/generic.rs");
        assert_eq!(expansion(include_str!("../tests/expansion/generic.in.rs")), expected);
    }
}
