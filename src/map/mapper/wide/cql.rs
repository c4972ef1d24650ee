//! The table that a struct describes, in CQL.

use std::fmt::Write as _;

use crate::error::Result;
use crate::map::field::{ColumnFamilyMap, Role};
use crate::map::identity::Part;
use crate::map::plan::{Layout, Plan};
use crate::map::schema::plan;
use crate::marshal::Class;

use super::super::Mapper;

/// Words that CQL keeps for itself.
const RESERVED: [&str; 56] = [
    "add",
    "allow",
    "alter",
    "and",
    "any",
    "apply",
    "asc",
    "authorize",
    "batch",
    "begin",
    "by",
    "columnfamily",
    "create",
    "delete",
    "desc",
    "drop",
    "each_quorum",
    "from",
    "full",
    "grant",
    "if",
    "in",
    "index",
    "inet",
    "infinity",
    "insert",
    "into",
    "keyspace",
    "keyspaces",
    "limit",
    "local_one",
    "local_quorum",
    "modify",
    "nan",
    "norecursive",
    "not",
    "null",
    "of",
    "on",
    "one",
    "order",
    "password",
    "primary",
    "quorum",
    "rename",
    "revoke",
    "schema",
    "select",
    "set",
    "table",
    "three",
    "to",
    "token",
    "truncate",
    "update",
    "where",
];

impl<T: ColumnFamilyMap> Mapper<T> {
    /// The CQL statement that makes a table for these objects.
    ///
    /// * One object a **row**, and one object a **column** (`value`): a table with compact storage. Its cells are those of
    ///   [`create_column_family_for`](crate::SystemManager::create_column_family_for), Thrift lists it, and
    ///   [`Mapper::open`] opens it.
    /// * One object a **composite prefix**: a table without. [`Mapper::open_unlisted`] opens it.
    /// * One object a **super column**: CQL makes no super columns. The table has the same primary key and columns, and
    ///   other cells: data has to be copied into it. [`Mapper::open_unlisted`] does not open it with this struct, but with
    ///   one that says `clustering` in the place of `super_column`.
    ///
    /// What is of the struct and not of the table stays out: flattened fields are columns under their whole names; a
    /// `rest` has no place in CQL.
    ///
    /// ```
    /// use cassa::{ColumnFamilyMap, Mapper};
    /// use chrono::{DateTime, Utc};
    ///
    /// #[derive(ColumnFamilyMap)]
    /// #[cassa(name = "flights")]
    /// struct Flight {
    ///     #[cassa(key)]
    ///     tailnum: String,
    ///     #[cassa(clustering, reversed)]
    ///     scheduled: DateTime<Utc>,
    ///     dest: String,
    ///     delay: Option<i32>,
    /// }
    ///
    /// assert_eq!(
    ///     Mapper::<Flight>::create_table()?,
    ///     "CREATE TABLE flights (\n    tailnum text,\n    scheduled timestamp,\n    dest text,\n    delay int,\n    \
    ///      PRIMARY KEY (tailnum, scheduled)\n) WITH CLUSTERING ORDER BY (scheduled DESC);\n"
    /// );
    /// # Ok::<(), cassa::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Mapping`](crate::Error::Mapping) where two parts of the struct have one column.
    pub fn create_table() -> Result<String> {
        Ok(table::<T>(&plan::<T>()?))
    }
}

fn table<T: ColumnFamilyMap>(plan: &Plan) -> String {
    let identity = plan.identity();
    let rows: Vec<&Part> = identity.super_column().into_iter().chain(identity.clustering()).collect();
    let mut lines = Vec::new();
    // A key whose class is given is one column, whatever the fields are.
    let keys = if T::KEY_TYPE.is_some() && identity.key().len() > 1 {
        lines.push(format!("key {}", class(identity.key_class())));
        "key".to_owned()
    } else {
        let one = if identity.key().len() == 1 { Some(identity.key_class()) } else { None };
        for part in identity.key() {
            lines.push(format!("{} {}", name(part.name), class(one.unwrap_or(&part.class))));
        }
        let names: Vec<String> = identity.key().iter().map(|part| name(part.name)).collect();
        if names.len() == 1 { names.concat() } else { format!("({})", names.join(", ")) }
    };
    lines.extend(rows.iter().map(|part| format!("{} {}", name(part.name), class(&part.class))));
    for column in plan.columns() {
        let once = if column.is_static { " static" } else { "" };
        lines.push(format!("{} {}{once}", name(&plan.text(column.slot)), class(&column.class)));
    }
    let names: Vec<String> = std::iter::once(keys).chain(rows.iter().map(|part| name(part.name))).collect();
    lines.push(format!("PRIMARY KEY ({})", names.join(", ")));

    let mut options = Vec::new();
    if matches!(plan.layout(), Layout::Row | Layout::Timeline) {
        options.push("COMPACT STORAGE".to_owned());
    }
    if rows.iter().any(|part| part.is_reversed) {
        let order =
            |part: &&Part| format!("{} {}", name(part.name), if part.is_reversed { "DESC" } else { "ASC" });
        let order: Vec<String> = rows.iter().map(order).collect();
        options.push(format!("CLUSTERING ORDER BY ({})", order.join(", ")));
    }
    if let Some(comment) = T::COMMENT {
        options.push(format!("comment = {}", text(comment)));
    }
    if let Some(seconds) = T::TTL {
        options.push(format!("default_time_to_live = {seconds}"));
    }
    let family = match T::KEYSPACE {
        Some(keyspace) => format!("{}.{}", name(keyspace), name(T::NAME)),
        None => name(T::NAME),
    };
    let mut cql = format!("CREATE TABLE {family} (\n    {}\n)", lines.join(",\n    "));
    for (i, option) in options.iter().enumerate() {
        cql.push_str(if i == 0 { " WITH " } else { "\n    AND " });
        cql.push_str(option);
    }
    cql.push_str(";\n");
    for column in plan.columns().filter(|column| column.is_indexed) {
        // Writing to a `String` does not fail.
        let _ = writeln!(cql, "CREATE INDEX ON {family} ({});", name(&plan.text(column.slot)));
    }
    if T::FIELDS.iter().any(|field| field.role == Role::SuperColumn) {
        cql.insert_str(0, "-- the same objects, in other cells: CQL makes no super columns\n");
    }
    cql
}

/// A name as CQL takes it: those with capitals in quotes, or it would take them as small letters.
fn name(name: &str) -> String {
    let is_plain = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !RESERVED.contains(&name);
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn class(class: &Class) -> String {
    let word = match class {
        Class::Ascii => "ascii",
        Class::Boolean => "boolean",
        Class::Bytes => "blob",
        Class::Counter => "counter",
        Class::Date | Class::Timestamp => "timestamp",
        Class::Decimal => "decimal",
        Class::Double => "double",
        Class::Float => "float",
        Class::Inet => "inet",
        Class::Int32 => "int",
        Class::Integer => "varint",
        Class::Long => "bigint",
        Class::TimeUuid => "timeuuid",
        Class::Utf8 => "text",
        Class::Uuid => "uuid",
        other => return text(&other.qualified()),
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cql_would_change_are_quoted() {
        assert_eq!(name("tail_num2"), "tail_num2");
        assert_eq!(name("tailNum"), "\"tailNum\"");
        assert_eq!(name("2nd"), "\"2nd\"");
        assert_eq!(name("token"), "\"token\"");
        assert_eq!(name("a\"b"), "\"a\"\"b\"");
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn classes_that_cql_has_no_word_for_are_named_whole() {
        assert_eq!(class(&Class::Integer), "varint");
        assert_eq!(class(&Class::LexicalUuid), "'org.apache.cassandra.db.marshal.LexicalUUIDType'");
    }
}
