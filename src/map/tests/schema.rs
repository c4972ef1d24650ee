use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::super::schema::{definition, differences};
use super::plan;
use crate::ColumnFamilyMap;
use crate::wire::{CfDef, ColumnDef};

#[derive(Serialize, Deserialize, ColumnFamilyMap)]
#[cassa(crate = "crate", name = "Planes")]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    year: Option<i32>,
    #[cassa(validator = "LongType")]
    seats: u8,
    #[cassa(json)]
    größe: Vec<i32>,
}

fn found(live: &CfDef) -> Vec<String> {
    let differences = differences(&plan::<Plane>(), live).expect("its classes can be read");
    differences.iter().map(ToString::to_string).collect()
}

#[test]
fn the_definition_of_a_struct_fits_it() {
    let definition = definition::<Plane>(&plan::<Plane>(), "Keyspace1");
    assert_eq!((definition.keyspace.as_str(), definition.name.as_str()), ("Keyspace1", "Planes"));
    assert_eq!(definition.comparator_type.as_deref(), Some("org.apache.cassandra.db.marshal.UTF8Type"));
    let columns = definition.column_metadata.iter().flatten();
    let columns: Vec<(&[u8], &str)> =
        columns.map(|column| (&*column.name, column.validation_class.as_str())).collect();
    let expected: [(&[u8], &str); 3] = [
        (b"year", "org.apache.cassandra.db.marshal.Int32Type"),
        (b"seats", "org.apache.cassandra.db.marshal.LongType"),
        ("größe".as_bytes(), "org.apache.cassandra.db.marshal.UTF8Type"),
    ];
    assert_eq!(columns, expected);
    assert_eq!(found(&definition), Vec::<String>::new());
}

#[test]
fn a_family_that_names_no_class_takes_everything() {
    assert_eq!(found(&CfDef::default()), Vec::<String>::new());
}

#[test]
fn every_difference_is_named_at_once() {
    let live = CfDef {
        column_type: Some("Super".into()),
        comparator_type: Some("LongType".into()),
        key_validation_class: Some("Int32Type".into()),
        default_validation_class: Some("AsciiType".into()),
        column_metadata: Some(vec![ColumnDef {
            name: Bytes::from_static(b"year"),
            validation_class: "com.example.Year".into(),
            ..ColumnDef::default()
        }]),
        ..CfDef::default()
    };
    assert_eq!(
        found(&live),
        [
            "the column type: expected Standard, the schema has Super",
            "the comparator: expected UTF8Type, the schema has LongType",
            "the class of the row key (field `tailnum`): expected UTF8Type, the schema has Int32Type",
            "the validator of field `year`: expected Int32Type, the schema has com.example.Year",
            "the validator of field `seats`: expected LongType, the schema has AsciiType",
            "the validator of field `größe`: expected UTF8Type, the schema has AsciiType",
        ]
    );
}

#[test]
fn classes_that_hold_the_fields_bytes_are_no_difference() {
    #[derive(Serialize, Deserialize, ColumnFamilyMap)]
    #[cassa(crate = "crate")]
    struct Loose {
        #[cassa(key, validator = "TimeUUIDType")]
        id: uuid::Uuid,
        #[cassa(validator = "AsciiType")]
        text: String,
        time: chrono::DateTime<chrono::Utc>,
    }
    let column = |name: &'static str, class: &str| ColumnDef {
        name: Bytes::from_static(name.as_bytes()),
        validation_class: class.into(),
        ..ColumnDef::default()
    };
    let live = CfDef {
        comparator_type: Some("AsciiType".into()),
        key_validation_class: Some("UUIDType".into()),
        column_metadata: Some(vec![column("text", "UTF8Type"), column("time", "TimestampType")]),
        ..CfDef::default()
    };
    assert!(differences(&plan::<Loose>(), &live).expect("its classes can be read").is_empty());
    let live = CfDef { key_validation_class: Some("LongType".into()), ..live };
    assert_eq!(differences(&plan::<Loose>(), &live).expect("its classes can be read").len(), 1);
}
