#[automatically_derived]
impl other::cassa::Fields for Plane {
    const FIELDS: &'static [other::cassa::Field] = &[
        other::cassa::Field::new(
            "tailNum",
            <String as other::cassa::Typed>::CLASS,
            other::cassa::Role::Key,
        ),
        other::cassa::Field::new(
            "numberOfSeats",
            other::cassa::FieldClass::Named("LongType"),
            other::cassa::Role::Column,
        ),
        other::cassa::Field::new(
                "type",
                <String as other::cassa::Typed>::CLASS,
                other::cassa::Role::Column,
            )
            .aliases(&["model", "kind"]),
        other::cassa::Field::new(
            "tags",
            other::cassa::FieldClass::Named("UTF8Type"),
            other::cassa::Role::Json,
        ),
        other::cassa::Field::new(
                "read",
                <i32 as other::cassa::Typed>::CLASS,
                other::cassa::Role::Column,
            )
            .only_read(),
        other::cassa::Field::new(
                "written",
                <i32 as other::cassa::Typed>::CLASS,
                other::cassa::Role::Column,
            )
            .only_written(),
    ];
}
#[automatically_derived]
impl other::cassa::ColumnFamilyMap for Plane {
    const NAME: &'static ::core::primitive::str = "Planes";
    const NULLS: other::cassa::Nulls = other::cassa::Nulls::Delete;
    const TTL: ::core::option::Option<::core::primitive::i32> = ::core::option::Option::Some(
        60i32,
    );
    const COMPARATOR: other::cassa::FieldClass = other::cassa::FieldClass::Named(
        "AsciiType",
    );
    const DENY_UNKNOWN_FIELDS: ::core::primitive::bool = true;
}
