//! Keys of several fields, flattened parts, the rest of a row, super columns, and what is known of the cells as a whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::de::{Found, Slots, object};
use super::super::field::Fields;
use super::super::ser::{self, Cells};
use super::{cells, plan, read, rows, turn, value};
use crate::ColumnFamilyMap;
use crate::wire::hot::{Rows, RowsMethod, RowsReply};

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Route {
    #[cassa(key)]
    carrier: String,
    distance: i32,
    // The parts need not stand together.
    #[cassa(key)]
    flight: i32,
}

#[test]
fn a_key_of_several_fields_is_a_composite() {
    let route = Route { carrier: "UA".into(), distance: 1400, flight: 1545 };
    let (key, columns) = cells(&route).expect("it fits");
    assert_eq!(key, b"\0\x02UA\0\0\x04\0\0\x06\x09\0");
    assert_eq!(columns.len(), 1);
    assert_eq!(turn(&route).expect("it was written"), route);

    let plan = plan::<Route>();
    assert_eq!(plan.identity().key_class().to_string(), "CompositeType(UTF8Type,Int32Type)");
    assert_eq!(ser::row_key(&plan, &("UA", 1545)).expect("it is one"), key);
    let fault = |fault: super::Fault| fault.to_string();
    assert_eq!(
        ser::row_key(&plan, &"UA").map_err(fault).expect_err("one part is missing"),
        "field `(carrier, flight)`: expected a tuple of 2 (UTF8Type, Int32Type), got a text"
    );
    assert_eq!(
        ser::row_key(&plan, &("UA", 1, 2)).map_err(fault).expect_err("one part too many"),
        "field `(carrier, flight)`: expected a tuple of 2 (UTF8Type, Int32Type), got one of 3"
    );
    assert_eq!(
        ser::row_key(&plan, &("UA", "1545")).map_err(fault).expect_err("a part of another type"),
        "field `flight`: expected a value of Int32Type, got a text"
    );
    let cut = read::<Route>(b"\0\x02UA\0", &[(b"distance", &[0; 4])]).expect_err("the key is cut");
    assert_eq!(
        cut.to_string(),
        "field `flight`: expected 2 components for CompositeType(UTF8Type,Int32Type), got fewer"
    );
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate", part)]
struct Place {
    city: String,
    #[serde(rename = "zip", alias = "code")]
    code: Option<i32>,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate", part)]
struct Journey<T> {
    #[cassa(flatten(prefix = "from_"))]
    from: Place,
    #[cassa(flatten(prefix = "to_"))]
    to: Option<Place>,
    price: T,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Ticket {
    #[cassa(key)]
    number: i64,
    #[cassa(flatten)]
    journey: Journey<i64>,
    #[cassa(flatten(prefix = "back_"))]
    back: Option<Box<Journey<i64>>>,
    #[serde(default)]
    paid: bool,
}

fn ticket() -> Ticket {
    let place = |city: &str, code| Place { city: city.into(), code };
    let journey = Journey { from: place("Ulm", Some(89073)), to: None, price: 29 };
    let back = Journey { from: place("Rome", None), to: Some(place("Ulm", None)), price: 31 };
    Ticket { number: 7, journey, back: Some(Box::new(back)), paid: true }
}

#[test]
fn flattened_fields_are_columns_with_a_prefix() {
    let (_, columns) = cells(&ticket()).expect("it fits");
    let names: Vec<_> =
        columns.iter().map(|(name, value)| (String::from_utf8_lossy(name), value.is_some())).collect();
    let expected = [
        ("from_city", true),
        ("from_zip", true),
        ("to_city", false),
        ("to_zip", false),
        ("price", true),
        ("back_from_city", true),
        ("back_from_zip", false),
        ("back_to_city", true),
        ("back_to_zip", false),
        ("back_price", true),
        ("paid", true),
    ];
    assert_eq!(names, expected.map(|(name, written)| (name.into(), written)));
    assert_eq!(turn(&ticket()).expect("it was written"), ticket());
    let alone = Ticket { back: None, ..ticket() };
    assert_eq!(turn(&alone).expect("it was written"), alone);
}

#[test]
fn a_fault_in_a_flattened_field_names_column_and_field() {
    let columns: [(&[u8], &[u8]); 2] = [(b"from_city", b"Ulm"), (b"price", &[0; 8])];
    let read = |more: (&[u8], &[u8])| {
        let mut columns = columns.to_vec();
        columns.push(more);
        columns.sort();
        read::<Ticket>(&[0; 8], &columns).map(|ticket| ticket.journey).map_err(|fault| fault.to_string())
    };
    assert_eq!(
        read((b"to_zip", &[0; 4])).expect_err("the city is missing"),
        "column \"to_city\", field `journey.to.city`: missing"
    );
    assert_eq!(
        read((b"back_from_city", b"\xff")).expect_err("no text"),
        "column \"back_from_city\", field `back.from.city`: expected UTF-8 for UTF8Type, got 1 byte (ff)"
    );
    let journey = read((b"from_code", &[0, 0, 0, 5])).expect("it is found by its other name");
    assert_eq!(journey.from.code, Some(5));
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate", ttl = 60)]
struct Page {
    #[cassa(key)]
    url: String,
    title: Option<String>,
    #[cassa(rest)]
    #[serde(default)]
    links: BTreeMap<String, i64>,
    #[cassa(ttl)]
    ttl: Option<u32>,
    #[cassa(timestamp)]
    #[serde(default)]
    written: i64,
}

#[test]
fn the_rest_of_a_row_is_a_map() {
    let links = BTreeMap::from([("a".to_owned(), 1), ("zzz".to_owned(), -1)]);
    let page = Page { url: "/".into(), title: Some("Home".into()), links, ttl: None, written: 1 };
    assert_eq!(value(&page, "zzz"), (-1_i64).to_be_bytes());
    assert_eq!(turn(&page).expect("it was written"), page);

    let taken = Page { links: BTreeMap::from([("title".to_owned(), 1)]), ..page.clone() };
    assert_eq!(
        cells(&taken).expect_err("two values of one column").to_string(),
        "field `links`: the column \"title\" is a field of its own, and in the map too"
    );
    let empty = Page { links: BTreeMap::from([(String::new(), 1)]), ..page };
    let fault = cells(&empty).expect_err("no name").to_string();
    assert!(fault.starts_with("field `links`: expected the name of a column of 1 to 65535 bytes"), "{fault}");
    assert_eq!(
        read::<Page>(b"/", &[(b"odd", b"abc")]).expect_err("no long").to_string(),
        "field `links`: column \"odd\": expected 8 bytes or none for LongType, got 3 bytes (616263)"
    );
}

#[test]
fn time_to_live_and_timestamp_are_those_of_the_cells() {
    let mut reply = Vec::new();
    let mut writer = RowsReply::begin(RowsMethod::GetRangeSlices, 7, &mut reply);
    writer.row(b"/");
    writer.column(b"link", &[0; 8], 1_357_017_420_123_456, Some(70));
    writer.column(b"title", b"Home", 5_999, Some(90));
    writer.finish();
    let message = bytes::Bytes::from(reply).slice(super::LENGTH..);
    let rows = Rows::of(RowsMethod::GetRangeSlices, message, 7).expect("well formed").expect("a result");
    let row = rows.get(0).expect("one row");
    let page: Page =
        object(&plan::<Page>(), &super::found(row), &mut Slots::default()).expect("it is a page");
    assert_eq!((page.ttl, page.written), (Some(70), 1_357_017_420_123_456), "the least, and the greatest");

    #[derive(Deserialize, ColumnFamilyMap)]
    #[cassa(crate = "crate")]
    struct Dated {
        #[cassa(key)]
        url: String,
        title: String,
        #[cassa(timestamp)]
        written: chrono::DateTime<chrono::Utc>,
    }
    let dated: Dated =
        object(&plan::<Dated>(), &super::found(row), &mut Slots::default()).expect("it is one");
    assert_eq!((&*dated.url, &*dated.title, dated.written.timestamp_micros()), ("/", "Home", 5_000));
}

#[test]
fn an_object_says_how_long_it_lives() {
    let page =
        |ttl| Page { url: "/".into(), title: Some("x".into()), links: BTreeMap::new(), ttl, written: 9 };
    let ttl = |ttl| {
        let mut cells = Cells::default();
        cells.fill(&plan::<Page>(), &page(ttl)).map(|()| cells.ttl()).map_err(|fault| fault.to_string())
    };
    assert_eq!(ttl(None), Ok(None));
    assert_eq!(ttl(Some(5)), Ok(Some(5)));
    assert_eq!(ttl(Some(0)), Ok(Some(0)), "for ever, whatever the struct says");
    let expected = "field `ttl`: expected the seconds to live, at most 630720000 (20 years)";
    assert_eq!(ttl(Some(u32::MAX)), Err(expected.to_owned()));
    let (_, columns) = cells(&page(None)).expect("it fits");
    assert_eq!(columns.len(), 1, "neither time to live nor timestamp is a column");
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(crate = "crate")]
struct Engine {
    #[cassa(key)]
    tailnum: String,
    #[cassa(super_column)]
    position: i32,
    kind: String,
}

#[test]
fn a_super_column_is_beside_the_key() {
    let engine = Engine { tailnum: "N1".into(), position: 2, kind: "fan".into() };
    let plan = plan::<Engine>();
    let mut written = Cells::default();
    written.fill(&plan, &engine).expect("it fits");
    assert_eq!(written.key(&plan), b"N1");
    assert_eq!(written.super_column(&plan), Some(&[0, 0, 0, 2][..]));

    let packed = ser::identity(&plan, &("N1", 2)).expect("it is one");
    assert_eq!((&packed.key[..], packed.super_column.as_deref()), (&b"N1"[..], Some(&[0, 0, 0, 2][..])));
    let rows = rows(b"N1", &[(b"kind", b"fan")]);
    let row = rows.get(0).expect("one row");
    let found = Found { key: b"N1", super_column: Some(&[0, 0, 0, 2]), cells: row.cells(), statics: None };
    let read: Engine = object(&plan, &found, &mut Slots::default()).expect("it was written");
    assert_eq!(read, engine);
}

#[test]
fn some_columns_alone_are_written() {
    let plan = plan::<Ticket>();
    let mut marked = vec![false; plan.slots()];
    for name in ["paid", "back_price"] {
        marked[plan.column(name).expect("it is one").slot] = true;
    }
    let mut written = Cells::default();
    written.fill_some(&plan, &ticket(), &marked).expect("it fits");
    let names: Vec<_> = written.iter(&plan).map(|(name, _)| String::from_utf8_lossy(name)).collect();
    assert_eq!(names, ["back_price", "paid"]);
    assert_eq!(written.key(&plan), 7_i64.to_be_bytes());
}

#[test]
fn a_part_is_read_alone() {
    let ticket = plan::<Ticket>();
    let part = ticket.of_part::<Journey<i64>>().expect("its names differ");
    let rows = rows(&[0; 8], &[(b"from_city", b"Ulm"), (b"price", &[0; 8])]);
    let row = rows.get(0).expect("one row");
    let journey: Journey<i64> = object(&part, &super::found(row), &mut Slots::default()).expect("it is one");
    assert_eq!((&*journey.from.city, journey.price), ("Ulm", 0));
    assert_eq!(Journey::<i64>::FIELDS.len(), 3);
}
