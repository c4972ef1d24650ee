//! How a value of each Rust type stands in a field, and the macro that makes structs of table rows.

use bytes::Bytes;
use thrift::protocol::{
    TFieldIdentifier, TInputProtocol, TListIdentifier, TMapIdentifier, TOutputProtocol, TType,
};

use super::DecodeError;
use super::protocol::{FrameInput, FrameOutput, length};

/// A value that can stand in a field, a list or a map.
pub trait Field: Sized {
    /// Its Thrift type.
    const TYPE: TType;

    /// Reads one.
    ///
    /// # Errors
    /// What `input` says of bytes that are no such value.
    fn read<P: TInputProtocol>(input: &mut P) -> thrift::Result<Self>;

    /// Writes this one.
    ///
    /// # Errors
    /// What `output` says.
    fn write<P: TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()>;

    /// What an absent field stands for; `None` where the field must be there.
    fn absent() -> Option<Self> {
        None
    }

    /// Whether the field is to be left out.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A struct of the interface.
pub trait Struct: Field {
    /// Its name in Cassandra's interface.
    const NAME: &'static str;
}

/// The bytes of a struct, without a message around it.
///
/// ```
/// use cassa::wire::{Column, encode};
///
/// let column = Column { name: "year".into(), timestamp: Some(5), ..Column::default() };
/// let mut bytes = Vec::new();
/// encode(&column, &mut bytes);
/// assert_eq!(bytes, b"\x0b\0\x01\0\0\0\x04year\x0a\0\x03\0\0\0\0\0\0\0\x05\0");
/// ```
pub fn encode<T: Field>(value: &T, out: &mut Vec<u8>) {
    value.write(&mut FrameOutput(out)).expect("writing to a vector does not fail");
}

/// A struct from its bytes, without a message around it.
///
/// ```
/// use cassa::wire::{Column, DecodeError, decode};
///
/// let column: Column = decode(b"\x0b\0\x01\0\0\0\x04year\0")?;
/// assert_eq!(column, Column { name: "year".into(), ..Column::default() });
/// assert_eq!(decode::<Column>(b"\0"), Err(DecodeError::Missing("Column", "name")));
/// # Ok::<(), DecodeError>(())
/// ```
///
/// # Errors
/// [`DecodeError`] where the bytes are not one, or where a required field is missing.
pub fn decode<T: Field>(bytes: &[u8]) -> Result<T, DecodeError> {
    Ok(T::read(&mut FrameInput::new(bytes))?)
}

pub(crate) fn write_field<T: Field, P: TOutputProtocol>(
    id: i16,
    v: &T,
    output: &mut P,
) -> thrift::Result<()> {
    if v.is_absent() {
        return Ok(());
    }
    output.write_field_begin(&TFieldIdentifier { name: None, field_type: T::TYPE, id: Some(id) })?;
    v.write(output)?;
    output.write_field_end()
}

pub(crate) fn required<T: Field>(v: Option<T>, owner: &'static str, name: &'static str) -> thrift::Result<T> {
    v.or_else(T::absent).ok_or_else(|| DecodeError::Missing(owner, name).into())
}

macro_rules! plain {
    ($($type:ty, $kind:ident, $read:ident, $write:ident;)*) => { $(
        impl Field for $type {
            const TYPE: TType = TType::$kind;
            fn read<P: TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
                Ok(input.$read()?.into())
            }
            fn write<P: TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
                output.$write((*self).into())
            }
        }
    )* };
}
plain! {
    bool, Bool, read_bool, write_bool;
    i32, I32, read_i32, write_i32;
    i64, I64, read_i64, write_i64;
    f64, Double, read_double, write_double;
}

impl Field for String {
    const TYPE: TType = TType::String;
    fn read<P: TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
        input.read_string()
    }
    fn write<P: TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
        output.write_string(self)
    }
}

impl Field for Bytes {
    const TYPE: TType = TType::String;
    fn read<P: TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
        input.read_bytes().map(Bytes::from)
    }
    fn write<P: TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
        output.write_bytes(self)
    }
}

/// The result of a method that returns nothing.
impl Field for () {
    const TYPE: TType = TType::Void;
    fn read<P: TInputProtocol>(_: &mut P) -> thrift::Result<Self> {
        Ok(())
    }
    fn write<P: TOutputProtocol>(&self, _: &mut P) -> thrift::Result<()> {
        Ok(())
    }
    fn absent() -> Option<Self> {
        Some(())
    }
    fn is_absent(&self) -> bool {
        true
    }
}

impl<T: Field> Field for Option<T> {
    const TYPE: TType = T::TYPE;
    fn read<P: TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
        T::read(input).map(Some)
    }
    fn write<P: TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
        self.as_ref().map_or(Ok(()), |value| value.write(output))
    }
    fn absent() -> Option<Self> {
        Some(None)
    }
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// So many elements are believed before any has been read; more come as they are read.
const BELIEVED: usize = 256;

impl<T: Field> Field for Vec<T> {
    const TYPE: TType = TType::List;
    fn read<P: TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
        let list = input.read_list_begin()?;
        if list.size > 0 && list.element_type != T::TYPE {
            return Err(DecodeError::WrongElement.into());
        }
        let n = list.size as usize; // the protocol has refused negative ones
        let mut items = Vec::with_capacity(n.min(BELIEVED));
        for _ in 0..n {
            items.push(T::read(input)?);
        }
        input.read_list_end()?;
        Ok(items)
    }
    fn write<P: TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
        output.write_list_begin(&TListIdentifier::new(T::TYPE, length(self.len())))?;
        self.iter().try_for_each(|item| item.write(output))?;
        output.write_list_end()
    }
}

/// A map, in the order of the wire.
impl<K: Field, V: Field> Field for Vec<(K, V)> {
    const TYPE: TType = TType::Map;
    fn read<P: TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
        let map = input.read_map_begin()?;
        if map.size > 0 && (map.key_type, map.value_type) != (Some(K::TYPE), Some(V::TYPE)) {
            return Err(DecodeError::WrongElement.into());
        }
        let n = map.size as usize; // the protocol has refused negative ones
        let mut entries = Vec::with_capacity(n.min(BELIEVED));
        for _ in 0..n {
            entries.push((K::read(input)?, V::read(input)?));
        }
        input.read_map_end()?;
        Ok(entries)
    }
    fn write<P: TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
        output.write_map_begin(&TMapIdentifier::new(K::TYPE, V::TYPE, length(self.len())))?;
        for (key, value) in self {
            key.write(output)?;
            value.write(output)?;
        }
        output.write_map_end()
    }
}

/// Structs of the interface: a row is `id field: type`. The type says the rest: `Option` for fields that may
/// be left out, `Vec` for lists, `Vec` of pairs for maps.
macro_rules! structs {
    ($(
        $(#[$doc:meta])*
        $name:ident { $( $(#[$field_doc:meta])* $id:literal $field:ident: $type:ty ),* $(,)? }
    )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $(
                #[doc = concat!("Field ", $id, " of `", stringify!($name), "`.")]
                $(#[doc = ""] #[$field_doc])*
                pub $field: $type,
            )*
        }
        impl $crate::wire::field::Field for $name {
            const TYPE: thrift::protocol::TType = thrift::protocol::TType::Struct;

            fn read<P: thrift::protocol::TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
                #[allow(unused_imports)]
                use $crate::wire::field::{Field, required};
                $( let mut $field: Option<$type> = None; )*
                input.read_struct_begin()?;
                loop {
                    let field = input.read_field_begin()?;
                    match (field.field_type, field.id) {
                        (thrift::protocol::TType::Stop, _) => break,
                        // a known id with another type is as good as an unknown field
                        $( (<$type as Field>::TYPE, Some($id)) => $field = Some(Field::read(input)?), )*
                        (other, _) => input.skip(other)?,
                    }
                    input.read_field_end()?;
                }
                input.read_struct_end()?;
                Ok($name { $( $field: required($field, stringify!($name), stringify!($field))?, )* })
            }

            fn write<P: thrift::protocol::TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
                output.write_struct_begin(&thrift::protocol::TStructIdentifier { name: String::new() })?;
                $( $crate::wire::field::write_field($id, &self.$field, output)?; )*
                output.write_field_stop()?;
                output.write_struct_end()
            }
        }
        impl $crate::wire::field::Struct for $name {
            const NAME: &'static str = stringify!($name);
        }
    )* };
}
pub(crate) use structs;

/// Enums of the interface: a row is `Variant = number "NAME"`.
macro_rules! enums {
    ($(
        $(#[$doc:meta])*
        $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $number:literal $text:literal ),* $(,)? }
    )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum $name {
            $( #[doc = concat!("`", $text, "`.")] $(#[$variant_doc])* $variant = $number, )*
        }
        impl TryFrom<i32> for $name {
            type Error = $crate::wire::DecodeError;
            fn try_from(number: i32) -> Result<Self, Self::Error> {
                match number {
                    $( $number => Ok($name::$variant), )*
                    other => Err($crate::wire::DecodeError::UnknownEnum(stringify!($name), other)),
                }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $( $name::$variant => $text, )* })
            }
        }
        impl $crate::wire::field::Field for $name {
            const TYPE: thrift::protocol::TType = thrift::protocol::TType::I32;
            fn read<P: thrift::protocol::TInputProtocol>(input: &mut P) -> thrift::Result<Self> {
                Ok(Self::try_from(input.read_i32()?)?)
            }
            fn write<P: thrift::protocol::TOutputProtocol>(&self, output: &mut P) -> thrift::Result<()> {
                output.write_i32(*self as i32)
            }
        }
    )* };
}
pub(crate) use enums;
