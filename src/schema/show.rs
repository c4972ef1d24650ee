//! Definitions in words, for people.

use std::fmt;

use super::{ColumnFamilyDefinition, KeyspaceDefinition};
use crate::marshal::{Class, Value};

/// As wide as the longest name of an option.
const WIDTH: usize = 26;

impl fmt::Display for ColumnFamilyDefinition {
    /// What it is, then a line for each thing that it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match (self.is_super(), self.is_counter()) {
            (false, false) => "column family",
            (true, false) => "super column family",
            (false, true) => "counter column family",
            (true, true) => "super column family of counters",
        };
        write!(f, "{kind} {}", self.name())?;
        let mut line = |name: &str, text: &dyn fmt::Display| write!(f, "\n  {name:WIDTH$} {text}");
        if !self.comment().is_empty() {
            line("comment", &self.comment())?;
        }
        line("key_validation_class", self.key_validation_class())?;
        line("comparator", self.comparator())?;
        if let Some(subcomparator) = self.subcomparator() {
            line("subcomparator", subcomparator)?;
        }
        line("default_validation_class", self.default_validation_class())?;
        let name_class = self.subcomparator().unwrap_or(self.comparator());
        for (name, class) in self.columns() {
            let column = format!("column {}", Shown(name_class, name));
            match self.index(name) {
                None => line(&column, class)?,
                Some(index) => line(&column, &format_args!("{class}, index {index}"))?,
            }
        }
        if let Some(seconds) = self.gc_grace_seconds() {
            line("gc_grace_seconds", &seconds)?;
        }
        if let Some(seconds) = self.default_time_to_live().filter(|seconds| *seconds > 0) {
            line("default_time_to_live", &seconds)?;
        }
        if let Some(compaction) = self.compaction() {
            line("compaction", &compaction)?;
        }
        if let Some((min, max)) = self.compaction_thresholds() {
            line("compaction_thresholds", &format_args!("{min} to {max}"))?;
        }
        if let Some(compression) = self.compression() {
            line("compression", &compression)?;
        }
        if let Some(caching) = self.caching() {
            line("caching", &caching)?;
        }
        if let Some(cells) = self.cells_per_row_to_cache() {
            line("cells_per_row_to_cache", &cells)?;
        }
        let chances = [
            ("read_repair_chance", self.read_repair_chance()),
            ("dclocal_read_repair_chance", self.dclocal_read_repair_chance()),
            ("bloom_filter_fp_chance", self.bloom_filter_fp_chance()),
        ];
        for (name, chance) in chances {
            if let Some(chance) = chance {
                line(name, &chance)?;
            }
        }
        if let Some(retry) = self.speculative_retry() {
            line("speculative_retry", &retry)?;
        }
        if let Some(milliseconds) = self.memtable_flush_period_in_ms().filter(|period| *period > 0) {
            line("memtable_flush_period_in_ms", &milliseconds)?;
        }
        if let Some((min, max)) = self.index_intervals() {
            line("index_intervals", &format_args!("{min} to {max}"))?;
        }
        for (name, class) in self.triggers() {
            line(&format!("trigger {name}"), &class)?;
        }
        Ok(())
    }
}

impl fmt::Display for KeyspaceDefinition {
    /// The keyspace and its strategy, then each of its column families.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keyspace {}", self.name())?;
        write!(f, "\n  {:WIDTH$} {}", "strategy", self.strategy())?;
        write!(f, "\n  {:WIDTH$} {}", "durable_writes", self.durable_writes())?;
        for family in self.column_families() {
            write!(f, "\n\n{family}")?;
        }
        Ok(())
    }
}

/// A packed name as its class reads it, or its bytes where it does not.
struct Shown<'a>(&'a Class, &'a bytes::Bytes);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shown(class, name) = self;
        class.unpack(name).unwrap_or_else(|_| Value::Bytes((*name).clone())).fmt(f)
    }
}
