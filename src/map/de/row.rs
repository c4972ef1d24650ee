//! The struct itself: its fields by name, without those that there is no cell of, so that serde itself makes them
//! `None`, the default, or an error.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::column::ColumnDeserializer;
use super::number::Number;
use super::rest::Rest;
use super::{Found, Slots};
use crate::map::fault::{Fault, Result};
use crate::map::identity::take_component;
use crate::map::plan::{Kind, Layout, Plan, Planned};
use crate::map::wide_name::comparator;
use crate::marshal::Class;

/// The struct, or one that is flattened into it.
pub(super) struct RowDeserializer<'a, 'de> {
    plan: &'a Plan,
    fields: &'a [Planned],
    found: &'a Found<'de>,
    slots: &'a Slots,
    current: Current<'a, 'de>,
}

/// What `next_value_seed` reads.
enum Current<'a, 'de> {
    Nothing,
    Column(&'a Planned, &'de [u8]),
    Part(&'a Planned, &'de [u8]),
    Number(&'a Planned, Number<'a>),
    Flatten(&'a Planned, &'a [Planned], &'static str),
    Rest(&'a Planned),
}

impl<'a, 'de> RowDeserializer<'a, 'de> {
    pub(super) fn new(plan: &'a Plan, found: &'a Found<'de>, slots: &'a Slots) -> Self {
        RowDeserializer { plan, fields: plan.fields(), found, slots, current: Current::Nothing }
    }

    /// What the field is read of; `None` where there is nothing.
    #[inline]
    fn of(&self, field: &'a Planned) -> Result<Option<Current<'a, 'de>>> {
        if let Kind::Column | Kind::Json = field.kind {
            let cells = match &self.found.statics {
                Some(statics) if field.is_static => statics,
                _ => &self.found.cells,
            };
            let cell = self.slots.first(field.slots(), cells);
            return Ok(cell.map(|cell| Current::Column(field, cell.value)));
        }
        self.special(field)
    }

    fn special(&self, field: &'a Planned) -> Result<Option<Current<'a, 'de>>> {
        let taken = || self.slots.taken(self.plan, &self.found.cells);
        Ok(match &field.kind {
            Kind::Identity(i) => {
                Some(Current::Part(field, self.part(*i).map_err(|fault| fault.at(field.name))?))
            }
            Kind::Flatten { fields, prefix } => Some(Current::Flatten(field, fields, prefix)),
            Kind::Rest => Some(Current::Rest(field)),
            Kind::Ttl => taken()
                .filter_map(|cell| cell.ttl)
                .min()
                .map(|seconds| Current::Number(field, Number::seconds(&field.class, seconds))),
            Kind::Timestamp => taken()
                .map(|cell| cell.timestamp)
                .max()
                .map(|timestamp| Current::Number(field, Number::timestamp(&field.class, timestamp))),
            Kind::Column | Kind::Json => None,
        })
    }

    /// The bytes of a part of what the object was found by.
    fn part(&self, i: usize) -> Result<&'de [u8]> {
        let identity = self.plan.identity();
        let keys = identity.key().len();
        if i >= keys {
            return match (identity.clustering(), self.found.cells.get(0)) {
                ([], _) => Ok(self.found.super_column.unwrap_or_default()),
                (_, None) => Ok(&[]),
                ([_], Some(cell)) if self.plan.layout() == Layout::Timeline => Ok(cell.name),
                (parts, Some(cell)) => {
                    let (mut rest, count) = (cell.name, parts.len());
                    let mut values = (0..count).map_while(|_| take_component(&mut rest));
                    values.nth(i - keys).ok_or_else(|| {
                        Fault::mismatch(&comparator(self.plan), format_args!("{count} components"), "fewer")
                    })
                }
            };
        }
        if !identity.has_composite_key() {
            return Ok(self.found.key);
        }
        let mut rest = self.found.key;
        let mut parts = (0..keys).map_while(|_| take_component(&mut rest));
        parts
            .nth(i)
            .ok_or_else(|| Fault::mismatch(identity.key_class(), format_args!("{keys} components"), "fewer"))
    }

    /// Whether any of the columns of these fields is there.
    fn any(&self, fields: &[Planned]) -> bool {
        fields.iter().any(|field| match &field.kind {
            Kind::Column | Kind::Json => {
                let slots = field.slots();
                self.slots.any(*slots.start()..*slots.end() + 1)
            }
            Kind::Flatten { fields, .. } => self.any(fields),
            Kind::Rest => !self.slots.rest().is_empty(),
            Kind::Identity(_) | Kind::Ttl | Kind::Timestamp => false,
        })
    }
}

impl<'de> Deserializer<'de> for RowDeserializer<'_, 'de> {
    type Error = Fault;

    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_map(self)
    }

    /// A flattened part without a single column is absent.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.any(self.fields) { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
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
            let Some(current) = self.of(field)? else { continue };
            self.current = current;
            return seed.deserialize(BorrowedStrDeserializer::new(field.name)).map(Some);
        }
        Ok(None)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        match std::mem::replace(&mut self.current, Current::Nothing) {
            Current::Column(field, bytes) => {
                let value = match field.kind {
                    Kind::Json => json(&field.class, bytes, seed),
                    _ => seed.deserialize(ColumnDeserializer::new(&field.class, bytes)),
                };
                value.map_err(|fault| fault.at_column(self.plan.text(field.slot), field.name))
            }
            Current::Part(field, bytes) => seed
                .deserialize(ColumnDeserializer::new(&field.class, bytes))
                .map_err(|fault| fault.at(field.name)),
            Current::Number(field, number) => seed.deserialize(number).map_err(|fault| fault.at(field.name)),
            Current::Flatten(field, fields, prefix) => {
                let Self { plan, found, slots, .. } = *self;
                let inner = RowDeserializer { plan, fields, found, slots, current: Current::Nothing };
                seed.deserialize(inner).map_err(|fault| fault.within(field.name, prefix))
            }
            Current::Rest(field) => seed
                .deserialize(Rest::new(self.plan, &self.found.cells, self.slots.rest()))
                .map_err(|fault| fault.at(field.name)),
            Current::Nothing => {
                Err(Fault::new("the struct's `Deserialize` asks for a value before its name"))
            }
        }
    }
}

fn json<'de, S: DeserializeSeed<'de>>(class: &Class, bytes: &'de [u8], seed: S) -> Result<S::Value> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    read.map_err(|error| Fault::mismatch(class, "the field as JSON", format_args!("an error in it: {error}")))
}
