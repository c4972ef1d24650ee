use serde::{Deserialize, Serialize};

use super::super::schema::{definition, differences};
use super::plan;
use crate::marshal::Class;
use crate::schema::{ColumnFamilyBuilder, ColumnFamilyDefinition};
use crate::{ColumnFamilyMap, wire::CfDef};

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

fn built(definition: ColumnFamilyBuilder) -> ColumnFamilyDefinition {
    definition.build("Keyspace1").expect("its names fit its comparator")
}

fn found(live: ColumnFamilyBuilder) -> Vec<String> {
    differences(&plan::<Plane>(), &built(live)).iter().map(ToString::to_string).collect()
}

#[test]
fn the_definition_of_a_struct_fits_it() {
    let definition = definition::<Plane>(&plan::<Plane>());
    let live = built(definition.clone());
    assert_eq!(
        (live.name(), live.comparator(), live.key_validation_class()),
        ("Planes", &Class::Utf8, &Class::Utf8)
    );
    let columns: Vec<(&[u8], &Class)> = live.columns().map(|(name, class)| (&name[..], class)).collect();
    let expected: [(&[u8], &Class); 3] =
        [("größe".as_bytes(), &Class::Utf8), (b"seats", &Class::Long), (b"year", &Class::Int32)];
    assert_eq!(columns, expected);
    assert_eq!(found(definition), Vec::<String>::new());
}

#[test]
fn a_family_that_names_no_class_takes_everything() {
    assert_eq!(found(ColumnFamilyBuilder::from(CfDef::default())), Vec::<String>::new());
}

#[test]
fn every_difference_is_named_at_once() {
    let live = ColumnFamilyBuilder::new("Planes")
        .comparator(Class::Ascii)
        .key_validation_class(Class::Int32)
        .default_validation_class(Class::Boolean)
        .column("year", Class::Custom("com.example.Year".into()));
    assert_eq!(
        found(live),
        [
            "the class of the row key (field `tailnum`): expected UTF8Type, the schema has Int32Type",
            "the validator of field `year`: expected Int32Type, the schema has com.example.Year",
            "the validator of field `seats`: expected LongType, the schema has BooleanType",
            "the comparator, for the name of field `größe`: expected UTF8Type, the schema has AsciiType",
            "the validator of field `größe`: expected UTF8Type, the schema has BooleanType",
        ]
    );
    let live = ColumnFamilyBuilder::new("Planes").comparator(Class::Long);
    assert_eq!(found(live), ["the comparator: expected UTF8Type, the schema has LongType"]);
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
    let live = ColumnFamilyBuilder::new("Loose")
        .comparator(Class::Ascii)
        .key_validation_class(Class::Uuid)
        .column("text", Class::Utf8)
        .column("time", Class::Timestamp);
    assert!(differences(&plan::<Loose>(), &built(live.clone())).is_empty());
    assert_eq!(differences(&plan::<Loose>(), &built(live.key_validation_class(Class::Long))).len(), 1);
}
