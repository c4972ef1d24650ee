//! Values to bytes and back; errors say which key, name or value.

use bytes::Bytes;

use super::raw::{Entry, Page};
use super::{Column, ColumnFamily, Columns, RawRow};
use crate::error::{Error, Place, Result};
use crate::marshal::{Class, Mismatch, Value};
use crate::wire::hot::{Cell, Row, SuperCell};

impl ColumnFamily {
    /// The order in which the server keeps columns: those in a super column, or those right in the row.
    pub(super) fn stored_order(&self, inside: bool) -> &Class {
        let definition = self.definition();
        definition.subcomparator().filter(|_| inside).unwrap_or_else(|| definition.comparator())
    }

    pub(crate) fn pack_key(&self, key: &Value) -> Result<Vec<u8>> {
        let packed = self.packing().key.packed(key);
        packed.map_err(|e| {
            let mut at = self.place();
            at.row_key = Some(format!("{key:?}").into());
            self.mismatch(at, e)
        })
    }

    /// Packs the name of a column, or where it does not stand `inside` a super column and could, of a super column.
    pub(crate) fn pack_name(&self, name: &Value, inside: bool) -> Result<Vec<u8>> {
        self.packing().names(inside).packed(name).map_err(|e| self.name_mismatch(name, e))
    }

    #[cold]
    pub(super) fn name_mismatch(&self, name: &Value, source: Mismatch) -> Error {
        let mut at = self.place();
        at.column = Some(format!("{name:?}").into());
        self.mismatch(at, source)
    }

    /// Packs the name and the value of a column to buffers that are overwritten. Errors do not name the row.
    pub(crate) fn pack_column(
        &self,
        (name, value): (&Value, &Value),
        packed_name: &mut Vec<u8>,
        packed_value: &mut Vec<u8>,
    ) -> Result<()> {
        packed_name.clear();
        packed_value.clear();
        let packing = self.packing();
        packing.name.pack(name, packed_name).map_err(|e| self.name_mismatch(name, e))?;
        let validator = packing.validator(packed_name);
        validator.pack(value, packed_value).map_err(|e| self.name_mismatch(name, e))
    }

    /// Packs a value of a column whose packed name is known, such as one that it is compared with.
    pub(super) fn pack_value_of(&self, packed_name: &[u8], name: &Value, value: &Value) -> Result<Vec<u8>> {
        let validator = self.packing().validator(packed_name);
        validator.packed(value).map_err(|e| self.name_mismatch(name, e))
    }

    pub(super) fn unpack_key(&self, key: &[u8]) -> Result<Value> {
        let unpacked = self.packing().key.unpack_part(key, || Bytes::copy_from_slice(key));
        unpacked.map_err(|e| self.mismatch(self.key_place(key), e))
    }

    /// The columns of a row, as values; texts are copied, bytes share the frame.
    pub(super) fn unpack_columns(&self, raw: &RawRow) -> Result<Columns> {
        let mut columns = Vec::with_capacity(raw.len());
        for page in raw.pages() {
            self.unpack_page(raw.key(), page, &mut columns)?;
        }
        Ok(Columns::from(columns))
    }

    fn unpack_page(&self, key: &[u8], page: &Page, columns: &mut Vec<Column>) -> Result<()> {
        let row = page.row();
        for cell in row.range(page.places()) {
            columns.push(self.unpack_column(key, row, None, cell)?);
        }
        for super_column in page.super_columns() {
            columns.push(self.unpack_super_column(key, row, super_column)?);
        }
        Ok(())
    }

    pub(super) fn unpack_entry(&self, key: &[u8], row: Row<'_>, entry: Entry<'_>) -> Result<Column> {
        match entry {
            Entry::Column(cell) => self.unpack_column(key, row, None, cell),
            Entry::SuperColumn(super_column) => self.unpack_super_column(key, row, super_column),
        }
    }

    fn unpack_super_column(&self, key: &[u8], row: Row<'_>, super_column: SuperCell<'_>) -> Result<Column> {
        let (class, name) = (self.packing().names(false), super_column.name());
        let unpacked = class.unpack_part(name, || row.share(name));
        let columns = super_column.cells().map(|cell| self.unpack_column(key, row, Some(name), cell));
        Ok(Column {
            name: unpacked.map_err(|e| self.mismatch(self.key_place(key).super_column(class, name), e))?,
            value: Value::Empty,
            timestamp: 0,
            ttl: None,
            columns: Some(columns.collect::<Result<_>>()?),
        })
    }

    #[inline]
    fn unpack_column(
        &self,
        key: &[u8],
        row: Row<'_>,
        super_column: Option<&[u8]>,
        cell: Cell<'_>,
    ) -> Result<Column> {
        let packing = self.packing();
        let misfit = |e| self.misfit(key, super_column, cell.name, e);
        let name = packing.name.unpack_part(cell.name, || row.share(cell.name)).map_err(misfit)?;
        let validator = packing.validator(cell.name);
        let value = validator.unpack_part(cell.value, || row.share(cell.value)).map_err(misfit)?;
        Ok(Column { name, value, timestamp: cell.timestamp, ttl: cell.ttl, columns: None })
    }

    /// The name and the value of a column that did not come in a row.
    pub(super) fn unpack_pair(&self, key: &[u8], name: &Bytes, value: &Bytes) -> Result<(Value, Value)> {
        let packing = self.packing();
        let unpack =
            |class: &Class, bytes: &Bytes| class.unpack(bytes).map_err(|e| self.misfit(key, None, name, e));
        Ok((unpack(&packing.name, name)?, unpack(packing.validator(name), value)?))
    }

    #[cold]
    fn misfit(&self, key: &[u8], super_column: Option<&[u8]>, name: &[u8], source: Mismatch) -> Error {
        let packing = self.packing();
        let mut at = self.key_place(key).name(&packing.name, name);
        if let Some(super_column) = super_column {
            at = at.super_column(packing.names(false), super_column);
        }
        self.mismatch(at, source)
    }

    /// Packs the name of a super column to read or write in.
    pub(crate) fn pack_super_column(&self, name: Option<&Value>) -> Result<Option<Vec<u8>>> {
        let Some(name) = name else { return Ok(None) };
        if !self.definition().is_super() {
            let mut at = self.place();
            at.super_column = Some(format!("{name:?}").into());
            let why = "the column family has no super columns".into();
            return Err(Error::WrongKind { at: Box::new(at), why });
        }
        let packed = self.packing().names(false).packed(name);
        let packed = packed.map_err(|e| {
            let mut at = self.place();
            at.super_column = Some(format!("{name:?}").into());
            self.mismatch(at, e)
        });
        packed.map(Some)
    }

    pub(crate) fn key_place(&self, key: &[u8]) -> Place {
        self.place().key(&self.packing().key, key)
    }

    #[cold]
    fn mismatch(&self, at: Place, source: Mismatch) -> Error {
        self.explain(Error::Type { at: Box::new(at), source })
    }
}
