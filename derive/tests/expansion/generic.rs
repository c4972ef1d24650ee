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
        ::cassa::Field::new(
            "raw",
            ::cassa::FieldClass::Named("UTF8Type"),
            ::cassa::Role::Json,
        ),
        ::cassa::Field::new(
            "hash",
            <[u8; N] as ::cassa::Typed>::CLASS,
            ::cassa::Role::Column,
        ),
    ];
}
#[automatically_derived]
impl<'a, T: Copy, U, const N: usize> ::cassa::ColumnFamilyMap for Latest<'a, T, U, N>
where
    U: Clone,
    Option<T>: ::cassa::Typed,
{
    const NAME: &'static ::core::primitive::str = "Latest";
}
