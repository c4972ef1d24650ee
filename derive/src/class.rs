//! The names of Cassandra's types that a `validator` may say.

/// Classes that a single column or a row key can have by their name alone.
pub(crate) const VALIDATORS: [&str; 16] = [
    "AsciiType",
    "BooleanType",
    "BytesType",
    "DateType",
    "DecimalType",
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

/// Cassandra's other types, with what is written in their place.
const OTHERS: [(&str, &str); 7] = [
    ("CounterColumnType", "a counter is `#[cassa(counter)]`"),
    ("DynamicCompositeType", "its values name their types themselves; write `BytesType` and convert by hand"),
    ("EmptyType", "it has no values to store"),
    ("ListType", "a collection is stored by `#[cassa(json)]`"),
    ("MapType", "a collection is stored by `#[cassa(json)]`"),
    (
        "ReversedType",
        "only a `clustering` field has an order, and that is reversed by `#[cassa(clustering, reversed)]`",
    ),
    ("SetType", "a collection is stored by `#[cassa(json)]`"),
];

/// How CQL and Rust call them.
const OTHER_NAMES: [(&str, &str); 23] = [
    ("ascii", "AsciiType"),
    ("bigint", "LongType"),
    ("blob", "BytesType"),
    ("bool", "BooleanType"),
    ("boolean", "BooleanType"),
    ("bytes", "BytesType"),
    ("decimal", "DecimalType"),
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

/// The class that `name` says, without package and spaces, or what is wrong with it.
pub(crate) fn validator(name: &str) -> Result<String, String> {
    let name = name.trim();
    let short = name.strip_prefix(PACKAGE).unwrap_or(name);
    if VALIDATORS.contains(&short) {
        return Ok(short.to_owned());
    }
    let (head, parameters) = match short.split_once('(') {
        Some((head, rest)) => (head.trim_end(), Some(rest)),
        None => (short, None),
    };
    if head == "CompositeType" {
        return composite(parameters);
    }
    if let Some((_, instead)) = OTHERS.iter().find(|(class, _)| *class == head) {
        return Err(format!("`{head}` is no validator of a field: {instead}"));
    }
    if name.starts_with(PACKAGE) || !is_custom(name) {
        return Err(unknown(name, short));
    }
    Ok(name.to_owned())
}

fn composite(parameters: Option<&str>) -> Result<String, String> {
    const EXPECTED: &str = "expected `CompositeType(…)` with the types of its components, as in \
                            `CompositeType(UTF8Type, LongType)`";
    let inner = parameters.and_then(|rest| rest.trim_end().strip_suffix(')')).ok_or(EXPECTED)?;
    let components = inner.split(',').map(validator).collect::<Result<Vec<_>, _>>()?;
    if components.iter().any(|component| component.contains('(')) {
        return Err("a component of a `CompositeType` is a simple type".to_owned());
    }
    Ok(format!("CompositeType({})", components.join(",")))
}

/// A class of the user's own, which is qualified by its package.
fn is_custom(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
    };
    name.contains('.') && name.split('.').all(is_word)
}

fn unknown(name: &str, short: &str) -> String {
    let lower = short.to_ascii_lowercase();
    let meant = match OTHER_NAMES.iter().find(|(other, _)| *other == lower) {
        Some((_, class)) => Some(*class),
        None => nearest(short, &VALIDATORS),
    };
    match meant {
        Some(class) => format!("`{name}` is no validator; write `{class}`"),
        None => format!("`{name}` is no validator; write one of {}", listed(&VALIDATORS)),
    }
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
        for (name, class) in [
            ("LongType", "LongType"),
            ("org.apache.cassandra.db.marshal.UTF8Type", "UTF8Type"),
            ("CompositeType( LongType, UTF8Type )", "CompositeType(LongType,UTF8Type)"),
            ("com.example.Money", "com.example.Money"),
        ] {
            assert_eq!(validator(name).as_deref(), Ok(class));
        }
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
        let message = validator("Money").expect_err("no class of this name");
        assert!(
            message.contains("`AsciiType`, `BooleanType`") && message.contains("`UUIDType`"),
            "{message}"
        );
    }

    #[test]
    fn a_class_that_no_field_has_is_answered_by_the_attribute() {
        for (class, instead) in [
            ("CounterColumnType", "`#[cassa(counter)]`"),
            ("ListType(UTF8Type)", "`#[cassa(json)]`"),
            ("ReversedType(LongType)", "`#[cassa(clustering, reversed)]`"),
            ("CompositeType", "`CompositeType(UTF8Type, LongType)`"),
            ("CompositeType(LongTyp)", "`LongType`"),
        ] {
            let message = validator(class).expect_err("not of a field");
            assert!(message.contains(instead), "{class}: {message}");
        }
    }
}
