//! The engine's files, looked at from outside: a partition's manifest before it is opened, and all that may be
//! damaged once it could not be.
//!
//! A partition is a directory with a number for a name. In it, `current` names the manifest and has its checksum; the
//! manifest names the tables, each with its checksum.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use super::StoreError;

const PARTITIONS: &str = "keyspaces";
const CURRENT: &str = "current";
const TABLES: &str = "tables";

/// The engine's own partition, which names the others.
pub(super) const NAMES: u64 = 0;

/// The directory of a partition.
pub(super) fn partition(store: &Path, number: u64) -> PathBuf {
    store.join(PARTITIONS).join(number.to_string())
}

/// A table that a manifest names.
struct Table {
    path: PathBuf,
    checksum: u128,
}

/// Refuses a partition whose manifest is damaged, or which lacks a table: the engine may take it for an empty one.
pub(super) fn check(store: &Path, number: u64) -> Result<(), StoreError> {
    let tables = tables(&partition(store, number))?;
    match tables.into_iter().find(|table| !table.path.is_file()) {
        None => Ok(()),
        Some(Table { path, .. }) => Err(missing(path)),
    }
}

/// Why the engine cannot open a store: the first file with damage.
pub(super) fn find_damage(store: &Path) -> Option<StoreError> {
    let mut partitions: Vec<u64> = fs::read_dir(store.join(PARTITIONS))
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    partitions.sort_unstable();
    partitions.into_iter().find_map(|number| match tables(&partition(store, number)) {
        Ok(tables) => tables.into_iter().find_map(|table| match checksum(&table.path) {
            Ok(checksum) if checksum == table.checksum => None,
            Ok(_) => Some(damaged(table.path, "it is not what was written")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(missing(table.path)),
            Err(source) => Some(StoreError::Io { path: table.path, source }),
        }),
        Err(error) => Some(error),
    })
}

pub(super) fn missing(path: PathBuf) -> StoreError {
    StoreError::Directory { path, what: "the store is damaged: the file is missing".to_owned() }
}

fn damaged(path: PathBuf, what: &str) -> StoreError {
    StoreError::Directory { path, what: format!("the store is damaged: {what}") }
}

fn read(path: &Path) -> Result<Vec<u8>, StoreError> {
    fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => missing(path.to_owned()),
        _ => StoreError::Io { path: path.to_owned(), source },
    })
}

/// The tables that the manifest of a partition names.
fn tables(partition: &Path) -> Result<Vec<Table>, StoreError> {
    let current = partition.join(CURRENT);
    let Some((number, expected)) = read_current(&read(&current)?) else {
        return Err(damaged(current, "it names no manifest"));
    };
    let manifest = partition.join(format!("v{number}"));
    let bytes = match read(&manifest) {
        // the one may be damaged as well as the other may be gone
        Err(StoreError::Directory { path, .. }) => {
            let what = format!("{} is missing, which {} names", path.display(), current.display());
            return Err(StoreError::Directory { path, what: format!("the store is damaged: {what}") });
        }
        bytes => bytes?,
    };
    if xxh3_128(&bytes) != expected {
        let what = format!("its checksum is not the one in {}", current.display());
        return Err(damaged(manifest, &what));
    }
    let folder = partition.join(TABLES);
    let tables = read_tables(&bytes).ok_or_else(|| damaged(manifest, "it cannot be read"))?;
    Ok(tables
        .into_iter()
        .map(|(number, checksum)| Table { path: folder.join(number.to_string()), checksum })
        .collect())
}

/// The number of a manifest, and its checksum.
fn read_current(mut bytes: &[u8]) -> Option<(u64, u128)> {
    let number = u64::from_le_bytes(take(&mut bytes)?);
    let checksum = u128::from_le_bytes(take(&mut bytes)?);
    (bytes == [0]).then_some((number, checksum))
}

/// Levels of runs of tables.
fn read_tables(manifest: &[u8]) -> Option<Vec<(u64, u128)>> {
    let reader = sfa::Reader::from_reader(&mut Cursor::new(manifest)).ok()?;
    let section = reader.toc().section(b"tables")?;
    let begin = usize::try_from(section.pos()).ok()?;
    let end = begin.checked_add(usize::try_from(section.len()).ok()?)?;
    let mut bytes = manifest.get(begin..end)?;
    let mut tables = Vec::new();
    let [levels] = take(&mut bytes)?;
    for _ in 0..levels {
        let [runs] = take(&mut bytes)?;
        for _ in 0..runs {
            for _ in 0..u32::from_le_bytes(take(&mut bytes)?) {
                let number = u64::from_le_bytes(take(&mut bytes)?);
                let [_kind] = take(&mut bytes)?;
                let checksum = u128::from_le_bytes(take(&mut bytes)?);
                let _number_of_batch: [u8; 8] = take(&mut bytes)?;
                tables.push((number, checksum));
            }
        }
    }
    Some(tables)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn checksum(path: &Path) -> io::Result<u128> {
    let mut file = File::open(path)?;
    let mut checksum = Xxh3::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(checksum.digest128()),
            read => checksum.update(&block[..read]),
        }
    }
}
