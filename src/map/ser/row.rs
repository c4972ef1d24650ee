//! The struct itself: each field is found in the plan, which says what is done with it.

use serde::Serialize;
use serde::ser::{Impossible, SerializeStruct, Serializer};

use super::refuse::refuse;
use super::rest::RestSerializer;
use super::{Cell, Cells, ColumnSerializer, Name, Written, json};
use crate::map::fault::{Fault, Result};
use crate::map::plan::{Kind, Plan, Planned};
use crate::marshal::Class;

/// Which of the fields are taken.
#[derive(Clone, Copy)]
pub(super) enum Wanted<'a> {
    All,
    /// Leaves all others alone, so that none of them can fail.
    Identity,
    /// The columns whose slots are marked, beside the identity.
    Slots(&'a [bool]),
}

/// The struct, or one that is flattened into it.
pub(super) struct RowSerializer<'a> {
    plan: &'a Plan,
    fields: &'a [Planned],
    /// Where the next field is expected: serde goes by the order of declaration, as the plan does.
    next: usize,
    wanted: Wanted<'a>,
    cells: &'a mut Cells,
}

impl<'a> RowSerializer<'a> {
    pub(super) fn new(plan: &'a Plan, wanted: Wanted<'a>, cells: &'a mut Cells) -> Self {
        RowSerializer { plan, fields: plan.fields(), next: 0, wanted, cells }
    }

    fn within<'s>(&'s mut self, fields: &'s [Planned]) -> RowSerializer<'s> {
        RowSerializer { plan: self.plan, fields, next: 0, wanted: self.wanted, cells: self.cells }
    }

    #[inline]
    fn find(&mut self, name: &'static str) -> Result<&'a Planned> {
        let fields = self.fields;
        let at = match fields.get(self.next) {
            Some(field) if field.name == name => self.next,
            _ => self.search(name)?,
        };
        self.next = at + 1;
        Ok(&fields[at])
    }

    /// For a field that serde left out before this one, or a `Serialize` that goes by an order of its own.
    #[cold]
    fn search(&self, name: &'static str) -> Result<usize> {
        let found = self.fields.iter().position(|field| field.name == name);
        found.ok_or_else(|| {
            Fault::new("serde writes a field that the struct's `ColumnFamilyMap` does not have").at(name)
        })
    }

    /// Whether the field is to be taken. One that is flattened or the rest decides for each of its own.
    #[inline]
    fn wants(&self, field: &Planned) -> bool {
        match self.wanted {
            Wanted::All => true,
            Wanted::Identity => matches!(field.kind, Kind::Identity(..)),
            Wanted::Slots(slots) => match field.kind {
                Kind::Column | Kind::Json => slots[field.slot],
                Kind::Identity(..) | Kind::Flatten { .. } | Kind::Ttl => true,
                Kind::Rest | Kind::Timestamp => false,
            },
        }
    }

    /// Every column of these fields is a null.
    fn nulls(&mut self, fields: &[Planned]) {
        for field in fields.iter().filter(|field| self.wants(field)).collect::<Vec<_>>() {
            match &field.kind {
                Kind::Column | Kind::Json => {
                    self.cells.cells.push(Cell { name: Name::Slot(field.slot), value: None });
                }
                Kind::Flatten { fields, .. } => self.nulls(fields),
                Kind::Identity(..) | Kind::Rest | Kind::Ttl | Kind::Timestamp => {}
            }
        }
    }

    /// Everything that is no plain column.
    fn special<T: Serialize + ?Sized>(&mut self, field: &Planned, value: &T) -> Result<()> {
        match &field.kind {
            Kind::Identity(i, _) => {
                let part = &self.plan.identity().parts()[*i];
                self.cells.put_part(*i, part, value).map_err(|fault| fault.at(field.name))
            }
            Kind::Flatten { fields, prefix } => {
                value.serialize(self.within(fields)).map_err(|fault| fault.within(field.name, prefix))
            }
            Kind::Rest => value
                .serialize(RestSerializer::new(self.plan, self.cells))
                .map_err(|fault| fault.at(field.name)),
            Kind::Ttl => self.ttl(value).map_err(|fault| fault.at(field.name)),
            Kind::Column | Kind::Json | Kind::Timestamp => Ok(()),
        }
    }

    fn ttl<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let mut packed = Vec::new();
        if value.serialize(ColumnSerializer::new(&Class::Long, &mut packed))? == Written::Null {
            return Ok(());
        }
        let seconds = packed.try_into().map_or(-1, i64::from_be_bytes);
        let seconds = i32::try_from(seconds).ok().filter(|seconds| (0..=LONGEST_TTL).contains(seconds));
        match seconds {
            Some(seconds) => self.cells.ttl = Some(seconds),
            None => {
                return Err(Fault::new(format!(
                    "expected the seconds to live, at most {LONGEST_TTL} (20 years)"
                )));
            }
        }
        Ok(())
    }

    fn refused(&self, got: &'static str) -> Fault {
        Fault::new(format!("expected serde to write a struct with named fields, got {got}"))
    }
}

/// Twenty years in seconds: the longest that Cassandra takes.
const LONGEST_TTL: i32 = 20 * 365 * 24 * 60 * 60;

/// One column's value.
#[inline]
pub(super) fn write<T: Serialize + ?Sized>(field: &Planned, value: &T, out: &mut Vec<u8>) -> Result<Written> {
    match field.kind {
        Kind::Json => json::write(value, out),
        _ => value.serialize(ColumnSerializer::new(&field.class, out)),
    }
}

impl SerializeStruct for RowSerializer<'_> {
    type Ok = ();
    type Error = Fault;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<()> {
        let field = self.find(name)?;
        if !self.wants(field) {
            return Ok(());
        }
        if !matches!(field.kind, Kind::Column | Kind::Json) {
            return self.special(field, value);
        }
        let start = self.cells.bytes.len();
        let value = match write(field, value, &mut self.cells.bytes) {
            Ok(Written::Value) => Some(start..self.cells.bytes.len()),
            Ok(Written::Null) => None,
            Err(fault) => return Err(fault.at_column(self.plan.text(field.slot), field.name)),
        };
        self.cells.cells.push(Cell { name: Name::Slot(field.slot), value });
        Ok(())
    }

    /// What `skip_serializing_if` leaves out is a null.
    fn skip_field(&mut self, name: &'static str) -> Result<()> {
        let field = self.find(name)?;
        self.nulls(std::slice::from_ref(field));
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

    /// A flattened part that is absent.
    fn serialize_none(mut self) -> Result<()> {
        self.nulls(self.fields);
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
        newtype_variant seq tuple tuple_struct tuple_variant map struct_variant
    }
}
