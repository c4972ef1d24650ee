//! A struct's constants, compiled once: every name packed, every class parsed, an index in the order of a row.
//!
//! # Layout
//!
//! `planned` (what is done with one field) → `table` (the fields of a struct, gone through once) → here: the plan, and
//! what the layers beside ask of it. `unplannable` tells why there is none.

mod planned;
mod table;
mod unplannable;

use super::field::{ColumnFamilyMap, Nulls, Part, Role};
use super::identity::Identity;
use super::wide_name;
use crate::marshal::Class;
use crate::schema::ColumnFamilyDefinition;
use planned::collect_columns;
pub(crate) use planned::{Kind, Planned, Source};
use table::Table;
pub(super) use table::class;
pub(crate) use unplannable::Unplannable;

/// How objects of one type become cells, and cells objects.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    family: Family,
    /// In the order of declaration, which is the order in which serde writes.
    fields: Box<[Planned]>,
    identity: Identity,
    layout: Layout,
    /// Of the names of fields.
    comparator: Class,
    /// The packed names of all columns and their aliases, by slot.
    names: Box<[Box<[u8]>]>,
    /// The names that a row is searched for, in the order of the comparator, with the slot of each.
    index: Box<[(Box<[u8]>, usize)]>,
    /// Whether the column of a slot is one that the row has once; empty where none is.
    static_slots: Box<[bool]>,
    /// The class of the values that are no fields, where a field takes them.
    rest: Option<Class>,
    /// Whether the columns are counters: all of them, or none.
    holds_counters: bool,
    /// The schema, for the classes of single columns that are no fields.
    live: Option<Box<ColumnFamilyDefinition>>,
}

/// How the objects lie in their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Row,
    SuperColumn,
    /// Each a column: the clustering is its name.
    Timeline,
    /// Each the columns whose names begin with its clustering. Of a table that was made in CQL, an object that is a
    /// whole row is that too, with nothing to begin with.
    Prefix {
        has_marker: bool,
    },
}

/// What the struct says about its column family as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) nulls: Nulls,
    pub(crate) ttl: Option<i32>,
    pub(crate) deny_unknown_fields: bool,
}

impl Plan {
    pub(crate) fn of<T: ColumnFamilyMap>() -> Result<Plan, Unplannable> {
        let comparator = class(T::COMPARATOR, None)?;
        if !matches!(comparator, Class::Utf8 | Class::Ascii | Class::Bytes) {
            return Err(Unplannable::Comparator(comparator));
        }
        let identity = Identity::of::<T>()?;
        let family = Family { nulls: T::NULLS, ttl: T::TTL, deny_unknown_fields: T::DENY_UNKNOWN_FIELDS };
        let has_value = T::FIELDS.iter().any(|field| field.role == Role::Value);
        let layout = match (identity.clustering(), has_value) {
            ([], true) => return Err(Unplannable::NoClustering("value")),
            ([], false) if identity.super_column().is_some() => Layout::SuperColumn,
            ([], false) => Layout::Row,
            (_, true) => Layout::Timeline,
            (_, false) => Layout::Prefix { has_marker: false },
        };
        Table::of(T::FIELDS, &identity, layout)?.plan(family, identity, layout, comparator)
    }

    /// The plan for a table that was made in CQL, and not with compact storage: its column names are composites, and each
    /// object has a cell that says that it is there.
    pub(crate) fn of_table<T: ColumnFamilyMap>() -> Result<Plan, Unplannable> {
        let mut plan = Plan::of::<T>()?;
        if let Layout::Row | Layout::Prefix { .. } = plan.layout {
            plan.layout = Layout::Prefix { has_marker: true };
        }
        Ok(plan)
    }

    /// The plan of a part of the objects that this plan is of, under their key.
    pub(crate) fn of_part<P: Part>(&self) -> Result<Plan, Unplannable> {
        let family = Family { deny_unknown_fields: false, ..self.family.clone() };
        if self.layout == Layout::Timeline {
            return Err(Unplannable::Unsupported("a part of an object that is a single column"));
        }
        let table = Table::of(P::FIELDS, &self.identity, self.layout)?;
        let plan = table.plan(family, self.identity.clone(), self.layout, self.comparator.clone())?;
        Ok(Plan { live: self.live.clone(), ..plan })
    }

    /// Takes the classes of columns that are no fields from the schema.
    pub(crate) fn with_live(mut self, definition: &ColumnFamilyDefinition) -> Plan {
        self.live = Some(Box::new(definition.clone()));
        self
    }

    #[inline]
    pub(crate) fn family(&self) -> &Family {
        &self.family
    }

    #[inline]
    pub(crate) fn fields(&self) -> &[Planned] {
        &self.fields
    }

    /// The fields that are columns, those of flattened ones too.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &Planned> {
        let mut columns = Vec::new();
        collect_columns(&self.fields, &mut columns);
        columns.into_iter()
    }

    /// The column of this name.
    pub(crate) fn column(&self, name: &str) -> Option<&Planned> {
        self.columns().find(|column| *self.names[column.slot] == *name.as_bytes())
    }

    #[inline]
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Of the names of fields; those of a wide row's columns have more to them.
    pub(crate) fn comparator(&self) -> &Class {
        &self.comparator
    }

    #[inline]
    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// How many slots a row's cells are noted in.
    #[inline]
    pub(crate) fn slots(&self) -> usize {
        self.names.len()
    }

    /// The columns that the row has once, beside its objects.
    pub(crate) fn statics(&self) -> impl Iterator<Item = &Planned> {
        self.columns().filter(|column| column.is_static)
    }

    /// The packed name that has this slot.
    #[inline]
    pub(crate) fn name(&self, slot: usize) -> &[u8] {
        &self.names[slot]
    }

    /// The name that has this slot, as text.
    pub(crate) fn text(&self, slot: usize) -> String {
        String::from_utf8_lossy(&self.names[slot]).into_owned()
    }

    /// The `i`-th name in the order of a row, and its slot.
    #[inline]
    pub(crate) fn indexed(&self, i: usize) -> Option<(&[u8], usize)> {
        self.index.get(i).map(|(name, slot)| (&**name, *slot))
    }

    /// The names of all columns, in the order of a row. Also of those that are only written: a row with one of them is
    /// an object.
    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.index.iter().map(|(name, _)| &**name)
    }

    /// The names that a row is asked for, where the object is a whole row: of a table made in CQL as its columns have them.
    pub(crate) fn row_names(&self) -> std::sync::Arc<[Vec<u8>]> {
        match self.layout {
            Layout::Prefix { .. } => {
                let names = self.names().chain([wide_name::MARKER]).map(|name| {
                    let mut out = Vec::new();
                    // No name of a field is too long for a component: the derive sees to it.
                    let _ = wide_name::put(self, &[], name, false, &mut out);
                    out
                });
                names.collect()
            }
            _ => self.names().map(<[u8]>::to_vec).collect(),
        }
    }

    /// Whether the column of this slot is one that the row has once.
    #[inline]
    pub(crate) fn is_static(&self, slot: usize) -> bool {
        self.static_slots.get(slot).copied().unwrap_or_default()
    }

    /// The slot of a name, wherever it stands.
    pub(crate) fn slot_of(&self, name: &[u8]) -> Option<usize> {
        let at = self.index.binary_search_by(|(indexed, _)| (**indexed).cmp(name)).ok()?;
        Some(self.index[at].1)
    }

    pub(crate) fn holds_counters(&self) -> bool {
        self.holds_counters
    }

    /// The class of the columns that are no fields, where a field takes them.
    #[inline]
    pub(crate) fn rest(&self) -> Option<&Class> {
        self.rest.as_ref()
    }

    /// The class of the value of a column that is no field.
    pub(crate) fn class_of_rest(&self, name: &[u8]) -> &Class {
        let live = self.live.as_ref().map(|live| live.validator_of(name));
        live.or(self.rest.as_ref()).unwrap_or(&Class::Bytes)
    }

    /// Whether a read needs all of a row's columns, and not only those of the fields.
    pub(crate) fn reads_all(&self) -> bool {
        self.rest.is_some() || self.family.deny_unknown_fields
    }
}
