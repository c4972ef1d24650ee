//! Values that serde wants in pieces: bytes one by one, a big integer as its sign and digits, an address as the variant
//! of an enum.

use std::net::IpAddr;

use num_bigint::{BigInt, Sign};
use serde::de::value::{I8Deserializer, SeqDeserializer, U8Deserializer, U32Deserializer};
use serde::de::{DeserializeSeed, EnumAccess, SeqAccess, Unexpected, VariantAccess, Visitor};

use super::column::ColumnDeserializer;
use crate::map::fault::{Fault, Result};
use crate::map::identity::take_component;
use crate::marshal::Class;

/// A sequence of bytes.
pub(super) struct SingleBytes<'a, 'de> {
    class: &'a Class,
    bytes: &'de [u8],
}

impl<'a, 'de> SingleBytes<'a, 'de> {
    pub(super) fn new(class: &'a Class, bytes: &'de [u8]) -> Self {
        SingleBytes { class, bytes }
    }
}

impl<'de> SeqAccess<'de> for SingleBytes<'_, 'de> {
    type Error = Fault;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some((byte, rest)) = self.bytes.split_first() else { return Ok(None) };
        self.bytes = rest;
        seed.deserialize(U8Deserializer::<Fault>::new(*byte)).map(Some).map_err(|fault| {
            let reason = fault.reason().unwrap_or_default();
            Fault::new(format!(
                "a column of {} is read byte by byte; `#[cassa(json)]` stores others: {reason}",
                self.class
            ))
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.bytes.len())
    }
}

/// The sign, then the digits of 32 bits, the lowest first: what num-bigint reads.
pub(super) struct IntegerParts {
    sign: Option<i8>,
    digits: Option<Vec<u32>>,
}

impl IntegerParts {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let (sign, digits) = BigInt::from_signed_bytes_be(bytes).to_u32_digits();
        let sign = match sign {
            Sign::Minus => -1,
            Sign::NoSign => 0,
            Sign::Plus => 1,
        };
        IntegerParts { sign: Some(sign), digits: Some(digits) }
    }
}

impl<'de> SeqAccess<'de> for IntegerParts {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        if let Some(sign) = self.sign.take() {
            seed.deserialize(I8Deserializer::<Fault>::new(sign)).map(Some)
        } else if let Some(digits) = self.digits.take() {
            seed.deserialize(SeqDeserializer::<_, Fault>::new(digits.into_iter())).map(Some)
        } else {
            Ok(None)
        }
    }
}

/// The components of a composite, each read by its class.
pub(super) struct Components<'a, 'de> {
    classes: &'a [Class],
    bytes: &'de [u8],
}

impl<'a, 'de> Components<'a, 'de> {
    pub(super) fn new(classes: &'a [Class], bytes: &'de [u8]) -> Self {
        Components { classes, bytes }
    }
}

impl<'de> SeqAccess<'de> for Components<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        let Some((class, classes)) = self.classes.split_first() else { return Ok(None) };
        self.classes = classes;
        let Some(component) = take_component(&mut self.bytes) else {
            return Err(Fault::mismatch(
                class,
                "a component of a composite",
                "a composite that ends before it",
            ));
        };
        seed.deserialize(ColumnDeserializer::new(class, component)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.classes.len())
    }
}

/// An `IpAddr`, which is the enum of its two kinds to serde where text is not wanted.
pub(super) struct Address<'a, 'de> {
    column: ColumnDeserializer<'a, 'de>,
    variant: u32,
}

impl<'a, 'de> Address<'a, 'de> {
    pub(super) fn new(column: ColumnDeserializer<'a, 'de>) -> Result<Self> {
        let variant = match column.address()? {
            IpAddr::V4(_) => 0,
            IpAddr::V6(_) => 1,
        };
        Ok(Address { column, variant })
    }
}

impl<'de> EnumAccess<'de> for Address<'_, 'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        let variant = seed.deserialize(U32Deserializer::<Fault>::new(self.variant))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Address<'_, 'de> {
    type Error = Fault;

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.column)
    }

    fn unit_variant(self) -> Result<()> {
        Err(wrong_variant("a variant without a value"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value> {
        Err(wrong_variant("a variant of several values"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value> {
        Err(wrong_variant("a variant with named fields"))
    }
}

fn wrong_variant(wanted: &str) -> Fault {
    serde::de::Error::invalid_type(Unexpected::NewtypeVariant, &wanted)
}
