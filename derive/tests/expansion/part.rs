#[automatically_derived]
impl<'a> ::cassa::Fields for Address<'a> {
    const FIELDS: &'static [::cassa::Field] = &[
        ::cassa::Field::new(
                "city",
                <&'a str as ::cassa::Typed>::CLASS,
                ::cassa::Role::Column,
            )
            .indexed(),
        ::cassa::Field::flatten(
            "place",
            <Coordinates as ::cassa::Fields>::FIELDS,
            "geo_",
        ),
    ];
}
#[automatically_derived]
impl<'a> ::cassa::Part for Address<'a> {}
#[automatically_derived]
impl<'a> ::cassa::Unclustered for Address<'a> {}
