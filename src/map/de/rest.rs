//! The columns that are no fields, as a map of their names and values.

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::column::ColumnDeserializer;
use crate::map::fault::{Fault, Result};
use crate::map::plan::Plan;
use crate::wire::hot::{Cell, Cells};

pub(super) struct Rest<'a, 'de> {
    plan: &'a Plan,
    cells: &'a Cells<'de>,
    /// The places of those that are left.
    places: &'a [u32],
    current: Option<Cell<'de>>,
}

impl<'a, 'de> Rest<'a, 'de> {
    pub(super) fn new(plan: &'a Plan, cells: &'a Cells<'de>, places: &'a [u32]) -> Self {
        Rest { plan, cells, places, current: None }
    }
}

impl<'de> Deserializer<'de> for Rest<'_, 'de> {
    type Error = Fault;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        MapAccessDeserializer::new(self).deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.places.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for Rest<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        let Some((place, places)) = self.places.split_first() else { return Ok(None) };
        self.places = places;
        let Some(cell) = self.cells.get(*place as usize) else { return Ok(None) };
        self.current = Some(cell);
        seed.deserialize(ColumnDeserializer::new(self.plan.comparator(), cell.name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value> {
        let Some(cell) = self.current.take() else {
            return Err(Fault::new("the map's `Deserialize` asks for a value before its name"));
        };
        let class = self.plan.class_of_rest(cell.name);
        seed.deserialize(ColumnDeserializer::new(class, cell.value)).map_err(|fault| {
            let name = String::from_utf8_lossy(cell.name);
            Fault::new(format!("column {name:?}: {}", fault.reason().unwrap_or_default()))
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.places.len())
    }
}
