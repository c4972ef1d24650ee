//! serde's own idea of a struct's field names, which has to be the derive's.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::field::{Field, Fields};

/// How serde and `FIELDS` differ: by attributes that only one of the two derives saw, or code by hand.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// serde reads something else than a struct with named fields.
    NotAStruct,
    UnknownToSerde(&'static str),
    OnlyInSerde(&'static str),
}

/// Compares the names, without reading anything.
pub(crate) fn check<'de, T: Fields + Deserialize<'de>>() -> Result<(), Difference> {
    let mut names = None;
    // The probe never yields an object: it fails as soon as it has the names.
    let _ = T::deserialize(Probe(&mut names));
    let names = names.ok_or(Difference::NotAStruct)?;
    let ours = T::FIELDS.iter().filter(|field| field.is_read).flat_map(all_names);
    if let Some(name) = ours.clone().find(|name| !names.contains(name)) {
        return Err(Difference::UnknownToSerde(name));
    }
    match names.iter().find(|name| !ours.clone().any(|our| our == **name)) {
        Some(name) => Err(Difference::OnlyInSerde(name)),
        None => Ok(()),
    }
}

fn all_names(field: &'static Field) -> impl Iterator<Item = &'static str> + Clone {
    std::iter::once(field.name).chain(field.aliases.iter().copied())
}

struct Probe<'a>(&'a mut Option<&'static [&'static str]>);

#[derive(Debug)]
struct Stop;

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Stop;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Stop> {
        *self.0 = Some(names);
        Err(Stop)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Stop> {
        Err(Stop)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the names are known")
    }
}

impl std::error::Error for Stop {}

impl serde::de::Error for Stop {
    fn custom<T: fmt::Display>(_: T) -> Stop {
        Stop
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Difference::NotAStruct => {
                f.write_str("expected serde to read a struct with named fields, got another shape")
            }
            Difference::UnknownToSerde(name) => {
                write!(f, "field {name:?}: serde does not read a field of this name")
            }
            Difference::OnlyInSerde(name) => {
                write!(
                    f,
                    "field {name:?}: serde reads it, and the struct's `ColumnFamilyMap` does not have it"
                )
            }
        }
    }
}
