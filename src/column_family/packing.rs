//! Which class packs what: those of the schema, unless they are switched off or overridden by hand.

use bytes::Bytes;

use crate::marshal::Class;
use crate::schema::ColumnFamilyDefinition;

/// The class of everything where the schema's classes are not to be used.
static RAW: Class = Class::Bytes;

/// What the user wants otherwise than the schema says.
#[derive(Clone, Debug)]
pub(super) struct Overrides {
    pub(super) pack_keys: bool,
    pub(super) pack_names: bool,
    pub(super) pack_values: bool,
    pub(super) key: Option<Class>,
    pub(super) name: Option<Class>,
    pub(super) super_name: Option<Class>,
    pub(super) value: Option<Class>,
    /// By packed name.
    pub(super) columns: Vec<(Bytes, Class)>,
}

impl Default for Overrides {
    fn default() -> Self {
        Overrides {
            pack_keys: true,
            pack_names: true,
            pack_values: true,
            key: None,
            name: None,
            super_name: None,
            value: None,
            columns: Vec::new(),
        }
    }
}

/// The class of each key, name and value.
#[derive(Clone, Debug)]
pub(super) struct Packing {
    pub(super) key: Class,
    /// Of the names of columns; in a super column family, of those in super columns.
    pub(super) name: Class,
    /// Of the names of super columns.
    pub(super) super_name: Option<Class>,
    value: Class,
    /// In bytewise order of the packed names.
    columns: Vec<(Bytes, Class)>,
}

impl Packing {
    pub(super) fn new(definition: &ColumnFamilyDefinition, by_hand: &Overrides) -> Self {
        let pick = |pack: bool, by_hand: &Option<Class>, schema: &Class| match by_hand {
            _ if !pack => RAW.clone(),
            Some(class) => class.clone(),
            None => schema.clone(),
        };
        let (name, super_name) = match definition.subcomparator() {
            Some(subcomparator) => (subcomparator, Some(definition.comparator())),
            None => (definition.comparator(), None),
        };
        let mut columns = Vec::new();
        if by_hand.pack_values {
            columns.extend(definition.columns().map(|(name, class)| (name.clone(), class.clone())));
            for (name, class) in &by_hand.columns {
                columns.retain(|(column, _)| column != name);
                columns.push((name.clone(), class.clone()));
            }
            columns.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        Packing {
            key: pick(by_hand.pack_keys, &by_hand.key, definition.key_validation_class()),
            name: pick(by_hand.pack_names, &by_hand.name, name),
            super_name: super_name.map(|class| pick(by_hand.pack_names, &by_hand.super_name, class)),
            value: pick(by_hand.pack_values, &by_hand.value, definition.default_validation_class()),
            columns,
        }
    }

    /// The class of a column's values, by its packed name.
    #[inline]
    pub(super) fn validator(&self, name: &[u8]) -> &Class {
        match self.columns.binary_search_by(|(column, _)| column[..].cmp(name)) {
            Ok(at) => &self.columns[at].1,
            Err(_) => &self.value,
        }
    }

    /// The class of the names at a level: of the columns in a super column (or of all columns, where there are no
    /// super columns), or of the super columns.
    pub(super) fn names(&self, inside: bool) -> &Class {
        self.super_name.as_ref().filter(|_| !inside).unwrap_or(&self.name)
    }
}
