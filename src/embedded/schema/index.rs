//! The definitions of secondary indexes: their kinds, names and limits.

use std::collections::HashSet;
use std::net::IpAddr;

use bytes::Bytes;

use super::compatible;
use super::definition::{class, hex};
use super::options::{self, invalid};
use crate::marshal::{Class, Value};
use crate::wire::{CfDef, ColumnDef, Exception, IndexType};

/// Checks the indexes of one column family by themselves.
pub(super) fn check(
    is_super: bool,
    default_validator: &Class,
    columns: &[ColumnDef],
) -> Result<(), Exception> {
    for column in columns {
        let Some(kind) = column.index_type else {
            if column.index_name.is_some() {
                return Err(invalid("Index name cannot be set without index type"));
            }
            continue;
        };
        if is_super {
            return Err(invalid("Secondary indexes are not supported on super column families"));
        }
        if *default_validator == Class::Counter {
            return Err(invalid("Secondary indexes are not supported on counters"));
        }
        check_kind(kind, column)?;
    }
    Ok(())
}

fn check_kind(kind: IndexType, column: &ColumnDef) -> Result<(), Exception> {
    let option = |name: &str| column.index_options.iter().flatten().find(|(option, _)| option == name);
    match kind {
        IndexType::Keys => Ok(()),
        // on a column family of the interface it finds what one of KEYS finds
        IndexType::Composites => {
            let unknown: Vec<&str> =
                column.index_options.iter().flatten().map(|(name, _)| name.as_str()).collect();
            match unknown.iter().find(|name| **name != "prefix_size") {
                Some(name) => {
                    Err(invalid(format!("Unknown options provided for COMPOSITES index: [{name}]")))
                }
                None => Ok(()),
            }
        }
        IndexType::Custom => Err(match option("class_name") {
            Some((_, class)) => invalid(format!("Unable to find custom indexer class '{class}'")),
            None => invalid("Required index option missing: class_name"),
        }),
    }
}

/// Gives names to the indexes that have none, and checks those that have one. `existing` are the names of all
/// indexes, `taken` those that this column family may not have.
pub(super) fn name(
    definition: &mut CfDef,
    before: Option<&CfDef>,
    existing: &HashSet<String>,
    taken: &HashSet<String>,
) -> Result<(), Exception> {
    let family = definition.name.clone();
    let comparator = definition.comparator_type.as_deref().map_or(Ok(Class::Bytes), class)?;
    let columns = definition.column_metadata.get_or_insert_with(Vec::new);
    let indexed = || before.into_iter().flat_map(|before| before.column_metadata.iter().flatten());
    for column in columns.iter_mut().filter(|column| column.index_type.is_some()) {
        let old = indexed().find(|old| old.name == column.name).and_then(|old| old.index_name.as_ref());
        if let Some(old) = old {
            if let Some(new) = column.index_name.as_ref().filter(|new| *new != old) {
                return Err(invalid(format!("Can't modify index name: was '{old}' changed to '{new}'.")));
            }
            column.index_name = Some(old.clone());
        }
    }
    for column in columns.iter_mut().filter(|column| column.index_type.is_some()) {
        if column.index_name.is_none() {
            let base: String = format!("{family}_{}_idx", identifier(&comparator, &column.name))
                .chars()
                .filter(|char| char.is_ascii_alphanumeric() || *char == '_')
                .collect();
            let mut numbered = (1..).map(|number| format!("{base}_{number}"));
            let mut name = base.clone();
            while existing.contains(&name) {
                name = numbered.next().unwrap_or_default();
            }
            column.index_name = Some(name);
        }
    }
    let mut seen = taken.clone();
    for name in columns.iter().filter_map(|column| column.index_name.as_ref()) {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(invalid(format!("Illegal index name {name}")));
        }
        if !seen.insert(name.clone()) {
            return Err(invalid(format!("Duplicate index name {name}")));
        }
    }
    Ok(())
}

/// Checks what may become of indexed columns.
pub(super) fn check_update(old: &CfDef, new: &CfDef) -> Result<(), Exception> {
    let indexed = |definition: &CfDef| -> Vec<ColumnDef> {
        let columns = definition.column_metadata.iter().flatten();
        columns.filter(|column| column.index_type.is_some()).cloned().collect()
    };
    let before = indexed(old);
    for column in indexed(new) {
        let Some(before) = before.iter().find(|before| before.name == column.name) else {
            continue;
        };
        if !compatible::may_follow(&class(&column.validation_class)?, &class(&before.validation_class)?) {
            return Err(invalid(format!(
                "Cannot modify validator to a non-order-compatible one for column {} since an index is set",
                hex(&column.name)
            )));
        }
    }
    Ok(())
}

/// Beyond it, a decimal in the name of an index has an exponent.
const MOST_DIGITS: u64 = 1_000;

/// A column's name as Cassandra prints it, but for what no name of an index keeps: spaces and punctuation.
fn identifier(comparator: &Class, name: &Bytes) -> String {
    comparator.unpack(name).map_or_else(|_| hex(name), |value| printed(&value))
}

fn printed(value: &Value) -> String {
    match value {
        Value::Bytes(bytes) => hex(bytes),
        // to the minute, and in the time zone of the server, which is UTC here
        Value::Date(time) | Value::Timestamp(time) => time.format("%Y%m%d%H%MZ").to_string(),
        Value::Double(number) => options::java_double(*number),
        // by its own digits: those of the nearest double are more
        Value::Float(number) => {
            number.to_string().parse().map_or_else(|_| number.to_string(), options::java_double)
        }
        // written out, as far as a name could be of use: a few bytes can stand for gigabytes of zeros
        Value::Decimal(number) if number.fractional_digit_count().unsigned_abs() <= MOST_DIGITS => {
            number.to_plain_string()
        }
        // Java leaves out no zeros
        Value::Inet(IpAddr::V6(address)) => address.segments().map(|part| format!("{part:x}")).concat(),
        Value::Composite(components) => components.iter().map(printed).collect(),
        Value::DynamicComposite(components) => {
            components.iter().map(|(kind, value)| format!("{kind}{}", printed(value))).collect()
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_names_of_indexes_as_cassandra_prints_them() {
        let second = 1_420_214_584_000_i64.to_be_bytes();
        let address = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        for (class, name, printed) in [
            ("BytesType", &b"ab"[..], "6162"),
            ("UTF8Type", b"ab", "ab"),
            ("LongType", &7_i64.to_be_bytes(), "7"),
            ("LongType", b"", ""),
            ("DateType", &second, "201501021603Z"),
            ("TimestampType", &second, "201501021603Z"),
            ("DoubleType", &1e10_f64.to_be_bytes(), "1.0E10"),
            ("DoubleType", &f64::NEG_INFINITY.to_be_bytes(), "-Infinity"),
            ("FloatType", &0.1_f32.to_be_bytes(), "0.1"),
            ("FloatType", &1e-5_f32.to_be_bytes(), "1.0E-5"),
            ("DecimalType", &[0xff, 0xff, 0xff, 0xfe, 5], "500"),
            ("DecimalType", &[0x80, 0, 0, 0, 5], "5e+2147483648"),
            ("DecimalType", &[0x7f, 0xff, 0xff, 0xff, 5], "5E-2147483647"),
            ("BooleanType", &[1], "true"),
            ("InetAddressType", &[127, 0, 0, 1], "127.0.0.1"),
            ("InetAddressType", &address, "2001db8000001"),
            ("ReversedType(BytesType)", b"a", "61"),
            ("CompositeType(BytesType,UTF8Type)", b"\0\x01a\0\0\x01b\0", "61b"),
        ] {
            assert_eq!(
                identifier(&Class::parse(class).expect("a class"), &Bytes::copy_from_slice(name)),
                printed,
                "{class}"
            );
        }
    }
}
