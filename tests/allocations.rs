//! What is allocated for a message does not grow with its columns.

use allocation_counter::measure;
use bytes::Bytes;
use cassa::wire::ConsistencyLevel;
use cassa::wire::hot::{Batch, Rows, SliceReply};
use cassa::{Class, Value};

fn reply(columns: usize, supers: bool) -> Bytes {
    let mut frame = Vec::new();
    let mut reply = SliceReply::begin(1, &mut frame);
    for i in 0..columns {
        if supers && i % 10 == 0 {
            reply.super_column(format!("super{i:04}").as_bytes());
        }
        reply.column(format!("column{i:04}").as_bytes(), b"value", 5, Some(60));
    }
    reply.finish();
    Bytes::from(frame).slice(4..)
}

#[test]
fn reading_columns_allocates_nothing_for_a_column() {
    for supers in [false, true] {
        let count = |columns| {
            let frame = reply(columns, supers);
            let counted = measure(|| {
                let rows = Rows::of_get_slice(frame.clone(), 1).expect("well formed").expect("rows");
                let row = rows.get(0).expect("a row");
                let cells: usize = row.cells().map(|cell| cell.name.len()).sum();
                let within = row.super_columns().flat_map(|of| of.cells()).map(|cell| cell.name.len());
                assert_eq!(cells + within.sum::<usize>(), columns * 10);
            });
            counted.count_total
        };
        let (few, many) = (count(10), count(10_000));
        // the lists of rows and of cells grow by doubling, and only where the estimate from the frame was too low
        assert!(few <= 8 && many <= few + 24, "{few} allocations for 10 columns, {many} for 10,000");
    }
}

#[test]
fn writing_a_batch_into_its_own_memory_allocates_nothing() {
    let (mut batch, mut frame) = (Batch::default(), Vec::new());
    let mut write = || {
        batch.clear();
        frame.clear();
        for key in [b"N10156", b"N14228"] {
            batch.row(key);
            batch.family("Planes");
            for name in [&b"model"[..], b"seats", b"year"] {
                batch.column(name, b"value", 5, None);
            }
            batch.counter(b"hits", 1);
        }
        batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
    };
    write();
    assert_eq!(measure(write).count_total, 0);
}

#[test]
fn packing_and_ordering_plain_values_allocates_nothing() {
    let mut out = Vec::with_capacity(1024);
    let values = [
        (Class::Long, Value::from(5_i64)),
        (Class::Utf8, Value::from("a")),
        (Class::Double, Value::from(0.5)),
    ];
    let composite = Class::composite([Class::Long, Class::reversed(Class::Utf8)]);
    let (a, b) = (Value::from((5_i64, "a")), Value::from((5_i64, "b")));
    let names = [composite.packed(&a).expect("a name"), composite.packed(&b).expect("a name")];
    let counted = measure(|| {
        for (class, value) in &values {
            out.clear();
            class.pack(value, &mut out).expect("a value of the class");
        }
        composite.pack(&a, &mut out).expect("a value of the class");
        composite.encode_ordered(&names[0], &mut out);
        assert!(composite.compare(&names[0], &names[1]).is_gt());
    });
    assert_eq!(counted.count_total, 0);
}

/// What the mapper itself needs for an object, beside what the object holds.
#[cfg(feature = "derive")]
mod mapped {
    use cassa::ColumnFamilyMap;
    use cassa::bare::Bare;
    use cassa::wire::hot::{RowsMethod, RowsReply};
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    struct Plane {
        #[cassa(key)]
        id: i64,
        carrier: String,
        model: Option<String>,
        seats: i32,
        speed: f64,
        #[serde(with = "chrono::serde::ts_milliseconds")]
        #[cassa(validator = "DateType")]
        built: chrono::DateTime<chrono::Utc>,
        plane: uuid::Uuid,
        #[cassa(flatten(prefix = "home_"))]
        home: Option<Place>,
    }

    #[derive(Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
    #[cassa(part)]
    struct Place {
        city: String,
        feet: Option<i64>,
    }

    /// The texts that a plane holds.
    const TEXTS: u64 = 3;

    fn plane() -> Plane {
        Plane {
            id: 7,
            carrier: "United Airlines".into(),
            model: Some("737-824".into()),
            seats: 149,
            speed: 451.5,
            built: chrono::DateTime::from_timestamp_millis(1_357_017_420_123).expect("it is in range"),
            plane: uuid::Uuid::from_u128(7),
            home: Some(Place { city: "Newark".into(), feet: Some(18) }),
        }
    }

    #[test]
    fn writing_an_object_allocates_nothing() {
        let (object, mut bare) = (plane(), Bare::new::<Plane>().expect("the derive made it"));
        let (mut batch, mut frame) = (Batch::default(), Vec::new());
        let mut write = || {
            batch.clear();
            frame.clear();
            bare.write(&object, &mut batch, 5).expect("it fits");
            batch.encode(false, ConsistencyLevel::One, 1, &mut frame);
        };
        write();
        assert_eq!(measure(write).count_total, 0);
    }

    #[test]
    fn reading_an_object_allocates_its_texts_and_nothing_else() {
        let object = plane();
        let mut columns: Vec<(&[u8], Vec<u8>)> = vec![
            (b"built", 1_357_017_420_123_i64.to_be_bytes().into()),
            (b"carrier", object.carrier.clone().into()),
            (b"home_city", "Newark".into()),
            (b"home_feet", 18_i64.to_be_bytes().into()),
            (b"model", "737-824".into()),
            (b"plane", object.plane.as_bytes().to_vec()),
            (b"seats", 149_i32.to_be_bytes().into()),
            (b"speed", 451.5_f64.to_be_bytes().into()),
        ];
        columns.sort();
        let mut reply = Vec::new();
        let mut writer = RowsReply::begin(RowsMethod::GetRangeSlices, 1, &mut reply);
        writer.row(&7_i64.to_be_bytes());
        columns.iter().for_each(|(name, value)| writer.column(name, value, 5, None));
        writer.finish();
        let rows = Rows::of(RowsMethod::GetRangeSlices, Bytes::from(reply).slice(4..), 1)
            .expect("well formed")
            .expect("rows");
        let row = rows.get(0).expect("a row");
        let mut bare = Bare::new::<Plane>().expect("the derive made it");
        let mut read = || bare.read::<Plane>(row).expect("it is a plane");
        assert_eq!(read(), object);
        let counted = measure(|| drop(read()));
        assert_eq!(counted.count_total, TEXTS);
    }

    #[cfg(feature = "embedded")]
    #[test]
    fn what_waits_in_a_unit_takes_little_beside_its_bytes() {
        use cassa::{ConnectionPool, EmbeddedServer, SimpleStrategy, SystemManager};

        let server = EmbeddedServer::start().expect("a server");
        let system = SystemManager::connect(server.addresses()).expect("connected");
        system.create_keyspace("K", SimpleStrategy(1)).expect("created");
        system.create_column_family_for::<Plane>("K").expect("created");
        let pool = ConnectionPool::new("K", server.addresses()).expect("a pool");
        let mut work = pool.unit_of_work();
        work.insert(&Plane { id: -1, ..plane() }).expect("it fits");
        let (planes, columns) = (1_000, 8);
        let all: Vec<Plane> = (0..planes).map(|id| Plane { id, ..plane() }).collect();
        let waiting = measure(|| all.iter().for_each(|plane| work.insert(plane).expect("it fits")));
        let names = "carrier model seats speed built plane home_city home_feet".replace(' ', "").len() as i64;
        let values = 15 + 7 + 4 + 8 + 8 + 16 + 6 + 8;
        let beside = waiting.bytes_current / planes / columns - (names + values) / columns;
        assert!(beside <= 64, "{beside} bytes beside name and value");
        assert!(waiting.count_total <= 5 * planes as u64, "{} allocations", waiting.count_total);
        work.discard();
    }
}
