//! Which class may take another one's place as a comparator, or as the validator of an indexed column.

use crate::marshal::Class;

/// Whether what was written and sorted by `before` is valid and sorted by `after`.
pub(super) fn may_follow(after: &Class, before: &Class) -> bool {
    match (after, before) {
        (Class::Utf8 | Class::Bytes, Class::Ascii)
        | (Class::Bytes, Class::Utf8)
        | (Class::Timestamp, Class::Date)
        | (Class::Date, Class::Timestamp) => true,
        (Class::Reversed(after), Class::Reversed(before)) => may_follow(after, before),
        // components may be added behind those that there are: a name may always have fewer
        (Class::Composite(after), Class::Composite(before)) => {
            after.len() >= before.len()
                && after.iter().zip(before.iter()).all(|(after, before)| may_follow(after, before))
        }
        // aliases may come, but none may go or mean another class
        (Class::DynamicComposite(after), Class::DynamicComposite(before)) => {
            before.iter().all(|alias| after.contains(alias))
        }
        (after, before) => after == before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_those_that_order_alike() {
        let may = |after: &str, before: &str| {
            let class = |text| Class::parse(text).expect("a class");
            may_follow(&class(after), &class(before))
        };
        for (after, before) in [
            ("BytesType", "UTF8Type"),
            ("BytesType", "AsciiType"),
            ("UTF8Type", "AsciiType"),
            ("TimestampType", "DateType"),
            ("CompositeType(LongType,UTF8Type)", "CompositeType(LongType,AsciiType)"),
            ("CompositeType(LongType,UTF8Type)", "CompositeType(LongType)"),
            ("ReversedType(BytesType)", "ReversedType(UTF8Type)"),
            ("DynamicCompositeType(a=>AsciiType,l=>LongType)", "DynamicCompositeType(l=>LongType)"),
        ] {
            assert!(may(after, before), "{after} after {before}");
        }
        for (after, before) in [
            ("AsciiType", "UTF8Type"),
            ("UTF8Type", "BytesType"),
            ("BytesType", "LongType"),
            ("IntegerType", "LongType"),
            ("LongType", "ReversedType(LongType)"),
            ("CompositeType(LongType)", "CompositeType(LongType,UTF8Type)"),
            ("CompositeType(LongType)", "LongType"),
            ("DynamicCompositeType(l=>LongType)", "DynamicCompositeType(a=>AsciiType,l=>LongType)"),
            ("DynamicCompositeType(l=>UTF8Type)", "DynamicCompositeType(l=>LongType)"),
        ] {
            assert!(!may(after, before), "{after} after {before}");
        }
    }
}
