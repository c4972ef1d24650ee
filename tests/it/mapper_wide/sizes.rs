//! Rows that are wider than any page, over pages of many sizes, there and back, with the next page fetched ahead and
//! without.

use cassa::{ColumnFamilyMap, Mapper};
use serde::{Deserialize, Serialize};

use super::{Cluster, Reading, reading};

#[derive(Clone, Serialize, Deserialize, ColumnFamilyMap, PartialEq, Debug)]
struct Line {
    #[cassa(key)]
    log: String,
    #[cassa(clustering, reversed)]
    part: i8,
    #[cassa(clustering)]
    number: i32,
    level: Option<i32>,
    text: String,
}

fn line(of: i32) -> Line {
    let (part, number) = ((of % 3) as i8, of / 3);
    Line { log: "boot".into(), part, number, level: (of % 2 == 0).then_some(of), text: of.to_string() }
}

#[test]
fn pages_of_any_size_give_the_same_row() {
    let cluster = Cluster::start();
    let (readings, lines): (Mapper<Reading>, Mapper<Line>) = (cluster.map(), cluster.map());
    let all: Vec<Reading> = (0..10_500).map(reading).collect();
    readings.batch_insert(&all).expect("written");
    // three cells and two in turns, 15,000 in all, so that there is a border in each place of an object
    let mut items: Vec<Line> = (0..6_000).map(line).collect();
    lines.batch_insert(&items).expect("written");
    items.sort_by_key(|line| (-line.part, line.number));
    for (page, ahead) in [(97, true), (97, false), (1000, true), (1024, true), (9_999, false), (10_000, true)]
    {
        let select = || readings.select().column_buffer_size(page).read_ahead(ahead);
        assert!(select().xget("attic").map(|found| found.expect("read")).eq(all.iter().cloned()), "{page}");
        let back = select().reversed().xget("attic").map(|found| found.expect("read"));
        assert!(back.eq(all.iter().rev().cloned()), "{page}, backwards");

        let select = || lines.select().column_buffer_size(page).read_ahead(ahead);
        assert!(select().xget("boot").map(|found| found.expect("read")).eq(items.iter().cloned()), "{page}");
        let back = select().reversed().xget("boot").map(|found| found.expect("read"));
        assert!(back.eq(items.iter().rev().cloned()), "{page}, backwards");
    }
}
