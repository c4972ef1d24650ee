use crate::marshal::Class;

#[test]
fn a_class_is_read_with_and_without_its_package_and_printed_without() {
    for class in Class::KNOWN {
        let qualified = class.qualified();
        assert_eq!(qualified, format!("org.apache.cassandra.db.marshal.{class}"));
        for text in [class.to_string(), format!("  {class}\n"), qualified] {
            assert_eq!(text.parse(), Ok(class.clone()), "{text}");
        }
        assert!(class.is_known());
    }
    assert_eq!(Class::default(), Class::Bytes);
    assert_eq!(format!("{:>10}|", Class::Utf8), "  UTF8Type|");
}

#[test]
fn an_unknown_class_keeps_its_name() {
    let names = [
        "com.example.PointType",
        "org.apache.cassandra.db.marshal.ReversedType(org.apache.cassandra.db.marshal.LongType)",
        "CompositeType(LongType, UTF8Type)",
        "DynamicCompositeType(a=>AsciiType,l=>LongType(reversed=true))",
        "UTF8Type(reversed=true)",
        "LongType ( )",
        "org.apache.cassandra.db.marshal.UserType(ks,6e616d65,61:org.apache.cassandra.db.marshal.UTF8Type)",
        "utf8type",
    ];
    for name in names {
        let class = Class::parse(name).expect(name);
        assert_eq!(class, Class::Custom(name.into()));
        assert!(!class.is_known());
        assert_eq!((class.to_string(), class.qualified()), (name.to_owned(), name.to_owned()));
    }
    assert_eq!(Class::parse(" a.B "), Ok(Class::Custom("a.B".into())));
}

#[test]
fn what_cannot_be_a_class_is_refused_and_quoted() {
    let cases = [
        ("", "the text is empty"),
        ("  ", "the text is empty"),
        ("(LongType)", "a name has to come first"),
        ("UTF8 Type", "only letters, digits and . _ - + & may stand in a name"),
        ("UTF8Type)", "only letters, digits and . _ - + & may stand in a name"),
        ("ÜTF8Type", "a name has to come first"),
        ("日(", "a name has to come first"),
        ("A\u{a0}()", "only letters, digits and . _ - + & may stand in a name"),
        ("ReversedType(LongType", "a parenthesis is not closed"),
        ("ReversedType(LongType))", "nothing may follow the last parenthesis"),
        ("ReversedType(LongType)x", "nothing may follow the last parenthesis"),
        ("ReversedType(Long;Type)", "a parameter has a character that Cassandra does not know"),
    ];
    for (text, why) in cases {
        let error = Class::parse(text).expect_err(text);
        assert_eq!(error.text(), text);
        assert_eq!(error.to_string(), format!("expected the name of a Cassandra type, got {text:?}: {why}"));
    }
}

/// pycassa writes every type of `pycassa.types` so.
#[test]
fn the_parameter_that_changes_nothing_changes_nothing() {
    for text in [
        "UTF8Type(reversed=false)",
        "org.apache.cassandra.db.marshal.UTF8Type( reversed = false )",
        "UTF8Type (reversed=false)",
    ] {
        assert_eq!(Class::parse(text).expect(text), Class::Utf8);
    }
    let reversed = "org.apache.cassandra.db.marshal.UTF8Type(reversed=true)";
    assert_eq!(Class::parse(reversed).expect(reversed).qualified(), reversed);
}
