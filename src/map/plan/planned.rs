//! What is done with one field.

use super::{Layout, Plan};
use crate::map::identity::Identity;
use crate::marshal::Class;

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
    pub(super) aliases: usize,
}

/// What is done with a field.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// The part of the identity at this place, and where a read finds it.
    Identity(usize, Source),
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

/// Where the bytes of a part of the identity are, of an object that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// They are the row key.
    Key,
    /// This component of the row key.
    KeyComponent(usize),
    SuperColumn,
    /// They are the name of the object's one column.
    Name,
    /// This component of the names of the object's columns.
    NameComponent(usize),
}

impl Source {
    /// Of the part at this place.
    pub(super) fn of(place: usize, identity: &Identity, layout: Layout) -> Source {
        let keys = identity.key().len();
        match (place.checked_sub(keys), identity.clustering()) {
            (None, _) if identity.has_composite_key() => Source::KeyComponent(place),
            (None, _) => Source::Key,
            (Some(_), []) => Source::SuperColumn,
            (Some(_), [_]) if layout == Layout::Timeline => Source::Name,
            (Some(component), _) => Source::NameComponent(component),
        }
    }
}

impl Planned {
    /// Whether it has other names to be found by.
    #[inline]
    pub(crate) fn has_aliases(&self) -> bool {
        self.aliases > 0
    }

    /// Which of its slots has this name.
    pub(crate) fn slot_of(&self, plan: &Plan, name: &[u8]) -> Option<usize> {
        self.slots().find(|slot| plan.name(*slot) == name)
    }

    /// The slots of the name and of each alias: where several are filled, the first counts.
    pub(crate) fn slots(&self) -> std::ops::RangeInclusive<usize> {
        self.slot..=self.slot + self.aliases
    }
}

/// The fields that are columns, those of flattened ones too.
pub(super) fn collect_columns<'a>(fields: &'a [Planned], columns: &mut Vec<&'a Planned>) {
    for field in fields {
        match &field.kind {
            Kind::Column | Kind::Json => columns.push(field),
            Kind::Flatten { fields, .. } => collect_columns(fields, columns),
            Kind::Identity(..) | Kind::Rest | Kind::Ttl | Kind::Timestamp => {}
        }
    }
}
