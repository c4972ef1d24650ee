#[automatically_derived]
impl ::cassa::Fields for Flight {
    const FIELDS: &'static [::cassa::Field] = &[
        ::cassa::Field::new(
            "tailnum",
            <String as ::cassa::Typed>::CLASS,
            ::cassa::Role::Key,
        ),
        ::cassa::Field::new(
            "scheduled",
            <DateTime<Utc> as ::cassa::Typed>::CLASS,
            ::cassa::Role::Clustering,
        ),
        ::cassa::Field::new(
            "number",
            <i32 as ::cassa::Typed>::CLASS,
            ::cassa::Role::Clustering,
        ),
        ::cassa::Field::new(
            "dest",
            <String as ::cassa::Typed>::CLASS,
            ::cassa::Role::Column,
        ),
        ::cassa::Field::new(
            "model",
            <Option<String> as ::cassa::Typed>::CLASS,
            ::cassa::Role::Static,
        ),
    ];
}
#[automatically_derived]
impl ::cassa::PlainColumns for Flight {}
#[automatically_derived]
impl ::cassa::Clustered for Flight {
    type Lent<'__de> = Flight;
}
#[allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
const _: () = {
    struct __Columns {
        dest: ::cassa::ColumnOf<Flight>,
        model: ::cassa::ColumnOf<Flight>,
    }
    #[automatically_derived]
    impl ::cassa::ColumnFamilyMap for Flight {
        const NAME: &'static ::core::primitive::str = "Flight";
        type Columns = __Columns;
        const COLUMNS: Self::Columns = __Columns {
            dest: ::cassa::ColumnOf::named("dest"),
            model: ::cassa::ColumnOf::named("model"),
        };
    }
};
