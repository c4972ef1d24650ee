//! Tuples as composites, and decimals.

use bigdecimal::BigDecimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{cells, plan, read, turn, value};
use crate::ColumnFamilyMap;
use crate::marshal::{Class, Value};

#[derive(Clone, Serialize, Deserialize, PartialEq, Debug)]
struct Leg(String, String);

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Tuples {
    #[cassa(key)]
    id: (String, i32),
    pair: (i64, Option<String>),
    #[cassa(validator = "CompositeType(AsciiType, AsciiType)")]
    leg: Leg,
    one: (Uuid,),
    price: BigDecimal,
    #[cassa(validator = "DecimalType")]
    whole: i64,
    #[cassa(validator = "DecimalType")]
    text: String,
}

fn tuples() -> Tuples {
    Tuples {
        id: ("UA".into(), 1545),
        pair: (-1, Some("x".into())),
        leg: Leg("EWR".into(), "IAH".into()),
        one: (Uuid::from_u128(7),),
        price: "-12.50".parse().expect("digits"),
        whole: 300,
        text: "1.000".into(),
    }
}

#[test]
fn tuples_are_composites() {
    let object = tuples();
    assert_eq!(cells(&object).expect("it fits").0, b"\0\x02UA\0\0\x04\0\0\x06\x09\0");
    assert_eq!(plan::<Tuples>().identity().key_class().to_string(), "CompositeType(UTF8Type,Int32Type)");
    let composite = Class::parse("CompositeType(AsciiType,AsciiType)").expect("it is one");
    let expected = composite.packed(&Value::Composite(vec!["EWR".into(), "IAH".into()])).expect("it fits");
    assert_eq!(value(&object, "leg"), expected);
    assert_eq!(turn(&object).expect("it was written"), object.clone());
}

#[test]
fn decimals_keep_their_scale() {
    for (column, text) in [("price", "-12.50"), ("whole", "300"), ("text", "1.000")] {
        let number: BigDecimal = text.parse().expect("digits");
        let expected = Class::Decimal.packed(&Value::from(number)).expect("it fits");
        assert_eq!(value(&tuples(), column), expected, "{text}");
    }
}

#[test]
fn a_decimal_that_is_no_integer_is_not_rounded() {
    let with = |bytes: &[u8]| {
        let columns: [(&[u8], &[u8]); 1] = [(b"whole", bytes)];
        read::<Whole>(&[0; 8], &columns).map(|object| object.whole).map_err(|fault| fault.to_string())
    };
    let (scale, five) = (|scale: i32| scale.to_be_bytes(), [50_u8]);
    assert_eq!(with(&[&scale(1)[..], &five].concat()), Ok(5));
    assert_eq!(with(&[&scale(-2)[..], &five].concat()), Ok(5_000));
    for far in [2, i32::MAX, i32::MIN, -41] {
        let error = with(&[&scale(far)[..], &five].concat()).expect_err("no integer that is held");
        assert!(error.starts_with("column \"whole\": expected a whole number for DecimalType"), "{error}");
    }
    let error = with(&[&scale(-20)[..], &five].concat()).expect_err("too large");
    assert!(error.starts_with("column \"whole\": invalid type: integer `5000"), "{error}");
}

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
#[cassa(crate = "crate")]
struct Whole {
    #[cassa(key)]
    id: i64,
    #[cassa(validator = "DecimalType")]
    whole: i64,
}

#[test]
fn what_is_wrong_with_a_tuple_is_said() {
    let none = Tuples { pair: (1, None), ..tuples() };
    assert_eq!(
        cells(&none).expect_err("a component is missing").to_string(),
        "column \"pair\": expected a component of a composite, got none"
    );
    let long = Tuples { pair: (1, Some("x".repeat(70_000))), ..tuples() };
    assert_eq!(
        cells(&long).expect_err("a component is too long").to_string(),
        "column \"pair\": expected a component of at most 65535 bytes for UTF8Type, got 70000"
    );
    let text = Tuples { text: "many".into(), ..tuples() };
    assert_eq!(
        cells(&text).expect_err("no number").to_string(),
        "column \"text\": expected the text of a decimal number for DecimalType, got \"many\""
    );
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    #[cassa(crate = "crate")]
    struct Odd {
        #[cassa(key)]
        id: i64,
        #[cassa(validator = "CompositeType(LongType, LongType)")]
        three: Option<(i64, i64, i64)>,
        price: Option<BigDecimal>,
    }
    let odd = Odd { id: 1, three: Some((1, 2, 3)), price: None };
    assert_eq!(
        cells(&odd).expect_err("a component too many").to_string(),
        "column \"three\": expected 2 components for CompositeType(LongType,LongType), got more"
    );
    let fault = |name: &'static [u8], bytes: &[u8]| {
        read::<Odd>(&[0; 8], &[(name, bytes)]).expect_err("no such value").to_string()
    };
    let error = fault(b"three", &[0]);
    assert!(error.starts_with("column \"three\": a column of CompositeType(LongType,LongType)"), "{error}");
    let error = fault(b"price", &[0; 3]);
    assert!(error.starts_with("column \"price\": expected"), "{error}");
    let error = fault(b"price", &[1; 20_000]);
    assert!(error.starts_with("column \"price\": expected a decimal of at most 16384 bytes"), "{error}");
    let none = read::<Odd>(&[0; 8], &[(b"three", b"")]).expect("no bytes are none");
    assert_eq!(none.three, None);
}
