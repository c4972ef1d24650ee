//! The struct itself: its fields by name, without those that the row has no cell of, so that serde itself makes them
//! `None`, the default, or an error.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::Slots;
use super::column::ColumnDeserializer;
use crate::map::fault::{Fault, Result};
use crate::map::field::Role;
use crate::map::plan::Planned;
use crate::marshal::Class;
use crate::wire::hot::Row;

pub(super) struct RowDeserializer<'a, 'de> {
    fields: &'a [Planned],
    key: &'de [u8],
    row: Row<'de>,
    slots: &'a Slots,
    /// The field and the bytes that `next_value_seed` reads.
    current: Option<(&'a Planned, &'de [u8])>,
}

impl<'a, 'de> RowDeserializer<'a, 'de> {
    pub(super) fn new(fields: &'a [Planned], key: &'de [u8], row: Row<'de>, slots: &'a Slots) -> Self {
        RowDeserializer { fields, key, row, slots, current: None }
    }
}

impl<'de> Deserializer<'de> for RowDeserializer<'_, 'de> {
    type Error = Fault;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for RowDeserializer<'_, 'de> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        while let Some((field, rest)) = self.fields.split_first() {
            self.fields = rest;
            if !field.is_read {
                continue;
            }
            let bytes = match field.role {
                Role::Key => self.key,
                Role::Column | Role::Json => {
                    match self.slots.first(field.slots()).and_then(|i| self.row.get(i)) {
                        Some(cell) => cell.value,
                        None => continue,
                    }
                }
            };
            self.current = Some((field, bytes));
            return seed.deserialize(BorrowedStrDeserializer::new(field.name)).map(Some);
        }
        Ok(None)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        let Some((field, bytes)) = self.current.take() else {
            return Err(Fault::new("the struct's `Deserialize` asks for a value before its name"));
        };
        let value = match field.role {
            Role::Key | Role::Column => seed.deserialize(ColumnDeserializer::new(&field.class, bytes)),
            Role::Json => json(&field.class, bytes, seed),
        };
        value.map_err(|fault| fault.at(field.name))
    }
}

fn json<'de, S: DeserializeSeed<'de>>(class: &Class, bytes: &'de [u8], seed: S) -> Result<S::Value> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    read.map_err(|error| Fault::mismatch(class, "the field as JSON", format_args!("an error in it: {error}")))
}
