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
use crate::map::plan::{Kind, Plan, Planned, Source};
use crate::map::wide_name::comparator;
use crate::marshal::Class;

/// An object's cells, and which field each is of.
pub(super) struct Object<'a, 'de> {
    pub(super) plan: &'a Plan,
    pub(super) found: &'a Found<'de>,
    pub(super) slots: &'a Slots,
}

impl<'de> Object<'_, 'de> {
    /// The value of the field's column; `None` where it has none.
    #[inline]
    fn column(&self, field: &Planned) -> Option<&'de [u8]> {
        match &self.found.statics {
            Some(statics) if field.is_static => self.slots.value(field, statics),
            _ => self.slots.value(field, &self.found.cells),
        }
    }

    /// Whether there is something to read a field of that is neither a column nor a part of the identity.
    fn is_there(&self, field: &Planned) -> bool {
        match field.kind {
            Kind::Ttl => self.ttl().is_some(),
            Kind::Timestamp => self.timestamp().is_some(),
            _ => true,
        }
    }

    /// The bytes of a part of what the object was found by; `None` where they are cut short.
    #[inline]
    fn part(&self, source: Source) -> Option<&'de [u8]> {
        match source {
            Source::Key => Some(self.found.key),
            Source::Name => Some(self.found.cells.name(0).unwrap_or_default()),
            Source::SuperColumn => Some(self.found.super_column.unwrap_or_default()),
            Source::KeyComponent(i) => component(self.found.key, i),
            // Without a cell of its own there is nothing that the object is at.
            Source::NameComponent(i) => self.found.cells.name(0).map_or(Some(&[]), |name| component(name, i)),
        }
    }

    #[cold]
    fn cut(&self, source: Source) -> Fault {
        let identity = self.plan.identity();
        let (class, components) = match source {
            Source::NameComponent(_) => (comparator(self.plan), identity.clustering().len()),
            _ => (identity.key_class().clone(), identity.key().len()),
        };
        Fault::mismatch(&class, format_args!("{components} components"), "fewer")
    }

    fn ttl(&self) -> Option<i32> {
        self.slots.taken(self.plan, &self.found.cells).filter_map(|cell| cell.ttl).min()
    }

    fn timestamp(&self) -> Option<i64> {
        self.slots.taken(self.plan, &self.found.cells).map(|cell| cell.timestamp).max()
    }

    /// Whether any of the columns of these fields is there.
    fn any(&self, fields: &[Planned]) -> bool {
        fields.iter().any(|field| match &field.kind {
            Kind::Column | Kind::Json => self.slots.any(field.slots()),
            Kind::Flatten { fields, .. } => self.any(fields),
            Kind::Rest => !self.slots.rest().is_empty(),
            Kind::Identity(..) | Kind::Ttl | Kind::Timestamp => false,
        })
    }

    /// Says which field it was that could not be read.
    #[cold]
    fn fault(&self, field: &Planned, fault: Fault) -> Fault {
        match &field.kind {
            Kind::Column | Kind::Json => fault.at_column(self.plan.text(field.slot), field.name),
            Kind::Flatten { prefix, .. } => fault.within(field.name, prefix),
            Kind::Identity(..) | Kind::Rest | Kind::Ttl | Kind::Timestamp => fault.at(field.name),
        }
    }
}

#[inline]
fn component(mut composite: &[u8], i: usize) -> Option<&[u8]> {
    for _ in 0..i {
        take_component(&mut composite)?;
    }
    take_component(&mut composite)
}

/// The struct, or one that is flattened into it.
///
/// What passes from `next_key_seed` to `next_value_seed` are plain members: a value of several words that is built in
/// memory and then moved as a whole costs more than the rest of a field.
pub(super) struct RowDeserializer<'a, 'de> {
    object: &'a Object<'a, 'de>,
    all: &'a [Planned],
    fields: std::slice::Iter<'a, Planned>,
    /// What `next_value_seed` reads, and its bytes where it has some.
    field: Option<&'a Planned>,
    bytes: &'de [u8],
}

impl<'a, 'de> RowDeserializer<'a, 'de> {
    #[inline]
    pub(super) fn new(object: &'a Object<'a, 'de>, all: &'a [Planned]) -> Self {
        RowDeserializer { object, all, fields: all.iter(), field: None, bytes: &[] }
    }

    /// Everything that is no plain value.
    fn special<S: DeserializeSeed<'de>>(&self, field: &'a Planned, seed: S) -> Result<S::Value> {
        let object = self.object;
        match &field.kind {
            Kind::Json => json(&field.class, self.bytes, seed),
            Kind::Flatten { fields, .. } => seed.deserialize(RowDeserializer::new(object, fields)),
            Kind::Rest => seed.deserialize(Rest::new(object.plan, &object.found.cells, object.slots.rest())),
            Kind::Ttl => seed.deserialize(Number::seconds(&field.class, object.ttl().unwrap_or_default())),
            Kind::Timestamp => {
                seed.deserialize(Number::timestamp(&field.class, object.timestamp().unwrap_or_default()))
            }
            Kind::Column | Kind::Identity(..) => {
                seed.deserialize(ColumnDeserializer::new(&field.class, self.bytes))
            }
        }
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
        if self.object.any(self.all) { visitor.visit_some(self) } else { visitor.visit_none() }
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
        for field in self.fields.by_ref() {
            if !field.is_read {
                continue;
            }
            let bytes = match &field.kind {
                Kind::Column | Kind::Json => self.object.column(field),
                Kind::Identity(_, source) => match self.object.part(*source) {
                    None => return Err(self.object.cut(*source).at(field.name)),
                    part => part,
                },
                _ => self.object.is_there(field).then_some(&[][..]),
            };
            if let Some(bytes) = bytes {
                (self.field, self.bytes) = (Some(field), bytes);
                return seed.deserialize(BorrowedStrDeserializer::new(field.name)).map(Some);
            }
        }
        Ok(None)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        let Some(field) = self.field.take() else {
            return Err(Fault::new("the struct's `Deserialize` asks for a value before its name"));
        };
        let value = match field.kind {
            Kind::Column | Kind::Identity(..) => {
                seed.deserialize(ColumnDeserializer::new(&field.class, self.bytes))
            }
            _ => self.special(field, seed),
        };
        value.map_err(|fault| self.object.fault(field, fault))
    }
}

fn json<'de, S: DeserializeSeed<'de>>(class: &Class, bytes: &'de [u8], seed: S) -> Result<S::Value> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    read.map_err(|error| Fault::mismatch(class, "the field as JSON", format_args!("an error in it: {error}")))
}
