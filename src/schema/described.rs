//! What a server says of how a column family is stored; `None` where it does not say.

use super::{Caching, CellsPerRow, ColumnFamilyDefinition, Compaction, Compression, Index, SpeculativeRetry};

impl ColumnFamilyDefinition {
    /// The comment for people; empty where there is none.
    pub fn comment(&self) -> &str {
        self.cf_def().comment.as_deref().unwrap_or_default()
    }

    /// The index on a column, by its packed name.
    pub fn index(&self, name: &[u8]) -> Option<Index> {
        let column = self.cf_def().column_metadata.iter().flatten().find(|column| column.name == name)?;
        Index::of(column, self.validator_of(name))
    }

    /// How many seconds a deletion is remembered.
    pub fn gc_grace_seconds(&self) -> Option<i32> {
        self.cf_def().gc_grace_seconds
    }

    /// After how many seconds a column expires that is written without a TTL; 0 for never.
    pub fn default_time_to_live(&self) -> Option<i32> {
        self.cf_def().default_time_to_live
    }

    /// How probably a read compares and repairs all replicas.
    pub fn read_repair_chance(&self) -> Option<f64> {
        self.cf_def().read_repair_chance
    }

    /// As [`read_repair_chance`](Self::read_repair_chance), among the replicas of one data centre.
    pub fn dclocal_read_repair_chance(&self) -> Option<f64> {
        self.cf_def().dclocal_read_repair_chance
    }

    /// When a coordinator asks one more replica.
    pub fn speculative_retry(&self) -> Option<SpeculativeRetry> {
        self.cf_def().speculative_retry.as_deref().map(SpeculativeRetry::described)
    }

    /// How files are merged.
    pub fn compaction(&self) -> Option<Compaction> {
        let cf_def = self.cf_def();
        let class = cf_def.compaction_strategy.as_deref()?;
        Some(Compaction::described(class, cf_def.compaction_strategy_options.as_deref()))
    }

    /// How many files there must be before they are merged, and how many are at once: the least and the most.
    pub fn compaction_thresholds(&self) -> Option<(i32, i32)> {
        self.cf_def().min_compaction_threshold.zip(self.cf_def().max_compaction_threshold)
    }

    /// How files are compressed.
    pub fn compression(&self) -> Option<Compression> {
        self.cf_def().compression_options.as_deref().map(Compression::described)
    }

    /// How probably a file's Bloom filter errs; `None` also where the server's default holds.
    pub fn bloom_filter_fp_chance(&self) -> Option<f64> {
        self.cf_def().bloom_filter_fp_chance
    }

    /// Which caches it uses.
    pub fn caching(&self) -> Option<Caching> {
        self.cf_def().caching.as_deref().map(Caching::described)
    }

    /// How much of a row the row cache keeps.
    pub fn cells_per_row_to_cache(&self) -> Option<CellsPerRow> {
        self.cf_def().cells_per_row_to_cache.as_deref().and_then(CellsPerRow::described)
    }

    /// After how many milliseconds its memtable is written to a file; 0 for not until it is full.
    pub fn memtable_flush_period_in_ms(&self) -> Option<i32> {
        self.cf_def().memtable_flush_period_in_ms
    }

    /// Of how many row keys one stands in a file's index in memory: the least and the most.
    pub fn index_intervals(&self) -> Option<(i32, i32)> {
        self.cf_def().min_index_interval.zip(self.cf_def().max_index_interval)
    }

    /// Its triggers: name and class.
    pub fn triggers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cf_def().triggers.iter().flatten().map(|trigger| {
            let class = trigger.options.iter().find(|(name, _)| name == "class");
            (&*trigger.name, class.map_or("", |(_, class)| class))
        })
    }

    /// The name that CQL has for the row key, as it was given: bytes.
    pub fn key_alias(&self) -> Option<&[u8]> {
        self.cf_def().key_alias.as_deref()
    }
}
