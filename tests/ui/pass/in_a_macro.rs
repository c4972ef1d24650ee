#![deny(warnings)]

use cassa::{ColumnFamilyMap, Fields, FieldClass};

macro_rules! mapped {
    ($name:ident { $key:ident: $key_type:ty, $($field:ident: $type:ty = $validator:literal),* }) => {
        #[derive(ColumnFamilyMap)]
        pub struct $name {
            #[cassa(key)]
            pub $key: $key_type,
            $(#[cassa(validator = $validator)] pub $field: $type,)*
        }
    };
}

mapped!(Plane { tailnum: String, year: i32 = "LongType", seats: Option<u8> = "IntegerType" });

fn main() {
    assert_eq!(Plane::FIELDS[2].class, FieldClass::Named("IntegerType"));
}
