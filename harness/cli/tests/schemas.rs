//! The committed JSON Schemas are those of the code, and the shipped files fit them.
//! `REFEREE_UPDATE=1 cargo test schemas` rewrites the schemas.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use referee::convention::Convention;
use referee::results::Results;
use referee::runner::Case;
use referee::source::Source;
use serde_json::Value;

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")
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

/// What `referee schema` prints.
fn schema(name: &str) -> String {
    let output = assert_cmd::Command::cargo_bin("referee").unwrap().args(["schema", name]).output().unwrap();
    assert!(output.status.success(), "no schema {name}");
    String::from_utf8(output.stdout).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a person asks the test to rewrite what it compares with")]
fn rewrites() -> bool {
    std::env::var_os("REFEREE_UPDATE").is_some()
}

#[test]
fn committed_schemas_are_current() {
    let committed = fs::read_dir(cases().join("schemas")).unwrap();
    let names = committed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: Vec<_> = names.map(|name| name.strip_suffix(".v1.json").unwrap().to_owned()).collect();
    // `schema` without a known name lists them all
    let all = assert_cmd::Command::cargo_bin("referee").unwrap().args(["schema", "?"]).output().unwrap();
    let all = String::from_utf8(all.stderr).unwrap();
    for name in
        all.split("there are ").nth(1).unwrap().trim().split(", ").map(|name| name.trim_end_matches('.'))
    {
        assert!(rewrites() || names.iter().any(|known| known == name), "{name} has no file in cases/schemas");
        let path = cases().join(format!("schemas/{name}.v1.json"));
        let current = schema(name);
        if rewrites() {
            fs::write(&path, &current).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == current, "{} is stale: run with REFEREE_UPDATE=1", path.display());
    }
}

#[test]
fn shipped_files_fit_their_schemas() {
    let kinds = [("case", "interop"), ("convention", "conventions"), ("driver", "../tools/under-test")];
    for (name, folder) in kinds {
        let own: Value = serde_json::from_str(&schema(name)).unwrap();
        let validator = jsonschema::validator_for(&own).unwrap();
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

/// What a run writes fits the schema of results, and reads back as it was.
#[test]
fn results_fit_their_schema() {
    let folder = crate::support::folder();
    let mut command = crate::support::referee(folder.path());
    let output = command.args(["run", "attach-discover", "--format", "json"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let schema: Value = serde_json::from_str(&schema("results")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut other = value.clone();
    other["cells"][0]["outcome"] = "some".into();
    assert!(!validator.is_valid(&other));
    let results = Results::from_json(&text).unwrap();
    assert_eq!(results.to_json(), text);
    assert!(results.cells.len() > 100);
}

/// Whatever a command prints as JSON fits the schema that `referee schema` has for it, which would not take anything else.
#[test]
fn what_commands_print_fits_its_schema() {
    let folder = crate::support::folder();
    crate::support::layout(&folder.path().join("layout"));
    crate::check::broken(&folder.path().join("bad"));
    let fake = crate::support::fakes(folder.path(), &["honest"]);
    let fake = fake[1].to_str().unwrap();
    for (name, words) in [
        ("check", &["check", "bad"][..]),
        ("check", &["check", "layout", "--profile", "pr-1171"]),
        ("list-cases", &["list", "cases"]),
        ("list-cells", &["list", "cells"]),
        ("list-conventions", &["list", "conventions"]),
        ("list-profiles", &["list", "profiles"]),
        ("list-requirements", &["list", "requirements"]),
        ("list-rules", &["list", "rules"]),
        ("list-tools", &["list", "tools"]),
        ("results", &["run", "after-gc", "--driver", fake]),
        ("tools-check", &["tools", "check", fake, "oras"]),
        ("tools-list", &["tools", "list", fake, "oras"]),
        ("view", &["view", "layout", "v1"]),
        ("view-all", &["view", "layout"]),
    ] {
        let mut command = crate::support::referee(folder.path());
        command.current_dir(folder.path()).args(words).args(["--format", "json"]);
        let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{words:?}: {error}"));
        let schema: Value = serde_json::from_str(&schema(name)).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{words:?}: {errors:?}");
        // and the schema says something of each key
        let one = |value: &Value| value.as_array().map_or_else(|| value.clone(), |all| all[0].clone());
        for key in one(&value).as_object().unwrap().keys() {
            let mut spoiled = value.clone();
            let object = if spoiled.is_array() { &mut spoiled[0] } else { &mut spoiled };
            object[key] = serde_json::json!({"no": ["such", "thing"]});
            let free = ["timing", "conventions"].contains(&key.as_str());
            assert!(free || !validator.is_valid(&spoiled), "{name}: {key} may be anything");
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
