//! Super columns, composite keys, parts, counters, versions, conditions.

use std::collections::{BTreeMap, BTreeSet};

use cassa::{ColumnFamilyMap, ColumnOf, Error, Mapper, Result, columns};
use serde::{Deserialize, Serialize};

use super::Cluster;

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[cassa(name = "Engines", nulls = "delete")]
struct Engine {
    #[cassa(key)]
    tailnum: String,
    #[cassa(super_column)]
    position: i32,
    kind: String,
    thrust: Option<i64>,
}

fn engine(tailnum: &str, position: i32) -> Engine {
    Engine { tailnum: tailnum.into(), position, kind: "Turbo-fan".into(), thrust: Some(121) }
}

#[test]
fn an_object_is_a_super_column() -> Result<()> {
    let cluster = Cluster::start();
    let engines = cluster.map::<Engine>();
    let all: Vec<Engine> =
        ["N1", "N2"].iter().flat_map(|plane| [engine(plane, 2), engine(plane, 1)]).collect();
    engines.batch_insert(&all)?;

    assert_eq!(engines.get(("N1", 2))?, Some(engine("N1", 2)));
    assert_eq!(engines.get(("N1", 3))?, None);
    assert_eq!(engines.get_row("N2")?, [engine("N2", 1), engine("N2", 2)]);
    let some = engines.multiget([("N2", 2), ("N9", 1), ("N1", 1), ("N2", 2), ("N1", 2)])?;
    assert_eq!(some, [engine("N2", 2), engine("N1", 1), engine("N1", 2)]);
    let range = engines.get_range().collect::<Result<BTreeSet<_>>>()?;
    assert_eq!(range, all.iter().cloned().collect());
    assert_eq!(engines.count()?, 4);

    let columns = cluster.column_family("Engines").select().super_column(1).get("N1")?.expect("it is there");
    assert_eq!((&columns["kind"], &columns["thrust"]), (&"Turbo-fan".into(), &121_i64.into()));

    engines.insert(&Engine { thrust: None, ..engine("N1", 2) })?;
    assert_eq!(engines.get(("N1", 2))?.expect("it is there").thrust, None, "none deletes here");
    engines.update(("N1", 2), [Engine::COLUMNS.thrust.set(98), Engine::COLUMNS.kind.set("Turbo-prop")])?;
    engines.remove_columns(("N1", 1), [Engine::COLUMNS.thrust])?;
    let row = engines.get_row("N1")?;
    assert_eq!(row.iter().map(|engine| engine.thrust).collect::<Vec<_>>(), [None, Some(98)]);
    assert_eq!(row[1].kind, "Turbo-prop");

    engines.remove(&engine("N1", 1))?;
    assert_eq!(engines.get_row("N1")?.len(), 1);
    engines.remove_row("N1")?;
    assert_eq!(engines.get_row("N1")?, []);
    assert_eq!(engines.count()?, 2);
    engines.truncate()?;
    assert_eq!(engines.get_range().count(), 0);
    Ok(())
}

#[test]
fn errors_of_a_super_column_say_where() -> Result<()> {
    let cluster = Cluster::start();
    let engines = cluster.map::<Engine>();
    let raw = cluster.column_family("Engines");
    raw.write().super_column(7).insert("N1", columns! { "thrust" => 1_i64 })?;
    let error = engines.get(("N1", 7)).expect_err("a column is missing");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Engines, row key \"N1\", super column 7, column \"kind\": the column is missing, \
         and field `kind` has no default"
    );
    let error = engines.get("N1").expect_err("half of what it is found by");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Engines, field `(tailnum, position)`: expected a tuple of 2 (UTF8Type, Int32Type), \
         got a text"
    );
    let error = engines.insert(&Engine { tailnum: String::new(), ..engine("", 1) }).expect_err("no key");
    assert!(
        cluster.text(&error).ends_with("field `tailnum`: expected a row key, got an empty one"),
        "{error}"
    );
    Ok(())
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Route {
    #[cassa(key)]
    carrier: String,
    #[cassa(key)]
    number: i32,
    distance: i32,
    #[cassa(rest)]
    stops: BTreeMap<String, i64>,
    #[cassa(ttl)]
    ttl: Option<i32>,
    #[cassa(timestamp)]
    #[serde(default)]
    written: i64,
}

#[test]
fn a_composite_key_the_rest_the_time_to_live_and_the_timestamp() -> Result<()> {
    let cluster = Cluster::start();
    let routes = cluster.map::<Route>();
    let stops = (0..1_100).map(|i| (format!("stop{i:04}"), i)).collect();
    let mut route =
        Route { carrier: "UA".into(), number: 1545, distance: 1400, stops, ttl: Some(600), written: 5 };
    route.written = routes.insert(&route)?;
    // A row of several pages comes whole; what it would print is long.
    assert!(routes.get(("UA", 1545))? == Some(route.clone()));
    assert!(routes.multiget([("UA", 1545), ("UA", 1)])? == [route.clone()]);
    assert!(routes.get_range().collect::<Result<Vec<_>>>()? == [route.clone()]);
    assert_eq!(routes.select().start_key(("UA", 1545)).finish_key(("UA", 1545)).count()?, 1);

    let again = routes.write().ttl(0).timestamp(route.written + 7).insert(&route)?;
    let read = routes.get(("UA", 1545))?.expect("it is there");
    assert_eq!((read.ttl, read.written), (None, again));

    let error = routes.get(("UA", "1545")).expect_err("a text");
    assert!(
        cluster.text(&error).ends_with("field `number`: expected a value of Int32Type, got a text"),
        "{error}"
    );
    routes.remove_key(("UA", 1545))?;
    assert_eq!(routes.get(("UA", 1545))?, None);
    Ok(())
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(part)]
struct Place {
    city: String,
    #[cassa(index)]
    country: Option<String>,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Person {
    #[cassa(key)]
    name: String,
    #[cassa(flatten(prefix = "home_"))]
    home: Place,
    #[cassa(flatten(prefix = "work_"))]
    work: Option<Place>,
    #[cassa(index)]
    age: i32,
}

fn person(name: &str, city: &str, age: i32) -> Person {
    let home = Place { city: city.into(), country: Some("DE".into()) };
    Person { name: name.into(), home, work: None, age }
}

#[test]
fn objects_are_found_by_conditions() -> Result<()> {
    let cluster = Cluster::start();
    let people = cluster.map::<Person>();
    let all = [person("ann", "Ulm", 30), person("bob", "Bonn", 30), person("eve", "Ulm", 40)];
    people.batch_insert(&all)?;
    let found = |condition| -> Result<Vec<String>> {
        let mut names: Vec<_> =
            people.get_indexed_slices(condition).map(|person| Ok(person?.name)).collect::<Result<_>>()?;
        names.sort();
        Ok(names)
    };
    assert_eq!(found(Person::COLUMNS.age.eq(30))?, ["ann", "bob"]);
    let age = 30_u8;
    let city = ColumnOf::named("home_city");
    assert_eq!(found(Person::COLUMNS.age.eq(age).and(city.eq("Ulm")))?, ["ann"]);
    assert_eq!(found(ColumnOf::named("home_country").eq("DE").and(Person::COLUMNS.age.gt(30)))?, ["eve"]);
    assert_eq!(found(Person::COLUMNS.age.eq(30).and(city.gte("Bonn")).and(city.lt("Ulm")))?, ["bob"]);
    assert_eq!(people.select().row_count(1).get_indexed_slices(Person::COLUMNS.age.eq(30)).count(), 1);

    let error = found(Person::COLUMNS.age.eq("thirty")).expect_err("a text");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Person, column \"age\", field `age`: expected a value of Int32Type, got a text"
    );
    let error = found(ColumnOf::named("town").eq("Ulm")).expect_err("no such column");
    assert!(cluster.text(&error).ends_with("it has no column \"town\""), "{error}");
    Ok(())
}

#[test]
fn parts_are_flattened_and_read_alone() -> Result<()> {
    let cluster = Cluster::start();
    let people = cluster.map::<Person>();
    let work = Some(Place { city: "Rome".into(), country: None });
    let ann = Person { work, ..person("ann", "Ulm", 30) };
    people.insert(&ann)?;
    assert_eq!(people.get("ann")?, Some(ann));

    #[derive(Deserialize, ColumnFamilyMap, Debug)]
    #[cassa(part)]
    struct Work {
        #[cassa(flatten(prefix = "work_"))]
        place: Place,
    }
    let work = people.part::<Work>()?;
    assert_eq!(work.get("ann")?.expect("it is there").place.city, "Rome");
    people.insert(&person("bob", "Bonn", 30))?;
    assert_eq!(work.get_range().count(), 1, "bob has no work");

    #[derive(Deserialize, ColumnFamilyMap, Debug)]
    #[cassa(part)]
    #[expect(dead_code, reason = "it is never read")]
    struct Wrong {
        age: String,
    }
    let error = people.part::<Wrong>().expect_err("the age is a number");
    assert!(
        cluster
            .text(&error)
            .ends_with("the validator of field `age`: expected UTF8Type, the schema has Int32Type"),
        "{error}"
    );
    Ok(())
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Hits {
    #[cassa(key)]
    page: String,
    #[cassa(counter)]
    views: i64,
    #[cassa(counter)]
    clicks: Option<i64>,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(name = "Days")]
struct Day {
    #[cassa(key)]
    page: String,
    #[cassa(super_column)]
    day: String,
    #[cassa(flatten, counter)]
    counts: Counts,
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
#[cassa(part)]
struct Counts {
    #[cassa(counter)]
    views: i64,
}

#[test]
fn counters_are_added_to() -> Result<()> {
    let cluster = Cluster::start();
    let hits = cluster.map::<Hits>();
    let some = Hits { page: "/".into(), views: 2, clicks: None };
    hits.add(&some)?;
    hits.add(&Hits { views: -5, clicks: Some(7), ..some.clone() })?;
    hits.add_to("/", Hits::COLUMNS.views, 1)?;
    assert_eq!(hits.get("/")?, Some(Hits { views: -2, clicks: Some(7), ..some.clone() }));
    hits.batch().add(&some)?.add_to("/", Hits::COLUMNS.clicks, 3)?.send()?;
    assert_eq!(hits.get("/")?, Some(Hits { views: 0, clicks: Some(10), ..some.clone() }));
    hits.remove_key("/")?;
    assert_eq!(hits.get("/")?, None);

    let days = cluster.map::<Day>();
    let day = Day { page: "/".into(), day: "monday".into(), counts: Counts { views: 2 } };
    days.add(&day)?;
    days.add(&day)?;
    days.add_to(("/", "tuesday"), ColumnOf::named("views"), 9)?;
    let views: Vec<i64> = days.get_row("/")?.iter().map(|day| day.counts.views).collect();
    assert_eq!(views, [4, 9]);
    Ok(())
}

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Account {
    #[cassa(key)]
    owner: String,
    balance: i64,
    note: Option<String>,
    #[cassa(version)]
    version: u32,
}

#[test]
fn a_version_keeps_changes_from_being_lost() -> Result<()> {
    let cluster = Cluster::start();
    let accounts: Mapper<Account> = cluster.map();
    let mut account = Account { owner: "ann".into(), balance: 10, note: None, version: 0 };
    accounts.save(&mut account)?;
    assert_eq!((account.version, accounts.get("ann")?), (1, Some(account.clone())));

    let mut new = Account { version: 0, ..account.clone() };
    let error = accounts.save(&mut new).expect_err("there is one");
    assert!(matches!(error, Error::Conflict { .. }));
    assert_eq!(new.version, 0, "it is as it was");

    let mut old = account.clone();
    account.balance = 15;
    accounts.save(&mut account)?;
    let error = accounts.save(&mut old).expect_err("it is of before");
    assert_eq!(
        cluster.text(&error),
        "keyspace Flights, column family Account, row key \"ann\": expected version 1, the stored one is 2"
    );
    assert_eq!(accounts.get("ann")?, Some(account));

    let mut absent = Account { owner: "bob".into(), balance: 1, note: None, version: 3 };
    let error = accounts.save(&mut absent).expect_err("there is none");
    assert!(cluster.text(&error).ends_with("expected version 3, the stored one is none"), "{error}");
    assert_eq!(accounts.get("bob")?, None);
    Ok(())
}

#[test]
fn of_several_threads_each_version_is_saved_once() -> Result<()> {
    let cluster = Cluster::start();
    let accounts: Mapper<Account> = cluster.map();
    accounts.save(&mut Account { owner: "ann".into(), balance: 0, note: None, version: 0 })?;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let accounts = accounts.clone();
            scope.spawn(move || {
                for _ in 0..25 {
                    loop {
                        let mut account = accounts.get("ann").expect("a server").expect("it is there");
                        account.balance += 1;
                        match accounts.save(&mut account) {
                            Ok(()) => break,
                            Err(Error::Conflict { .. }) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                }
            });
        }
    });
    let account = accounts.get("ann")?.expect("it is there");
    assert_eq!((account.balance, account.version), (100, 101));
    Ok(())
}

#[test]
fn batches_hold_back_until_they_are_sent() -> Result<()> {
    let cluster = Cluster::start();
    let engines = cluster.map::<Engine>();
    let batch = engines.batch().with(|mutator| mutator.queue_size(None));
    batch.insert(&engine("N1", 1))?.insert(&engine("N1", 2))?;
    batch.update(("N2", 1), [Engine::COLUMNS.kind.set("Turbo-jet")])?.remove(&engine("N1", 1))?;
    assert_eq!((engines.count()?, batch.mutator().len()), (0, 4));
    batch.send()?;
    assert_eq!(engines.get_row("N1")?, [engine("N1", 2)]);
    assert_eq!(engines.get(("N2", 1))?.expect("it was made").kind, "Turbo-jet");
    batch.write().timestamp(1).insert(&engine("N1", 1))?.send()?;
    assert_eq!(engines.get(("N1", 1))?, None, "older than its deletion");
    Ok(())
}

#[test]
fn a_struct_keeps_to_its_keyspace() {
    #[derive(Serialize, Deserialize, ColumnFamilyMap, Debug)]
    #[cassa(keyspace = "Elsewhere")]
    struct Note {
        #[cassa(key)]
        id: i64,
        text: String,
    }
    let cluster = Cluster::start();
    let error = cluster.pool.map::<Note>().expect_err("another keyspace");
    assert!(
        cluster.text(&error).ends_with("it belongs to keyspace Elsewhere, and this is keyspace Flights"),
        "{error}"
    );
}
