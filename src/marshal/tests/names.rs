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
fn a_class_with_parameters_is_read_in_every_form_and_printed_as_cassandra_does() {
    let cases = [
        ("ReversedType(LongType)", "ReversedType(LongType)"),
        (" ReversedType ( LongType ) ", "ReversedType(LongType)"),
        ("UTF8Type(reversed=true)", "ReversedType(UTF8Type)"),
        ("UTF8Type( reversed = true )", "ReversedType(UTF8Type)"),
        ("UTF8Type(reversed)", "ReversedType(UTF8Type)"),
        ("UTF8Type(reversed=no,other=1)", "UTF8Type"),
        ("LongType ( )", "LongType"),
        ("CompositeType(LongType, UTF8Type)", "CompositeType(LongType,UTF8Type)"),
        (
            "org.apache.cassandra.db.marshal.CompositeType(org.apache.cassandra.db.marshal.LongType(reversed=true),\
             com.example.PointType(a=>1))",
            "CompositeType(ReversedType(LongType),com.example.PointType(a=>1))",
        ),
        (
            "DynamicCompositeType(l => LongType(reversed=true), a=>AsciiType,,l=>LongType)",
            "DynamicCompositeType(a=>AsciiType,l=>LongType)",
        ),
        ("DynamicCompositeType", "DynamicCompositeType()"),
        (
            "CompositeType(ReversedType(CompositeType(Int32Type,BytesType)),FrozenType(ListType(UTF8Type)))",
            "CompositeType(ReversedType(CompositeType(Int32Type,BytesType)),FrozenType(ListType(UTF8Type)))",
        ),
        ("MapType(UTF8Type , SetType(UUIDType))", "MapType(UTF8Type,SetType(UUIDType))"),
    ];
    for (text, printed) in cases {
        let class = Class::parse(text).expect(text);
        assert_eq!(class.to_string(), printed, "{text}");
        assert_eq!(Class::parse(&class.qualified()), Ok(class.clone()), "{text}");
        assert_eq!(class.is_known(), !text.contains("example"), "{text}");
    }
    let class = Class::parse("CompositeType(LongType, UTF8Type(reversed=true))").expect("a class");
    assert_eq!(
        class.qualified(),
        "org.apache.cassandra.db.marshal.CompositeType(org.apache.cassandra.db.marshal.LongType,\
         org.apache.cassandra.db.marshal.ReversedType(org.apache.cassandra.db.marshal.UTF8Type))"
    );
    assert_eq!(class.name(), "CompositeType");
}

#[test]
fn parameters_that_a_class_does_not_take_are_refused() {
    let one = "this type takes exactly one parameter";
    let cases = [
        ("CompositeType", "this type needs parameters"),
        ("CompositeType()", "this type needs parameters"),
        ("ReversedType(LongType,LongType)", one),
        ("SetType(a=>LongType)", "a parameter has a character that Cassandra does not know"),
        ("MapType(LongType)", "MapType takes exactly two parameters"),
        ("DynamicCompositeType(ab=>LongType)", "an alias is a single letter or digit"),
        ("DynamicCompositeType(a=LongType)", "an alias is followed by => and a type"),
        ("CompositeType(LongType;UTF8Type)", "a parameter has a character that Cassandra does not know"),
        ("LongType(reversed", "a parenthesis is not closed"),
    ];
    for (text, why) in cases {
        let error = Class::parse(text).expect_err(text);
        assert_eq!(error.to_string(), format!("expected the name of a Cassandra type, got {text:?}: {why}"));
    }
    let deep = |n: usize| format!("{}LongType{}", "ReversedType(".repeat(n), ")".repeat(n));
    assert!(Class::parse(&deep(15)).is_ok());
    assert!(Class::parse(&deep(16)).expect_err("deep").to_string().contains("nest too deep"));
    assert!(Class::parse(&deep(100_000)).is_err());
}

#[test]
fn an_unknown_class_keeps_its_name() {
    let names = [
        "com.example.PointType",
        "com.example.PointType( a = 1 )",
        "org.apache.cassandra.db.marshal.UserType(ks,6e616d65,61:org.apache.cassandra.db.marshal.UTF8Type)",
        "ColumnToCollectionType(61:ListType(UTF8Type))",
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
        ("Utf8 Type", "only letters, digits and . _ - + & may stand in a name"),
        ("UTF8Type x", "nothing may follow the class"),
        ("UTF8Type)", "nothing may follow the class"),
        ("ÜTF8Type", "a name has to come first"),
        ("日(", "a name has to come first"),
        ("B\u{a0}()", "only letters, digits and . _ - + & may stand in a name"),
        ("ReversedType(LongType", "a parenthesis is not closed"),
        ("ReversedType(LongType))", "nothing may follow the class"),
        ("ReversedType(LongType)x", "nothing may follow the class"),
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
}
