//! What the derive costs a build: `cargo check` and `cargo build` of a crate with 50 structs of 10 fields, beside the same
//! structs with serde's derives alone. The dependencies are built before.
//!
//! Measured by hand on two cores that others used too: `check` 1.40 s against 1.37 s (1.02), `build` 1.62 s against 1.52 s
//! (1.07).
//!
//! `cargo bench --bench derive`. It needs the registry's crates on this machine, and builds in a temporary directory.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const STRUCTS: usize = 50;
const RUNS: usize = 5;

fn structs(derive: &str, attributes: bool) -> String {
    let mut source = String::from("#![allow(dead_code)]\n");
    for i in 0..STRUCTS {
        let (key, json) = if attributes { ("#[cassa(key)]", "#[cassa(json)]") } else { ("", "") };
        write!(
            source,
            "#[derive(serde::Serialize, serde::Deserialize{derive})]
             pub struct Struct{i} {{
                 {key} pub id: String, pub a: i32, pub b: Option<i64>, pub c: f64, pub d: bool, pub e: String,
                 pub f: Vec<u8>, pub g: Option<String>, pub h: u16, {json} pub i: Vec<String>, pub j: i64,
             }}\n"
        )
        .expect("a string takes everything");
    }
    source
}

fn cargo(folder: &Path, verb: &str) -> f64 {
    let start = Instant::now();
    let status = Command::new(env!("CARGO"))
        .args([verb, "--quiet", "--offline"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .status()
        .expect("cargo starts");
    assert!(status.success(), "cargo {verb} in {}", folder.display());
    start.elapsed().as_secs_f64()
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (folder, root) = (folder.path(), env!("CARGO_MANIFEST_DIR"));
    let manifest = format!(
        "[package]\nname = \"structs\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n\
         cassa = {{ path = {root:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n[workspace]\n"
    );
    fs::create_dir(folder.join("src")).expect("a new directory");
    fs::write(folder.join("Cargo.toml"), manifest).expect("a new file");
    fs::copy(Path::new(root).join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");

    let variants = [
        ("serde alone", structs("", false)),
        ("and ColumnFamilyMap", structs(", cassa::ColumnFamilyMap", true)),
    ];
    println!("{STRUCTS} structs of 11 fields, best of {RUNS} runs, dependencies built before");
    for verb in ["check", "build"] {
        let mut times = Vec::new();
        for (label, source) in &variants {
            let library = folder.join("src/lib.rs");
            fs::write(&library, source).expect("the library");
            cargo(folder, verb);
            let run = || {
                fs::write(&library, source).expect("the library");
                cargo(folder, verb)
            };
            let best = (0..RUNS).map(|_| run()).fold(f64::INFINITY, f64::min);
            times.push(best);
            println!("cargo {verb}: {label:<20} {best:6.2} s");
        }
        println!("cargo {verb}: {:.2} of serde alone", times[1] / times[0]);
    }
}
