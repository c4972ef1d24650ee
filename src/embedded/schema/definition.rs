//! Definitions as clients send them: what is checked, and what the defaults are.

use super::options::{self, invalid};
use super::replication::Replication;
use super::{compaction, compatible, index};
use crate::marshal::Class;
use crate::wire::{CfDef, ColumnDef, Exception, KsDef, TriggerDef};

/// The longest name of a keyspace or a column family.
const LONGEST_NAME: usize = 48;

/// The kinds of column families.
pub(super) const STANDARD: &str = "Standard";
pub(super) const SUPER: &str = "Super";

/// The name under which CQL shows the row key, unless a definition gives another.
const KEY_ALIAS: &str = "key";

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
    let options = options::owned(options::map(definition.strategy_options.as_deref().unwrap_or_default()));
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

/// The definition of a column family as it is kept: checked, and with all defaults. What an update leaves out
/// takes the default again, except for the key's alias and the names of indexes, which stay `before`'s.
pub(super) fn column_family(given: &CfDef, before: Option<&CfDef>) -> Result<CfDef, Exception> {
    check_name("ColumnFamily", &given.name)?;
    let column_type = given.column_type.as_deref().unwrap_or(STANDARD);
    if ![STANDARD, SUPER].contains(&column_type) {
        return Err(invalid(format!("Invalid column type {column_type}")));
    }
    let named = |text: &Option<String>| text.as_deref().map_or(Ok(Class::Bytes), class);
    let comparator = named(&given.comparator_type)?;
    // without super columns, Cassandra ignores it
    let subcomparator = if column_type == SUPER { Some(named(&given.subcomparator_type)?) } else { None };
    let default_validator = named(&given.default_validation_class)?;
    let key_validator = named(&given.key_validation_class)?;
    if has_counter(&comparator) || subcomparator.as_ref().is_some_and(has_counter) {
        return Err(invalid("CounterColumnType is not a valid comparator"));
    }
    if has_counter(&key_validator) {
        return Err(invalid("CounterColumnType is not a valid key validator"));
    }
    let key_alias = key_alias(given, before, &key_validator);
    let names = subcomparator.as_ref().unwrap_or(&comparator);
    let mut column_metadata: Vec<ColumnDef> = Vec::new();
    for column in given.column_metadata.iter().flatten() {
        let column = column_definition(column, names)?;
        // the last definition of a name counts, and the key's alias hides a column of its name
        column_metadata.retain(|other| other.name != column.name);
        if key_alias.as_ref() != Some(&column.name) {
            column_metadata.push(column);
        }
    }
    check_counters(&default_validator, &column_metadata)?;
    index::check(subcomparator.is_some(), &default_validator, &column_metadata)?;
    let min_compaction_threshold = given.min_compaction_threshold.unwrap_or(4);
    let max_compaction_threshold = given.max_compaction_threshold.unwrap_or(32);
    options::thresholds(min_compaction_threshold, max_compaction_threshold)?;
    let min_index_interval = given.min_index_interval.or(given.index_interval).unwrap_or(128);
    let max_index_interval = given.max_index_interval.unwrap_or(min_index_interval.max(2048));
    options::index_intervals(min_index_interval, max_index_interval)?;
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
        read_repair_chance: Some(given.read_repair_chance.unwrap_or(0.0)),
        column_metadata: Some(column_metadata),
        gc_grace_seconds: Some(given.gc_grace_seconds.unwrap_or(864_000)),
        default_validation_class: text(&default_validator),
        min_compaction_threshold: Some(min_compaction_threshold),
        max_compaction_threshold: Some(max_compaction_threshold),
        key_validation_class: text(&key_validator),
        key_alias,
        compaction_strategy: Some(compaction::strategy(given.compaction_strategy.as_deref())?),
        compaction_strategy_options: Some(compaction::options(given.compaction_strategy_options.as_deref())),
        compression_options: Some(options::compression(given.compression_options.as_deref())?),
        bloom_filter_fp_chance: options::bloom_filter_fp_chance(given.bloom_filter_fp_chance)?,
        caching: Some(caching),
        dclocal_read_repair_chance: Some(given.dclocal_read_repair_chance.unwrap_or(0.1)),
        memtable_flush_period_in_ms: Some(given.memtable_flush_period_in_ms.unwrap_or(0)),
        default_time_to_live: Some(given.default_time_to_live.unwrap_or(0)),
        speculative_retry: Some(options::speculative_retry(given.speculative_retry.as_deref())?),
        triggers: Some(triggers(given.triggers.as_deref().unwrap_or_default())?),
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
    if old.column_type != new.column_type {
        return Err(invalid("types do not match."));
    }
    let class_of = |text: &Option<String>| text.as_deref().map_or(Ok(Class::Bytes), class);
    for (before, after) in
        [(&old.comparator_type, &new.comparator_type), (&old.subcomparator_type, &new.subcomparator_type)]
    {
        if !compatible::may_follow(&class_of(after)?, &class_of(before)?) {
            return Err(invalid("comparators do not match or are not compatible."));
        }
    }
    index::check_update(old, new)
}

/// Whether a change makes counters of other columns, or the other way round.
pub(super) fn changes_counters(old: &CfDef, new: &CfDef) -> Result<bool, Exception> {
    let is_counter = |definition: &CfDef| {
        let validator = definition.default_validation_class.as_deref();
        Ok::<_, Exception>(validator.map_or(Ok(Class::Bytes), class)? == Class::Counter)
    };
    Ok(is_counter(old)? != is_counter(new)?)
}

/// How CQL names the row key. A key of several components has several names, which the interface cannot say.
fn key_alias(given: &CfDef, before: Option<&CfDef>, key_validator: &Class) -> Option<bytes::Bytes> {
    if let Class::Composite(components) = key_validator {
        return (components.len() == 1).then(|| KEY_ALIAS.into());
    }
    let given_alias = given.key_alias.as_ref().filter(|_| given.key_validation_class.is_some());
    let before = before.and_then(|before| before.key_alias.as_ref());
    Some(given_alias.or(before).cloned().unwrap_or_else(|| KEY_ALIAS.into()))
}

fn column_definition(given: &ColumnDef, comparator: &Class) -> Result<ColumnDef, Exception> {
    if comparator.validate(&given.name).is_err() {
        return Err(invalid(format!(
            "Column name {} is not valid for comparator {}",
            hex(&given.name),
            comparator.qualified()
        )));
    }
    let index_options = given.index_options.as_deref();
    Ok(ColumnDef {
        name: given.name.clone(),
        validation_class: class(&given.validation_class)?.qualified(),
        index_type: given.index_type,
        index_name: given.index_name.clone(),
        index_options: index_options.map(|options| options::owned(options::map(options))),
    })
}

/// A column family holds counters or other columns, never both.
fn check_counters(default_validator: &Class, columns: &[ColumnDef]) -> Result<(), Exception> {
    let holds_counters = *default_validator == Class::Counter;
    for column in columns {
        if (class(&column.validation_class)? == Class::Counter) != holds_counters {
            let (this, other) = if holds_counters { ("non ", "") } else { ("", "non ") };
            let name = hex(&column.name);
            return Err(invalid(format!(
                "Cannot add a {this}counter column ({name}) in a {other}counter column family"
            )));
        }
    }
    Ok(())
}

/// Whether a class is one of counters, or has a component that is.
fn has_counter(class: &Class) -> bool {
    match class {
        Class::Composite(components) => components.iter().any(has_counter),
        Class::DynamicComposite(aliases) => aliases.iter().any(|(_, class)| has_counter(class)),
        Class::Reversed(class) => has_counter(class),
        class => *class == Class::Counter,
    }
}

/// Triggers are kept and described; they are Java classes, so that writes to their column family are refused.
fn triggers(given: &[TriggerDef]) -> Result<Vec<TriggerDef>, Exception> {
    let mut kept: Vec<TriggerDef> = Vec::new();
    for trigger in given {
        let class = trigger.options.iter().find(|(name, _)| name == "class");
        let Some(class) = class else {
            return Err(invalid(format!("trigger {} names no class", trigger.name)));
        };
        kept.retain(|other| other.name != trigger.name);
        kept.push(TriggerDef { name: trigger.name.clone(), options: vec![class.clone()] });
    }
    Ok(kept)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A class that this server serves. An empty name is `BytesType`, as in Cassandra.
pub(super) fn class(text: &str) -> Result<Class, Exception> {
    if text.trim().is_empty() {
        return Ok(Class::Bytes);
    }
    match Class::parse(text) {
        Ok(class) if class.is_known() => Ok(class),
        Ok(class) => Err(invalid(format!(
            "Unable to find abstract-type class '{}'",
            options::qualify("org.apache.cassandra.db.marshal.", &class.to_string())
        ))),
        Err(error) => Err(invalid(error.to_string())),
    }
}
