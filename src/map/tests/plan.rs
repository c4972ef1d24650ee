use serde::{Deserialize, Serialize};

use super::super::field::{ColumnFamilyMap, Field, FieldClass, Fields, Nulls, Role};
use super::super::plan::{Plan, Unplannable};
use super::super::probe::{self, Difference};
use crate::ColumnFamilyMap as Derive;
use crate::marshal::Class;

#[derive(Serialize, Deserialize, Derive)]
#[cassa(crate = "crate", name = "Planes", nulls = "delete", ttl = 60, comparator = "AsciiType")]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Plane {
    #[cassa(key)]
    tail_num: String,
    first_flight: Option<i32>,
    #[serde(rename = "type", alias = "model", alias = "kind", alias = "model", alias = "type")]
    r#type: String,
    #[cassa(validator = "LongType")]
    seats: u16,
    #[serde(skip)]
    cache: u8,
    #[serde(skip_deserializing)]
    only_written: i64,
    #[serde(skip_serializing, default)]
    only_read: i64,
    #[cassa(json)]
    tags: Vec<String>,
}

#[test]
fn the_constants_are_what_the_attributes_say() {
    assert_eq!(Plane::NAME, "Planes");
    assert_eq!(Plane::NULLS, Nulls::Delete);
    assert_eq!(Plane::TTL, Some(60));
    assert_eq!(Plane::COMPARATOR, FieldClass::Named("AsciiType"));
    const { assert!(Plane::DENY_UNKNOWN_FIELDS) };
    let class = FieldClass::Named;
    assert_eq!(
        Plane::FIELDS,
        [
            Field::new("tailNum", class("UTF8Type"), Role::Key),
            Field::new("firstFlight", class("Int32Type"), Role::Column),
            Field::new("type", class("UTF8Type"), Role::Column).aliases(&["model", "kind"]),
            Field::new("seats", class("LongType"), Role::Column),
            Field::new("onlyWritten", class("LongType"), Role::Column).only_written(),
            Field::new("onlyRead", class("LongType"), Role::Column).only_read(),
            Field::new("tags", FieldClass::Json, Role::Column),
        ]
    );
    let plane = Plane {
        tail_num: String::new(),
        first_flight: None,
        r#type: String::new(),
        seats: 0,
        cache: 1,
        only_written: 0,
        only_read: 0,
        tags: Vec::new(),
    };
    assert_eq!((plane.cache, plane.only_read), (1, 0));
}

#[test]
fn the_index_is_in_the_order_of_a_row() {
    let plan = super::plan::<Plane>();
    let names: Vec<&[u8]> = (0..plan.slots()).filter_map(|i| Some(plan.indexed(i)?.0)).collect();
    let expected: [&[u8]; 8] =
        [b"firstFlight", b"kind", b"model", b"onlyRead", b"onlyWritten", b"seats", b"tags", b"type"];
    assert_eq!(names, expected);
    assert_eq!(plan.identity().key_class(), &Class::Utf8);
    for (i, name) in expected.iter().enumerate() {
        assert_eq!(plan.slot_of(name), plan.indexed(i).map(|(_, slot)| slot));
    }
    assert_eq!(plan.slot_of(b"tailNum"), None, "the key is no column");
}

#[test]
fn serde_and_the_derive_agree_on_the_names() {
    assert_eq!(probe::check::<Plane>(), Ok(()));
}

macro_rules! by_hand {
    ($name:ident, $($field:expr),*) => {
        impl Fields for $name {
            const FIELDS: &'static [Field] = &[$($field),*];
        }
        impl ColumnFamilyMap for $name {
            const NAME: &'static str = stringify!($name);
            type Columns = ();
            const COLUMNS: () = ();
        }
    };
}

const TEXT: FieldClass = FieldClass::Named("UTF8Type");

#[test]
fn a_table_by_hand_is_checked() {
    struct NoKey;
    by_hand!(NoKey, Field::new("a", TEXT, Role::Column));
    assert_eq!(Plan::of::<NoKey>().expect_err("the table is unsound"), Unplannable::NoKey);

    struct TwoRests;
    by_hand!(
        TwoRests,
        Field::new("a", TEXT, Role::Key),
        Field::new("b", TEXT, Role::Rest),
        Field::new("c", TEXT, Role::Rest)
    );
    assert_eq!(Plan::of::<TwoRests>().expect_err("the table is unsound"), Unplannable::Twice("rest"));

    struct TwoSupers;
    by_hand!(
        TwoSupers,
        Field::new("a", TEXT, Role::Key),
        Field::new("b", TEXT, Role::SuperColumn),
        Field::new("c", TEXT, Role::SuperColumn)
    );
    assert_eq!(
        Plan::of::<TwoSupers>().expect_err("the table is unsound"),
        Unplannable::Twice("super_column")
    );

    struct Parts;
    by_hand!(
        Parts,
        Field::new("a", TEXT, Role::Key),
        Field::flatten("b", &[Field::new("x", TEXT, Role::Column)], ""),
        Field::flatten("c", &[Field::new("x", TEXT, Role::Column)], "")
    );
    assert_eq!(Plan::of::<Parts>().expect_err("the table is unsound"), Unplannable::Name("x".into()));

    struct Twice;
    by_hand!(
        Twice,
        Field::new("a", TEXT, Role::Key),
        Field::new("b", TEXT, Role::Column),
        Field::new("c", TEXT, Role::Column).aliases(&["b"])
    );
    assert_eq!(Plan::of::<Twice>().expect_err("the table is unsound"), Unplannable::Name("b".into()));

    struct NoClass;
    by_hand!(NoClass, Field::new("a", FieldClass::Named("(x"), Role::Key));
    let error = Plan::of::<NoClass>().expect_err("the table is unsound").to_string();
    assert!(error.starts_with("field \"a\": expected the name of a Cassandra type, got \"(x\""), "{error}");
}

#[test]
fn a_difference_between_serde_and_the_table_is_found() {
    #[derive(Deserialize)]
    #[expect(dead_code)]
    struct Lacks {
        a: String,
    }
    by_hand!(Lacks, Field::new("a", TEXT, Role::Key), Field::new("b", TEXT, Role::Column));
    assert_eq!(probe::check::<Lacks>(), Err(Difference::UnknownToSerde("b")));

    #[derive(Deserialize)]
    #[expect(dead_code)]
    struct More {
        a: String,
        b: String,
    }
    by_hand!(More, Field::new("a", TEXT, Role::Key));
    assert_eq!(probe::check::<More>(), Err(Difference::OnlyInSerde("b")));

    #[derive(Deserialize)]
    #[expect(dead_code)]
    struct Tuple(String, String);
    by_hand!(Tuple, Field::new("a", TEXT, Role::Key));
    assert_eq!(probe::check::<Tuple>(), Err(Difference::NotAStruct));
}
