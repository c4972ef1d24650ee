//! The quick start: two structs, real data, one embedded server.
//!
//! ```sh
//! cargo run --example quick_start
//! CASSA_SERVERS=10.0.0.1:9160,10.0.0.2:9160 cargo run --example quick_start    # the same on a cluster
//! ```

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cassa::{
    ColumnFamilyMap, ConnectionPool, EmbeddedServer, Mapper, PlainColumns, SimpleStrategy, SystemManager,
};
use comfy_table::{Table, presets};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// An aeroplane: a row of the column family `Planes`, its tail number the row key.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Planes", nulls = "delete")]
struct Plane {
    #[cassa(key)]
    tailnum: String,
    year: Option<i32>,
    #[serde(rename = "type")]
    kind: String,
    manufacturer: String,
    model: String,
    engines: i32,
    seats: i32,
    speed: Option<i32>,
    engine: String,
}

/// An airport: a row of `Airports`, its FAA code the row key.
#[derive(Serialize, Deserialize, ColumnFamilyMap, Clone, Debug, PartialEq)]
#[cassa(name = "Airports")]
struct Airport {
    #[cassa(key)]
    faa: String,
    name: String,
    lat: f64,
    lon: f64,
    #[cassa(validator = "LongType")]
    alt: i32,
    tz: i32,
    dst: String,
    tzone: Option<String>,
}

/// The example's own; it is made anew on each run.
const KEYSPACE: &str = "cassa_quick_start";

fn main() -> ExitCode {
    let Err(error) = run() else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
    ExitCode::FAILURE
}

fn run() -> Result<(), Box<dyn Error>> {
    println!("cassa quick start\n");
    // kept to the end: a server stops when it is dropped
    let (servers, _server) = servers()?;

    heading("The schema, made from the structs");
    let system = SystemManager::connect(&servers)?;
    if system.list_keyspaces()?.iter().any(|name| name == KEYSPACE) {
        system.drop_keyspace(KEYSPACE)?;
    }
    system.create_keyspace(KEYSPACE, SimpleStrategy(1))?;
    system.create_column_family_for::<Plane>(KEYSPACE)?;
    system.create_column_family_for::<Airport>(KEYSPACE)?;
    for name in system.list_column_families(KEYSPACE)? {
        let family = system.describe_column_family(KEYSPACE, &name)?;
        let columns: Vec<String> = family
            .columns()
            .map(|(name, class)| format!("{} {class}", String::from_utf8_lossy(name)))
            .collect();
        println!("  {name:9} key {}, {}", family.key_validation_class(), columns.join(", "));
    }

    heading("Real data, stored and counted back");
    let pool =
        ConnectionPool::builder(KEYSPACE).servers(&servers).timeout(Duration::from_secs(10)).build()?;
    let planes = pool.map::<Plane>()?;
    let airports = pool.map::<Airport>()?;
    store(&planes, "planes")?;
    store(&airports, "airports")?;

    heading("One plane, by its key");
    let plane = planes.get("N14228")?.ok_or("N14228 is not there")?;
    println!("  {plane:?}");
    println!("  a key that is not there gives {:?}", planes.get("N00000")?);

    heading("Several airports, by their keys, in the order asked for");
    let mut table = table(["code", "airport", "feet", "where"]);
    for airport in airports.multiget(["EWR", "JFK", "LGA", "HNL"])? {
        let place = format!("{:.2}, {:.2}", airport.lat, airport.lon);
        table.add_row([airport.faa, airport.name, airport.alt.to_string(), place]);
    }
    println!("{table}");

    heading("All planes, by range: the largest of each maker");
    let mut largest: Vec<Plane> = Vec::new();
    for plane in planes.get_range() {
        let plane = plane?;
        match largest.iter_mut().find(|other| other.manufacturer == plane.manufacturer) {
            Some(other) if other.seats < plane.seats => *other = plane,
            Some(_) => {}
            None => largest.push(plane),
        }
    }
    largest.sort_by(|a, b| (b.seats, &a.tailnum).cmp(&(a.seats, &b.tailnum)));
    let mut table = self::table(["maker", "model", "seats", "built", "tail number"]);
    for plane in largest.into_iter().take(5) {
        let (built, seats) = (built(&plane), plane.seats.to_string());
        table.add_row([plane.manufacturer, plane.model, seats, built, plane.tailnum]);
    }
    println!("{table}");

    heading("One changed");
    let mut changed = plane.clone();
    changed.seats += 2;
    changed.year = None; // `nulls = "delete"`: the column goes
    planes.insert(&changed)?;
    let now = planes.get("N14228")?.ok_or("N14228 is not there")?;
    println!("  N14228 had {} seats and was built in {};", plane.seats, built(&plane));
    println!("  it has {} seats now, and was built in {}", now.seats, built(&now));

    heading("One deleted");
    planes.remove(&plane)?;
    println!(
        "  N14228 now gives {:?}, and {} planes are left",
        planes.get("N14228")?,
        grouped(count(&planes)?)
    );
    planes.insert(&plane)?;
    println!("  and put back as it was: {} planes", grouped(count(&planes)?));

    println!(
        "\nThat is all. What a struct can say is in the documentation of ColumnFamilyMap: cargo doc --open"
    );
    Ok(())
}

fn built(plane: &Plane) -> String {
    plane.year.map_or("an unknown year".to_owned(), |year| year.to_string())
}

/// The cluster that `CASSA_SERVERS` names, or a server of our own.
fn servers() -> cassa::Result<(Vec<String>, Option<EmbeddedServer>)> {
    if let Ok(servers) = std::env::var("CASSA_SERVERS") {
        println!("On the cluster {servers}.");
        return Ok((servers.split(',').map(|server| server.trim().to_owned()).collect(), None));
    }
    let start = Instant::now();
    let server = EmbeddedServer::start()?;
    let addresses: Vec<String> = server.addresses().iter().map(ToString::to_string).collect();
    println!("An embedded server was started on {} in {:.0?}.", addresses.join(", "), start.elapsed());
    println!("CASSA_SERVERS=host:port,… runs the same on a cluster.");
    Ok((addresses, Some(server)))
}

/// Loads a file of `examples/data`, and counts what has arrived.
fn store<T>(mapper: &Mapper<T>, what: &str) -> Result<(), Box<dyn Error>>
where
    T: PlainColumns + Serialize + DeserializeOwned,
{
    let objects: Vec<T> = load(&format!("{what}.csv"))?;
    let start = Instant::now();
    mapper.batch_insert(&objects)?;
    let took = start.elapsed();
    let counted = count(mapper)?;
    println!("  {} {what} stored in {took:.0?}, {} counted back", grouped(objects.len()), grouped(counted));
    if counted != objects.len() {
        return Err(format!("{} {what} were stored, and {counted} are there", objects.len()).into());
    }
    Ok(())
}

fn count<T: ColumnFamilyMap + DeserializeOwned>(mapper: &Mapper<T>) -> cassa::Result<usize> {
    mapper.get_range().try_fold(0, |count, object| object.map(|_| count + 1))
}

/// Reads a file of `examples/data`, where `NA` stands for what is not known.
fn load<T: DeserializeOwned>(file: &str) -> Result<Vec<T>, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data").join(file);
    let mut reader =
        csv::Reader::from_path(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let headers = reader.headers()?.clone();
    let mut objects = Vec::new();
    for record in reader.records() {
        let known = |field| if field == "NA" { "" } else { field };
        let record: csv::StringRecord = record?.iter().map(known).collect();
        objects.push(record.deserialize(Some(&headers))?);
    }
    Ok(objects)
}

fn heading(text: &str) {
    println!("\n{text}");
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY).set_header(header);
    table
}

/// 3322 as 3,322.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
