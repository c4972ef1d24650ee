#![deny(warnings)]

use std::borrow::Cow;
use std::fmt::Debug;

use cassa::{ColumnFamilyMap, Fields, FieldClass};

/// More private than the struct, whose impls need a bound on it.
struct Meters<T>(T);

impl<T: cassa::Typed> cassa::Typed for Meters<T> {
    const CLASS: FieldClass = T::CLASS;
}

mod inner {
    #[derive(cassa::ColumnFamilyMap)]
    pub struct Public<T> {
        #[cassa(key)]
        pub id: T,
        #[allow(dead_code)]
        span: super::Meters<T>,
    }
}

#[derive(ColumnFamilyMap, serde::Serialize)]
#[serde(bound = "T: serde::Serialize, U: serde::Serialize")]
pub struct Wide<'a, T: Debug, U, const N: usize>
where
    U: Clone,
{
    #[cassa(key)]
    pub r#type: &'a str,
    pub one: Option<T>,
    pub text: Cow<'a, str>,
    #[cassa(json)]
    pub other: U,
    pub hash: [u8; 16],
    #[serde(skip)]
    pub rest: [u8; N],
}

fn main() {
    let classes: Vec<FieldClass> = Wide::<i64, Vec<String>, 3>::FIELDS.iter().map(|field| field.class).collect();
    let named = FieldClass::Named;
    let expected =
        [named("UTF8Type"), named("LongType"), named("UTF8Type"), FieldClass::Json, named("BytesType")];
    assert_eq!(classes, expected);
    assert_eq!(inner::Public::<i64>::FIELDS[1].class, FieldClass::Named("LongType"));
    assert_eq!(Wide::<i64, (), 3>::FIELDS[0].name, "type");
}
