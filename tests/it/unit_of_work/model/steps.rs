//! What a unit is told to do.

use cassa::{ColumnFamilyMap, Error, PlainColumns, UnitOfWork};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Round;
use super::rows::{Change, POISON, Save};
use super::shapes::{Account, Hits, Landings, Plane, Reading, Seat, Shape, Stop, Tagged};

/// No text: not UTF-8.
const NO_TEXT: &[u8] = &[0xff, 0xfe];

impl Round<'_> {
    pub(super) fn step(&mut self, work: &mut UnitOfWork, atomic: bool) {
        let key = self.key();
        match self.rng.u8(0..24) {
            0..4 => {
                let plane = self.plane(&key);
                self.objects(work, &key, key.clone(), plane);
            }
            4..7 => {
                let seat = self.seat(&key);
                self.objects(work, &key, (key.clone(), seat.row), seat);
            }
            7 => self.seats_as_columns(work, &key),
            8..11 => {
                let stop = self.stop(&key);
                self.objects(work, &key, (key.clone(), stop.number), stop);
            }
            11..13 => {
                let (minute, degrees) = (self.rng.i32(0..3), self.rng.i64(0..3));
                let reading = Reading { sensor: key.clone(), minute, degrees };
                self.objects(work, &key, (key.clone(), minute), reading);
            }
            13 | 14 => self.tagged(work, &key),
            15..19 => self.plain(work, &key),
            19 => self.planes(work),
            20 | 21 if !atomic => self.counters(work, &key),
            22 | 23 if !atomic => self.account(work, &key),
            _ => {}
        }
    }

    fn plane(&mut self, key: &str) -> Plane {
        Plane {
            tailnum: key.to_owned(),
            year: self.rng.bool().then(|| self.rng.i32(1990..1993)),
            model: format!("model {}", self.rng.u8(0..3)),
            seats: self.rng.bool().then(|| self.rng.i64(100..103)),
        }
    }

    fn seat(&mut self, key: &str) -> Seat {
        Seat {
            flight: key.to_owned(),
            row: self.rng.i64(1..4),
            passenger: self.rng.bool().then(|| format!("passenger {}", self.rng.u8(0..3))),
            price: self.rng.i64(0..3),
        }
    }

    fn stop(&mut self, key: &str) -> Stop {
        Stop {
            flight: key.to_owned(),
            number: self.rng.i32(1..4),
            airport: ["EWR", "IAH", "ORD"][self.rng.usize(0..3)].into(),
            delay: self.rng.bool().then(|| self.rng.i32(0..3)),
        }
    }

    /// Reads, saves, inserts or removes an object.
    fn objects<T>(&mut self, work: &mut UnitOfWork, key: &str, id: impl Serialize, object: T)
    where
        T: PlainColumns
            + ColumnFamilyMap
            + Serialize
            + DeserializeOwned
            + Shape
            + PartialEq
            + std::fmt::Debug,
        T: 'static,
    {
        match self.rng.u8(0..8) {
            0..4 => {
                if self.rng.bool() {
                    let read: Option<T> = work.get(&id).expect("all is well");
                    if let Some(state) = self.model.row(T::FAMILY, key).state() {
                        assert_eq!(read, T::of(state, &object), "{} {key}", T::FAMILY);
                    }
                }
                work.save(&object).expect("it fits");
                self.model.save(key, &object);
            }
            4 => {
                work.insert(&object).expect("it fits");
                self.model.insert(key, &object);
            }
            5 => {
                work.ttl(10_000).save(&object).expect("it fits");
                self.model.save(key, &object);
            }
            6 => {
                work.remove(&object).expect("it fits");
                self.model.remove(key, &object);
            }
            _ => {
                work.remove_key::<T>(&id).expect("it fits");
                self.model.remove(key, &object);
            }
        }
    }

    fn planes(&mut self, work: &mut UnitOfWork) {
        let keys = [self.key(), self.key(), self.key()];
        let read: Vec<Plane> = work.multiget(&keys).expect("all is well");
        for plane in read {
            let key = plane.tailnum.clone();
            if let Some(state) = self.model.row("Planes", &key).state() {
                assert_eq!(Some(&plane), Plane::of(state, &plane).as_ref(), "{key}");
            }
        }
    }

    fn seats_as_columns(&mut self, work: &mut UnitOfWork, key: &str) {
        let (seats, number) = (&self.store.seats, self.rng.i64(1..4));
        let seats = work.column_family(seats).expect("ours");
        match self.rng.u8(0..3) {
            0 => {
                seats.remove_row(key).expect("it fits");
                self.model.row("Seats", key).delete_all();
            }
            1 => {
                seats.remove(key, [number]).expect("it fits");
                self.model.row("Seats", key).delete(Change::DeletePrefix(format!("{number}/")));
            }
            _ => {
                seats.super_column(number).remove(key, ["price", "passenger"]).expect("it fits");
                let row = self.model.row("Seats", key);
                row.delete(Change::Delete(format!("{number}/price")));
                row.delete(Change::Delete(format!("{number}/passenger")));
            }
        }
    }

    /// The unit must know the map to tell which of its columns are to go: it is read first.
    fn tagged(&mut self, work: &mut UnitOfWork, key: &str) {
        if self.rng.u8(0..5) == 0 {
            work.remove_key::<Tagged>(key).expect("it fits");
            return self.model.row("Tagged", key).delete_all();
        }
        let read: Option<Tagged> = work.get(key).expect("all is well");
        let names = ["x", "y", "z"];
        let name = format!("name {}", self.rng.u8(0..3));
        let tags = names.iter().filter(|_| self.rng.bool()).map(|name| ((*name).to_owned(), "1".to_owned()));
        let tagged = Tagged { id: key.into(), name, tags: tags.collect() };
        let row = self.model.row("Tagged", key);
        if let Some(state) = row.state() {
            assert_eq!(read, Tagged::of(state, &tagged), "{key}");
        }
        row.changes.extend(names.iter().map(|name| Change::Delete((*name).into())));
        work.save(&tagged).expect("it fits");
        self.model.save(key, &tagged);
    }

    fn plain(&mut self, work: &mut UnitOfWork, key: &str) {
        let plain = &self.store.plain;
        let names: Vec<String> = (0..self.rng.usize(1..4)).map(|_| self.rng.char('a'..'g').into()).collect();
        match self.rng.u8(0..10) {
            0..5 => {
                let columns = names.iter().map(|name| (name.clone(), self.rng.u8(0..3).to_string()));
                let columns: Vec<_> = columns.collect();
                let work = work.column_family(plain).expect("ours");
                work.insert(key, columns.clone()).expect("it fits");
                let changes = columns.into_iter().map(|(name, value)| Change::Put(name, value));
                self.model.row("Plain", key).changes.extend(changes);
            }
            5 | 6 => {
                work.column_family(plain).expect("ours").remove(key, names.clone()).expect("it fits");
                let row = self.model.row("Plain", key);
                names.into_iter().for_each(|name| row.delete(Change::Delete(name)));
            }
            7 => {
                let (start, finish) = (names.iter().min().expect("one"), names.iter().max().expect("one"));
                // The ends are no names of columns: on Cassandra a column may outlive a range that begins with its name,
                // where an older range that ends there or further on holds it, too.
                let (start, finish) = (format!("{start}~"), format!("{finish}~"));
                let range = work.column_family(plain).expect("ours").start(start.as_str());
                range.finish(finish.as_str()).remove_range(key).expect("it fits");
                let range = Change::DeleteRange(start, finish);
                self.model.row("Plain", key).delete(range);
            }
            8 => {
                work.column_family(plain).expect("ours").remove_row(key).expect("it fits");
                self.model.row("Plain", key).delete_all();
            }
            _ if self.rng.u8(0..4) == 0 => {
                let raw = plain.clone().autopack_values(false);
                let work = work.column_family(&raw).expect("ours");
                work.insert(key, [(names[0].clone(), NO_TEXT)]).expect("the server is to refuse it");
                self.model.row("Plain", key).changes.push(Change::Put(names[0].clone(), POISON.into()));
            }
            _ => {}
        }
    }

    fn counters(&mut self, work: &mut UnitOfWork, key: &str) {
        let (number, day) = (self.rng.i64(-3..6), self.rng.i32(1..4));
        let counter = ["hits", "errors"][self.rng.usize(0..2)];
        let landed = format!("({day}, landed)");
        match self.rng.u8(0..12) {
            0..6 => {
                let added = work.add::<Hits>(key, counter, number);
                self.added("Hits", key, counter.into(), number, added);
            }
            6..9 => {
                let added = work.add::<Landings>((key, day), "landed", number);
                self.added("Landings", key, landed, number, added);
            }
            9 => {
                work.remove_key::<Hits>(key).expect("it fits");
                self.model.row("Hits", key).delete_all();
            }
            10 => {
                let hits = work.column_family(&self.store.hits).expect("ours");
                hits.remove(key, [counter]).expect("it fits");
                self.model.row("Hits", key).delete(Change::Delete(counter.into()));
            }
            _ => {
                work.remove_key::<Landings>((key, day)).expect("it fits");
                self.model.row("Landings", key).delete(Change::DeletePrefix(format!("({day}, ")));
            }
        }
    }

    fn added(
        &mut self,
        family: &'static str,
        key: &str,
        counter: String,
        number: i64,
        added: cassa::Result<()>,
    ) {
        let row = self.model.row(family, key);
        if row.deletes(&counter) {
            assert!(matches!(added, Err(Error::WrongKind { .. })), "{added:?}");
        } else {
            added.expect("it fits");
            *row.adds.entry(counter).or_default() += number;
        }
    }

    fn account(&mut self, work: &mut UnitOfWork, key: &str) {
        let read: Option<Account> = work.get(key).expect("all is well");
        let fresh = Account { owner: key.into(), version: 0, balance: 0 };
        if let Some(state) = self.model.row("Accounts", key).state() {
            assert_eq!(read, Account::of(state, &fresh), "{key}");
        }
        let mut account = read.unwrap_or(fresh);
        account.balance = self.rng.i64(0..1_000_000);
        match self.rng.u8(0..10) {
            0 => {
                work.remove_key::<Account>(key).expect("it fits");
                self.model.remove_account(key);
            }
            // somebody else is faster than what waits (and later than a deletion of which an attempt was made)
            1 if self.model.is_settled && self.model.row("Accounts", key).changes.is_empty() => {
                self.store
                    .calm
                    .map::<Account>()
                    .expect("a mapper")
                    .save(&mut account)
                    .expect("as it was read");
                let row = self.model.row("Accounts", key);
                row.states = vec![account.cells().into_iter().filter_map(|(n, v)| Some((n, v?))).collect()];
            }
            _ => {
                // it may go on from one that waits
                let waiting = self.model.saves.iter().rfind(|save| save.key == key);
                if let Some(save) = waiting.filter(|_| self.rng.u8(0..4) > 0) {
                    account.version = save.account.version;
                }
                let expected = account.version;
                let saved = work.save_version(&mut account);
                if !self.model.row("Accounts", key).changes.is_empty() {
                    assert!(matches!(saved, Err(Error::WrongKind { .. })), "{saved:?}");
                    assert_eq!(account.version, expected, "it is as it was");
                    return;
                }
                saved.expect("it fits");
                assert_eq!(account.version, expected + 1);
                self.model.saves.push(Save { key: key.into(), expected, account, doubtful: false });
            }
        }
    }
}
