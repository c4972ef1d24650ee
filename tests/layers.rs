//! Layers point one way: no module imports what stands above it.
//!
//! The list of layers is here, in the table of `ARCHITECTURE.md`, and in the order of the modules in
//! `src/lib.rs`; the three must agree.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. A module sees the modules below it; modules of one level do not see each other.
const LAYERS: &[(usize, &str)] = &[
    (0, "wire"),
    (0, "marshal"),
    (0, "partitioner"),
    (1, "error"),
    (2, "schema"),
    (3, "connection"),
    (4, "pool"),
    (5, "system_manager"),
    (5, "column_family"),
    (6, "batch"),
    (7, "map"),
    (8, "unit_of_work"),
];

/// Beside the layers, seen by none of them: each with what it sees.
const SIDES: &[(&str, &[&str])] = &[("embedded", &["wire", "marshal", "partitioner", "error"])];

/// Above all: text, which uses nothing but the public API, in its examples and links.
const TOPS: &[&str] = &["guide"];

fn level(module: &str) -> Option<usize> {
    LAYERS.iter().find(|(_, name)| *name == module).map(|(level, _)| *level)
}

/// Whether `from` may use `to`; both are modules of the list.
fn sees(from: &str, to: &str) -> bool {
    if from == to {
        return true;
    }
    match SIDES.iter().find(|(side, _)| *side == from) {
        Some((_, seen)) => seen.contains(&to),
        None => matches!((level(from), level(to)), (Some(from), Some(to)) if to < from),
    }
}

// what the sources say

/// The source without comments, texts and test modules; every line stays where it is.
fn code(source: &str) -> Vec<char> {
    let mut code: Vec<char> = source.chars().collect();
    let mut at = 0;
    while at < code.len() {
        let end = end_of_no_code(&code, at);
        blank(&mut code[at..end]);
        at = end.max(at + 1);
    }
    let test: Vec<char> = "#[cfg(test)]".chars().collect();
    let mut at = 0;
    while at + test.len() <= code.len() {
        if code[at..at + test.len()] == test[..] {
            let end = end_of_item(&code, at + test.len());
            blank(&mut code[at..end]);
        }
        at += 1;
    }
    code
}

fn blank(chars: &mut [char]) {
    chars.iter_mut().filter(|c| **c != '\n').for_each(|c| *c = ' ');
}

/// Where the comment, text or character that starts `at` this place ends; `at` itself if there is none.
fn end_of_no_code(code: &[char], at: usize) -> usize {
    let is = |at: usize, c: char| code.get(at) == Some(&c);
    let find = |from: usize, what: &str| {
        let what: Vec<char> = what.chars().collect();
        let found = code.get(from..).and_then(|rest| rest.windows(what.len()).position(|w| w == what));
        found.map_or(code.len(), |found| from + found + what.len())
    };
    let quoted = |from: usize, quote: char| {
        let mut at = from;
        while at < code.len() && code[at] != quote {
            at += if code[at] == '\\' { 2 } else { 1 };
        }
        (at + 1).min(code.len())
    };
    match code[at] {
        '/' if is(at + 1, '/') => find(at, "\n"),
        '/' if is(at + 1, '*') => find(at + 2, "*/"),
        '"' => quoted(at + 1, '"'),
        'r' if at == 0 || !is_word(code[at - 1]) || code[at - 1] == 'b' => {
            let hashes = code[at + 1..].iter().take_while(|c| **c == '#').count();
            match is(at + 1 + hashes, '"') {
                true => find(at + 2 + hashes, &format!("\"{}", "#".repeat(hashes))),
                false => at,
            }
        }
        // a lifetime has no second quote
        '\'' if is(at + 1, '\\') => quoted(at + 1, '\''),
        '\'' if is(at + 2, '\'') => at + 3,
        _ => at,
    }
}

fn end_of_item(code: &[char], from: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code.iter().enumerate().skip(from) {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return at + 1;
        }
    }
    code.len()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The tokens that matter: words and marks, each with its line.
fn tokens(source: &str) -> Vec<(usize, String)> {
    let mut tokens: Vec<(usize, String)> = Vec::new();
    let (mut line, mut open) = (1, false);
    for c in code(source) {
        match tokens.last_mut() {
            Some((_, word)) if open && is_word(c) => word.push(c),
            _ if !c.is_whitespace() => tokens.push((line, c.to_string())),
            _ => {}
        }
        open = is_word(c);
        line += usize::from(c == '\n');
    }
    tokens
}

/// The names right under the crate's root that a file uses, each with its line. `depth` is how many modules
/// the file is in.
fn root_names(source: &str, depth: usize) -> Vec<(usize, String)> {
    let tokens = tokens(source);
    let word = |at: usize| tokens.get(at).map_or("", |(_, word)| word.as_str());
    let colons = |at: usize| word(at) == ":" && word(at + 1) == ":";
    let mut names = Vec::new();
    // the braces that are open; true for those of a module
    let mut braces: Vec<bool> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match word(at) {
            "{" => braces.push(at >= 2 && word(at - 2) == "mod"),
            "}" => drop(braces.pop()),
            "crate" if colons(at + 1) => heads(&tokens, at + 3, &mut names),
            // inside a path, `super` was counted with the first
            "super" if colons(at + 1) && !(at >= 2 && colons(at - 2)) => {
                let (mut supers, mut rest) = (1, at + 3);
                while word(rest) == "super" && colons(rest + 1) {
                    (supers, rest) = (supers + 1, rest + 3);
                }
                if supers >= depth + braces.iter().filter(|module| **module).count() {
                    heads(&tokens, rest, &mut names);
                }
            }
            _ => {}
        }
        at += 1;
    }
    names
}

/// The first names of the paths that start `at` this place: one, or those of a group.
fn heads(tokens: &[(usize, String)], at: usize, names: &mut Vec<(usize, String)>) {
    let Some((line, first)) = tokens.get(at) else { return };
    if first != "{" {
        return names.push((*line, first.clone()));
    }
    let (mut depth, mut expected) = (0, false);
    for (line, token) in &tokens[at..] {
        match token.as_str() {
            "{" => (depth, expected) = (depth + 1, depth == 0),
            "}" => depth -= 1,
            "," if depth == 1 => expected = true,
            name if expected => {
                names.push((*line, name.to_owned()));
                expected = false;
            }
            _ => {}
        }
        if depth == 0 {
            return;
        }
    }
}

/// What `lib.rs` says: its modules in order, and from which module each name at the root comes.
struct Root {
    modules: Vec<String>,
    exports: HashMap<String, String>,
}

impl Root {
    fn read(lib: &str) -> Root {
        let tokens = tokens(lib);
        let word = |at: usize| tokens.get(at).map_or("", |(_, word)| word.as_str());
        let (mut modules, mut exports) = (Vec::new(), HashMap::new());
        for at in 0..tokens.len() {
            match word(at) {
                "mod" => modules.push(word(at + 1).to_owned()),
                // what comes from another crate has no layer
                "use" if modules.iter().any(|module| module == word(at + 1)) => {
                    let end = (at..tokens.len()).find(|at| word(*at) == ";").unwrap_or(tokens.len());
                    let names = tokens[at + 2..end].iter().map(|(_, name)| name.clone());
                    exports.extend(names.map(|name| (name, word(at + 1).to_owned())));
                }
                _ => {}
            }
        }
        Root { modules, exports }
    }

    fn module_of<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        if self.modules.iter().any(|module| module == name) {
            return Some(name);
        }
        self.exports.get(name).map(String::as_str)
    }
}

/// The mistakes in one file; `path` is under `src`.
fn mistakes(root: &Root, path: &Path, source: &str) -> Vec<String> {
    let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    let module = parts[0].trim_end_matches(".rs");
    let depth = parts.len() - usize::from(parts.last() == Some(&"mod.rs"));
    let mut mistakes = Vec::new();
    for (line, name) in root_names(source, depth) {
        let place = format!("src/{}:{line}", path.display());
        match root.module_of(&name) {
            // all that is public, which is what `lib.rs` exports
            None if name == "*" && TOPS.contains(&module) => {}
            Some(used) if !sees(module, used) => {
                mistakes.push(format!("{place}: {module} must not use {used} (crate::{name})"));
            }
            Some(_) => {}
            None => {
                mistakes.push(format!("{place}: crate::{name} is neither a module nor exported by lib.rs"))
            }
        }
    }
    mistakes
}

// the tests

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn root() -> Root {
    Root::read(&read(&project().join("src/lib.rs")))
}

/// The sources of the library's modules, without those of its tests.
fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        if path.is_dir() && !matches!(name, "bin" | "tests") {
            sources(&path, found);
        } else if name.ends_with(".rs") && !matches!(name, "lib.rs" | "tests.rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_module_imports_upward() {
    let (root, src) = (root(), project().join("src"));
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 40, "only {} sources were found", files.len());
    let mut all = Vec::new();
    for file in files {
        all.extend(mistakes(&root, file.strip_prefix(&src).expect("under src"), &read(&file)));
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn the_modules_in_lib_rs_stand_in_the_order_of_the_layers() {
    let listed: Vec<&str> =
        LAYERS.iter().map(|(_, module)| *module).chain(SIDES.iter().map(|(side, _)| *side)).collect();
    assert_eq!(root().modules, [&listed[..], TOPS].concat());
    assert!(LAYERS.is_sorted_by_key(|(level, _)| level));
}

#[test]
fn the_table_in_architecture_md_is_the_list_of_layers() {
    let text = read(&project().join("ARCHITECTURE.md"));
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let (level, module) = (cells.next()?, cells.next()?.strip_prefix('`')?.strip_suffix('`')?);
        Some((level.to_owned(), module.to_owned()))
    });
    let rows: Vec<(String, String)> = rows.filter(|(_, module)| !module.starts_with("bin/")).collect();
    let layers = LAYERS.iter().map(|(level, module)| (level.to_string(), module.to_string()));
    let sides = SIDES.iter().map(|(side, _)| ("side".to_owned(), side.to_string()));
    let tops = TOPS.iter().map(|top| ("top".to_owned(), top.to_string()));
    assert_eq!(rows, layers.chain(sides).chain(tops).collect::<Vec<_>>());
}

#[test]
fn an_upward_import_is_found_in_every_form() {
    let root = Root::read(
        "pub mod wire;\nmod marshal;\nmod error;\nmod schema;\nmod connection;\nmod pool;\nmod embedded;\n\
         pub use error::{Error, Result};\npub use pool::ConnectionPool;\n",
    );
    let found = |path: &str, source: &str| mistakes(&root, Path::new(path), source);
    let upward = [
        ("wire/mod.rs", "use crate::error::Error;", 1),
        ("wire/types.rs", "\n\nuse crate::marshal::Class;", 3),
        ("error.rs", "use crate::{\n    marshal::{Class, Value},\n    pool::{host, slot},\n};", 3),
        ("error.rs", "use crate::{wire, connection as up};", 1),
        ("connection/mod.rs", "fn f() {\n    crate::pool::refill()\n}", 2),
        ("connection/mod.rs", "fn f(pool: &crate::ConnectionPool) {}", 1),
        ("connection/mod.rs", "use super::pool::Slot;", 1),
        ("connection/stream.rs", "use super::super::pool::Slot;", 1),
        ("connection/stream.rs", "mod inner { use super::super::super::pool; }", 1),
        ("connection/mod.rs", "macro_rules! m { () => { $crate::pool::f() } }", 1),
        ("pool/mod.rs", "use crate::embedded::Store;", 1),
        ("embedded/mod.rs", "use crate::schema::Strategy;", 1),
        ("embedded/mod.rs", "/* crate::wire */ use\ncrate\n::\npool::Slot;", 4),
        ("pool/mod.rs", "const C: char = '\"'; use crate::embedded::X; const D: char = '\"';", 1),
    ];
    for (path, source, line) in upward {
        let found = found(path, source);
        assert_eq!(found.len(), 1, "{path}: {source}: {found:?}");
        assert!(found[0].starts_with(&format!("src/{path}:{line}: ")), "{found:?}");
    }
    assert_eq!(
        found("wire/mod.rs", "use crate::error::Error;"),
        ["src/wire/mod.rs:1: wire must not use error (crate::error)"]
    );
    assert_eq!(found("pool/mod.rs", "use crate::nothing;").len(), 1, "a name that nobody knows");

    let downward = [
        ("pool/mod.rs", "use crate::connection::Connection;\nuse crate::{error::Error, wire, Result};"),
        ("pool/host.rs", "use super::slot::Slot;\nmod inner { use super::super::Host; }"),
        ("pool/mod.rs", "// crate::embedded\n/// [`crate::embedded`]\nconst T: &str = \"crate::embedded\";"),
        ("pool/mod.rs", "const T: &str = r#\"\"crate::embedded\"#; fn f<'a>(x: &'a str) {}"),
        (
            "pool/mod.rs",
            "#[cfg(test)]\nmod tests {\n    use crate::embedded::X;\n    fn f() {}\n}\nfn g() {}",
        ),
        (
            "embedded/mod.rs",
            "use crate::marshal::Class; use crate::{wire::CfDef, error::Result, embedded::x};",
        ),
    ];
    for (path, source) in downward {
        assert_eq!(found(path, source), [""; 0], "{path}: {source}");
    }
}
