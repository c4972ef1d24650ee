//! One row page by page, cut into objects.

use std::ops::Range;
use std::sync::Arc;

use super::super::Mapper;
use super::slice::Slice;
use crate::column_family::{Page, RawPages, RawRow, Select};
use crate::error::{Error, Result};
use crate::map::de::Found;
use crate::map::plan::{Layout, Plan};
use crate::map::wide_name;
use crate::wire::hot::{Cells, Row, Rows};

/// The objects of a row, one after the other. Holds a page and the next one, and of an object that lies across the ends
/// of pages all of its cells.
pub(in crate::map::mapper) struct Cursor {
    pages: RawPages,
    page: Option<Page>,
    /// The columns of the page that are left.
    left: Range<usize>,
    /// The page after this one, where it had to be looked at, and the place in it where the next object begins.
    ahead: Option<(Page, usize)>,
    /// The cells of the object: in the page, or joined.
    item: Range<usize>,
    joined: Option<Rows>,
    /// The number of components that tell objects apart; `None` where each column is one.
    components: Option<usize>,
    without: Vec<Vec<u8>>,
    /// How many objects are still wanted.
    wanted: usize,
    statics: Option<RawRow>,
}

impl Cursor {
    /// Of a row; with the columns that it has once, if the plan has some.
    pub(in crate::map::mapper) fn open<T>(
        mapper: &Mapper<T>,
        select: Select<'_>,
        slice: &Slice,
        key: &[u8],
    ) -> Result<Cursor> {
        let plan = mapper.plan();
        let ends = slice.ends(plan)?;
        let statics = match plan.statics().next() {
            Some(_) => {
                let names = static_names(mapper)?;
                select.clone().packed_columns(names).raw_get(key)?
            }
            None => None,
        };
        Ok(Cursor {
            pages: slice.of(&ends, plan, select).raw_pages(key, slice.reads_ahead())?,
            page: None,
            left: 0..0,
            ahead: None,
            item: 0..0,
            joined: None,
            components: components(plan),
            without: ends.without,
            wanted: if ends.is_nothing { 0 } else { slice.limit().unwrap_or(usize::MAX) },
            statics,
        })
    }

    /// Goes to the next object; whether there is one. A name that is none of an object is an error, after which the next
    /// column follows; an error of a call is the end.
    #[inline]
    pub(in crate::map::mapper) fn advance<T>(&mut self, mapper: &Mapper<T>) -> Result<bool> {
        if self.components.is_none() && !self.left.is_empty() && self.without.is_empty() && self.wanted > 0 {
            // What nearly every step in a row of single columns is.
            self.take_column();
            return Ok(true);
        }
        self.advance_to_any(mapper)
    }

    fn advance_to_any<T>(&mut self, mapper: &Mapper<T>) -> Result<bool> {
        self.joined = None;
        while self.wanted > 0 {
            if self.left.is_empty() && !self.turn()? {
                break;
            }
            let Some(page) = &self.page else { break };
            let row = page.row();
            let Some(cell) = row.get(self.left.start) else { break };
            let Some(components) = self.components else {
                if self.without.iter().any(|name| **name == *cell.name) {
                    self.left.start += 1;
                    continue;
                }
                self.take_column();
                return Ok(true);
            };
            if wide_name::is_static(cell.name) {
                self.left.start += 1;
                continue;
            }
            let Some(length) = wide_name::clustering(cell.name, components) else {
                self.left.start += 1;
                return Err(mapper.misnamed(self.pages.key(), cell.name));
            };
            self.wanted -= 1;
            let prefix = &cell.name[..length];
            let stop = end_of_item(&row, self.left.start + 1..self.left.end, prefix);
            self.item = self.left.start..stop;
            self.left.start = stop;
            if self.left.is_empty() {
                let prefix = prefix.to_vec();
                self.complete(mapper, &prefix)?;
            }
            return Ok(true);
        }
        self.wanted = 0;
        self.page = None;
        Ok(false)
    }

    #[inline]
    fn take_column(&mut self) {
        self.item = self.left.start..self.left.start + 1;
        self.left.start += 1;
        self.wanted -= 1;
    }

    /// Goes to the next page; whether there is one.
    fn turn(&mut self) -> Result<bool> {
        if let Some((page, start)) = self.ahead.take() {
            self.left = start..page.places().end;
            self.page = Some(page);
            return Ok(true);
        }
        self.page = None; // before the next one is there
        self.page = self.fetch()?;
        self.left = self.page.as_ref().map_or(0..0, Page::places);
        Ok(self.page.is_some())
    }

    fn fetch(&mut self) -> Result<Option<Page>> {
        let page = self.pages.next();
        if page.is_err() {
            self.wanted = 0; // where to go on is not known
        }
        page
    }

    /// Looks whether the object that ends with the page goes on in those that follow.
    fn complete<T>(&mut self, mapper: &Mapper<T>, prefix: &[u8]) -> Result<()> {
        let mut parts: Vec<(Page, Range<usize>)> = Vec::new();
        while let Some(page) = self.fetch()? {
            let places = page.places();
            let stop = end_of_item(&page.row(), places.clone(), prefix);
            if stop > places.start {
                parts.push((page.clone(), places.start..stop));
            }
            if stop < places.end {
                self.ahead = Some((page, stop));
                break;
            }
        }
        if parts.is_empty() {
            return Ok(());
        }
        let first = self.page.iter().map(|page| page.row().range(self.item.clone()));
        let cells = first.chain(parts.iter().map(|(page, part)| page.row().range(part.clone())));
        let Some(rows) = Rows::joined(self.pages.key(), cells.flatten()) else {
            return Err(mapper.too_large(self.pages.key()));
        };
        self.item = 0..rows.get(0).map_or(0, |row| row.len());
        self.joined = Some(rows);
        Ok(())
    }

    /// The object that the cursor is at.
    #[inline]
    pub(in crate::map::mapper) fn found(&self) -> Found<'_> {
        let row = match (&self.joined, &self.page) {
            (Some(rows), _) => rows.get(0),
            (None, Some(page)) => Some(page.row()),
            (None, None) => None,
        };
        Found {
            key: self.pages.key(),
            super_column: None,
            cells: row.map_or_else(Cells::default, |row| row.range(self.item.clone())),
            statics: self.statics.as_ref().map(|row| row.row().cells()),
        }
    }
}

/// The place behind the columns that begin so.
#[inline]
fn end_of_item(row: &Row<'_>, places: Range<usize>, prefix: &[u8]) -> usize {
    let cells = row.range(places.clone());
    let same = (0..places.len()).take_while(|i| cells.name(*i).is_some_and(|name| name.starts_with(prefix)));
    places.start + same.count()
}

pub(super) fn components(plan: &Plan) -> Option<usize> {
    (plan.layout() != Layout::Timeline).then(|| plan.identity().clustering().len())
}

/// The packed names of the columns that a row has once.
pub(super) fn static_names<T>(mapper: &Mapper<T>) -> Result<Arc<[Vec<u8>]>> {
    let slots = mapper.plan().statics().flat_map(|column| column.slots());
    slots.map(|slot| mapper.name_of(&Default::default(), slot).map(|name| name.into_owned())).collect()
}

/// The objects of a row that came as a whole: the places of the columns that it has once, and of each object.
pub(super) fn items_of(cells: Cells<'_>, components: Option<usize>) -> (Range<usize>, Vec<Range<usize>>) {
    let (mut statics, mut items, mut current) = (0..0, Vec::<Range<usize>>::new(), None);
    for (i, cell) in cells.enumerate() {
        let Some(components) = components else {
            items.push(i..i + 1);
            continue;
        };
        if wide_name::is_static(cell.name) {
            statics = if statics.is_empty() { i..i + 1 } else { statics.start..i + 1 };
            continue;
        }
        let length = wide_name::clustering(cell.name, components).unwrap_or(cell.name.len());
        let prefix = &cell.name[..length];
        match items.last_mut() {
            Some(item) if current == Some(prefix) => item.end = i + 1,
            _ => items.push(i..i + 1),
        }
        current = Some(prefix);
    }
    (statics, items)
}

impl<T> Mapper<T> {
    #[cold]
    fn misnamed(&self, key: &[u8], name: &[u8]) -> Error {
        let class = wide_name::comparator(self.plan());
        let shown = crate::marshal::Mismatch::of_bytes(&class, "the whole clustering of an object", name);
        let mut at = self.cf.key_place(key);
        at.column = Some(format!("0x{}", hex(name)).into());
        let field = crate::map::identity::Identity::shown(self.plan().identity().clustering());
        Error::Field { at: Box::new(at), field: field.into(), source: shown.to_string().into() }
    }

    #[cold]
    fn too_large(&self, key: &[u8]) -> Error {
        let what = "an object of over 4 GiB at once".into();
        Error::Unsupported { at: Box::new(self.cf.key_place(key)), what }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(64).map(|byte| format!("{byte:02x}")).collect()
}
