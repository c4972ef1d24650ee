//! The data directory: who holds it, and whether it is whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::StoreError;
use crate::partitioner::Partitioner;

const LOCK: &str = "cassa.lock";
const FORMAT: &str = "cassa.format";
const STORE: &str = "store";

/// The layout of everything below the directory; a change that old programs cannot read raises it. A second
/// line names the partitioner.
const CURRENT: &str = "1";
/// What the format file says until the store has been created once.
const CREATING: &str = "creating\n";

/// A data directory that this process alone holds, until it is dropped.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    is_new: bool,
    partitioner: Partitioner,
    _lock: File,
}

impl Directory {
    /// Takes hold of a directory, which is created when it is missing.
    ///
    /// A directory without a format file is a new one and must be empty: data whose format file was lost
    /// is refused, never taken for a new directory. A partitioner that is given must be the one that the
    /// directory was created with.
    pub(super) fn open(path: &Path, partitioner: Option<Partitioner>) -> Result<Directory, StoreError> {
        let io = |source| StoreError::Io { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(io)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK)).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let mut directory = Directory {
            path: path.to_owned(),
            is_new: false,
            partitioner: partitioner.unwrap_or_default(),
            _lock: lock,
        };
        match directory.check()? {
            None => directory.is_new = true,
            Some(created) if partitioner.is_none_or(|partitioner| partitioner == created) => {
                directory.partitioner = created;
            }
            Some(created) => {
                let what = format!(
                    "the directory was created with the {created}, and cannot be opened with the {}",
                    directory.partitioner
                );
                return Err(StoreError::Directory { path: path.to_owned(), what });
            }
        }
        Ok(directory)
    }

    /// The partitioner that the directory was created with; `None` for a new one, which is prepared for its
    /// first start.
    fn check(&self) -> Result<Option<Partitioner>, StoreError> {
        let refuse = |what: String| Err(StoreError::Directory { path: self.path.clone(), what });
        let format = fs::read_to_string(self.path.join(FORMAT));
        if let Ok(format) = &format
            && let Some((CURRENT, partitioner)) = format.trim_end().split_once('\n')
        {
            if !self.store().is_dir() {
                return refuse(format!("the data directory is damaged: {FORMAT} is there, {STORE} is not"));
            }
            return match partitioner.parse() {
                Ok(partitioner) => Ok(Some(partitioner)),
                Err(why) => refuse(format!("{FORMAT} names another partitioner: {why}")),
            };
        }
        match format {
            // the first start was cut short before anything could be stored
            Ok(format) if format == CREATING => match fs::remove_dir_all(self.store()) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    Err(StoreError::Io { path: self.store(), source })
                }
                _ => Ok(None),
            },
            Ok(format) => refuse(format!(
                "{FORMAT} says {:?}, expected {CURRENT:?} and a partitioner",
                format.trim_end()
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let entries = fs::read_dir(&self.path)
                    .map_err(|source| StoreError::Io { path: self.path.clone(), source })?;
                for entry in entries.flatten() {
                    if entry.file_name() != LOCK {
                        return refuse(format!(
                            "not a data directory: it has no {FORMAT}, yet it holds {}",
                            entry.file_name().display()
                        ));
                    }
                }
                self.write_format(CREATING)?;
                Ok(None)
            }
            Err(source) => Err(StoreError::Io { path: self.path.join(FORMAT), source }),
        }
    }

    /// Where the engine keeps its files.
    pub(super) fn store(&self) -> PathBuf {
        self.path.join(STORE)
    }

    /// Whether this is the first start in the directory.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    pub(super) fn partitioner(&self) -> Partitioner {
        self.partitioner
    }

    /// Records that the first start has come to its end.
    pub(super) fn created(&self) -> Result<(), StoreError> {
        self.write_format(&format!("{CURRENT}\n{}\n", self.partitioner))
    }

    fn write_format(&self, text: &str) -> Result<(), StoreError> {
        replace(&self.path.join(FORMAT), text)
    }
}

/// Replaces a file in one step, so that no crash leaves half of it. It is on the disk then.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), StoreError> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let write = || -> io::Result<()> {
        let mut file = File::create(&draft)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        // the new name is on the disk once its directory is; other systems cannot sync one
        match path.parent() {
            Some(directory) if cfg!(unix) => File::open(directory)?.sync_all(),
            _ => Ok(()),
        }
    };
    write().map_err(|source| StoreError::Io { path: path.to_owned(), source })
}
