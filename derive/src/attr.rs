//! What `#[cassa(…)]` and `#[serde(…)]` have in common: a list of words, `word = "literal"` and `word(…)`.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Path, Token};

use crate::errors::Errors;

/// One entry of an attribute's list.
pub(crate) struct Item {
    pub(crate) meta: Meta,
}

impl Item {
    pub(crate) fn word(&self) -> String {
        let path = self.meta.path();
        path.get_ident().map_or_else(|| path_text(path), ToString::to_string)
    }

    pub(crate) fn span(&self) -> Span {
        self.meta.path().span()
    }

    /// Reports anything that follows the word.
    pub(crate) fn nothing(&self, errors: &mut Errors) {
        if !matches!(self.meta, Meta::Path(_)) {
            errors.on(&self.meta, format!("`{0}` takes no value; write `{0}` alone", self.word()));
        }
    }

    /// The text of `word = "text"`.
    pub(crate) fn text(&self, errors: &mut Errors) -> Option<LitStr> {
        match self.literal() {
            Some(Lit::Str(text)) => Some(text.clone()),
            _ => {
                errors.on(&self.meta, format!("expected `{} = \"…\"`", self.word()));
                None
            }
        }
    }

    /// The literal of `word = literal`.
    pub(crate) fn literal(&self) -> Option<&Lit> {
        let Meta::NameValue(pair) = &self.meta else { return None };
        let mut value = &pair.value;
        // A literal that a macro_rules macro handed on stands in an invisible group.
        while let Expr::Group(group) = value {
            value = &group.expr;
        }
        match value {
            Expr::Lit(ExprLit { lit, .. }) => Some(lit),
            _ => None,
        }
    }
}

/// The entries of all attributes named `name`; what cannot be parsed is reported, the rest is kept.
pub(crate) fn items(attributes: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        match &attribute.meta {
            Meta::List(list) => items.extend(entries(list, errors)),
            meta => errors.on(meta, format!("expected `#[{name}(…)]`")),
        }
    }
    items
}

/// The entries of one list, as of `cassa(…)` or of `rename(…)`.
pub(crate) fn entries(list: &syn::MetaList, errors: &mut Errors) -> Vec<Item> {
    match list.parse_args_with(List::parse) {
        Ok(parsed) => {
            parsed.errors.into_iter().for_each(|error| errors.push(error));
            parsed.items
        }
        Err(error) => {
            errors.push(error);
            Vec::new()
        }
    }
}

struct List {
    items: Vec<Item>,
    errors: Vec<syn::Error>,
}

impl Parse for List {
    /// Goes on behind the next comma after a mistake.
    fn parse(input: ParseStream<'_>) -> syn::Result<List> {
        let mut list = List { items: Vec::new(), errors: Vec::new() };
        while !input.is_empty() {
            match meta(input) {
                Ok(meta) => list.items.push(Item { meta }),
                Err(error) => {
                    list.errors.push(error);
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<proc_macro2::TokenTree>()?;
                    }
                }
            }
            if input.is_empty() {
                break;
            }
            if let Err(error) = input.parse::<Token![,]>() {
                list.errors.push(error);
                while !input.is_empty() && input.parse::<Token![,]>().is_err() {
                    input.parse::<proc_macro2::TokenTree>()?;
                }
            }
        }
        Ok(list)
    }
}

/// `static` is a keyword, which syn takes for no path.
fn meta(input: ParseStream<'_>) -> syn::Result<Meta> {
    if input.peek(Token![static]) {
        let word = input.parse::<Token![static]>()?;
        return Ok(Meta::Path(Ident::new("static", word.span).into()));
    }
    input.parse()
}

/// An attribute's value, which may be given once.
pub(crate) struct Once<T> {
    word: &'static str,
    given: Option<(T, Span)>,
}

impl<T> Once<T> {
    pub(crate) fn new(word: &'static str) -> Self {
        Once { word, given: None }
    }

    pub(crate) fn set(&mut self, value: T, span: Span, errors: &mut Errors) {
        if self.given.is_some() {
            errors.at(span, format!("`{}` is given twice", self.word));
        } else {
            self.given = Some((value, span));
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.given.as_ref().map(|(value, _)| value)
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.given.as_ref().map(|(_, span)| *span)
    }

    pub(crate) fn is_given(&self) -> bool {
        self.given.is_some()
    }
}

fn path_text(path: &Path) -> String {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::")
}
