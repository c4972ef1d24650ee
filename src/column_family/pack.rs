//! Values to bytes and back, by the types of the schema; errors say which key, name or value.

use bytes::Bytes;

use super::{Column, ColumnFamily, Columns, RawRow};
use crate::error::{Error, Place, Result};
use crate::marshal::{Class, Mismatch, Value};

/// The type of everything where the schema's types are not to be used.
static RAW: Class = Class::Bytes;

impl ColumnFamily {
    pub(crate) fn key_class(&self) -> &Class {
        if self.autopack { self.definition.key_validation_class() } else { &RAW }
    }

    pub(crate) fn comparator(&self) -> &Class {
        if self.autopack { self.definition.comparator() } else { &RAW }
    }

    fn validator(&self, name: &[u8]) -> &Class {
        if self.autopack { self.definition.validator_of(name) } else { &RAW }
    }

    pub(super) fn pack_key(&self, key: &Value) -> Result<Vec<u8>> {
        self.key_class().packed(key).map_err(|e| {
            let mut at = self.place();
            at.row_key = Some(format!("{key:?}").into());
            type_error(at, e)
        })
    }

    pub(super) fn pack_name(&self, name: &Value) -> Result<Vec<u8>> {
        self.comparator().packed(name).map_err(|e| {
            let mut at = self.place();
            at.column = Some(format!("{name:?}").into());
            type_error(at, e)
        })
    }

    /// Packs a name and a value of a row to the ends of two buffers that are overwritten.
    pub(super) fn pack_column(
        &self,
        key: &[u8],
        (name, value): (&Value, &Value),
        packed_name: &mut Vec<u8>,
        packed_value: &mut Vec<u8>,
    ) -> Result<()> {
        packed_name.clear();
        packed_value.clear();
        let place = || {
            let mut at = self.key_place(key);
            at.column = Some(format!("{name:?}").into());
            at
        };
        self.comparator().pack(name, packed_name).map_err(|e| type_error(place(), e))?;
        self.validator(packed_name).pack(value, packed_value).map_err(|e| type_error(place(), e))
    }

    pub(super) fn unpack_key(&self, key: &[u8]) -> Result<Value> {
        self.key_class().unpack(&Bytes::copy_from_slice(key)).map_err(|e| type_error(self.key_place(key), e))
    }

    /// The columns of a row, as values; texts are copied, bytes share the frame.
    pub(super) fn unpack_columns(&self, raw: &RawRow) -> Result<Columns> {
        let row = raw.row();
        row.cells()
            .map(|cell| {
                let place = || self.key_place(raw.key()).name(self.comparator(), cell.name);
                let unpack = |class: &Class, bytes| {
                    class.unpack(&row.share(bytes)).map_err(|e| type_error(place(), e))
                };
                Ok(Column {
                    name: unpack(self.comparator(), cell.name)?,
                    value: unpack(self.validator(cell.name), cell.value)?,
                    timestamp: cell.timestamp,
                    ttl: cell.ttl,
                })
            })
            .collect()
    }

    pub(crate) fn key_place(&self, key: &[u8]) -> Place {
        self.place().key(self.key_class(), key)
    }
}

#[cold]
fn type_error(at: Place, source: Mismatch) -> Error {
    Error::Type { at: Box::new(at), source }
}
