//! The names of Cassandra's types that a `validator` may say.

/// Classes that a single column or a row key can have in this version.
pub(crate) const VALIDATORS: [&str; 15] = [
    "AsciiType",
    "BooleanType",
    "BytesType",
    "DateType",
    "DoubleType",
    "FloatType",
    "InetAddressType",
    "Int32Type",
    "IntegerType",
    "LexicalUUIDType",
    "LongType",
    "TimeUUIDType",
    "TimestampType",
    "UTF8Type",
    "UUIDType",
];

/// Under these, a column's name is its text as it stands.
pub(crate) const COMPARATORS: [&str; 3] = ["AsciiType", "BytesType", "UTF8Type"];

const PACKAGE: &str = "org.apache.cassandra.db.marshal.";

/// Cassandra's other types: real ones, so that the message must not call them unknown.
const LATER: [&str; 9] = [
    "CompositeType",
    "CounterColumnType",
    "DecimalType",
    "DynamicCompositeType",
    "EmptyType",
    "ListType",
    "MapType",
    "ReversedType",
    "SetType",
];

/// How CQL and Rust call them.
const OTHER_NAMES: [(&str, &str); 22] = [
    ("ascii", "AsciiType"),
    ("bigint", "LongType"),
    ("blob", "BytesType"),
    ("bool", "BooleanType"),
    ("boolean", "BooleanType"),
    ("bytes", "BytesType"),
    ("double", "DoubleType"),
    ("f32", "FloatType"),
    ("f64", "DoubleType"),
    ("float", "FloatType"),
    ("i32", "Int32Type"),
    ("i64", "LongType"),
    ("inet", "InetAddressType"),
    ("int", "Int32Type"),
    ("str", "UTF8Type"),
    ("string", "UTF8Type"),
    ("text", "UTF8Type"),
    ("timestamp", "DateType"),
    ("timeuuid", "TimeUUIDType"),
    ("uuid", "UUIDType"),
    ("varchar", "UTF8Type"),
    ("varint", "IntegerType"),
];

/// The short name of the class that `name` says, or what is wrong with it.
pub(crate) fn validator(name: &str) -> Result<&'static str, String> {
    let short = name.strip_prefix(PACKAGE).unwrap_or(name);
    if let Some(class) = VALIDATORS.iter().find(|class| **class == short) {
        return Ok(class);
    }
    if LATER.iter().any(|class| short.split('(').next() == Some(class)) {
        return Err(format!("`{short}` is not supported by this version of cassa"));
    }
    let lower = short.to_ascii_lowercase();
    let meant = match OTHER_NAMES.iter().find(|(other, _)| *other == lower) {
        Some((_, class)) => Some(*class),
        None => nearest(short, &VALIDATORS),
    };
    Err(match meant {
        Some(class) => format!("`{name}` is no validator; write `{class}`"),
        None => format!("`{name}` is no validator; write one of {}", listed(&VALIDATORS)),
    })
}

pub(crate) fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The one of `known` that `name` was probably meant to be.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    known
        .iter()
        .map(|candidate| {
            let candidate_lower = candidate.to_ascii_lowercase();
            // "Long" for "LongType" is nearer than its four missing letters make it.
            let stem = candidate_lower.trim_end_matches("type");
            (distance(&lower, &candidate_lower).min(distance(&lower, stem)), *candidate)
        })
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 1 + lower.chars().count() / 4)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's, but letters in a wrong order are one mistake.
fn distance(a: &str, b: &str) -> usize {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    if a != b && sorted(a) == sorted(b) {
        return 1;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_qualified_names_are_known() {
        assert_eq!(validator("LongType"), Ok("LongType"));
        assert_eq!(validator("org.apache.cassandra.db.marshal.UTF8Type"), Ok("UTF8Type"));
    }

    #[test]
    fn a_wrong_name_is_answered_by_the_right_one() {
        for (wrong, right) in [
            ("LongTyp", "LongType"),
            ("LnogType", "LongType"),
            ("longtype", "LongType"),
            ("Long", "LongType"),
            ("Utf8", "UTF8Type"),
            ("text", "UTF8Type"),
            ("varint", "IntegerType"),
            ("IntType", "Int32Type"),
            ("UuidType", "UUIDType"),
        ] {
            let message = validator(wrong).expect_err("no class of this name");
            assert!(message.ends_with(&format!("write `{right}`")), "{wrong}: {message}");
        }
    }

    #[test]
    fn a_name_far_from_all_lists_them() {
        let message = validator("com.example.Money").expect_err("no class of this name");
        assert!(
            message.contains("`AsciiType`, `BooleanType`") && message.contains("`UUIDType`"),
            "{message}"
        );
        let message = validator("CompositeType(LongType,UTF8Type)").expect_err("not yet");
        assert!(message.contains("not supported by this version"), "{message}");
    }
}
