//! A struct's constants, compiled once: every name packed, every class parsed, an index in the order of a row.

use std::fmt;

use super::field::{ColumnFamilyMap, Field, FieldClass, Nulls, Part, Role};
use super::identity::Identity;
use super::wide_name;
use crate::marshal::Class;
use crate::schema::ColumnFamilyDefinition;

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

/// One field.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    /// serde's name.
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    pub(crate) kind: Kind,
    pub(crate) is_indexed: bool,
    /// Whether the row has the column once, for all of its objects.
    pub(crate) is_static: bool,
    pub(crate) is_read: bool,
    /// The first of the slots in which a row's cell is noted: one for the name, one for each alias. Of a field that is
    /// no column the next one.
    pub(crate) slot: usize,
    aliases: usize,
}

/// What is done with a field.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// The part of the identity at this place.
    Identity(usize),
    Column,
    /// A column of JSON text.
    Json,
    Flatten {
        fields: Box<[Planned]>,
        prefix: &'static str,
    },
    Rest,
    Ttl,
    Timestamp,
}

/// Why there is no plan. The derive refuses what one struct alone can show; names of parts meet only here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unplannable {
    Class { field: Option<&'static str>, text: String },
    Comparator(Class),
    NoKey,
    Name(String),
    Twice(&'static str),
    Counters(&'static str),
    NoClustering(&'static str),
    Unsupported(&'static str),
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

    pub(crate) fn family(&self) -> &Family {
        &self.family
    }

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

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Of the names of fields; those of a wide row's columns have more to them.
    pub(crate) fn comparator(&self) -> &Class {
        &self.comparator
    }

    pub(crate) fn layout(&self) -> Layout {
        self.layout
    }

    /// How many slots a row's cells are noted in.
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

fn collect_columns<'a>(fields: &'a [Planned], columns: &mut Vec<&'a Planned>) {
    for field in fields {
        match &field.kind {
            Kind::Column | Kind::Json => columns.push(field),
            Kind::Flatten { fields, .. } => collect_columns(fields, columns),
            Kind::Identity(_) | Kind::Rest | Kind::Ttl | Kind::Timestamp => {}
        }
    }
}

/// What the fields alone make of a plan.
#[derive(Default)]
struct Table {
    fields: Box<[Planned]>,
    names: Vec<Box<[u8]>>,
    /// The slots of columns that the row has once.
    statics: Vec<usize>,
    rest: Option<Class>,
    has_ttl: bool,
    has_timestamp: bool,
}

impl Table {
    fn of(fields: &'static [Field], identity: &Identity, layout: Layout) -> Result<Table, Unplannable> {
        let mut table = Table::default();
        table.fields = table.planned(fields, identity, "")?;
        let is_wide = matches!(layout, Layout::Timeline | Layout::Prefix { .. });
        if !is_wide && !table.statics.is_empty() {
            return Err(Unplannable::NoClustering("static"));
        }
        // One column has no place for a second one.
        if layout == Layout::Timeline && table.names.len() != 1 {
            return Err(Unplannable::Unsupported("another column beside `value`"));
        }
        if is_wide && table.rest.is_some() {
            return Err(Unplannable::Unsupported("`rest` in a wide row"));
        }
        Ok(table)
    }

    fn planned(
        &mut self,
        fields: &'static [Field],
        identity: &Identity,
        prefix: &str,
    ) -> Result<Box<[Planned]>, Unplannable> {
        fields.iter().map(|field| self.one(field, identity, prefix)).collect()
    }

    fn one(
        &mut self,
        field: &'static Field,
        identity: &Identity,
        prefix: &str,
    ) -> Result<Planned, Unplannable> {
        let slot = self.names.len();
        let mut aliases = 0;
        let class = class(field.class, Some(field.name))?;
        let kind = match field.role {
            Role::Key | Role::SuperColumn | Role::Clustering => {
                Kind::Identity(identity.place(field.name).ok_or(Unplannable::Unsupported("a key in a part"))?)
            }
            Role::Column | Role::Version | Role::Static | Role::Value => {
                aliases = field.aliases.len();
                if field.role == Role::Static {
                    self.statics.extend(slot..=slot + aliases);
                }
                // The text classes, which are the only comparators here, take a name as it stands.
                let names = std::iter::once(&field.name).chain(field.aliases);
                self.names.extend(names.map(|name| Box::from(format!("{prefix}{name}").as_bytes())));
                if field.class == FieldClass::Json { Kind::Json } else { Kind::Column }
            }
            Role::Flatten { fields, prefix: own } => {
                let fields = self.planned(fields, identity, &format!("{prefix}{own}"))?;
                let mut columns = Vec::new();
                collect_columns(&fields, &mut columns);
                if columns.iter().any(|column| (column.class == Class::Counter) != (class == Class::Counter))
                {
                    return Err(Unplannable::Counters(field.name));
                }
                Kind::Flatten { fields, prefix: own }
            }
            Role::Rest => {
                if self.rest.replace(class.clone()).is_some() {
                    return Err(Unplannable::Twice("rest"));
                }
                Kind::Rest
            }
            Role::Ttl if std::mem::replace(&mut self.has_ttl, true) => return Err(Unplannable::Twice("ttl")),
            Role::Timestamp if std::mem::replace(&mut self.has_timestamp, true) => {
                return Err(Unplannable::Twice("timestamp"));
            }
            Role::Ttl => Kind::Ttl,
            Role::Timestamp => Kind::Timestamp,
        };
        let Field { name, is_indexed, is_read, .. } = *field;
        let is_static = field.role == Role::Static;
        Ok(Planned { name, class, kind, is_indexed, is_static, is_read, slot, aliases })
    }

    fn plan(
        self,
        family: Family,
        identity: Identity,
        layout: Layout,
        comparator: Class,
    ) -> Result<Plan, Unplannable> {
        let Table { fields, names, statics, rest, .. } = self;
        let mut index: Vec<_> = names.iter().enumerate().map(|(slot, name)| (name.clone(), slot)).collect();
        index.sort();
        if let Some(pair) = index.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Unplannable::Name(String::from_utf8_lossy(&pair[0].0).into_owned()));
        }
        // They stand in front of the objects, not in them.
        index.retain(|(_, slot)| !statics.contains(slot));
        let mut columns = Vec::new();
        collect_columns(&fields, &mut columns);
        let holds_counters = columns.iter().any(|column| column.class == Class::Counter);
        if let Some(plain) = columns.iter().find(|column| holds_counters && column.class != Class::Counter) {
            return Err(Unplannable::Counters(plain.name));
        }
        let static_slots = match &statics[..] {
            [] => [].into(),
            some => (0..names.len()).map(|slot| some.contains(&slot)).collect(),
        };
        let (names, index) = (names.into(), index.into());
        Ok(Plan {
            family,
            fields,
            identity,
            layout,
            comparator,
            names,
            index,
            static_slots,
            rest,
            holds_counters,
            live: None,
        })
    }
}

impl Planned {
    /// Which of its slots has this name.
    pub(crate) fn slot_of(&self, plan: &Plan, name: &[u8]) -> Option<usize> {
        self.slots().find(|slot| plan.name(*slot) == name)
    }

    /// The slots of the name and of each alias: where several are filled, the first counts.
    #[inline]
    pub(crate) fn slots(&self) -> std::ops::RangeInclusive<usize> {
        self.slot..=self.slot + self.aliases
    }
}

pub(super) fn class(class: FieldClass, field: Option<&'static str>) -> Result<Class, Unplannable> {
    Class::parse(&name_of(class)).map_err(|error| Unplannable::Class { field, text: error.to_string() })
}

/// As Cassandra writes it.
fn name_of(class: FieldClass) -> String {
    match class {
        FieldClass::Named(name) => name.to_owned(),
        FieldClass::Json => "UTF8Type".to_owned(),
        FieldClass::Composite(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| name_of(*part)).collect();
            format!("CompositeType({})", parts.join(","))
        }
    }
}

impl fmt::Display for Unplannable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unplannable::Class { field: Some(field), text } => write!(f, "field {field:?}: {text}"),
            Unplannable::Class { field: None, text } => write!(f, "comparator: {text}"),
            Unplannable::Comparator(class) => {
                write!(
                    f,
                    "expected AsciiType, BytesType or UTF8Type as the comparator of named fields, got {class}"
                )
            }
            Unplannable::NoKey => f.write_str("expected a field with the role of the row key, got none"),
            Unplannable::Name(name) => {
                write!(
                    f,
                    "two fields have the column {name:?}; a part may get a prefix: `flatten(prefix = \"…\")`"
                )
            }
            Unplannable::Twice(role) => write!(f, "expected one field with the role `{role}`, got two"),
            Unplannable::Counters(field) => write!(
                f,
                "field {field:?}: a column family holds either counters or plain columns; those of a part that are \
                 counters are flattened by `#[cassa(flatten, counter)]`"
            ),
            Unplannable::NoClustering(role) => {
                write!(f, "expected a field with the role `clustering` beside `{role}`, got none")
            }
            Unplannable::Unsupported(what) => write!(f, "{what}: there is no place for it"),
        }
    }
}
