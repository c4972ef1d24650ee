//! A data directory as files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What a file holds: its length, and its bytes without the zeros at the end. A journal has many of them, and takes
/// no room for them on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) length: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Content {
    pub(crate) fn new(mut bytes: Vec<u8>, length: u64) -> Content {
        bytes.truncate(length as usize);
        bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
        Content { length, bytes }
    }
}

/// The files of a directory, by their paths in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Files(pub(crate) BTreeMap<PathBuf, Content>);

impl Files {
    pub(crate) fn read(directory: &Path) -> Files {
        let mut files = BTreeMap::new();
        for path in paths(directory) {
            let bytes = fs::read(&path).expect("a file");
            let length = bytes.len() as u64;
            let path = path.strip_prefix(directory).expect("inside").to_owned();
            files.insert(path, Content::new(bytes, length));
        }
        Files(files)
    }

    pub(crate) fn write(&self, directory: &Path) {
        for (path, Content { length, bytes }) in &self.0 {
            let path = directory.join(path);
            fs::create_dir_all(path.parent().expect("inside")).expect("made");
            let mut file = File::create(&path).expect("made");
            file.write_all(bytes).expect("written");
            file.set_len(*length).expect("lengthened");
        }
    }

    /// Those whose presence or content is another one there.
    pub(crate) fn different<'f>(&'f self, other: &'f Files) -> Vec<&'f Path> {
        let all = self.0.iter().chain(&other.0);
        let mut different: Vec<&Path> = all
            .filter(|(path, _)| self.0.get(*path) != other.0.get(*path))
            .map(|(path, _)| path.as_path())
            .collect();
        different.dedup();
        different
    }
}

fn paths(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(paths(&path)) } else { found.push(path) }
    }
    found
}

/// The path of the file that was written last.
pub(crate) fn last_written(directory: &Path) -> PathBuf {
    let modified = |path: &PathBuf| -> SystemTime {
        fs::metadata(path).and_then(|file| file.modified()).expect("a time")
    };
    let last = paths(directory).into_iter().max_by_key(modified).expect("a file");
    last.strip_prefix(directory).expect("inside").to_owned()
}
