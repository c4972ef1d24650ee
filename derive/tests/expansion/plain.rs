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
impl ::cassa::ColumnFamilyMap for Plane {
    const NAME: &'static ::core::primitive::str = "Plane";
}
