//! What happens next: one number gives all.

use super::model::{Cell, Content, LAST, Name, Row, Wanted, Which};

pub(super) const KEYS: [&str; 4] = ["k0", "k1", "k2", "k3"];
const SUPER_COLUMNS: u64 = 5;
/// Enough names of enough bytes for rows of several chunks.
const NAMES: u64 = 70;
/// In a super column.
const SUBNAMES: u64 = 14;

/// A column family of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) is_super: bool,
    pub(super) counters: bool,
}

pub(super) const FAMILIES: [Family; 4] = [
    Family { name: "S", is_super: false, counters: false },
    Family { name: "Sup", is_super: true, counters: false },
    Family { name: "C", is_super: false, counters: true },
    Family { name: "SupC", is_super: true, counters: true },
];

pub(super) struct Random(pub(super) u64);

/// A change of one row, as it goes into a batch.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Write { name: Name, value: String, timestamp: i64, ttl: Option<i32> },
    Add { name: Name, delta: i64 },
    DeleteColumns { super_column: Option<String>, names: Vec<String>, timestamp: i64 },
    DeleteRange { super_column: Option<String>, start: String, finish: String, timestamp: i64 },
    DeleteSuperColumn { name: String, timestamp: i64 },
    DeleteRow { timestamp: i64 },
}

impl Random {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    pub(super) fn key(&mut self) -> &'static str {
        KEYS[self.below(KEYS.len() as u64) as usize]
    }

    pub(super) fn family(&mut self) -> Family {
        // standard columns have the most to get wrong
        FAMILIES[[0, 0, 0, 1, 1, 1, 2, 3][self.below(8) as usize]]
    }

    fn super_column(&mut self, family: Family) -> Option<String> {
        family.is_super.then(|| format!("s{}", self.below(SUPER_COLUMNS)))
    }

    fn column(&mut self, family: Family) -> String {
        format!("n{:02}", self.below(if family.is_super { SUBNAMES } else { NAMES }))
    }

    fn name(&mut self, family: Family) -> Name {
        (self.super_column(family).unwrap_or_default(), self.column(family))
    }

    /// A name that no column has.
    fn bound(&mut self, family: Family) -> String {
        self.column(family) + "~"
    }

    fn timestamp(&mut self) -> i64 {
        self.below(60) as i64
    }

    fn value(&mut self) -> String {
        // a few values, so that timestamps tie with equal and with other ones; some of them large
        let letter = char::from(b'a' + self.below(3) as u8);
        let length = match self.below(40) {
            0 => 6000,
            1..=20 => 250,
            _ => 3,
        };
        letter.to_string().repeat(length)
    }

    pub(super) fn change(&mut self, family: Family) -> Change {
        // deletions of counters are for ever, so that there must be few of them
        let kind = if family.counters { self.below(300) } else { self.below(30) };
        let timestamp = self.timestamp();
        match kind {
            0 => Change::DeleteRow { timestamp: timestamp - 30 },
            1..=2 => {
                let super_column = self.super_column(family);
                let (one, other) = (self.bound(family), self.bound(family));
                let (start, mut finish) = if one < other { (one, other) } else { (other, one) };
                if self.below(6) == 0 && !family.is_super {
                    finish = String::new();
                }
                Change::DeleteRange { super_column, start, finish, timestamp: timestamp - 10 }
            }
            3 if family.is_super => Change::DeleteSuperColumn {
                name: self.super_column(family).unwrap_or_default(),
                timestamp: timestamp - 20,
            },
            3..=7 => {
                let names = (0..1 + self.below(2)).map(|_| self.column(family)).collect();
                Change::DeleteColumns { super_column: self.super_column(family), names, timestamp }
            }
            _ if family.counters => {
                Change::Add { name: self.name(family), delta: self.below(2000) as i64 - 1000 }
            }
            kind => {
                let ttl = (8..=11).contains(&kind).then(|| 1 + self.below(400) as i32);
                Change::Write { name: self.name(family), value: self.value(), timestamp, ttl }
            }
        }
    }

    pub(super) fn wanted(&mut self, family: Family) -> Wanted {
        let one_super_column = family.is_super && self.below(2) == 0;
        let super_column = if one_super_column { self.super_column(family) } else { None };
        let of_super_columns = family.is_super && !one_super_column;
        let name = |random: &mut Random| {
            if of_super_columns { format!("s{}", random.below(SUPER_COLUMNS)) } else { random.column(family) }
        };
        let which = if self.below(3) == 0 {
            Which::Names((0..self.below(5)).map(|_| name(self)).collect())
        } else {
            let bound = |random: &mut Random| {
                if random.below(3) == 0 { String::new() } else { name(random) }
            };
            let (one, other, reversed) = (bound(self), bound(self), self.below(2) == 0);
            let wrong = !one.is_empty() && !other.is_empty() && (one > other) != reversed && one != other;
            let (start, finish) = if wrong { (other, one) } else { (one, other) };
            let count = if of_super_columns { self.below(5) } else { self.below(30) };
            Which::Slice { start, finish, reversed, count: count as usize }
        };
        Wanted { is_super: family.is_super, super_column, which }
    }
}

impl Change {
    /// What the model makes of it, in a batch that is sent at this second.
    pub(super) fn apply(&self, batch: &mut Row, now: i64) {
        let within = |super_column: &Option<String>| super_column.clone().unwrap_or_default();
        match self.clone() {
            Change::Write { name, value, timestamp, ttl } => {
                let expiry = ttl.map(|ttl| (ttl, now + i64::from(ttl)));
                batch.write(name, Cell { timestamp, content: Content::Value { value, expiry } });
            }
            Change::Add { name, delta } => {
                batch.write(name, Cell { timestamp: 0, content: Content::Counter(delta) });
            }
            Change::DeleteColumns { super_column, names, timestamp } => {
                for name in names {
                    let name = (within(&super_column), name);
                    batch.write(name, Cell { timestamp, content: Content::Deleted });
                }
            }
            Change::DeleteRange { super_column, start, finish, timestamp } => {
                // an open finish comes before all names: such a range is its start
                let finish = if finish.is_empty() { start.clone() } else { finish };
                let super_column = within(&super_column);
                batch.ranges.push(((super_column.clone(), start), (super_column, finish), timestamp));
            }
            Change::DeleteSuperColumn { name, timestamp } => {
                batch.ranges.push(((name.clone(), String::new()), (name, LAST.to_owned()), timestamp));
            }
            Change::DeleteRow { timestamp } => batch.deleted = batch.deleted.max(Some(timestamp)),
        }
    }
}
