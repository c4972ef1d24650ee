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
            .aliases(&["model", "kind"])
            .indexed(),
        other::cassa::Field::new(
            "tags",
            other::cassa::FieldClass::Json,
            other::cassa::Role::Column,
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
impl other::cassa::PlainColumns for Plane {}
#[automatically_derived]
impl other::cassa::Unclustered for Plane {}
#[allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
const _: () = {
    pub struct __Columns {
        pub number_of_seats: other::cassa::ColumnOf<Plane>,
        pub r#type: other::cassa::ColumnOf<Plane>,
        pub tags: other::cassa::ColumnOf<Plane>,
        pub read: other::cassa::ColumnOf<Plane>,
        pub written: other::cassa::ColumnOf<Plane>,
    }
    #[automatically_derived]
    impl other::cassa::ColumnFamilyMap for Plane {
        const NAME: &'static ::core::primitive::str = "Planes";
        const KEYSPACE: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(
            "Flights",
        );
        const COMMENT: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(
            "one row a plane",
        );
        const NULLS: other::cassa::Nulls = other::cassa::Nulls::Delete;
        const TTL: ::core::option::Option<::core::primitive::i32> = ::core::option::Option::Some(
            60i32,
        );
        const COMPARATOR: other::cassa::FieldClass = other::cassa::FieldClass::Named(
            "AsciiType",
        );
        const KEY_TYPE: ::core::option::Option<other::cassa::FieldClass> = ::core::option::Option::Some(
            other::cassa::FieldClass::Named("BytesType"),
        );
        const DENY_UNKNOWN_FIELDS: ::core::primitive::bool = true;
        type Columns = __Columns;
        const COLUMNS: Self::Columns = __Columns {
            number_of_seats: other::cassa::ColumnOf::named("numberOfSeats"),
            r#type: other::cassa::ColumnOf::named("type"),
            tags: other::cassa::ColumnOf::named("tags"),
            read: other::cassa::ColumnOf::named("read"),
            written: other::cassa::ColumnOf::named("written"),
        };
    }
};
