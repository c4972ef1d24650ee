//! The fields of a struct, gone through once: the names and slots of its columns, and what may not stand side by side.

use super::planned::collect_columns;
use super::{Family, Kind, Layout, Plan, Planned, Source, Unplannable};
use crate::map::field::{Field, FieldClass, Role};
use crate::map::identity::Identity;
use crate::marshal::Class;

/// What the fields alone make of a plan.
#[derive(Default)]
pub(super) struct Table {
    fields: Box<[Planned]>,
    names: Vec<Box<[u8]>>,
    /// The slots of columns that the row has once.
    statics: Vec<usize>,
    rest: Option<Class>,
    has_ttl: bool,
    has_timestamp: bool,
}

impl Table {
    pub(super) fn of(
        fields: &'static [Field],
        identity: &Identity,
        layout: Layout,
    ) -> Result<Table, Unplannable> {
        let mut table = Table::default();
        table.fields = table.planned(fields, (identity, layout), "")?;
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
        found_by: (&Identity, Layout),
        prefix: &str,
    ) -> Result<Box<[Planned]>, Unplannable> {
        fields.iter().map(|field| self.one(field, found_by, prefix)).collect()
    }

    fn one(
        &mut self,
        field: &'static Field,
        found_by: (&Identity, Layout),
        prefix: &str,
    ) -> Result<Planned, Unplannable> {
        let slot = self.names.len();
        let mut aliases = 0;
        let class = class(field.class, Some(field.name))?;
        let kind = match field.role {
            Role::Key | Role::SuperColumn | Role::Clustering => {
                let (identity, layout) = found_by;
                let place = identity.place(field.name).ok_or(Unplannable::Unsupported("a key in a part"))?;
                Kind::Identity(place, Source::of(place, identity, layout))
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
                let fields = self.planned(fields, found_by, &format!("{prefix}{own}"))?;
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

    /// With the rest of what a plan is made of.
    pub(super) fn plan(
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

/// The class that a constant stands for.
pub(in crate::map) fn class(class: FieldClass, field: Option<&'static str>) -> Result<Class, Unplannable> {
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
