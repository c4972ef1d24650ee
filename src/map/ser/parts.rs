//! Values that serde hands over in pieces: bytes one by one, big integers as their sign and digits, composites as tuples.

use num_bigint::{BigInt, BigUint, Sign};
use serde::Serialize;
use serde::ser::{Impossible, SerializeSeq, SerializeTuple, SerializeTupleStruct, Serializer};

use super::column::{ColumnSerializer, Written};
use super::refuse::refuse;
use crate::map::fault::{Fault, Result};
use crate::map::identity::{begin_component, end_component};
use crate::marshal::Class;

pub(super) struct Parts<'a> {
    class: &'a Class,
    out: &'a mut Vec<u8>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// They stand in `out` from here on.
    Bytes { start: usize },
    /// The digits are of 32 bits, the lowest first.
    Integer { sign: Option<Sign>, digits: Option<Vec<u32>> },
    /// Each element is one, of these classes in order.
    Components { classes: &'a [Class], next: usize },
}

impl<'a> Parts<'a> {
    pub(super) fn of_sequence(class: &'a Class, out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        Parts { class, out, kind: Kind::Bytes { start } }
    }

    pub(super) fn of_integer(class: &'a Class, out: &'a mut Vec<u8>) -> Self {
        Parts { class, out, kind: Kind::Integer { sign: None, digits: None } }
    }

    pub(super) fn of_components(class: &'a Class, classes: &'a [Class], out: &'a mut Vec<u8>) -> Self {
        Parts { class, out, kind: Kind::Components { classes, next: 0 } }
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        match &mut self.kind {
            Kind::Components { classes, next } => {
                let Some(class) = classes.get(*next) else { return Err(self.wrong_length("more")) };
                *next += 1;
                component(class, value, self.out)
            }
            _ => value.serialize(Element(self)),
        }
    }

    #[cold]
    fn wrong_length(&self, got: &str) -> Fault {
        let expected = match self.kind {
            Kind::Components { classes, .. } => classes.len(),
            _ => 0,
        };
        Fault::mismatch(self.class, format_args!("{expected} components"), got)
    }

    fn finish(self) -> Result<Written> {
        match self.kind {
            Kind::Components { classes, next } if next == classes.len() => {}
            Kind::Components { .. } => return Err(self.wrong_length("fewer")),
            Kind::Bytes { start } => {
                let bytes = &self.out[start..];
                self.class.validate(bytes).map_err(|mismatch| Fault::new(mismatch.to_string()))?;
            }
            Kind::Integer { sign: Some(sign), digits: Some(digits) } => {
                let integer = BigInt::from_biguint(sign, BigUint::new(digits));
                self.out.extend_from_slice(&integer.to_signed_bytes_be());
            }
            Kind::Integer { .. } => {
                return Err(Fault::mismatch(self.class, "a sign and digits", "another tuple"));
            }
        }
        Ok(Written::Value)
    }
}

fn component<T: Serialize + ?Sized>(class: &Class, value: &T, out: &mut Vec<u8>) -> Result<()> {
    let start = begin_component(out);
    if value.serialize(ColumnSerializer::new(class, out))? == Written::Null {
        return Err(Fault::new("expected a component of a composite, got none"));
    }
    end_component(out, start).map_err(|length| {
        Fault::mismatch(class, format_args!("a component of at most {} bytes", u16::MAX), length)
    })
}

macro_rules! elements {
    ($($trait:ident $method:ident),*) => {$(
        impl $trait for Parts<'_> {
            type Ok = Written;
            type Error = Fault;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.element(value)
            }

            fn end(self) -> Result<Written> {
                self.finish()
            }
        }
    )*};
}

elements!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field);

/// One byte, or one of the two parts of an integer, or one of its digits.
struct Element<'p, 'a>(&'p mut Parts<'a>);

impl Element<'_, '_> {
    fn refused(&self, got: &'static str) -> Fault {
        let class = self.0.class;
        Fault::new(format!(
            "expected a value of {class}, got a sequence with {got} in it; `#[cassa(json)]` stores it as text"
        ))
    }
}

impl<'p, 'a> Serializer for Element<'p, 'a> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Digits<'p, 'a>;
    type SerializeTuple = Impossible<(), Fault>;
    type SerializeTupleStruct = Impossible<(), Fault>;
    type SerializeTupleVariant = Impossible<(), Fault>;
    type SerializeMap = Impossible<(), Fault>;
    type SerializeStruct = Impossible<(), Fault>;
    type SerializeStructVariant = Impossible<(), Fault>;

    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<()> {
        match self.0.kind {
            Kind::Bytes { .. } => {
                self.0.out.push(value);
                Ok(())
            }
            _ => Err(self.refused("an integer")),
        }
    }

    fn serialize_i8(self, value: i8) -> Result<()> {
        match &mut self.0.kind {
            Kind::Integer { sign: sign @ None, .. } => {
                *sign = Some(match value {
                    ..0 => Sign::Minus,
                    0 => Sign::NoSign,
                    1.. => Sign::Plus,
                });
                Ok(())
            }
            _ => Err(self.refused("an integer")),
        }
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Digits<'p, 'a>> {
        match &mut self.0.kind {
            Kind::Integer { sign: Some(_), digits: digits @ None } => {
                *digits = Some(Vec::new());
                Ok(Digits(self.0))
            }
            _ => Err(self.refused("a sequence")),
        }
    }

    fn serialize_u32(self, value: u32) -> Result<()> {
        match &mut self.0.kind {
            Kind::Integer { digits: Some(digits), .. } => {
                digits.push(value);
                Ok(())
            }
            _ => Err(self.refused("an integer")),
        }
    }

    refuse! {
        bool i16 i32 i64 i128 u16 u64 u128 f32 f64 char str bytes none some unit unit_struct unit_variant
        newtype_struct newtype_variant tuple tuple_struct tuple_variant map struct struct_variant
    }
}

struct Digits<'p, 'a>(&'p mut Parts<'a>);

impl SerializeSeq for Digits<'_, '_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(Element(self.0))
    }

    fn end(self) -> Result<()> {
        Ok(())
    }
}
