//! The structs and enums of Cassandra's Thrift interface, one row a field.

use bytes::Bytes;

use super::field::{enums, structs};

enums! {
    /// How many replicas must answer before a call succeeds.
    ///
    /// ```
    /// use cassa::ConsistencyLevel;
    ///
    /// assert_eq!(ConsistencyLevel::default(), ConsistencyLevel::One);
    /// assert_eq!(ConsistencyLevel::LocalQuorum.to_string(), "LOCAL_QUORUM");
    /// assert_eq!(ConsistencyLevel::try_from(2)?, ConsistencyLevel::Quorum);
    /// # Ok::<(), cassa::wire::DecodeError>(())
    /// ```
    ConsistencyLevel {
        #[default]
        One = 1 "ONE",
        Quorum = 2 "QUORUM",
        LocalQuorum = 3 "LOCAL_QUORUM",
        EachQuorum = 4 "EACH_QUORUM",
        All = 5 "ALL",
        Any = 6 "ANY",
        Two = 7 "TWO",
        Three = 8 "THREE",
        Serial = 9 "SERIAL",
        LocalSerial = 10 "LOCAL_SERIAL",
        LocalOne = 11 "LOCAL_ONE",
    }
    /// The comparison of an [`IndexExpression`].
    IndexOperator {
        #[default]
        Eq = 0 "EQ",
        Gte = 1 "GTE",
        Gt = 2 "GT",
        Lte = 3 "LTE",
        Lt = 4 "LT",
    }
    /// The kind of a secondary index.
    IndexType {
        #[default]
        Keys = 0 "KEYS",
        Custom = 1 "CUSTOM",
        Composites = 2 "COMPOSITES",
    }
    /// Whether a CQL statement is compressed.
    Compression {
        Gzip = 1 "GZIP",
        #[default]
        None = 2 "NONE",
    }
    /// What a CQL statement gave.
    CqlResultType {
        #[default]
        Rows = 1 "ROWS",
        Void = 2 "VOID",
        Int = 3 "INT",
    }
}

structs! {
    /// A column: name, value, the time it was written, and how long it lives.
    Column {
        1 name: Bytes,
        2 value: Option<Bytes>,
        /// Microseconds since 1970, by convention; the greatest wins.
        3 timestamp: Option<i64>,
        /// Seconds until the column expires.
        4 ttl: Option<i32>,
    }
    /// A super column: a name and the columns under it.
    SuperColumn {
        1 name: Bytes,
        2 columns: Vec<Column>,
    }
    /// A counter: read as its value, written as what to add.
    CounterColumn {
        1 name: Bytes,
        2 value: i64,
    }
    /// A super column of counters.
    CounterSuperColumn {
        1 name: Bytes,
        2 columns: Vec<CounterColumn>,
    }
    /// Exactly one of the four.
    ColumnOrSuperColumn {
        1 column: Option<Column>,
        2 super_column: Option<SuperColumn>,
        3 counter_column: Option<CounterColumn>,
        4 counter_super_column: Option<CounterSuperColumn>,
    }
    /// The column that was asked for is not there.
    NotFoundException {}
    /// The request is malformed, or does not fit the schema.
    InvalidRequestException {
        1 why: String,
    }
    /// Too few replicas are up for the consistency level; nothing was written.
    UnavailableException {}
    /// The replicas did not answer in time; a write may have taken effect, or may yet.
    TimedOutException {
        1 acknowledged_by: Option<i32>,
        2 acknowledged_by_batchlog: Option<bool>,
        3 paxos_in_progress: Option<bool>,
    }
    /// The credentials were refused.
    AuthenticationException {
        1 why: String,
    }
    /// The user may not do this.
    AuthorizationException {
        1 why: String,
    }
    /// The nodes of the cluster do not agree on the schema.
    SchemaDisagreementException {}
    /// A column family, or a super column in it.
    ColumnParent {
        3 column_family: String,
        4 super_column: Option<Bytes>,
    }
    /// A row, a super column, or a column, depending on what is given.
    ColumnPath {
        3 column_family: String,
        4 super_column: Option<Bytes>,
        5 column: Option<Bytes>,
    }
    /// The columns from `start` to `finish`, both included, at most `count`; empty bytes leave an end open.
    SliceRange {
        1 start: Bytes,
        2 finish: Bytes,
        3 reversed: bool,
        /// Columns, not bytes.
        4 count: i32,
    }
    /// Which columns: by name, or a range. Exactly one of the two.
    SlicePredicate {
        1 column_names: Option<Vec<Bytes>>,
        2 slice_range: Option<SliceRange>,
    }
    /// A condition on a column.
    IndexExpression {
        1 column_name: Bytes,
        2 op: IndexOperator,
        3 value: Bytes,
    }
    /// Conditions that all hold, one of them an equality on an indexed column.
    IndexClause {
        1 expressions: Vec<IndexExpression>,
        2 start_key: Bytes,
        3 count: i32,
    }
    /// The rows between two keys (both included) or two tokens (the first excluded).
    KeyRange {
        1 start_key: Option<Bytes>,
        2 end_key: Option<Bytes>,
        3 start_token: Option<String>,
        4 end_token: Option<String>,
        /// Rows.
        5 count: i32,
        6 row_filter: Option<Vec<IndexExpression>>,
    }
    /// A row with those of its columns that were asked for.
    KeySlice {
        1 key: Bytes,
        2 columns: Vec<ColumnOrSuperColumn>,
    }
    /// A row key and a count.
    KeyCount {
        1 key: Bytes,
        2 count: i32,
    }
    /// Deletes a row, a super column, or the columns of a predicate.
    Deletion {
        /// Microseconds since 1970, by convention. Required but for counters.
        1 timestamp: Option<i64>,
        2 super_column: Option<Bytes>,
        3 predicate: Option<SlicePredicate>,
    }
    /// A write of columns, or a deletion. Exactly one of the two.
    Mutation {
        1 column_or_supercolumn: Option<ColumnOrSuperColumn>,
        2 deletion: Option<Deletion>,
    }
    /// Where a node is.
    EndpointDetails {
        1 host: Option<String>,
        2 datacenter: Option<String>,
        3 rack: Option<String>,
    }
    /// Whether a conditional write took effect, and what stands there if not.
    CASResult {
        1 success: bool,
        2 current_values: Option<Vec<Column>>,
    }
    /// A range of the ring and the nodes that hold it.
    TokenRange {
        1 start_token: String,
        2 end_token: String,
        3 endpoints: Vec<String>,
        4 rpc_endpoints: Option<Vec<String>>,
        5 endpoint_details: Option<Vec<EndpointDetails>>,
    }
    /// The credentials of a login; Cassandra's own authenticator reads `username` and `password`.
    AuthenticationRequest {
        1 credentials: Vec<(String, String)>,
    }
    /// The type of the values of one column, and its index.
    ColumnDef {
        1 name: Bytes,
        2 validation_class: String,
        3 index_type: Option<IndexType>,
        4 index_name: Option<String>,
        5 index_options: Option<Vec<(String, String)>>,
    }
    /// A trigger on a column family.
    TriggerDef {
        1 name: String,
        2 options: Vec<(String, String)>,
    }
    /// A column family: its types, and how it is stored.
    CfDef {
        1 keyspace: String,
        2 name: String,
        3 column_type: Option<String>,
        /// The class that orders and types column names.
        5 comparator_type: Option<String>,
        6 subcomparator_type: Option<String>,
        8 comment: Option<String>,
        9 row_cache_size: Option<f64>,
        11 key_cache_size: Option<f64>,
        12 read_repair_chance: Option<f64>,
        13 column_metadata: Option<Vec<ColumnDef>>,
        /// Seconds for which a deletion is remembered.
        14 gc_grace_seconds: Option<i32>,
        /// The class of values of columns that `column_metadata` does not list.
        15 default_validation_class: Option<String>,
        16 id: Option<i32>,
        17 min_compaction_threshold: Option<i32>,
        18 max_compaction_threshold: Option<i32>,
        19 row_cache_save_period_in_seconds: Option<i32>,
        20 key_cache_save_period_in_seconds: Option<i32>,
        21 memtable_flush_after_mins: Option<i32>,
        22 memtable_throughput_in_mb: Option<i32>,
        23 memtable_operations_in_millions: Option<f64>,
        24 replicate_on_write: Option<bool>,
        25 merge_shards_chance: Option<f64>,
        /// The class of row keys.
        26 key_validation_class: Option<String>,
        27 row_cache_provider: Option<String>,
        28 key_alias: Option<Bytes>,
        29 compaction_strategy: Option<String>,
        30 compaction_strategy_options: Option<Vec<(String, String)>>,
        31 row_cache_keys_to_save: Option<i32>,
        32 compression_options: Option<Vec<(String, String)>>,
        33 bloom_filter_fp_chance: Option<f64>,
        34 caching: Option<String>,
        37 dclocal_read_repair_chance: Option<f64>,
        38 populate_io_cache_on_flush: Option<bool>,
        /// Milliseconds; 0 for never.
        39 memtable_flush_period_in_ms: Option<i32>,
        /// Seconds; 0 for none.
        40 default_time_to_live: Option<i32>,
        41 index_interval: Option<i32>,
        42 speculative_retry: Option<String>,
        43 triggers: Option<Vec<TriggerDef>>,
        44 cells_per_row_to_cache: Option<String>,
        45 min_index_interval: Option<i32>,
        46 max_index_interval: Option<i32>,
    }
    /// A keyspace: where its replicas stand, and its column families.
    KsDef {
        1 name: String,
        2 strategy_class: String,
        3 strategy_options: Option<Vec<(String, String)>>,
        4 replication_factor: Option<i32>,
        5 cf_defs: Vec<CfDef>,
        6 durable_writes: Option<bool>,
    }
    /// A row of a CQL result.
    CqlRow {
        1 key: Bytes,
        2 columns: Vec<Column>,
    }
    /// The types of a CQL result.
    CqlMetadata {
        1 name_types: Vec<(Bytes, String)>,
        2 value_types: Vec<(Bytes, String)>,
        3 default_name_type: String,
        4 default_value_type: String,
    }
    /// The result of a CQL statement.
    CqlResult {
        1 kind: CqlResultType,
        2 rows: Option<Vec<CqlRow>>,
        3 num: Option<i32>,
        4 schema: Option<CqlMetadata>,
    }
    /// A prepared CQL statement.
    CqlPreparedResult {
        1 item_id: i32,
        2 count: i32,
        3 variable_types: Option<Vec<String>>,
        4 variable_names: Option<Vec<String>>,
    }
    /// A part of the ring with about so many rows.
    CfSplit {
        1 start_token: String,
        2 end_token: String,
        3 row_count: i64,
    }
    /// A range of columns.
    ColumnSlice {
        1 start: Option<Bytes>,
        2 finish: Option<Bytes>,
    }
    /// Several ranges of columns of one row.
    MultiSliceRequest {
        1 key: Option<Bytes>,
        2 column_parent: Option<ColumnParent>,
        3 column_slices: Option<Vec<ColumnSlice>>,
        4 reversed: Option<bool>,
        5 count: Option<i32>,
        6 consistency_level: Option<ConsistencyLevel>,
    }
}
