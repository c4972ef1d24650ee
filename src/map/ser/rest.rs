//! The map of all columns that are no fields.

use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, Serializer};

use super::refuse::refuse;
use super::{Cell, Cells, ColumnSerializer, Name, Written};
use crate::map::fault::{Fault, Result};
use crate::map::plan::Plan;

pub(super) struct RestSerializer<'a> {
    plan: &'a Plan,
    cells: &'a mut Cells,
}

impl<'a> RestSerializer<'a> {
    pub(super) fn new(plan: &'a Plan, cells: &'a mut Cells) -> Self {
        RestSerializer { plan, cells }
    }

    fn refused(&self, got: &'static str) -> Fault {
        Fault::new(format!("expected serde to write a map of names and values, got {got}"))
    }

    fn last_name(&self) -> String {
        match self.cells.cells.last() {
            Some(Cell { name: Name::Own(range), .. }) => {
                String::from_utf8_lossy(&self.cells.bytes[range.clone()]).into_owned()
            }
            _ => String::new(),
        }
    }
}

impl SerializeMap for RestSerializer<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        let start = self.cells.bytes.len();
        let class = self.plan.comparator();
        match key.serialize(ColumnSerializer::new(class, &mut self.cells.bytes))? {
            Written::Value => {}
            Written::Null => return Err(Fault::new("expected the name of a column, got none")),
        }
        let name = &self.cells.bytes[start..];
        if name.is_empty() || name.len() > usize::from(u16::MAX) {
            let (most, length) = (u16::MAX, name.len());
            return Err(Fault::new(format!(
                "expected the name of a column of 1 to {most} bytes, got {length}"
            )));
        }
        if self.plan.slot_of(name).is_some() {
            let name = String::from_utf8_lossy(name).into_owned();
            return Err(Fault::new(format!("the column {name:?} is a field of its own, and in the map too")));
        }
        self.cells.cells.push(Cell { name: Name::Own(start..self.cells.bytes.len()), value: None });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let start = self.cells.bytes.len();
        let Some(Cell { name: Name::Own(name), .. }) = self.cells.cells.last() else {
            return Err(Fault::new("the map's `Serialize` writes a value before its name"));
        };
        let class = self.plan.class_of_rest(&self.cells.bytes[name.clone()]);
        match value.serialize(ColumnSerializer::new(class, &mut self.cells.bytes)) {
            Ok(Written::Value) => {
                let end = self.cells.bytes.len();
                if let Some(cell) = self.cells.cells.last_mut() {
                    cell.value = Some(start..end);
                }
                Ok(())
            }
            Ok(Written::Null) => Ok(()),
            Err(fault) => {
                let name = self.last_name();
                Err(Fault::new(format!("column {name:?}: {}", fault.reason().unwrap_or_default())))
            }
        }
    }

    fn end(self) -> Result<()> {
        Ok(())
    }
}

impl<'a> Serializer for RestSerializer<'a> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Impossible<(), Fault>;
    type SerializeTuple = Impossible<(), Fault>;
    type SerializeTupleStruct = Impossible<(), Fault>;
    type SerializeTupleVariant = Impossible<(), Fault>;
    type SerializeMap = Self;
    type SerializeStruct = Impossible<(), Fault>;
    type SerializeStructVariant = Impossible<(), Fault>;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self> {
        Ok(self)
    }

    fn serialize_none(self) -> Result<()> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    refuse! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes unit unit_struct unit_variant
        newtype_variant seq tuple tuple_struct tuple_variant struct struct_variant
    }
}
