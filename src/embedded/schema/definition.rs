//! Definitions as clients send them: what is checked, and what the defaults are.

use super::options;
use super::replication::Replication;
use crate::marshal::Class;
use crate::wire::{CfDef, ColumnDef, Exception, KsDef};

/// The longest name of a keyspace or a column family.
const LONGEST_NAME: usize = 48;

/// The kinds of column families.
pub(super) const STANDARD: &str = "Standard";
pub(super) const SUPER: &str = "Super";

/// Types of Cassandra that this server does not serve yet.
const NOT_SERVED: [&str; 12] = [
    "CollectionType",
    "ColumnToCollectionType",
    "CompositeType",
    "DecimalType",
    "DynamicCompositeType",
    "FrozenType",
    "ListType",
    "MapType",
    "ReversedType",
    "SetType",
    "TupleType",
    "UserType",
];

fn invalid(why: impl Into<String>) -> Exception {
    Exception::InvalidRequest(why.into())
}

fn check_name(what: &str, name: &str) -> Result<(), Exception> {
    let well_formed = (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if well_formed {
        return Ok(());
    }
    Err(invalid(format!(
        "{what} name must not be empty, more than {LONGEST_NAME} characters long, or contain \
         non-alphanumeric-underscore characters (got \"{name}\")"
    )))
}

/// The definition of a keyspace as it is kept, without its column families, and its replication.
pub(super) fn keyspace(definition: &KsDef) -> Result<(KsDef, Replication), Exception> {
    check_name("Keyspace", &definition.name)?;
    let options = definition.strategy_options.clone().unwrap_or_default();
    let (strategy_class, replication) =
        Replication::parse(&definition.name, &definition.strategy_class, &options).map_err(invalid)?;
    let kept = KsDef {
        name: definition.name.clone(),
        strategy_class,
        strategy_options: Some(options),
        replication_factor: None,
        cf_defs: Vec::new(),
        durable_writes: Some(definition.durable_writes.unwrap_or(true)),
    };
    Ok((kept, replication))
}

/// The definition of a column family as it is kept: checked, and with all defaults.
pub(super) fn column_family(given: &CfDef) -> Result<CfDef, Exception> {
    check_name("ColumnFamily", &given.name)?;
    let column_type = given.column_type.as_deref().unwrap_or(STANDARD);
    if ![STANDARD, SUPER].contains(&column_type) {
        return Err(invalid(format!("Invalid column type {column_type}")));
    }
    let named = |text: &Option<String>| text.as_deref().map_or(Ok(Class::Bytes), class);
    let comparator = named(&given.comparator_type)?;
    // without super columns, Cassandra ignores it
    let subcomparator = if column_type == SUPER { Some(named(&given.subcomparator_type)?) } else { None };
    if subcomparator == Some(Class::Counter) {
        return Err(invalid("CounterColumnType is not a class of names"));
    }
    let default_validator = named(&given.default_validation_class)?;
    let key_validator = named(&given.key_validation_class)?;
    if comparator == Class::Counter || key_validator == Class::Counter {
        return Err(invalid("CounterColumnType is not a class of names or keys"));
    }
    if given.triggers.as_ref().is_some_and(|triggers| !triggers.is_empty()) {
        return Err(not_served("triggers"));
    }
    let mut column_metadata = Vec::new();
    for column in given.column_metadata.iter().flatten() {
        let names = subcomparator.as_ref().unwrap_or(&comparator);
        column_metadata.push(column_definition(column, names, &default_validator)?);
    }
    let min_compaction_threshold = given.min_compaction_threshold.unwrap_or(4);
    let max_compaction_threshold = given.max_compaction_threshold.unwrap_or(32);
    check_thresholds(min_compaction_threshold, max_compaction_threshold)?;
    let min_index_interval = given.min_index_interval.or(given.index_interval).unwrap_or(128);
    let max_index_interval = given.max_index_interval.unwrap_or(min_index_interval.max(2048));
    if min_index_interval < 1 || max_index_interval < min_index_interval {
        return Err(invalid(format!(
            "min_index_interval must be positive and not over max_index_interval (got {min_index_interval} \
             and {max_index_interval})"
        )));
    }
    let (caching, cells_per_row_to_cache) =
        options::caching(given.caching.as_deref(), given.cells_per_row_to_cache.as_deref())?;
    let text = |class: &Class| Some(class.qualified());
    Ok(CfDef {
        keyspace: given.keyspace.clone(),
        name: given.name.clone(),
        column_type: Some(column_type.to_owned()),
        comparator_type: text(&comparator),
        subcomparator_type: subcomparator.as_ref().and_then(text),
        comment: Some(given.comment.clone().unwrap_or_default()),
        read_repair_chance: Some(options::chance("read_repair_chance", given.read_repair_chance, 0.0)?),
        column_metadata: Some(column_metadata),
        gc_grace_seconds: Some(options::not_negative("gc_grace_seconds", given.gc_grace_seconds, 864_000)?),
        default_validation_class: text(&default_validator),
        min_compaction_threshold: Some(min_compaction_threshold),
        max_compaction_threshold: Some(max_compaction_threshold),
        key_validation_class: text(&key_validator),
        key_alias: Some(given.key_alias.clone().unwrap_or_else(|| "key".into())),
        compaction_strategy: Some(options::compaction_strategy(given.compaction_strategy.as_deref())?),
        compaction_strategy_options: Some(given.compaction_strategy_options.clone().unwrap_or_default()),
        compression_options: Some(options::compression(given.compression_options.as_deref())?),
        bloom_filter_fp_chance: options::bloom_filter_fp_chance(given.bloom_filter_fp_chance)?,
        caching: Some(caching),
        dclocal_read_repair_chance: Some(options::chance(
            "dclocal_read_repair_chance",
            given.dclocal_read_repair_chance,
            0.1,
        )?),
        memtable_flush_period_in_ms: Some(options::not_negative(
            "memtable_flush_period_in_ms",
            given.memtable_flush_period_in_ms,
            0,
        )?),
        default_time_to_live: Some(options::not_negative(
            "default_time_to_live",
            given.default_time_to_live,
            0,
        )?),
        speculative_retry: Some(options::speculative_retry(given.speculative_retry.as_deref())?),
        triggers: Some(Vec::new()),
        cells_per_row_to_cache: Some(cells_per_row_to_cache),
        min_index_interval: Some(min_index_interval),
        max_index_interval: Some(max_index_interval),
        // Cassandra 2.1 takes these and forgets them: caches and memtables have been global since 1.1, and the
        // id is the server's own
        id: None,
        row_cache_size: None,
        key_cache_size: None,
        row_cache_save_period_in_seconds: None,
        key_cache_save_period_in_seconds: None,
        memtable_flush_after_mins: None,
        memtable_throughput_in_mb: None,
        memtable_operations_in_millions: None,
        replicate_on_write: None,
        merge_shards_chance: None,
        row_cache_provider: None,
        row_cache_keys_to_save: None,
        populate_io_cache_on_flush: None,
        index_interval: None,
    })
}

/// Checks that a column family may change from one definition to another.
pub(super) fn check_update(old: &CfDef, new: &CfDef) -> Result<(), Exception> {
    let class_of = |text: &Option<String>| text.as_deref().map_or(Ok(Class::Bytes), class);
    if old.column_type != new.column_type {
        return Err(invalid("types do not match."));
    }
    let (before, after) = (class_of(&old.subcomparator_type)?, class_of(&new.subcomparator_type)?);
    if before != after {
        return Err(invalid("subcolumncomparators do not match or are not compatible."));
    }
    let (before, after) = (class_of(&old.comparator_type)?, class_of(&new.comparator_type)?);
    // these order names alike, and each accepts what the one before it accepts
    let compatible = match (&before, &after) {
        (Class::Ascii, Class::Utf8 | Class::Bytes) | (Class::Utf8, Class::Bytes) => true,
        (before, after) => before == after,
    };
    if compatible { Ok(()) } else { Err(invalid("comparators do not match or are not compatible.")) }
}

fn column_definition(
    given: &ColumnDef,
    comparator: &Class,
    default_validator: &Class,
) -> Result<ColumnDef, Exception> {
    if given.name.is_empty() || comparator.validate(&given.name).is_err() {
        let name: String = given.name.iter().map(|byte| format!("{byte:02x}")).collect();
        return Err(invalid(format!(
            "Column name {name} is not valid for comparator {}",
            comparator.qualified()
        )));
    }
    let validator = class(&given.validation_class)?;
    if (validator == Class::Counter) != (*default_validator == Class::Counter) {
        return Err(invalid("a column family has either counters only, or none"));
    }
    if given.index_type.is_some() || given.index_name.is_some() {
        return Err(not_served("secondary indexes"));
    }
    Ok(ColumnDef {
        name: given.name.clone(),
        validation_class: validator.qualified(),
        index_type: None,
        index_name: None,
        index_options: None,
    })
}

fn check_thresholds(min: i32, max: i32) -> Result<(), Exception> {
    if min == 0 || max == 0 {
        return Err(invalid(
            "a compaction threshold of 0 is no longer allowed; set the compaction option 'enabled' to false",
        ));
    }
    if min < 2 {
        return Err(invalid(format!("Min compaction threshold cannot be less than 2 (got {min})")));
    }
    if min > max {
        return Err(invalid(format!(
            "Min compaction threshold (got {min}) cannot be greater than max compaction threshold (got {max})"
        )));
    }
    Ok(())
}

/// A class that this server serves.
pub(super) fn class(text: &str) -> Result<Class, Exception> {
    match Class::parse(text) {
        Ok(Class::Custom(name)) => {
            let base = name.split('(').next().unwrap_or_default().trim();
            let short = base.rsplit('.').next().unwrap_or_default();
            // every class takes the parameter reversed=true
            let known = NOT_SERVED.contains(&short) || Class::parse(base).is_ok_and(|class| class.is_known());
            Err(if known {
                not_served(&format!("the type {name}"))
            } else if base.contains('.') {
                invalid(format!("Unable to find abstract-type class '{base}'"))
            } else {
                invalid(format!(
                    "Unable to find abstract-type class 'org.apache.cassandra.db.marshal.{base}'"
                ))
            })
        }
        Ok(known) => Ok(known),
        Err(error) => Err(invalid(error.to_string())),
    }
}

fn not_served(what: &str) -> Exception {
    invalid(format!("this server does not serve {what} yet"))
}
