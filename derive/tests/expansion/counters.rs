#[automatically_derived]
impl ::cassa::Fields for Hits {
    const FIELDS: &'static [::cassa::Field] = &[
        ::cassa::Field::new(
            "page",
            <String as ::cassa::Typed>::CLASS,
            ::cassa::Role::Key,
        ),
        ::cassa::Field::new(
            "views",
            ::cassa::FieldClass::Named("CounterColumnType"),
            ::cassa::Role::Column,
        ),
        ::cassa::Field::new(
            "clicks",
            ::cassa::FieldClass::Named("CounterColumnType"),
            ::cassa::Role::Column,
        ),
    ];
}
#[automatically_derived]
impl ::cassa::CounterColumns for Hits {}
#[automatically_derived]
impl ::cassa::Unclustered for Hits {}
#[allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
const _: () = {
    struct __Columns {
        views: ::cassa::ColumnOf<Hits>,
        clicks: ::cassa::ColumnOf<Hits>,
    }
    #[automatically_derived]
    impl ::cassa::ColumnFamilyMap for Hits {
        const NAME: &'static ::core::primitive::str = "Hits";
        type Columns = __Columns;
        const COLUMNS: Self::Columns = __Columns {
            views: ::cassa::ColumnOf::named("views"),
            clicks: ::cassa::ColumnOf::named("clicks"),
        };
    }
};
