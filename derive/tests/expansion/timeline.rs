#[automatically_derived]
impl<'a, T> ::cassa::Fields for Reading<'a, T>
where
    T: ::cassa::Typed,
{
    const FIELDS: &'static [::cassa::Field] = &[
        ::cassa::Field::new(
            "sensor",
            <&'a str as ::cassa::Typed>::CLASS,
            ::cassa::Role::Key,
        ),
        ::cassa::Field::new(
                "at",
                ::cassa::FieldClass::Named("TimeUUIDType"),
                ::cassa::Role::Clustering,
            )
            .reversed(),
        ::cassa::Field::new(
            "degrees",
            <T as ::cassa::Typed>::CLASS,
            ::cassa::Role::Value,
        ),
        ::cassa::Field::new(
            "ttl",
            <Option<i32> as ::cassa::Typed>::CLASS,
            ::cassa::Role::Ttl,
        ),
    ];
}
#[automatically_derived]
impl<'a, T> ::cassa::PlainColumns for Reading<'a, T>
where
    T: ::cassa::Typed,
{}
#[automatically_derived]
impl<'a, T> ::cassa::Clustered for Reading<'a, T>
where
    T: ::cassa::Typed,
{
    type Lent<'__de> = Reading<'__de, T>;
}
#[allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
const _: () = {
    struct __Columns<'a, T>
    where
        T: ::cassa::Typed,
    {
        degrees: ::cassa::ColumnOf<Reading<'a, T>>,
    }
    #[automatically_derived]
    impl<'a, T> ::cassa::ColumnFamilyMap for Reading<'a, T>
    where
        T: ::cassa::Typed,
    {
        const NAME: &'static ::core::primitive::str = "Reading";
        type Columns = __Columns<'a, T>;
        const COLUMNS: Self::Columns = __Columns {
            degrees: ::cassa::ColumnOf::named("degrees"),
        };
    }
};
