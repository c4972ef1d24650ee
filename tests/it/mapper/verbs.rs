//! The verbs.

use cassa::{ColumnFamilyMap, ConsistencyLevel, Mapper, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Cluster, Plane, plane};

#[test]
fn is_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<Mapper<Plane>>();
    shared::<Mapper<std::cell::Cell<u8>>>();
}

#[test]
fn an_object_is_written_read_changed_and_removed() -> Result<()> {
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>();
    assert_eq!(planes.get("N14228")?, None);

    let mut object = Plane { tags: Some(vec!["jet".into()]), ..plane("N14228") };
    let first = planes.insert(&object)?;
    assert_eq!(planes.get("N14228")?, Some(object.clone()));

    object.seats = 150;
    let second = planes.insert(&object)?;
    assert!(second > first);
    assert_eq!(planes.get(&object.tailnum)?, Some(object.clone()));

    planes.remove(&object)?;
    assert_eq!(planes.get("N14228")?, None);
    assert_eq!(planes.get_range().count(), 0, "the ghost of the row is left out");

    planes.insert(&object)?;
    planes.remove_key("N14228")?;
    assert_eq!(planes.get(String::from("N14228"))?, None);
    Ok(())
}

#[test]
fn the_columns_are_those_of_the_schema() -> Result<()> {
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>();
    planes.insert(&Plane { tags: Some(vec!["jet".into()]), ..plane("N14228") })?;
    let columns = cluster.column_family("Planes").get("N14228")?.expect("it was inserted");
    assert_eq!(columns["year"], 1999);
    assert_eq!(columns["seats"], 149_i64);
    assert_eq!(columns["model"], "737-824");
    assert_eq!(columns["tags"], r#"["jet"]"#);

    cluster.column_family("Planes").insert("N1", cassa::columns! { "model" => "A320", "owner" => "x" })?;
    let expected = Plane { tailnum: "N1".into(), year: None, model: "A320".into(), seats: 0, tags: None };
    assert_eq!(planes.get("N1")?, Some(expected));
    assert_eq!(planes.column_family().name(), "Planes");
    Ok(())
}

#[test]
fn many_objects_in_one_call() -> Result<()> {
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>().write_consistency_level(ConsistencyLevel::Quorum);
    let objects: Vec<Plane> = (0..1_000).map(|i| plane(&format!("N{i}"))).collect();
    planes.batch_insert(&objects)?;

    let mut all = planes.get_range().collect::<Result<Vec<_>>>()?;
    all.sort_by(|a, b| a.tailnum.cmp(&b.tailnum));
    let mut expected = objects.clone();
    expected.sort_by(|a, b| a.tailnum.cmp(&b.tailnum));
    assert_eq!(all, expected);

    let some = planes.multiget(["N7", "nowhere", "N3", "N999", "N7"])?;
    assert_eq!(some.iter().map(|plane| &*plane.tailnum).collect::<Vec<_>>(), ["N7", "N3", "N999"]);

    let twice = [Plane { seats: 2, ..plane("N0") }, Plane { seats: 1, ..plane("N0") }];
    planes.batch_insert(&twice)?;
    assert_eq!(planes.get("N0")?.map(|plane| plane.seats), Some(1), "of two with one key the later one wins");
    Ok(())
}

#[test]
fn none_leaves_the_older_value_or_deletes_it() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    #[cassa(nulls = "delete")]
    struct Deleting {
        #[cassa(key)]
        id: i64,
        a: Option<i32>,
        b: Option<i32>,
    }
    let cluster = Cluster::start();

    let planes = cluster.map::<Plane>();
    planes.insert(&plane("N1"))?;
    planes.insert(&Plane { year: None, ..plane("N1") })?;
    assert_eq!(planes.get("N1")?.expect("it is there").year, Some(1999));

    let deleting = cluster.map::<Deleting>();
    deleting.insert(&Deleting { id: 1, a: Some(1), b: Some(2) })?;
    deleting.insert(&Deleting { id: 1, a: Some(3), b: None })?;
    assert_eq!(deleting.get(1)?, Some(Deleting { id: 1, a: Some(3), b: None }));
    Ok(())
}

#[test]
fn what_is_written_expires() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    #[cassa(ttl = 3600)]
    struct Session {
        #[cassa(key)]
        id: Uuid,
        user: String,
    }
    let cluster = Cluster::start();
    let id = Uuid::from_u128(1);
    cluster.map().insert(&Session { id, user: "ann".into() })?;
    let columns = cluster.column_family("Session").get(id)?.expect("it lives for an hour");
    assert_eq!(columns.as_slice()[0].ttl, Some(3600));
    Ok(())
}

#[test]
fn a_row_with_a_column_that_is_only_written_is_an_object() -> Result<()> {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    struct Login {
        #[cassa(key)]
        user: String,
        #[serde(skip_deserializing)]
        password: String,
        seen: Option<i64>,
    }
    let cluster = Cluster::start();
    let logins = cluster.map::<Login>();
    logins.insert(&Login { user: "ann".into(), password: "secret".into(), seen: None })?;
    let expected = Login { user: "ann".into(), password: String::new(), seen: None };
    assert_eq!(logins.get("ann")?, Some(expected));
    assert_eq!(logins.get_range().count(), 1);
    Ok(())
}

#[test]
fn a_struct_that_borrows_can_be_written() -> Result<()> {
    #[derive(Serialize, ColumnFamilyMap)]
    #[cassa(name = "Planes")]
    struct Borrowed<'a> {
        #[cassa(key)]
        tailnum: &'a str,
        model: &'a str,
    }
    let cluster = Cluster::start();
    let planes = cluster.map::<Plane>();
    let model = String::from("A320");
    cluster.pool.map()?.insert(&Borrowed { tailnum: "N1", model: &model })?;
    assert_eq!(planes.get("N1")?.expect("it was inserted").model, model);
    Ok(())
}
