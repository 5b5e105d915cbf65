//! The committed JSON Schemas are those of the code, and the shipped files fit them.
//! `REFEREE_UPDATE=1 cargo test -p referee-runner --test schemas` rewrites the schemas.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use referee_convention::Convention;
use referee_runner::{Case, schema};
use referee_source::Source;
use serde_json::Value;

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases")
}

/// The TOML files of a folder, named from `cases/`.
fn toml_files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut files: Vec<_> = fs::read_dir(cases().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no TOML files in {folder}");
    files
}

#[expect(clippy::disallowed_methods, reason = "a person asks the test to rewrite what it compares with")]
fn rewrites() -> bool {
    std::env::var_os("REFEREE_UPDATE").is_some()
}

#[test]
fn committed_schemas_are_current() {
    for name in schema::NAMES {
        let path = cases().join(format!("schemas/{name}.v1.json"));
        let current = schema::schema(name).unwrap();
        if rewrites() {
            fs::write(&path, &current).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == current, "{} is stale: run with REFEREE_UPDATE=1", path.display());
    }
}

#[test]
fn shipped_files_fit_their_schema() {
    let kinds = [("case", "interop"), ("convention", "conventions"), ("driver", "../tools/under-test")];
    for (name, folder) in kinds {
        let schema: Value = serde_json::from_str(&schema::schema(name).unwrap()).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        for (path, text) in toml_files(folder) {
            let value: Value = Source::new("", text.as_str()).parse().unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", path.display());
            let way = if name == "driver" { "../../cases/schemas" } else { "../schemas" };
            let wanted = format!("#:schema {way}/{name}.v1.json\n");
            assert!(text.starts_with(&wanted), "{}: first line is not {wanted}", path.display());
        }
    }
}

#[test]
fn shipped_files_parse_and_say_why() {
    for (path, text) in toml_files("conventions") {
        let source = Source::new(path.to_str().unwrap(), text);
        assert_eq!(Convention::parse(&source).unwrap().id, source.stem());
    }
    for (path, text) in toml_files("interop") {
        let case = Case::parse(&Source::new(path.to_str().unwrap(), text)).unwrap();
        assert!(case.why.is_some_and(|why| why.len() > 60), "{}: no `why`", path.display());
    }
}
