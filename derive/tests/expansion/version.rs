#[automatically_derived]
impl ::cassa::Fields for Account {
    const FIELDS: &'static [::cassa::Field] = &[
        ::cassa::Field::new(
            "owner",
            <String as ::cassa::Typed>::CLASS,
            ::cassa::Role::Key,
        ),
        ::cassa::Field::new(
            "balance",
            <i64 as ::cassa::Typed>::CLASS,
            ::cassa::Role::Column,
        ),
        ::cassa::Field::new(
            "version",
            <u32 as ::cassa::Typed>::CLASS,
            ::cassa::Role::Version,
        ),
    ];
}
#[automatically_derived]
impl ::cassa::VersionedColumns for Account {
    type Version = u32;
    #[inline]
    fn version_mut(&mut self) -> &mut Self::Version {
        &mut self.version
    }
}
#[automatically_derived]
impl ::cassa::Unclustered for Account {}
#[allow(
    dead_code,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations
)]
const _: () = {
    struct __Columns {
        balance: ::cassa::ColumnOf<Account>,
        version: ::cassa::ColumnOf<Account>,
    }
    #[automatically_derived]
    impl ::cassa::ColumnFamilyMap for Account {
        const NAME: &'static ::core::primitive::str = "Account";
        type Columns = __Columns;
        const COLUMNS: Self::Columns = __Columns {
            balance: ::cassa::ColumnOf::named("balance"),
            version: ::cassa::ColumnOf::named("version"),
        };
    }
};
