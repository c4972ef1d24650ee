#[automatically_derived]
impl ::cassa::Fields for Plane {
    const FIELDS: &'static [::cassa::Field] = &[
        ::cassa::Field::new(
            "tailnum",
            <String as ::cassa::Typed>::CLASS,
            ::cassa::Role::Key,
        ),
        ::cassa::Field::new(
            "year",
            <Option<i32> as ::cassa::Typed>::CLASS,
            ::cassa::Role::Column,
        ),
    ];
}
#[automatically_derived]
impl ::cassa::PlainColumns for Plane {}
#[automatically_derived]
impl ::cassa::Unclustered for Plane {}
#[allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
const _: () = {
    struct __Columns {
        year: ::cassa::ColumnOf<Plane>,
    }
    #[automatically_derived]
    impl ::cassa::ColumnFamilyMap for Plane {
        const NAME: &'static ::core::primitive::str = "Plane";
        type Columns = __Columns;
        const COLUMNS: Self::Columns = __Columns {
            year: ::cassa::ColumnOf::named("year"),
        };
    }
};
