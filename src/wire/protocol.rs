//! The `thrift` crate's protocol traits on a frame: a slice to read from, a vector to write to.
//!
//! The crate's own transports are not used: they read past the end of a frame, send header and body apart,
//! and believe every length.

use thrift::protocol::{
    TFieldIdentifier, TInputProtocol, TListIdentifier, TMapIdentifier, TMessageIdentifier, TOutputProtocol,
    TSetIdentifier, TStructIdentifier, TType,
};

use super::cursor::{Cursor, MAX_DEPTH, least_size, ttype};
use super::{DecodeError, message};

/// Reads from a frame.
pub(crate) struct FrameInput<'a> {
    cursor: Cursor<'a>,
    length: usize,
    depth: u32,
    structs: usize,
}

/// So many structs may be as empty as they like; of more than that, each has to take [`LEAST_STRUCT`] bytes on the
/// average. An empty one is a single byte of the frame and some 200 in memory.
const HOLLOW_STRUCTS: usize = 1024;
const LEAST_STRUCT: usize = 4;

impl<'a> FrameInput<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        FrameInput { cursor: Cursor::new(bytes), length: bytes.len(), depth: 0, structs: 0 }
    }

    fn kind(&mut self) -> thrift::Result<TType> {
        Ok(from_byte(self.cursor.u8()?)?)
    }

    fn list(&mut self) -> thrift::Result<(TType, i32)> {
        let element = self.kind()?;
        let n = self.cursor.count(least_size(to_byte(element)))?;
        Ok((element, n as i32)) // came from an i32
    }
}

fn from_byte(byte: u8) -> Result<TType, DecodeError> {
    Ok(match byte {
        ttype::STOP => TType::Stop,
        ttype::VOID => TType::Void,
        ttype::BOOL => TType::Bool,
        ttype::BYTE => TType::I08,
        ttype::DOUBLE => TType::Double,
        ttype::I16 => TType::I16,
        ttype::I32 => TType::I32,
        ttype::I64 => TType::I64,
        ttype::STRING => TType::String,
        ttype::STRUCT => TType::Struct,
        ttype::MAP => TType::Map,
        ttype::SET => TType::Set,
        ttype::LIST => TType::List,
        ttype::UUID => TType::Uuid,
        other => return Err(DecodeError::UnknownType(other)),
    })
}

fn to_byte(kind: TType) -> u8 {
    match kind {
        TType::Stop => ttype::STOP,
        TType::Void => ttype::VOID,
        TType::Bool => ttype::BOOL,
        TType::I08 => ttype::BYTE,
        TType::Double => ttype::DOUBLE,
        TType::I16 => ttype::I16,
        TType::I32 => ttype::I32,
        TType::I64 => ttype::I64,
        TType::String | TType::Utf7 => ttype::STRING,
        TType::Struct => ttype::STRUCT,
        TType::Map => ttype::MAP,
        TType::Set => ttype::SET,
        TType::List => ttype::LIST,
        TType::Uuid => ttype::UUID,
    }
}

impl TInputProtocol for FrameInput<'_> {
    fn read_message_begin(&mut self) -> thrift::Result<TMessageIdentifier> {
        let header = message::read_header(&mut self.cursor)?;
        Ok(TMessageIdentifier::new(header.method, header.kind.into(), header.sequence))
    }

    fn read_message_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn read_struct_begin(&mut self) -> thrift::Result<Option<TStructIdentifier>> {
        if self.depth == MAX_DEPTH {
            return Err(DecodeError::TooDeep.into());
        }
        self.depth += 1;
        self.structs += 1;
        let read = self.length - self.cursor.rest().len();
        if self.structs > HOLLOW_STRUCTS && self.structs * LEAST_STRUCT > read {
            return Err(DecodeError::Hollow.into());
        }
        Ok(None)
    }

    fn read_struct_end(&mut self) -> thrift::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    fn read_field_begin(&mut self) -> thrift::Result<TFieldIdentifier> {
        let (kind, id) = self.cursor.field()?;
        Ok(TFieldIdentifier { name: None, field_type: from_byte(kind)?, id: Some(id) })
    }

    fn read_field_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn read_bool(&mut self) -> thrift::Result<bool> {
        Ok(self.cursor.u8()? != 0)
    }

    fn read_bytes(&mut self) -> thrift::Result<Vec<u8>> {
        Ok(self.cursor.blob()?.to_vec())
    }

    fn read_i8(&mut self) -> thrift::Result<i8> {
        Ok(self.cursor.array().map(i8::from_be_bytes)?)
    }

    fn read_i16(&mut self) -> thrift::Result<i16> {
        Ok(self.cursor.array().map(i16::from_be_bytes)?)
    }

    fn read_i32(&mut self) -> thrift::Result<i32> {
        Ok(self.cursor.i32()?)
    }

    fn read_i64(&mut self) -> thrift::Result<i64> {
        Ok(self.cursor.i64()?)
    }

    fn read_double(&mut self) -> thrift::Result<f64> {
        Ok(self.cursor.array().map(f64::from_be_bytes)?)
    }

    fn read_uuid(&mut self) -> thrift::Result<uuid::Uuid> {
        Ok(self.cursor.array().map(uuid::Uuid::from_bytes)?)
    }

    fn read_string(&mut self) -> thrift::Result<String> {
        Ok(self.cursor.text()?.to_owned())
    }

    fn read_list_begin(&mut self) -> thrift::Result<TListIdentifier> {
        let (element, n) = self.list()?;
        Ok(TListIdentifier::new(element, n))
    }

    fn read_list_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn read_set_begin(&mut self) -> thrift::Result<TSetIdentifier> {
        let (element, n) = self.list()?;
        Ok(TSetIdentifier::new(element, n))
    }

    fn read_set_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn read_map_begin(&mut self) -> thrift::Result<TMapIdentifier> {
        let (key, value) = (self.kind()?, self.kind()?);
        let n = self.cursor.count(least_size(to_byte(key)) + least_size(to_byte(value)))?;
        Ok(TMapIdentifier::new(key, value, n as i32)) // came from an i32
    }

    fn read_map_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn read_byte(&mut self) -> thrift::Result<u8> {
        Ok(self.cursor.u8()?)
    }

    // the crate's default counts depth anew in each call and copies what it passes over
    fn skip(&mut self, kind: TType) -> thrift::Result<()> {
        Ok(self.cursor.skip(to_byte(kind))?)
    }
}

/// Writes to the end of a vector.
pub(crate) struct FrameOutput<'a>(pub(crate) &'a mut Vec<u8>);

impl TOutputProtocol for FrameOutput<'_> {
    fn write_message_begin(&mut self, header: &TMessageIdentifier) -> thrift::Result<()> {
        message::write_header(self.0, header.message_type.into(), &header.name, header.sequence_number);
        Ok(())
    }

    fn write_message_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn write_struct_begin(&mut self, _: &TStructIdentifier) -> thrift::Result<()> {
        Ok(())
    }

    fn write_struct_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn write_field_begin(&mut self, field: &TFieldIdentifier) -> thrift::Result<()> {
        self.0.push(to_byte(field.field_type));
        self.write_i16(field.id.unwrap_or(0))
    }

    fn write_field_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn write_field_stop(&mut self) -> thrift::Result<()> {
        self.write_byte(ttype::STOP)
    }

    fn write_bool(&mut self, b: bool) -> thrift::Result<()> {
        self.write_byte(b.into())
    }

    fn write_bytes(&mut self, b: &[u8]) -> thrift::Result<()> {
        self.write_i32(length(b.len()))?;
        self.0.extend_from_slice(b);
        Ok(())
    }

    fn write_i8(&mut self, i: i8) -> thrift::Result<()> {
        self.0.extend_from_slice(&i.to_be_bytes());
        Ok(())
    }

    fn write_i16(&mut self, i: i16) -> thrift::Result<()> {
        self.0.extend_from_slice(&i.to_be_bytes());
        Ok(())
    }

    fn write_i32(&mut self, i: i32) -> thrift::Result<()> {
        self.0.extend_from_slice(&i.to_be_bytes());
        Ok(())
    }

    fn write_i64(&mut self, i: i64) -> thrift::Result<()> {
        self.0.extend_from_slice(&i.to_be_bytes());
        Ok(())
    }

    fn write_double(&mut self, d: f64) -> thrift::Result<()> {
        self.0.extend_from_slice(&d.to_be_bytes());
        Ok(())
    }

    fn write_uuid(&mut self, uuid: &uuid::Uuid) -> thrift::Result<()> {
        self.0.extend_from_slice(uuid.as_bytes());
        Ok(())
    }

    fn write_string(&mut self, s: &str) -> thrift::Result<()> {
        self.write_bytes(s.as_bytes())
    }

    fn write_list_begin(&mut self, list: &TListIdentifier) -> thrift::Result<()> {
        self.0.push(to_byte(list.element_type));
        self.write_i32(list.size)
    }

    fn write_list_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn write_set_begin(&mut self, set: &TSetIdentifier) -> thrift::Result<()> {
        self.0.push(to_byte(set.element_type));
        self.write_i32(set.size)
    }

    fn write_set_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn write_map_begin(&mut self, map: &TMapIdentifier) -> thrift::Result<()> {
        self.0.push(to_byte(map.key_type.unwrap_or(TType::Stop)));
        self.0.push(to_byte(map.value_type.unwrap_or(TType::Stop)));
        self.write_i32(map.size)
    }

    fn write_map_end(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn flush(&mut self) -> thrift::Result<()> {
        Ok(())
    }

    fn write_byte(&mut self, b: u8) -> thrift::Result<()> {
        self.0.push(b);
        Ok(())
    }
}

/// Thrift's lengths are 31 bits. A longer value cannot pass the limit on frames, which is checked before
/// anything is sent, so the length written for it is never seen.
pub(crate) fn length(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
