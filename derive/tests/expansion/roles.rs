#[automatically_derived]
impl<T> ::cassa::Fields for Engine<T>
where
    Maker<T>: ::cassa::Fields,
    BTreeMap<String, T>: ::cassa::Rest,
{
    const FIELDS: &'static [::cassa::Field] = &[
        ::cassa::Field::new(
            "carrier",
            <String as ::cassa::Typed>::CLASS,
            ::cassa::Role::Key,
        ),
        ::cassa::Field::new(
            "number",
            ::cassa::FieldClass::Named("Int32Type"),
            ::cassa::Role::Key,
        ),
        ::cassa::Field::new(
            "position",
            <i32 as ::cassa::Typed>::CLASS,
            ::cassa::Role::SuperColumn,
        ),
        ::cassa::Field::flatten("maker", <Maker<T> as ::cassa::Fields>::FIELDS, ""),
        ::cassa::Field::flatten(
            "before",
            <Option<Maker<i64>> as ::cassa::Fields>::FIELDS,
            "old_",
        ),
        ::cassa::Field::new(
            "others",
            <BTreeMap<String, T> as ::cassa::Rest>::VALUE,
            ::cassa::Role::Rest,
        ),
        ::cassa::Field::new(
            "ttl",
            <Option<i32> as ::cassa::Typed>::CLASS,
            ::cassa::Role::Ttl,
        ),
        ::cassa::Field::new(
            "written",
            <i64 as ::cassa::Typed>::CLASS,
            ::cassa::Role::Timestamp,
        ),
    ];
}
#[automatically_derived]
impl<T> ::cassa::PlainColumns for Engine<T>
where
    Maker<T>: ::cassa::Fields,
    BTreeMap<String, T>: ::cassa::Rest,
{}
#[automatically_derived]
impl<T> ::cassa::Unclustered for Engine<T>
where
    Maker<T>: ::cassa::Fields,
    BTreeMap<String, T>: ::cassa::Rest,
{}
#[allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
const _: () = {
    #[automatically_derived]
    impl<T> ::cassa::ColumnFamilyMap for Engine<T>
    where
        Maker<T>: ::cassa::Fields,
        BTreeMap<String, T>: ::cassa::Rest,
    {
        const NAME: &'static ::core::primitive::str = "Engine";
        type Columns = ();
        const COLUMNS: Self::Columns = ();
    }
};
