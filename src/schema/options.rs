//! How a column family is stored: the options of its builder that are not its types.
//!
//! An option that is not set is left out of the message, so that a server of a version that does not know it
//! is not asked for it, and one that does takes its own default.

use bytes::Bytes;

use super::{Caching, CellsPerRow, ColumnFamilyBuilder, Compaction, Compression, SpeculativeRetry};
use crate::wire::TriggerDef;

impl ColumnFamilyBuilder {
    /// A comment for people. Defaults to none.
    #[must_use]
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.cf_def.comment = Some(comment.into());
        self
    }

    /// How many seconds a deletion is remembered, so that it reaches replicas that were down. Defaults to
    /// the server's default, which is 864,000: ten days.
    #[must_use]
    pub fn gc_grace_seconds(mut self, seconds: i32) -> Self {
        self.cf_def.gc_grace_seconds = Some(seconds);
        self
    }

    /// After how many seconds a column expires that is written without a TTL. Defaults to 0: never. Since
    /// Cassandra 1.2.
    #[must_use]
    pub fn default_time_to_live(mut self, seconds: i32) -> Self {
        self.cf_def.default_time_to_live = Some(seconds);
        self
    }

    /// How probably a read compares all replicas, in all data centres, and repairs those that differ: from 0
    /// to 1. Defaults to the server's default, which is 0 since Cassandra 2.0.
    #[must_use]
    pub fn read_repair_chance(mut self, chance: f64) -> Self {
        self.cf_def.read_repair_chance = Some(chance);
        self
    }

    /// As [`read_repair_chance`](Self::read_repair_chance), among the replicas of the coordinator's data
    /// centre. Defaults to the server's default, which is 0.1 since Cassandra 2.0. Since Cassandra 1.1.
    #[must_use]
    pub fn dclocal_read_repair_chance(mut self, chance: f64) -> Self {
        self.cf_def.dclocal_read_repair_chance = Some(chance);
        self
    }

    /// When a coordinator asks one more replica. Defaults to the server's default, which is never. Since
    /// Cassandra 2.0.2.
    #[must_use]
    pub fn speculative_retry(mut self, retry: SpeculativeRetry) -> Self {
        self.cf_def.speculative_retry = Some(retry.to_string());
        self
    }

    /// How files are merged. Defaults to the server's default, which is
    /// [`size_tiered`](Compaction::size_tiered).
    ///
    /// ```
    /// use cassa::{ColumnFamilyBuilder, Compaction};
    ///
    /// # fn main() -> cassa::Result<()> {
    /// let hits = ColumnFamilyBuilder::new("Hits").compaction(Compaction::leveled()).build("Site")?;
    /// assert_eq!(hits.compaction(), Some(Compaction::leveled()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn compaction(mut self, compaction: Compaction) -> Self {
        let (class, options) = compaction.into_parts();
        self.cf_def.compaction_strategy = Some(class);
        self.cf_def.compaction_strategy_options = Some(options);
        self
    }

    /// How many files of like size there must be before they are merged; not for
    /// [`leveled`](Compaction::leveled). Defaults to the server's default, which is 4.
    #[must_use]
    pub fn min_compaction_threshold(mut self, files: i32) -> Self {
        self.cf_def.min_compaction_threshold = Some(files);
        self
    }

    /// How many files are merged at once, at most; not for [`leveled`](Compaction::leveled). Defaults to the
    /// server's default, which is 32.
    #[must_use]
    pub fn max_compaction_threshold(mut self, files: i32) -> Self {
        self.cf_def.max_compaction_threshold = Some(files);
        self
    }

    /// How files are compressed. Defaults to the server's default, which is LZ4 in Cassandra
    /// 2.1. Since Cassandra 1.0.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.cf_def.compression_options = Some(compression.into_options());
        self
    }

    /// How probably a file's Bloom filter says of a row that it may be there when it is not: over 0, at most
    /// 1, which switches it off. Defaults to the server's default, which depends on the compaction. Since
    /// Cassandra 1.0.
    #[must_use]
    pub fn bloom_filter_fp_chance(mut self, chance: f64) -> Self {
        self.cf_def.bloom_filter_fp_chance = Some(chance);
        self
    }

    /// Which caches it uses. Defaults to the server's default, which is the key cache. Since Cassandra 1.1.
    #[must_use]
    pub fn caching(mut self, caching: Caching) -> Self {
        self.cf_def.caching = Some(caching.to_string());
        self
    }

    /// How much of a row the row cache keeps, where it is used. Defaults to the server's default: the whole
    /// row. Since Cassandra 2.1.
    #[must_use]
    pub fn cells_per_row_to_cache(mut self, cells: CellsPerRow) -> Self {
        self.cf_def.cells_per_row_to_cache = Some(cells.to_string());
        self
    }

    /// After how many milliseconds its memtable is written to a file, even if it is not full. Defaults to 0:
    /// not until it is full. Since Cassandra 1.2.
    #[must_use]
    pub fn memtable_flush_period_in_ms(mut self, milliseconds: i32) -> Self {
        self.cf_def.memtable_flush_period_in_ms = Some(milliseconds);
        self
    }

    /// Of how many row keys one stands in the index of a file that is kept in memory: the densest that it
    /// gets. Defaults to the server's default, which is 128. Since Cassandra 2.1; in 2.0 `index_interval`.
    #[must_use]
    pub fn min_index_interval(mut self, keys: i32) -> Self {
        self.cf_def.min_index_interval = Some(keys);
        self
    }

    /// As [`min_index_interval`](Self::min_index_interval), the sparsest that it gets where memory is short.
    /// Defaults to the server's default, which is 2,048. Since Cassandra 2.1.
    #[must_use]
    pub fn max_index_interval(mut self, keys: i32) -> Self {
        self.cf_def.max_index_interval = Some(keys);
        self
    }

    /// A trigger: under this name, the class that the servers run for every write. Defaults to none. Since
    /// Cassandra 2.0.
    #[must_use]
    pub fn trigger(mut self, name: impl Into<String>, class: impl Into<String>) -> Self {
        let trigger = TriggerDef { name: name.into(), options: vec![("class".to_owned(), class.into())] };
        let triggers = self.cf_def.triggers.get_or_insert_default();
        triggers.retain(|known| known.name != trigger.name);
        triggers.push(trigger);
        self
    }

    /// Takes a trigger away.
    #[must_use]
    pub fn without_trigger(mut self, name: &str) -> Self {
        self.cf_def.triggers.iter_mut().for_each(|triggers| triggers.retain(|known| known.name != name));
        self
    }

    /// The name that CQL has for the row key. Defaults to the server's default, which is `key`.
    #[must_use]
    pub fn key_alias(mut self, name: impl Into<String>) -> Self {
        self.cf_def.key_alias = Some(Bytes::from(name.into()));
        self
    }

    /// Whether the replica that takes an addition to a counter sends it on to the others at once. Defaults to
    /// the server's default. Until Cassandra 2.0; later versions take no notice.
    #[must_use]
    pub fn replicate_on_write(mut self, on: bool) -> Self {
        self.cf_def.replicate_on_write = Some(on);
        self
    }

    /// Whether what is written to files is kept in the system's cache. Defaults to false. In Cassandra 1.2 and
    /// 2.0; later versions take no notice.
    #[must_use]
    pub fn populate_io_cache_on_flush(mut self, on: bool) -> Self {
        self.cf_def.populate_io_cache_on_flush = Some(on);
        self
    }

    /// Of how many row keys one stands in the index of a file that is kept in memory. Defaults to the
    /// server's default, which is 128. In Cassandra 2.0; 2.1 has
    /// [`min_index_interval`](Self::min_index_interval).
    #[must_use]
    pub fn index_interval(mut self, keys: i32) -> Self {
        self.cf_def.index_interval = Some(keys);
        self
    }

    /// The size of its own key cache: a number of keys, or below 1 a part of all. Defaults to the server's
    /// default, which is 200,000. Until Cassandra 1.0; later versions take no notice.
    #[must_use]
    pub fn key_cache_size(mut self, keys: f64) -> Self {
        self.cf_def.key_cache_size = Some(keys);
        self
    }

    /// The size of its own row cache: a number of rows, or below 1 a part of all. Defaults to the server's
    /// default, which is 0. Until Cassandra 1.0; later versions take no notice.
    #[must_use]
    pub fn row_cache_size(mut self, rows: f64) -> Self {
        self.cf_def.row_cache_size = Some(rows);
        self
    }

    /// After how many seconds the key cache is saved. Defaults to the server's default, which is 14,400. Until
    /// Cassandra 1.0; later versions take no notice.
    #[must_use]
    pub fn key_cache_save_period_in_seconds(mut self, seconds: i32) -> Self {
        self.cf_def.key_cache_save_period_in_seconds = Some(seconds);
        self
    }

    /// After how many seconds the row cache is saved. Defaults to 0: never. Until Cassandra 1.0; later
    /// versions take no notice.
    #[must_use]
    pub fn row_cache_save_period_in_seconds(mut self, seconds: i32) -> Self {
        self.cf_def.row_cache_save_period_in_seconds = Some(seconds);
        self
    }

    /// How many keys of the row cache are saved. Defaults to all. In Cassandra 1.0; later versions take no
    /// notice.
    #[must_use]
    pub fn row_cache_keys_to_save(mut self, keys: i32) -> Self {
        self.cf_def.row_cache_keys_to_save = Some(keys);
        self
    }

    /// The class that holds the row cache. Defaults to the server's choice. Until Cassandra 1.0; later
    /// versions take no notice.
    #[must_use]
    pub fn row_cache_provider(mut self, class: impl Into<String>) -> Self {
        self.cf_def.row_cache_provider = Some(class.into());
        self
    }

    /// How probably the shards of a counter are merged in a compaction. Defaults to the server's default. In
    /// Cassandra 0.8 and 1.0; later versions take no notice.
    #[must_use]
    pub fn merge_shards_chance(mut self, chance: f64) -> Self {
        self.cf_def.merge_shards_chance = Some(chance);
        self
    }

    /// After how many minutes its memtable is written to a file. Defaults to the server's default. In
    /// Cassandra 0.8; later versions take no notice.
    #[must_use]
    pub fn memtable_flush_after_mins(mut self, minutes: i32) -> Self {
        self.cf_def.memtable_flush_after_mins = Some(minutes);
        self
    }

    /// At how many MiB its memtable is written to a file. Defaults to the server's default. In Cassandra 0.8;
    /// later versions take no notice.
    #[must_use]
    pub fn memtable_throughput_in_mb(mut self, mb: i32) -> Self {
        self.cf_def.memtable_throughput_in_mb = Some(mb);
        self
    }

    /// At how many million columns its memtable is written to a file. Defaults to the server's default. In
    /// Cassandra 0.8; later versions take no notice.
    #[must_use]
    pub fn memtable_operations_in_millions(mut self, millions: f64) -> Self {
        self.cf_def.memtable_operations_in_millions = Some(millions);
        self
    }
}
