#[automatically_derived]
impl<'a, T: Copy, U, const N: usize> ::cassa::Fields for Latest<'a, T, U, N>
where
    U: Clone,
    Option<T>: ::cassa::Typed,
{
    const FIELDS: &'static [::cassa::Field] = &[
        ::cassa::Field::new(
            "sensor",
            <&'a str as ::cassa::Typed>::CLASS,
            ::cassa::Role::Key,
        ),
        ::cassa::Field::new(
            "value",
            <Option<T> as ::cassa::Typed>::CLASS,
            ::cassa::Role::Column,
        ),
        ::cassa::Field::new("raw", ::cassa::FieldClass::Json, ::cassa::Role::Column),
        ::cassa::Field::new(
            "hash",
            <[u8; N] as ::cassa::Typed>::CLASS,
            ::cassa::Role::Column,
        ),
    ];
}
#[automatically_derived]
impl<'a, T: Copy, U, const N: usize> ::cassa::PlainColumns for Latest<'a, T, U, N>
where
    U: Clone,
    Option<T>: ::cassa::Typed,
{}
#[automatically_derived]
impl<'a, T: Copy, U, const N: usize> ::cassa::Unclustered for Latest<'a, T, U, N>
where
    U: Clone,
    Option<T>: ::cassa::Typed,
{}
#[allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
const _: () = {
    struct __Columns<'a, T: Copy, U, const N: usize>
    where
        U: Clone,
        Option<T>: ::cassa::Typed,
    {
        value: ::cassa::ColumnOf<Latest<'a, T, U, N>>,
        raw: ::cassa::ColumnOf<Latest<'a, T, U, N>>,
        hash: ::cassa::ColumnOf<Latest<'a, T, U, N>>,
    }
    #[automatically_derived]
    impl<'a, T: Copy, U, const N: usize> ::cassa::ColumnFamilyMap for Latest<'a, T, U, N>
    where
        U: Clone,
        Option<T>: ::cassa::Typed,
    {
        const NAME: &'static ::core::primitive::str = "Latest";
        type Columns = __Columns<'a, T, U, N>;
        const COLUMNS: Self::Columns = __Columns {
            value: ::cassa::ColumnOf::named("value"),
            raw: ::cassa::ColumnOf::named("raw"),
            hash: ::cassa::ColumnOf::named("hash"),
        };
    }
};
