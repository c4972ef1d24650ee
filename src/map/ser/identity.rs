//! What an object is found by, packed: of an object, or alone as `get` and `remove` take it.

use chrono::{DateTime, TimeDelta};
use serde::Serialize;
use serde::ser::{Impossible, SerializeTuple, SerializeTupleStruct, Serializer};

use super::refuse::refuse;
use super::{Cells, ColumnSerializer, Written};
use crate::map::fault::{Fault, Result};
use crate::map::identity::{Identity, Part, begin_component, end_component};
use crate::map::plan::{Layout, Plan};
use crate::marshal::{Class, highest_time_uuid, lowest_time_uuid};

/// A row key; a super column, or in a wide row the clustering, where the objects are found by that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Packed {
    pub(crate) key: Vec<u8>,
    pub(crate) super_column: Option<Vec<u8>>,
    /// As it stands in the names of the object's columns: of a timeline the whole name.
    pub(crate) item: Option<Vec<u8>>,
}

/// Packs all of what an object is found by: a single value, or a tuple of the key's parts and the super column or the
/// clustering.
pub(crate) fn identity<K: Serialize + ?Sized>(plan: &Plan, id: &K) -> Result<Packed> {
    parts(plan, plan.identity().parts(), id)
}

/// Packs a row key alone: a single value, or a tuple of its parts.
pub(crate) fn row_key<K: Serialize + ?Sized>(plan: &Plan, key: &K) -> Result<Vec<u8>> {
    parts(plan, plan.identity().key(), key).map(|packed| packed.key)
}

fn parts<K: Serialize + ?Sized>(plan: &Plan, parts: &[Part], id: &K) -> Result<Packed> {
    let mut cells = Cells::default();
    cells.clear(plan);
    match parts {
        [one] => cells.put_part(0, one, id).map_err(|fault| fault.at(one.name))?,
        _ => id
            .serialize(Tuple { parts, next: 0, leading: None, cells: &mut cells })
            .map_err(|fault| fault.at(Identity::shown(parts)))?,
    }
    cells.finish_key(plan)?;
    let key = cells.key(plan).to_vec();
    if parts.len() == plan.identity().key().len() {
        return Ok(Packed { key, ..Packed::default() });
    }
    let super_column = plan.identity().super_column().map(|part| cells.finish_super_column(plan, part));
    let super_column = super_column.transpose()?;
    cells.finish_item(plan)?;
    let item = cells.item(plan).map(<[u8]>::to_vec);
    Ok(Packed { key, super_column, item })
}

/// Packs the first parts of a clustering, for the end of a range: a single value, or a tuple. A time in the place of a
/// `TimeUUIDType` is the lowest UUID of its moment, or the highest. Gives the bytes of each part.
pub(crate) fn bound<K: Serialize + ?Sized>(parts: &[Part], id: &K, lowest: bool) -> Result<Vec<Vec<u8>>> {
    let mut cells = Cells::default();
    cells.parts.resize(parts.len(), None);
    let Some(first) = parts.first() else {
        return Err(Fault::new("expected no more, as the prefix has all of the clustering"));
    };
    let alone = |cells: &mut Cells| {
        cells.put_bound(0, first, id, lowest != first.is_reversed).map_err(|fault| fault.at(first.name))
    };
    let tuple = |cells: &mut Cells| {
        let tuple = Tuple { parts, next: 0, leading: Some(lowest), cells };
        id.serialize(tuple).map_err(|fault| fault.at(Identity::shown(parts)))
    };
    // A tuple may be the value of one part, and a value alone that of the first of several.
    let packed = match parts {
        [_] => alone(&mut cells).or_else(|fault| tuple(&mut cells).map_err(|_| fault)),
        _ => tuple(&mut cells).or_else(|fault| alone(&mut cells).map_err(|_| fault)),
    };
    packed?;
    let given = cells.parts.iter().map_while(|range| Some(cells.bytes[range.clone()?].to_vec()));
    Ok(given.collect())
}

impl Cells {
    pub(super) fn put_part<K: Serialize + ?Sized>(&mut self, i: usize, part: &Part, value: &K) -> Result<()> {
        let start = self.bytes.len();
        match value.serialize(ColumnSerializer::new(&part.class, &mut self.bytes))? {
            Written::Value => {}
            Written::Null => return Err(Fault::new("expected a value, got none: the object is found by it")),
        }
        self.parts[i] = Some(start..self.bytes.len());
        Ok(())
    }

    /// As [`put_part`](Self::put_part), and a time where a `TimeUUIDType` is expected.
    fn put_bound<K: Serialize + ?Sized>(
        &mut self,
        i: usize,
        part: &Part,
        value: &K,
        lowest: bool,
    ) -> Result<()> {
        let start = self.bytes.len();
        let Err(fault) = self.put_part(i, part, value) else { return Ok(()) };
        self.bytes.truncate(start);
        if part.class != Class::TimeUuid {
            return Err(fault);
        }
        let mut packed = Vec::new();
        let is_time = value.serialize(ColumnSerializer::new(&Class::Date, &mut packed));
        let time = is_time.ok().and_then(|_| Some(i64::from_be_bytes(packed.try_into().ok()?)));
        let Some(time) = time.and_then(DateTime::from_timestamp_millis) else { return Err(fault) };
        // The highest is that of the millisecond's end: the UUIDs that are made in it count 100 ns.
        let uuid = if lowest {
            lowest_time_uuid(time)
        } else {
            highest_time_uuid(time + TimeDelta::nanoseconds(999_900))
        };
        let uuid = uuid.map_err(|mismatch| Fault::new(mismatch.to_string()))?;
        self.bytes.extend_from_slice(uuid.as_bytes());
        self.parts[i] = Some(start..self.bytes.len());
        Ok(())
    }

    pub(super) fn finish_identity(&mut self, plan: &Plan) -> Result<()> {
        let missing = self.parts.iter().position(Option::is_none);
        if let Some(part) = missing.map(|i| &plan.identity().parts()[i]) {
            return Err(Fault::new("serde did not write this field").at(part.name));
        }
        self.finish_key(plan)?;
        self.finish_item(plan)?;
        match plan.identity().super_column() {
            Some(part) => check_super_column(self.super_column(plan).unwrap_or_default(), part),
            None => Ok(()),
        }
    }

    /// Puts a key of several parts together, and holds it to Cassandra's bounds.
    fn finish_key(&mut self, plan: &Plan) -> Result<()> {
        let identity = plan.identity();
        if identity.has_composite_key() {
            let mut key = std::mem::take(&mut self.key);
            for (i, part) in identity.key().iter().enumerate() {
                let start = begin_component(&mut key);
                key.extend_from_slice(self.part(i));
                let end = end_component(&mut key, start);
                end.map_err(|length| too_long("a part of a row key", length).at(part.name))?;
            }
            self.key = key;
        }
        let at = |fault: Fault| fault.at(Identity::shown(identity.key()));
        match self.key(plan).len() {
            0 => Err(at(Fault::new("expected a row key, got an empty one"))),
            length if length > usize::from(u16::MAX) => Err(at(too_long("a row key", length))),
            _ => Ok(()),
        }
    }

    /// Puts the clustering together, as it stands in the names of the object's columns.
    fn finish_item(&mut self, plan: &Plan) -> Result<()> {
        let (keys, clustering) = (plan.identity().key().len(), plan.identity().clustering());
        let at = |fault: Fault| fault.at(Identity::shown(clustering));
        let is_name = plan.layout() == Layout::Timeline;
        match clustering {
            [] => return Ok(()),
            [_] if is_name => self.item = self.parts[keys].clone().unwrap_or_default(),
            _ => {
                let start = self.bytes.len();
                for (i, part) in clustering.iter().enumerate() {
                    let component = begin_component(&mut self.bytes);
                    let value = self.parts[keys + i].clone().unwrap_or_default();
                    self.bytes.extend_from_within(value);
                    let end = end_component(&mut self.bytes, component);
                    end.map_err(|length| too_long("a part of a column's name", length).at(part.name))?;
                }
                self.item = start..self.bytes.len();
            }
        }
        match self.item.len() {
            0 => Err(at(Fault::new("expected the name of a column, got an empty one"))),
            length if length > usize::from(u16::MAX) => Err(at(too_long("the name of a column", length))),
            _ => Ok(()),
        }
    }

    fn finish_super_column(&self, plan: &Plan, part: &Part) -> Result<Vec<u8>> {
        let name = self.super_column(plan).unwrap_or_default();
        check_super_column(name, part)?;
        Ok(name.to_vec())
    }
}

fn check_super_column(name: &[u8], part: &Part) -> Result<()> {
    match name.len() {
        0 => Err(Fault::new("expected the name of a super column, got an empty one").at(part.name)),
        length if length > usize::from(u16::MAX) => {
            Err(too_long("the name of a super column", length).at(part.name))
        }
        _ => Ok(()),
    }
}

#[cold]
pub(super) fn too_long(what: &str, length: usize) -> Fault {
    Fault::new(format!("expected {what} of at most {} bytes, got {length}", u16::MAX))
}

/// The parts of an identity given alone, in order.
struct Tuple<'a> {
    parts: &'a [Part],
    next: usize,
    /// Whether the first parts will do, and what a time is then.
    leading: Option<bool>,
    cells: &'a mut Cells,
}

impl<'a> Tuple<'a> {
    fn expected(&self) -> String {
        let classes: Vec<&Class> = self.parts.iter().map(|part| &part.class).collect();
        let classes: Vec<String> = classes.iter().map(ToString::to_string).collect();
        let most = if self.leading.is_some() { "at most " } else { "" };
        format!("a tuple of {most}{} ({})", self.parts.len(), classes.join(", "))
    }

    fn refused(&self, got: &'static str) -> Fault {
        Fault::new(format!("expected {}, got {got}", self.expected()))
    }

    fn begin(self, length: usize) -> Result<Self> {
        if length == self.parts.len() || (self.leading.is_some() && (1..self.parts.len()).contains(&length)) {
            return Ok(self);
        }
        Err(Fault::new(format!("expected {}, got one of {length}", self.expected())))
    }

    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        let (i, parts) = (self.next, self.parts);
        let Some(part) = parts.get(i) else { return Err(self.refused("a longer one")) };
        self.next += 1;
        match self.leading {
            Some(lowest) => self.cells.put_bound(i, part, value, lowest != part.is_reversed),
            None => self.cells.put_part(i, part, value),
        }
        .map_err(|fault| fault.at(part.name))
    }

    fn finish(self) -> Result<()> {
        let is_enough = self.next == self.parts.len() || (self.leading.is_some() && self.next > 0);
        if is_enough { Ok(()) } else { Err(self.refused("a shorter one")) }
    }
}

macro_rules! elements {
    ($($trait:ident $method:ident),*) => {$(
        impl $trait for Tuple<'_> {
            type Ok = ();
            type Error = Fault;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.put(value)
            }

            fn end(self) -> Result<()> {
                self.finish()
            }
        }
    )*};
}

elements!(SerializeTuple serialize_element, SerializeTupleStruct serialize_field);

impl<'a> Serializer for Tuple<'a> {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Impossible<(), Fault>;
    type SerializeTuple = Tuple<'a>;
    type SerializeTupleStruct = Tuple<'a>;
    type SerializeTupleVariant = Impossible<(), Fault>;
    type SerializeMap = Impossible<(), Fault>;
    type SerializeStruct = Impossible<(), Fault>;
    type SerializeStructVariant = Impossible<(), Fault>;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_tuple(self, length: usize) -> Result<Self> {
        self.begin(length)
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Self> {
        self.begin(length)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    refuse! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes none some unit unit_struct unit_variant
        newtype_variant seq tuple_variant map struct struct_variant
    }
}
