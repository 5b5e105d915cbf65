//! The goldens of released tools: what is recorded under `golden/interop` is what the pinned releases do today.
//! Without the tools this says so and checks the rest; `REFEREE_REQUIRE=all` makes a missing tool a failure.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test finds tools in the environment, and says what it skips"
)]

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{folder, referee, required, run};
use referee::results::golden::Goldens;
use referee::results::report::matrix::HEADLINE;
use referee::results::{BUILTIN_VERSION, CellId, cell_id};
use referee::runner::case::cell::{self, Readers};
use referee::runner::catalogue::{self, Catalogue};

fn catalogue() -> Catalogue {
    Catalogue::shipped().expect("what is shipped parses")
}

fn goldens() -> Goldens {
    catalogue::goldens().expect("what is shipped parses")
}

/// Links the programs of Debian packages that this machine has, the only ones that come from PATH.
fn link_packaged(folder: &Path) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let drivers = catalogue().drivers;
    let packaged = drivers.iter().filter(|driver| driver.file.debian.is_some());
    let programs: BTreeSet<&str> = packaged.map(|driver| driver.file.program.as_str()).collect();
    for program in programs {
        if let Some(found) = std::env::split_paths(&path).map(|f| f.join(program)).find(|p| p.is_file()) {
            std::os::unix::fs::symlink(found, folder.join(program)).expect("a symlink");
        }
    }
}

/// All cells again, with the pinned releases where they are built, against the goldens. Tools in PATH are used
/// only where no release is pinned, so that a tool of the machine cannot stand in for another release.
#[test]
fn released_tools_do_what_is_recorded() {
    let _alone = crate::support::alone();
    let home = folder();
    let mut command = referee(home.path());
    for name in ["REFEREE_CACHE", "XDG_CACHE_HOME", "HOME"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let path = crate::support::bwrap().unwrap_or_else(|| folder().keep().into());
    link_packaged(Path::new(&path));
    command.env("PATH", path);
    let mut words: Vec<std::ffi::OsString> = Vec::new();
    if required() {
        words.extend(["--require".into(), "all".into(), "--deny".into(), "new".into()]);
    }
    let (cells, results, code) = run(&mut command, &words);
    for tool in results["tools"].as_array().expect("tools") {
        if tool["status"] != "ok" {
            eprintln!("SKIPPED: {} is unavailable: {}", tool["id"], tool["reason"]);
        }
    }
    let ran = cells.values().filter(|cell| !cell["verdict"].is_null()).count();
    let wrong: Vec<_> = cells
        .values()
        .filter(|cell| matches!(cell["verdict"].as_str(), Some("changed" | "fail" | "fixed" | "new")))
        .map(|cell| format!("{}: {} {}: {}", cell["id"], cell["verdict"], cell["outcome"], cell["reason"]))
        .collect();
    assert!(wrong.is_empty(), "{} of {ran} cells:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(code, 0);
}

/// A golden of a tool, version or cell that is gone would never fail.
#[test]
fn no_golden_is_an_orphan() {
    let catalogue = catalogue();
    let cases = catalogue.cases.iter().map(|case| std::sync::Arc::new(case.clone()));
    let cells: BTreeSet<CellId> = cases
        .flat_map(|case| cell::expand(&case, &catalogue.drivers, &catalogue.conventions, Readers::Few))
        .map(|cell| cell.id)
        .collect();
    for golden in goldens().iter() {
        let pinned = match catalogue.drivers.iter().find(|driver| driver.id == golden.tool()) {
            // Debian decides which version there is
            Some(driver) if driver.file.debian.is_some() => Some(golden.version().to_owned()),
            Some(driver) => {
                driver.release().map(|release| release.version.trim_start_matches('v').to_owned())
            }
            None if golden.tool() == cell_id::BUILTIN => Some(BUILTIN_VERSION.to_owned()),
            None => None,
        };
        assert_eq!(pinned.as_deref(), Some(golden.version()), "{} is no pinned release", golden.file_name());
        for (id, _) in golden.cells() {
            assert!(cells.contains(id), "{}: there is no cell {id}", golden.file_name());
        }
    }
}

/// Every column that has the last word in a cell has a golden, so that none is left out by mistake.
#[test]
fn every_column_has_a_golden() {
    let catalogue = catalogue();
    let cases = catalogue.cases.iter().map(|case| std::sync::Arc::new(case.clone()));
    let cells = cases
        .flat_map(|case| cell::expand(&case, &catalogue.drivers, &catalogue.conventions, Readers::Few))
        .filter(|cell| cell.obstacles.is_empty() && !cell.case.races());
    let columns: BTreeSet<String> =
        cells.filter_map(|cell| Some(cell.id.last()?.driver().to_owned())).collect();
    let goldens = goldens();
    for column in columns {
        let own = goldens.iter().find(|golden| golden.tool() == column);
        assert!(own.is_some_and(|golden| golden.cells().next().is_some()), "{column} has no golden");
    }
}

/// The README's matrix is the one of the goldens.
#[test]
fn the_readme_shows_the_current_matrix() {
    use referee::results::report::{matrix, wrap::Page};
    let catalogue = catalogue();
    let entries = matrix::entries(goldens().iter(), HEADLINE);
    let tools: Vec<String> = catalogue.drivers.iter().map(|driver| driver.id.clone()).collect();
    let conventions: Vec<String> =
        catalogue.conventions.iter().map(|convention| cell_id::as_convention(&convention.id)).collect();
    let rows: Vec<String> = tools.iter().chain(&conventions).cloned().collect();
    let table = matrix::tools(Page::FULL, &entries, &rows, &tools);
    assert!(table.lines().count() > 10, "the goldens hold no matrix:\n{table}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(path).expect("README.md");
    assert!(readme.contains(&table), "README.md does not hold the current matrix:\n\n{table}");
}
