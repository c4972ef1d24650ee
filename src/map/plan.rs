//! A struct's constants, compiled once: every name packed, every class parsed, an index in the order of a row.

use std::fmt;

use super::field::{ColumnFamilyMap, Field, FieldClass, Nulls, Role};
use crate::marshal::Class;

/// How objects of one type become cells, and cells objects.
#[derive(Debug)]
pub(crate) struct Plan {
    /// In the order of declaration, which is the order in which serde writes.
    fields: Box<[Planned]>,
    key: usize,
    comparator: Class,
    /// The names that a row is searched for, in the order of the comparator, with the slot of each.
    index: Box<[(Box<[u8]>, usize)]>,
    nulls: Nulls,
    deny_unknown_fields: bool,
}

/// One field.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) name: &'static str,
    pub(crate) packed: Box<[u8]>,
    pub(crate) class: Class,
    pub(crate) role: Role,
    pub(crate) is_read: bool,
    aliases: &'static [&'static str],
    /// The first of the slots in which a row's cell is noted: one for the name, one for each alias.
    slot: usize,
}

/// Why there is no plan. Only a hand-written `Fields` comes here: the derive refuses all of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unplannable {
    Class { field: Option<&'static str>, text: String },
    Comparator(Class),
    Keys(usize),
    Name(&'static str),
}

impl Plan {
    pub(crate) fn of<T: ColumnFamilyMap>() -> Result<Plan, Unplannable> {
        let comparator = class(T::COMPARATOR, None)?;
        if !matches!(comparator, Class::Utf8 | Class::Ascii | Class::Bytes) {
            return Err(Unplannable::Comparator(comparator));
        }
        let Table { fields, key, index } = Table::new(T::FIELDS)?;
        Ok(Plan {
            fields,
            key,
            comparator,
            index,
            nulls: T::NULLS,
            deny_unknown_fields: T::DENY_UNKNOWN_FIELDS,
        })
    }

    pub(crate) fn fields(&self) -> &[Planned] {
        &self.fields
    }

    /// The field that is the row key.
    pub(crate) fn key(&self) -> &Planned {
        &self.fields[self.key]
    }

    pub(crate) fn comparator(&self) -> &Class {
        &self.comparator
    }

    pub(crate) fn nulls(&self) -> Nulls {
        self.nulls
    }

    pub(crate) fn deny_unknown_fields(&self) -> bool {
        self.deny_unknown_fields
    }

    /// How many slots a row's cells are noted in.
    pub(crate) fn slots(&self) -> usize {
        self.index.len()
    }

    /// The `i`-th name in the order of a row, and its slot.
    #[inline]
    pub(crate) fn indexed(&self, i: usize) -> Option<(&[u8], usize)> {
        self.index.get(i).map(|(name, slot)| (&**name, *slot))
    }

    /// The names of all columns, in the order of a row. Also of those that are only written: a row with one of them is
    /// an object.
    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.index.iter().map(|(name, _)| &**name)
    }

    /// The slot of a name, wherever it stands.
    pub(crate) fn slot_of(&self, name: &[u8]) -> Option<usize> {
        let at = self.index.binary_search_by(|(indexed, _)| (**indexed).cmp(name)).ok()?;
        Some(self.index[at].1)
    }
}

/// What the fields alone make of a plan.
struct Table {
    fields: Box<[Planned]>,
    key: usize,
    index: Box<[(Box<[u8]>, usize)]>,
}

impl Table {
    fn new(fields: &'static [Field]) -> Result<Table, Unplannable> {
        let mut planned = Vec::with_capacity(fields.len());
        let mut index = Vec::with_capacity(fields.len());
        for field in fields {
            let slot = index.len();
            if field.role != Role::Key {
                let names = std::iter::once(&field.name).chain(field.aliases);
                // The text classes, which are the only comparators here, take a name as it stands.
                index.extend(names.zip(slot..).map(|(name, slot)| (Box::from(name.as_bytes()), slot)));
            }
            planned.push(Planned {
                name: field.name,
                packed: field.name.as_bytes().into(),
                class: class(field.class, Some(field.name))?,
                role: field.role,
                is_read: field.is_read,
                aliases: field.aliases,
                slot,
            });
        }
        index.sort();
        if let Some(pair) = index.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let twice =
                planned.iter().find(|field| field.all_names().any(|name| *name.as_bytes() == *pair[0].0));
            return Err(Unplannable::Name(twice.map_or("", |field| field.name)));
        }
        let mut keys = (0..planned.len()).filter(|i| planned[*i].role == Role::Key);
        let (Some(key), None) = (keys.next(), keys.next()) else {
            return Err(Unplannable::Keys(planned.iter().filter(|field| field.role == Role::Key).count()));
        };
        Ok(Table { fields: planned.into(), key, index: index.into() })
    }
}

impl Planned {
    /// The slots of the name and of each alias: where several are filled, the first counts.
    #[inline]
    pub(crate) fn slots(&self) -> std::ops::RangeInclusive<usize> {
        self.slot..=self.slot + self.aliases.len()
    }

    pub(crate) fn all_names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

fn class(class: FieldClass, field: Option<&'static str>) -> Result<Class, Unplannable> {
    match class {
        FieldClass::Named(name) => {
            Class::parse(name).map_err(|error| Unplannable::Class { field, text: error.to_string() })
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
            Unplannable::Keys(count) => {
                write!(f, "expected one field with the role of the row key, got {count}")
            }
            Unplannable::Name(name) => write!(f, "field {name:?}: another field has one of its names"),
        }
    }
}
