//! The source is built as ARCHITECTURE.md says: which crate uses which, and how large a file or a folder may be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use referee::source::Source;

/// A file with more lines holds more than one idea.
const LINES: usize = 400;

/// A folder with more entries is no longer seen at a glance; `foo.rs` and its folder `foo` are one.
const ENTRIES: usize = 15;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The crates of ours that a Cargo.toml depends on, without `referee-`; tests may use more.
fn uses(manifest: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(manifest).expect("a Cargo.toml");
    let table: serde_json::Value = Source::new("Cargo.toml", text).parse().expect("TOML");
    let names = table["dependencies"].as_object().expect("dependencies").keys();
    names.filter_map(|name| Some(name.strip_prefix("referee-")?.to_owned())).collect()
}

/// The table of ARCHITECTURE.md: a crate's folder below `harness/`, and what it may use.
fn borders() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `harness/"));
    rows.map(|row| {
        let (name, rest) = row.split_once('`').expect("a folder in backquotes");
        let uses = rest.trim_end_matches([' ', '|']).rsplit('|').next().unwrap_or_default().trim();
        let uses = uses.split(", ").filter(|word| *word != "nothing").map(str::to_owned);
        (name.to_owned(), uses.collect())
    })
    .collect()
}

#[test]
fn the_crates_keep_their_borders() {
    let mut borders = borders();
    let all = borders.remove("cli").expect("the command line has a row");
    assert_eq!(all, BTreeSet::from(["all".to_owned()]));
    for (name, allowed) in &borders {
        let uses = uses(&root().join("harness").join(name).join("Cargo.toml"));
        assert_eq!(&uses, allowed, "harness/{name}: its Cargo.toml, and the table in ARCHITECTURE.md");
    }
    // each folder with a Cargo.toml has a row, is a member, and is tested by `cargo test` at the root
    let folders = fs::read_dir(root().join("harness")).expect("harness").flatten();
    let crates = folders.filter(|folder| folder.path().join("Cargo.toml").is_file());
    let crates: BTreeSet<String> = crates.map(|c| c.file_name().into_string().expect("UTF-8")).collect();
    assert_eq!(crates, borders.keys().cloned().collect());
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let table: serde_json::Value = Source::new("Cargo.toml", text).parse().expect("TOML");
    for (key, own) in [("members", None), ("default-members", Some("."))] {
        let listed =
            table["workspace"][key].as_array().expect("a list").iter().filter_map(|word| word.as_str());
        let wanted = crates.iter().map(|name| format!("harness/{name}")).chain(own.map(str::to_owned));
        assert_eq!(listed.map(str::to_owned).collect::<BTreeSet<_>>(), wanted.collect(), "{key}");
    }
}

#[test]
fn files_and_folders_stay_small() {
    let mut large = Vec::new();
    let mut folders = ["harness", "tools", "benches"].map(|name| root().join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        let entries: Vec<_> = fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.path()).collect();
        let shown = |path: &Path| path.strip_prefix(root()).unwrap_or(path).display().to_string();
        // a catalogue is as long as what is in it; harness has a folder for each crate
        let is_catalogue = folder.components().any(|part| part.as_os_str() == "catalogue");
        let names: BTreeSet<_> = entries.iter().filter_map(|path| path.file_stem()).collect();
        if names.len() > ENTRIES && !is_catalogue {
            large.push(format!("{}: {} entries, at most {ENTRIES}", shown(&folder), names.len()));
        }
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let lines = fs::read_to_string(&path).expect("source").lines().count();
                if lines > LINES {
                    large.push(format!("{}: {lines} lines, at most {LINES}", shown(&path)));
                }
            }
        }
    }
    assert!(large.is_empty(), "{large:#?}");
}

/// Where a crate's tests are one binary, a file that it does not name is not compiled; targets without unit tests of
/// their own run none.
#[test]
fn no_test_is_left_out() {
    let folders = fs::read_dir(root().join("harness")).expect("harness").flatten();
    for tests in folders.map(|folder| folder.path().join("tests")) {
        let Ok(main) = fs::read_to_string(tests.join("main.rs")) else { continue };
        for entry in fs::read_dir(&tests).expect("a folder").flatten() {
            let path = entry.path();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let is_module = path.extension().is_some_and(|extension| extension == "rs") && stem != "main";
            let named = main.lines().any(|line| line == format!("mod {stem};"));
            assert!(named || !is_module, "{} is no module of main.rs", path.display());
        }
    }
    let mut folders = vec![root().join("harness/cli")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.ends_with("cli/tests") {
                folders.push(path);
            } else if path.is_file() {
                let text = fs::read_to_string(&path).expect("source");
                assert!(!text.contains("#[test]"), "{}: `test = false` in Cargo.toml", path.display());
            }
        }
    }
}
