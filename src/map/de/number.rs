//! A number that no cell holds by itself: the object's time to live, or its timestamp.

use serde::de::{Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::map::fault::{Fault, Result};
use crate::map::time;
use crate::marshal::Class;

/// Microseconds or seconds as an integer; as a time where the field's class is one.
pub(super) struct Number<'a> {
    class: &'a Class,
    number: i64,
}

impl<'a> Number<'a> {
    /// Of microseconds: a time is kept in milliseconds.
    pub(super) fn timestamp(class: &'a Class, microseconds: i64) -> Self {
        let number = match class {
            Class::Date | Class::Timestamp => microseconds.div_euclid(1000),
            _ => microseconds,
        };
        Number { class, number }
    }

    pub(super) fn seconds(class: &'a Class, seconds: i32) -> Self {
        Number { class, number: seconds.into() }
    }
}

impl<'de> Deserializer<'de> for Number<'_> {
    type Error = Fault;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_i64(self.number)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.class {
            Class::Date | Class::Timestamp => {
                let text = time::print(self.number, time::is_with_offset::<V>());
                let text =
                    text.ok_or_else(|| Fault::new("expected a time between the years -262143 and 262142"))?;
                visitor.visit_str(text.as_str())
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}
