//! The struct itself: each field is found in the plan, and its role says what is done with it.

use serde::Serialize;
use serde::ser::{Impossible, SerializeStruct, Serializer};

use super::refuse::refuse;
use super::{Cell, Cells, ColumnSerializer, Written, json, write_key};
use crate::map::fault::{Fault, Result};
use crate::map::field::Role;
use crate::map::plan::Planned;

pub(super) struct RowSerializer<'a> {
    fields: &'a [Planned],
    /// Where the next field is expected: serde goes by the order of declaration, as the plan does.
    next: usize,
    key_only: bool,
    cells: &'a mut Cells,
}

impl<'a> RowSerializer<'a> {
    pub(super) fn new(fields: &'a [Planned], cells: &'a mut Cells) -> Self {
        RowSerializer { fields, next: 0, key_only: false, cells }
    }

    /// Leaves all fields alone but the key, so that none of them can fail.
    pub(super) fn of_key(fields: &'a [Planned], cells: &'a mut Cells) -> Self {
        RowSerializer { fields, next: 0, key_only: true, cells }
    }

    #[inline]
    fn find(&mut self, name: &'static str) -> Result<usize> {
        let at = match self.fields.get(self.next) {
            Some(field) if field.name == name => self.next,
            _ => self.search(name)?,
        };
        self.next = at + 1;
        Ok(at)
    }

    /// For a field that serde left out before this one, or a `Serialize` that goes by an order of its own.
    #[cold]
    fn search(&self, name: &'static str) -> Result<usize> {
        let found = self.fields.iter().position(|field| field.name == name);
        found.ok_or_else(|| {
            Fault::new("serde writes a field that the struct's `ColumnFamilyMap` does not have").at(name)
        })
    }

    fn refused(&self, got: &'static str) -> Fault {
        Fault::new(format!("expected serde to write a struct with named fields, got {got}"))
    }
}

impl SerializeStruct for RowSerializer<'_> {
    type Ok = ();
    type Error = Fault;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        let at = self.find(name)?;
        let field = &self.fields[at];
        if self.key_only && field.role != Role::Key {
            return Ok(());
        }
        let start = self.cells.values.len();
        let written = match field.role {
            Role::Column => value.serialize(ColumnSerializer::new(&field.class, &mut self.cells.values)),
            Role::Json => json::write(value, &mut self.cells.values),
            Role::Key => {
                self.cells.has_key = true;
                return write_key(&field.class, value, &mut self.cells.key).map_err(|fault| fault.at(name));
            }
        };
        let value = match written {
            Ok(Written::Value) => Some(start..self.cells.values.len()),
            Ok(Written::Null) => None,
            Err(fault) => return Err(fault.at(name)),
        };
        self.cells.cells.push(Cell { field: at, value });
        Ok(())
    }

    /// What `skip_serializing_if` leaves out is a null.
    fn skip_field(&mut self, name: &'static str) -> Result<()> {
        let at = self.find(name)?;
        if self.fields[at].role != Role::Key {
            self.cells.cells.push(Cell { field: at, value: None });
        }
        Ok(())
    }

    fn end(self) -> Result<()> {
        Ok(())
    }
}

impl Serializer for RowSerializer<'_> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Impossible<(), Fault>;
    type SerializeTuple = Impossible<(), Fault>;
    type SerializeTupleStruct = Impossible<(), Fault>;
    type SerializeTupleVariant = Impossible<(), Fault>;
    type SerializeMap = Impossible<(), Fault>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<(), Fault>;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self> {
        Ok(self)
    }

    refuse! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes none some unit unit_struct unit_variant
        newtype_struct newtype_variant seq tuple tuple_struct tuple_variant map struct_variant
    }
}
