//! A field as JSON text.

use serde::Serialize;
use serde::ser::{Impossible, Serializer};

use super::Written;
use super::refuse::refuse;
use crate::map::fault::{Fault, Result};

/// Appends the text, except of an `Option` that is `None`: that is a null, as it is everywhere else.
pub(super) fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<Written> {
    let start = out.len();
    serde_json::to_writer(&mut *out, value).map_err(|error| Fault::new(format!("json: {error}")))?;
    // JSON has one `null` for `None`, for a unit and for a `serde_json::Value::Null`, which only the first may be.
    if out[start..] == *b"null" && value.serialize(IsNone).is_ok() {
        out.truncate(start);
        return Ok(Written::Null);
    }
    Ok(Written::Value)
}

/// Succeeds with `None` and with nothing else.
struct IsNone;

impl IsNone {
    fn refused(&self, got: &'static str) -> Fault {
        Fault::new(got)
    }
}

impl Serializer for IsNone {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Impossible<(), Fault>;
    type SerializeTuple = Impossible<(), Fault>;
    type SerializeTupleStruct = Impossible<(), Fault>;
    type SerializeTupleVariant = Impossible<(), Fault>;
    type SerializeMap = Impossible<(), Fault>;
    type SerializeStruct = Impossible<(), Fault>;
    type SerializeStructVariant = Impossible<(), Fault>;

    fn serialize_none(self) -> Result<()> {
        Ok(())
    }

    refuse! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes some unit unit_struct unit_variant
        newtype_struct newtype_variant seq tuple tuple_struct tuple_variant map struct struct_variant
    }
}
