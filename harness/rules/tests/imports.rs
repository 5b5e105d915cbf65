//! What may import what in this crate: no rule another rule, and no module one that leads back to it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The modules below `folder`, with their files.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.file_name().is_some_and(|name| name != "tests.rs") {
            found.push(path);
        }
    }
}

/// The source files, each with the first word of its path and its code: without comments, and without its tests.
fn sources() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let code = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
        lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    };
    let module = |path: &Path| {
        let first = path.strip_prefix(&root).unwrap().components().next().unwrap();
        first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
    };
    found.into_iter().map(|path| (path.clone(), module(&path), code(&path))).collect()
}

#[test]
fn no_rule_imports_another() {
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue");
    let mut rules = 0;
    for (path, _, code) in sources() {
        if path.starts_with(&catalogue) {
            rules += 1;
            for way in ["super::", "catalogue::"] {
                assert!(!code.contains(way), "{}: {way} leads to other rules", path.display());
            }
        }
    }
    assert!(rules > 0, "no rules in {}", catalogue.display());
}

#[test]
fn modules_lead_one_way() {
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let sources = sources();
    for (_, module, code) in &sources {
        let named = code.split("crate::").skip(1).map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            rest[..end].to_owned()
        });
        let mut named: BTreeSet<String> = named.filter(|name| name != module).collect();
        // a macro of the module declares the rules
        named.extend((module == "catalogue").then(|| "declare".to_owned()));
        imports.entry(module.clone()).or_default().extend(named);
    }
    assert!(imports["check"].contains("evidence") && imports["catalogue"].contains("doc"), "{imports:?}");
    // takes away what imports nothing that is left, until nothing is left
    while let Some(free) = imports.iter().find(|(_, all)| all.iter().all(|name| !imports.contains_key(name)))
    {
        let free = free.0.clone();
        imports.remove(&free);
    }
    assert!(imports.is_empty(), "these modules import each other, or one that does: {imports:?}");
}
