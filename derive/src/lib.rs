//! The derive macro of [`cassa`](https://docs.rs/cassa): `#[derive(ColumnFamilyMap)]`.
//!
//! Use it through `cassa`, whose documentation describes every attribute. The macro emits constants and nothing else:
//! serde moves the values, and ordinary code in `cassa` does the work.
//!
//! The way of a struct through this crate: its attributes are parsed (`struct_attr`, `field_attr`, `serde_attr`; `words`
//! knows them all), made a `model`, checked as a whole (`check`) and written out (`expand`). Mistakes are collected on
//! the way (`errors`) and reported together.

mod attr;
mod case;
mod check;
mod class;
mod errors;
mod expand;
mod field_attr;
mod model;
mod serde_attr;
mod struct_attr;
mod words;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

// Documented where `cassa` re-exports it, so that the examples run as tests of that crate.
#[allow(missing_docs)]
#[proc_macro_derive(ColumnFamilyMap, attributes(cassa, serde))]
pub fn derive_column_family_map(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive(&input).unwrap_or_else(|errors| errors.to_compile_error()).into()
}
