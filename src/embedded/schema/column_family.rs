//! A column family in use: its definition, compiled.

use std::cmp::Ordering;
use std::collections::HashMap;

use bytes::Bytes;

use super::definition::{SUPER, class};
use crate::embedded::row::Rules;
use crate::embedded::row::hints::Hints;
use crate::embedded::store::{Database, Store};
use crate::marshal::Class;
use crate::partitioner::Partitioner;
use crate::wire::{CfDef, Exception};

pub(crate) type Partition = <Database as Store>::Partition;

/// A column family with what its definition means.
pub(crate) struct ColumnFamily {
    /// Names its partition; never used again after a drop.
    pub(crate) id: u64,
    /// As it is described, with all defaults.
    pub(crate) definition: CfDef,
    pub(crate) partition: Partition,
    pub(crate) partitioner: Partitioner,
    /// Orders the names of the stored cells.
    pub(crate) comparator: Class,
    /// What the names of a super column family are made of.
    pub(crate) super_names: Option<SuperNames>,
    pub(crate) key_validator: Class,
    default_validator: Class,
    validators: HashMap<Bytes, Class>,
    pub(crate) indexes: Vec<Index>,
    hints: Hints,
}

/// A secondary index in use: which rows have which value in a column.
#[derive(Clone)]
pub(crate) struct Index {
    /// Names its partition; never used again after a drop.
    pub(crate) id: u64,
    pub(crate) column: Bytes,
    pub(crate) partition: Partition,
}

/// The classes of the two names that a column of a super column family has.
#[derive(Clone, Debug)]
pub(crate) struct SuperNames {
    pub(crate) super_columns: Class,
    pub(crate) columns: Class,
}

/// What compaction may leave out of a partition.
#[derive(Clone, Debug)]
pub(crate) enum Purgeable {
    Rows {
        partitioner: Partitioner,
        comparator: Class,
        gc_grace: i32,
    },
    /// Entries of an index.
    Entries,
}

impl ColumnFamily {
    /// Compiles a definition that has been checked.
    pub(super) fn new(
        id: u64,
        definition: CfDef,
        partition: Partition,
        partitioner: Partitioner,
        indexes: Vec<Index>,
    ) -> Result<ColumnFamily, Exception> {
        let optional = |text: &Option<String>| text.as_deref().map_or(Ok(Class::Bytes), class);
        let mut validators = HashMap::new();
        for column in definition.column_metadata.iter().flatten() {
            validators.insert(column.name.clone(), class(&column.validation_class)?);
        }
        let comparator = optional(&definition.comparator_type)?;
        let super_names = match definition.column_type.as_deref() {
            Some(SUPER) => {
                let columns = optional(&definition.subcomparator_type)?;
                Some(SuperNames { super_columns: comparator.clone(), columns })
            }
            _ => None,
        };
        let comparator = match &super_names {
            Some(SuperNames { super_columns, columns }) => {
                Class::composite([super_columns.clone(), columns.clone()])
            }
            None => comparator,
        };
        Ok(ColumnFamily {
            id,
            comparator,
            super_names,
            key_validator: optional(&definition.key_validation_class)?,
            default_validator: optional(&definition.default_validation_class)?,
            validators,
            definition,
            partition,
            partitioner,
            indexes,
            hints: Hints::default(),
        })
    }

    /// The class of a column's values.
    pub(crate) fn validator(&self, name: &[u8]) -> &Class {
        self.validators.get(name).unwrap_or(&self.default_validator)
    }

    pub(crate) fn is_super(&self) -> bool {
        self.super_names.is_some()
    }

    pub(crate) fn is_counter(&self) -> bool {
        self.default_validator == Class::Counter
    }

    /// The ttl of columns that are written without one.
    pub(crate) fn default_time_to_live(&self) -> Option<i32> {
        self.definition.default_time_to_live.filter(|ttl| *ttl > 0)
    }

    /// The index on a column.
    pub(crate) fn index(&self, name: &[u8]) -> Option<&Index> {
        let same = |index: &&Index| self.comparator.compare(&index.column, name) == Ordering::Equal;
        self.indexes.iter().find(same)
    }

    /// The columns that the definition says are indexed.
    pub(super) fn indexed(definition: &CfDef) -> impl Iterator<Item = &Bytes> {
        let columns = definition.column_metadata.iter().flatten();
        columns.filter(|column| column.index_type.is_some()).map(|column| &column.name)
    }

    pub(crate) fn name(&self) -> &str {
        &self.definition.name
    }

    pub(crate) fn rules(&self, now: i32) -> Rules<'_> {
        let gc_grace = self.definition.gc_grace_seconds.unwrap_or_default();
        Rules {
            partitioner: self.partitioner,
            comparator: &self.comparator,
            now,
            gc_before: now.saturating_sub(gc_grace),
            hints: Some(&self.hints),
        }
    }
}

impl std::fmt::Debug for ColumnFamily {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ColumnFamily").field("id", &self.id).field("name", &self.definition.name).finish()
    }
}
