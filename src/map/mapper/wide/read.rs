//! The verbs that read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::{Mapper, Objects, SelectObjects};
use super::cursor::{components, items_of, static_names};
use super::{Cursor, Items, LentItems, Slice};
use crate::column_family::{RawRange, RawRow, Select};
use crate::error::Result;
use crate::map::de::{Found, Slots};
use crate::map::field::{Clustered, Fields};
use crate::map::plan::{Layout, Plan};
use crate::map::probe;
use crate::map::ser::Packed;
use crate::map::wide_name;
use crate::wire::ConsistencyLevel;
use crate::wire::hot::Cells;

/// The most objects of a row that one call asks for by name.
const OBJECTS_AT_ONCE: usize = 64;

impl<T> SelectObjects<'_, T> {
    /// The objects of a row, one after the other; holds two pages of it. [`Mapper::xget`] has an example; what is wrong
    /// with the options is the first item.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn xget(self, key: impl Serialize) -> Items<T>
    where
        T: Clustered + DeserializeOwned,
    {
        let mapper = self.mapper.clone();
        Items::new(mapper, self.cursor(&key))
    }

    /// The first object of the range; `None` where there is none. [`Mapper::first`] has an example.
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn first(self, key: impl Serialize) -> Result<Option<T>>
    where
        T: Clustered + DeserializeOwned,
    {
        self.outermost(&key, false)
    }

    /// The last object of the range; `None` where there is none. [`Mapper::first`] has an example.
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn last(self, key: impl Serialize) -> Result<Option<T>>
    where
        T: Clustered + DeserializeOwned,
    {
        self.outermost(&key, true)
    }

    fn outermost(mut self, key: &impl Serialize, is_last: bool) -> Result<Option<T>>
    where
        T: Clustered + DeserializeOwned,
    {
        self.slice = self.slice.map(|slice| slice.outermost(is_last));
        let mapper = self.mapper;
        self.cursor(key)?.next(mapper, &mut Slots::default()).transpose()
    }

    /// The objects of several rows: one list a key, in the order of the keys, empty where the row has none.
    /// [`Mapper::multiget_rows`] has an example.
    ///
    /// # Errors
    /// As [`Mapper::get`].
    pub fn multiget_rows<K: Serialize>(self, keys: impl IntoIterator<Item = K>) -> Result<Vec<Vec<T>>>
    where
        T: Clustered + DeserializeOwned,
    {
        let (mapper, plan) = (self.mapper, self.mapper.plan());
        mapper.check_readable()?;
        let (select, slice) = (self.select?, self.slice?);
        let keys = keys.into_iter().map(|key| mapper.row_key(&key)).collect::<Result<Vec<_>>>()?;
        let ends = slice.ends(plan)?;
        let has_statics = plan.statics().next().is_some();
        let mut slots = Slots::default();
        // How many columns so many objects have is not known beforehand, and statics are asked for apart.
        if slice.limit().is_some() || has_statics || ends.is_nothing {
            let row = |key: &Vec<u8>| {
                let mut cursor = Cursor::open(mapper, select.clone(), &slice, key)?;
                std::iter::from_fn(|| cursor.next(mapper, &mut slots)).collect()
            };
            return keys.iter().map(row).collect();
        }
        let mut rows: HashMap<Box<[u8]>, RawRow> = HashMap::new();
        for row in slice.of(&ends, plan, select).raw_multiget(keys.clone())? {
            rows.insert(row.key().into(), row);
        }
        let mut read = |key: &Vec<u8>| {
            let Some(row) = rows.get(&key[..]) else { return Ok(Vec::new()) };
            let (row, (_, items)) = (row.row(), items_of(row.row().cells(), components(plan)));
            let wanted = items.into_iter().map(|item| row.range(item)).filter(|cells| {
                cells.get(0).is_some_and(|cell| !ends.without.iter().any(|name| **name == *cell.name))
            });
            wanted
                .map(|cells| mapper.item(Found { key, super_column: None, cells, statics: None }, &mut slots))
                .collect()
        };
        keys.iter().map(&mut read).collect()
    }
}

impl<T> SelectObjects<'_, T> {
    /// The objects of a row, each lent until the next one is asked for. [`Mapper::lend`] has an example; what is wrong
    /// with the options is the first item.
    pub fn lend(self, key: impl Serialize) -> LentItems<T>
    where
        T: Clustered,
    {
        let mapper = self.mapper.clone();
        LentItems::new(mapper, self.unchecked_cursor(&key))
    }

    /// How many objects of a row there are in the range. [`Mapper::get_count`] has an example.
    ///
    /// Of objects that are one column each the server counts them. Of others their columns are read, page by page, and not
    /// taken apart.
    ///
    /// # Errors
    /// As [`Mapper::get_count`].
    pub fn get_count(self, key: impl Serialize) -> Result<usize>
    where
        T: Clustered,
    {
        let (mapper, plan) = (self.mapper, self.mapper.plan());
        if let (Layout::Timeline, Ok(slice)) = (plan.layout(), &self.slice) {
            let ends = slice.ends(plan)?;
            if ends.without.is_empty() && slice.limit().is_none() && !ends.is_nothing {
                let key = mapper.row_key(&key)?;
                return slice.of(&ends, plan, self.select?).raw_count(&key);
            }
        }
        let cursor = self.unchecked_cursor(&key)?;
        count(mapper, cursor)
    }

    fn unchecked_cursor(self, key: &impl Serialize) -> Result<Cursor> {
        let key = self.mapper.row_key(key)?;
        Cursor::open(self.mapper, self.select?, &self.slice?, &key)
    }
}

/// How many objects are left.
pub(in crate::map::mapper) fn count<T>(mapper: &Mapper<T>, mut cursor: Cursor) -> Result<usize> {
    let mut objects = 0;
    while cursor.advance(mapper)? {
        objects += 1;
    }
    Ok(objects)
}

impl<T: Fields> SelectObjects<'_, T> {
    pub(in crate::map::mapper) fn cursor<'de>(self, key: &impl Serialize) -> Result<Cursor>
    where
        T: Deserialize<'de>,
    {
        let mapper = self.mapper;
        mapper.check_readable()?;
        let key = mapper.row_key(key)?;
        Cursor::open(mapper, self.select?, &self.slice?, &key)
    }
}

impl<T: Fields + DeserializeOwned> SelectObjects<'_, T> {
    /// One object of a wide row.
    pub(in crate::map::mapper) fn get_item(self, id: &Packed) -> Result<Option<T>> {
        Ok(self.get_items(std::slice::from_ref(id))?.pop())
    }

    /// Objects of wide rows by all of their identity, in the order asked for; absent ones are left out.
    pub(in crate::map::mapper) fn get_items(self, ids: &[Packed]) -> Result<Vec<T>> {
        self.items_of(ids, |_, _| {})
    }

    /// As `get_items`, and tells of each object the cells that were read of it, and of those that its row has once.
    pub(in crate::map::mapper) fn items_of(
        self,
        ids: &[Packed],
        mut told: impl FnMut(&Packed, Cells<'_>),
    ) -> Result<Vec<T>> {
        let mapper = self.mapper;
        mapper.check_readable()?;
        let select = self.select?;
        let mut rows: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (i, id) in ids.iter().enumerate() {
            rows.entry(&id.key).or_default().push(i);
        }
        let mut objects: Vec<Option<T>> = ids.iter().map(|_| None).collect();
        let mut slots = Slots::default();
        for (key, places) in rows {
            for places in places.chunks(OBJECTS_AT_ONCE) {
                let wanted: Vec<&Packed> = places.iter().map(|i| &ids[*i]).collect();
                let Some(row) = mapper.row_of_items(select.clone(), key, &wanted)? else { continue };
                let (row, components) = (row.row(), components(mapper.plan()));
                let (statics, items) = items_of(row.cells(), components);
                let found: HashMap<&[u8], _> = items
                    .into_iter()
                    .filter_map(|item| {
                        let name = row.get(item.start)?.name;
                        let length =
                            components.map_or(Some(name.len()), |n| wide_name::clustering(name, n))?;
                        Some((&name[..length], item))
                    })
                    .collect();
                for (i, id) in places.iter().zip(wanted) {
                    told(id, row.range(statics.clone()));
                    let item = id.item.as_deref().and_then(|item| found.get(item));
                    let Some(item) = item else { continue };
                    told(id, row.range(item.clone()));
                    let (cells, statics) = (row.range(item.clone()), Some(row.range(statics.clone())));
                    let found = Found { key, super_column: None, cells, statics };
                    objects[*i] = Some(mapper.item(found, &mut slots)?);
                }
            }
        }
        Ok(objects.into_iter().flatten().collect())
    }
}

impl<T> Mapper<T> {
    /// The columns of some objects of a row, and those that it has once.
    fn row_of_items(&self, select: Select<'_>, key: &[u8], ids: &[&Packed]) -> Result<Option<RawRow>> {
        let plan = self.plan();
        let mut names = HashSet::new();
        for id in ids {
            names.extend(self.names_of_item(id)?);
        }
        if let ([id], true) = (ids, plan.family().deny_unknown_fields && plan.layout() != Layout::Timeline) {
            // Those that are no fields are to be seen, too.
            return self.whole_item(select, key, id);
        }
        select.packed_columns(names.into_iter().collect::<Arc<[_]>>()).raw_get(key)
    }

    /// The names of all columns of an object, and of those that its row has once.
    pub(in crate::map::mapper) fn names_of_item(&self, id: &Packed) -> Result<Vec<Vec<u8>>> {
        let mut names = static_names(self)?.to_vec();
        for name in item_names(self.plan()) {
            names.push(match name {
                Some(slot) => self.name_of(id, slot)?.into_owned(),
                None => self.marker_of(id),
            });
        }
        Ok(names)
    }

    fn whole_item(&self, select: Select<'_>, key: &[u8], id: &Packed) -> Result<Option<RawRow>> {
        let item = id.item.as_deref().unwrap_or_default();
        let [start, finish] = [0xff, 1].map(|end| super::super::encode::ended(item, end));
        select.packed_start(start).packed_finish(finish).raw_get(key)
    }

    fn marker_of(&self, id: &Packed) -> Vec<u8> {
        let mut name = Vec::new();
        let item = id.item.as_deref().unwrap_or_default();
        // It is shorter than the names of fields, which were made before.
        let _ = wide_name::put(self.plan(), item, wide_name::MARKER, false, &mut name);
        name
    }
}

/// The slots of an object's columns, and `None` for the cell that says that it is there.
pub(in crate::map::mapper) fn item_names(plan: &Plan) -> impl Iterator<Item = Option<usize>> {
    let marker = matches!(plan.layout(), Layout::Prefix { has_marker: true });
    let slots = plan.columns().filter(|column| !column.is_static).flat_map(|column| column.slots());
    slots.map(Some).chain(marker.then_some(None))
}

impl<T> Mapper<T> {
    /// Whether a row has several objects, which are read one by one.
    pub(in crate::map::mapper) fn has_items(&self) -> bool {
        !self.plan().identity().clustering().is_empty()
    }
}

impl<T: Clustered> Mapper<T> {
    /// As `check_readable`, of objects that borrow.
    pub(super) fn check_lendable<'de>(&self) -> Result<()>
    where
        T::Lent<'de>: Deserialize<'de>,
    {
        let readable = self.shared.readable.get_or_init(probe::check::<T::Lent<'de>>);
        self.explain_readable(readable)
    }
}

/// How the rows of a range are read.
#[derive(Clone, Copy, Debug)]
pub(in crate::map::mapper) struct Reading {
    page: usize,
    level: ConsistencyLevel,
}

impl Reading {
    pub(in crate::map::mapper) fn open<T>(
        &self,
        mapper: &Mapper<T>,
        slice: &Slice,
        key: &[u8],
    ) -> Result<Cursor> {
        let select = mapper.cf.select().column_buffer_size(self.page).consistency_level(self.level);
        Cursor::open(mapper, select, slice, key)
    }
}

impl<T: Fields> SelectObjects<'_, T> {
    /// The rows of a range, found by one column each, and what is read of them.
    fn ranged<'de>(self) -> Result<(RawRange, (Slice, Reading))>
    where
        T: Deserialize<'de>,
    {
        self.mapper.check_readable()?;
        let (select, slice) = (self.select?, self.slice?);
        let ends = slice.ends(self.mapper.plan())?;
        let reading = Reading { page: select.page_size(), level: select.level() };
        // All rows at once hold one column each, in whichever order.
        let range = slice.clone().of_any(&ends, self.mapper.plan(), select).raw_get_range()?;
        Ok((range, (slice, reading)))
    }
}

impl<T: Fields + DeserializeOwned> SelectObjects<'_, T> {
    pub(in crate::map::mapper) fn items_of_range(self) -> Objects<T> {
        let mapper = self.mapper.clone();
        match self.ranged() {
            Ok((range, items)) => Objects::of_items(mapper, Ok(range), items),
            Err(error) => Objects::new(mapper, Err(error)),
        }
    }

    pub(in crate::map::mapper) fn count_items(self) -> Result<usize> {
        let mapper = self.mapper;
        let (range, (slice, reading)) = self.ranged()?;
        range.map(|row| count(mapper, reading.open(mapper, &slice, row?.key())?)).sum()
    }
}
