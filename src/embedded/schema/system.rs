//! The keyspaces that are Cassandra's own, as a node without users lists them.

use std::collections::BTreeMap;

use super::Keyspace;
use super::replication::Replication;
use crate::wire::{CfDef, ColumnDef, KsDef};

/// The keyspace that no client may change.
pub(crate) const SYSTEM: &str = "system";

/// The keyspace of traces, of which clients may change the replication.
pub(super) const TRACES: &str = "system_traces";

/// Whether a keyspace is Cassandra's own.
pub(super) fn is_system(keyspace: &str) -> bool {
    keyspace.eq_ignore_ascii_case(SYSTEM) || keyspace.eq_ignore_ascii_case(TRACES)
}

/// The keyspaces, with what they are until a client changes them.
pub(super) fn keyspaces() -> [Keyspace; 2] {
    let keyspace = |name: &str, class: &str, options: Vec<(String, String)>, replication| Keyspace {
        definition: KsDef {
            name: name.to_owned(),
            strategy_class: format!("org.apache.cassandra.locator.{class}"),
            strategy_options: Some(options),
            durable_writes: Some(true),
            ..KsDef::default()
        },
        replication,
        families: BTreeMap::new(),
    };
    let factor = vec![("replication_factor".to_owned(), "2".to_owned())];
    [
        keyspace(SYSTEM, "LocalStrategy", Vec::new(), Replication::local()),
        keyspace(TRACES, "SimpleStrategy", factor, Replication::simple(2)),
    ]
}

/// The column families of [`SYSTEM`] that the interface shows. They hold what a node tells itself, so that
/// they are described here and stand empty.
pub(super) fn families() -> Vec<CfDef> {
    let column = |name: &str, class: &str| ColumnDef {
        name: name.to_owned().into(),
        validation_class: marshal(class),
        index_type: None,
        index_name: None,
        index_options: None,
    };
    let hints = CfDef {
        gc_grace_seconds: Some(0),
        compaction_strategy_options: Some(vec![("enabled".to_owned(), "false".to_owned())]),
        ..family(
            "hints",
            &format!("CompositeType({},{})", marshal("TimeUUIDType"), marshal("Int32Type")),
            "UUIDType",
            "target_id",
            "hints awaiting delivery",
        )
    };
    let index_info = CfDef {
        gc_grace_seconds: Some(0),
        ..family("IndexInfo", "UTF8Type", "UTF8Type", "table_name", "indexes that have been completed")
    };
    let schema_keyspaces = CfDef {
        gc_grace_seconds: Some(604_800),
        column_metadata: Some(vec![
            column("durable_writes", "BooleanType"),
            column("strategy_class", "UTF8Type"),
            column("strategy_options", "UTF8Type"),
        ]),
        ..family("schema_keyspaces", "UTF8Type", "UTF8Type", "keyspace_name", "keyspace definitions")
    };
    vec![index_info, hints, schema_keyspaces]
}

fn marshal(class: &str) -> String {
    format!("org.apache.cassandra.db.marshal.{class}")
}

fn family(name: &str, comparator: &str, key: &str, key_alias: &str, comment: &str) -> CfDef {
    CfDef {
        keyspace: SYSTEM.to_owned(),
        name: name.to_owned(),
        column_type: Some("Standard".to_owned()),
        comparator_type: Some(marshal(comparator)),
        comment: Some(comment.to_owned()),
        read_repair_chance: Some(0.0),
        column_metadata: Some(Vec::new()),
        default_validation_class: Some(marshal("BytesType")),
        min_compaction_threshold: Some(4),
        max_compaction_threshold: Some(32),
        key_validation_class: Some(marshal(key)),
        key_alias: Some(key_alias.to_owned().into()),
        compaction_strategy: Some(
            "org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy".to_owned(),
        ),
        compaction_strategy_options: Some(Vec::new()),
        compression_options: Some(vec![(
            "sstable_compression".to_owned(),
            "org.apache.cassandra.io.compress.LZ4Compressor".to_owned(),
        )]),
        bloom_filter_fp_chance: Some(0.01),
        caching: Some("KEYS_ONLY".to_owned()),
        dclocal_read_repair_chance: Some(0.0),
        memtable_flush_period_in_ms: Some(3_600_000),
        default_time_to_live: Some(0),
        speculative_retry: Some("99.0PERCENTILE".to_owned()),
        triggers: Some(Vec::new()),
        cells_per_row_to_cache: Some("0".to_owned()),
        min_index_interval: Some(128),
        max_index_interval: Some(2048),
        ..CfDef::default()
    }
}
