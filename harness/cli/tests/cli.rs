//! The command line as a person and a script meet it: transcripts in `golden/cli`, exit codes, contracts.

mod completions;
mod foreign;
mod names;
mod terminal;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::{approve, entries, fakes, folder, layout, referee, transcript, without_counts};
use referee::runner::driver::Driver;
use serde_json::Value;

#[test]
fn help_is_as_approved() {
    let folder = folder();
    approve("help", &transcript(folder.path(), &["--help"]));
    approve("help-run", &transcript(folder.path(), &["run", "--help"]));
    approve("help-tools", &transcript(folder.path(), &["tools", "--help"]));
    approve("help-view", &transcript(folder.path(), &["view", "--help"]));
}

#[test]
fn lists_are_as_approved() {
    let folder = folder();
    approve("list-conventions", &transcript(folder.path(), &["list", "conventions"]));
    // some, so that a new case changes none of this
    let cases = transcript(folder.path(), &["list", "cases"]);
    let listed = entries(&cases);
    let shown =
        ["attach-copy-digest-discover", "attach-discover", "scale-1000"].map(|id| listed[id].as_str());
    approve("list-cases", &shown.concat());
    let catalogue = referee::runner::catalogue::Catalogue::shipped().expect("what is shipped parses");
    for case in &catalogue.cases {
        let shown = listed[&case.id].split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(shown, format!("{} {}", case.id, case.title));
    }
    // a variant is told from its tool by its name, too
    let names: BTreeSet<String> = catalogue.drivers.iter().map(Driver::name).collect();
    assert_eq!(names.len(), catalogue.drivers.len(), "two columns have one name: {names:?}");
    let tools = transcript(folder.path(), &["tools", "list"]);
    assert!(tools.contains("not installed"), "{tools}");
    assert!(tools.contains("olareg, a registry over layouts, read-only store\n"), "{tools}");
    let cells = transcript(folder.path(), &["list", "cells", "--format", "json"]);
    assert!(cells.contains("\"attach-discover[producer=oras,consumer=regctl]\""));
}

#[test]
fn explanations_are_as_approved() {
    let folder = folder();
    let texts =
        ["attach-discover", "pr-1171", "oras", "missed", "known", "102", "attach", "discover.tag", "atach"]
            .map(|id| transcript(folder.path(), &["explain", id]));
    approve("explain", &without_counts(&texts.join("\n")));
}

/// Reports take their words from the vocabulary (`harness/results/tests/results.rs`), and each of those is explained.
#[test]
fn every_word_of_a_report_is_explained() {
    let folder = folder();
    for word in referee::results::vocabulary::Word::all() {
        let text = transcript(folder.path(), &["explain", word.text()]);
        let head = format!("\n{} {}: ", word.kind(), word.text());
        assert!(text.contains(&head) && text.ends_with("-- exit 0\n"), "{text}");
    }
    for word in ["error", "warning", "info", "must", "should", "may", "convention"] {
        let text = transcript(folder.path(), &["explain", word]);
        let known = ["severity of a finding", "level of a requirement"];
        assert!(known.iter().any(|kind| text.contains(&format!("\n{kind} {word}: "))), "{text}");
    }
}

#[test]
fn a_view_is_as_approved() {
    let folder = folder();
    layout(&folder.path().join("layout"));
    let texts = [
        vec!["view", "layout", "v1"],
        vec!["view", "layout", "v1", "--format", "json", "--convention", "regclient", "--convention", "oras"],
        vec!["view", "layout", "v2"],
        vec!["view", "layout", "sha256:abc"],
        vec!["view", "nowhere", "v1"],
        vec!["view", ".", "v1"],
        vec!["view", "layout", "v1", "--convention", "orsa"],
    ]
    .map(|words| transcript(folder.path(), &words));
    approve("view", &texts.join("\n"));
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let (_, shown) = texts[0].split_once("-- stdout\n").expect("a view");
    let (shown, _) = shown.split_once("\nEach convention finds").expect("a list of conventions");
    assert!(readme.contains(shown), "README.md does not show this view:\n{shown}");
    for text in &texts[..1] {
        let long: Vec<_> = text.lines().filter(|line| line.chars().count() > 80).collect();
        assert!(long.is_empty(), "wider than 80 columns: {long:?}");
    }
}

#[test]
fn mistakes_in_files_are_shown_at_their_line() {
    let folder = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("a shipped file");
    let spoil = |path: &str, name: &str, good: &str, bad: &str| {
        let text = read(path);
        assert!(text.contains(good), "{path} has no {good}");
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text.replacen(good, bad, 1)).expect("a file");
    };
    spoil("cases/conventions/pr-1171.toml", "mine.toml", "annotation = {", "anotation = {");
    spoil(
        "cases/interop/attach-discover.toml",
        "cases/attach-discover.toml",
        "expect  = [\"sbom\"]",
        "expect  = [\"smob\"]",
    );
    spoil("tools/under-test/regctl.toml", "tool.toml", "{subject.digest}", "{subject-digest}");
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    let texts = [
        vec!["run", "--convention", "mine.toml"],
        vec!["run", "--cases", "cases"],
        vec!["run", "--driver", "tool.toml"],
        vec!["run", "--driver", "nowhere.toml"],
        vec!["run", "--driver", "ors"],
        vec!["run", "no-such-case"],
        vec!["run", "-j"],
        vec!["run", "-j", "0"],
        vec!["run", "--cases", "empty"],
        vec!["run", "attach-discover", "--report", "nowhere/report.json"],
        vec!["run", "attach-discover", "--bless", "mine.toml/golden"],
    ]
    .map(|words| transcript(folder.path(), &words));
    approve("mistakes", &texts.join("\n"));
}

/// What a run cost is not lost because one of its outputs takes nothing.
#[test]
fn a_full_disk_is_no_bug_and_hides_nothing() {
    let folder = folder();
    let cell = "attach-discover[producer=builtin,consumer=builtin,convention=oras,reader=oras]";
    let text = transcript(folder.path(), &["run", cell, "--report", "/dev/full"]);
    assert!(text.contains("1 pass"), "{text}");
    assert!(text.contains("error: cannot write /dev/full: No space left on device"), "{text}");
    assert!(text.ends_with("-- exit 1\n"), "{text}");
    let full = fs::File::options().write(true).open("/dev/full").expect("a device");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_referee"));
    command.env_clear().env("HOME", folder.path()).current_dir(folder.path());
    let output =
        command.args(["run", cell, "--report", "report.json"]).stdout(full).output().expect("starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("error: cannot write to standard output: No space left on device"), "{said}");
    assert_eq!(output.status.code(), Some(1));
    let report = fs::read_to_string(folder.path().join("report.json")).expect("a report");
    assert!(report.contains("\"complete\": true"), "{report}");
}

/// The embedded default: no tool at all, every convention against every other.
#[test]
fn without_any_tool_the_conventions_still_run() {
    let folder = folder();
    let text = transcript(folder.path(), &["run", "attach-discover"]);
    approve("run-without-tools", &text.replace(folder.path().to_str().expect("UTF-8"), "HOME"));
    let wide: Vec<_> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "wider than 80 columns: {wide:?}");
}

#[test]
fn a_convention_and_a_tool_of_ones_own_need_one_file_each() {
    let folder = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("cases/conventions/pr-1171.toml")).expect("a shipped file");
    let text = text.replace("\"pr-1171\"", "\"mine\"").replace("referrer.subject", "referrer.mine");
    fs::write(folder.path().join("mine.toml"), text).expect("a file");
    let run = |words: &[std::ffi::OsString]| {
        let (cells, _, code) = crate::support::run(referee(folder.path()).current_dir(folder.path()), words);
        assert_eq!(code, 0);
        cells
    };
    let mut words: Vec<std::ffi::OsString> =
        ["--convention", "mine.toml", "attach-discover"].map(Into::into).into();
    let cells = run(&words);
    let cell = &cells["attach-discover[producer=builtin,consumer=builtin,convention=mine,reader=mine]"];
    assert_eq!((cell["outcome"].as_str(), cell["verdict"].as_str()), (Some("seen"), Some("pass")));
    words.extend(fakes(folder.path(), &["honest"]));
    let cells = run(&words);
    let cell = &cells["attach-discover[producer=builtin,consumer=fake-honest,convention=mine]"];
    assert_eq!((cell["outcome"].as_str(), cell["verdict"].as_str()), (Some("missed"), Some("new")));
}

/// Of each kind of case one, so that a new case changes no transcript.
const SOME_CASES: [&str; 12] = [
    "after-gc",
    "attach-copy-discover",
    "attach-discover",
    "build-discover",
    "list-tags",
    "no-referrers",
    "referrer-of-referrer",
    "referrer-with-tag",
    "scale-100",
    "signature-notation",
    "subject-by-platform",
    "upload-download-discover",
];

/// With files of one's own the matrix is one row and one column of the whole; both are shown, in 80 columns.
#[test]
fn a_matrix_of_ones_own_files_fits() {
    let folder = folder();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("cases/conventions/pr-1171.toml")).expect("a shipped file");
    let text = text.replace("\"pr-1171\"", "\"mine\"").replace("referrer.subject", "referrer.mine");
    fs::write(folder.path().join("mine.toml"), text).expect("a file");
    let home = folder.path().to_str().expect("UTF-8");
    let words = ["run", "--convention", "mine.toml", "attach-discover"];
    let own = transcript(folder.path(), &words).replace(home, "HOME");
    let some = [&["run"], &SOME_CASES[..]].concat();
    let all = transcript(folder.path(), &some).replace(home, "HOME");
    let (_, all) = all.split_once("-- stdout\n").expect("a report");
    let (all, _) = all.split_once("Not run: these").expect("no tool is there");
    approve("run-own-convention", &own);
    approve("run-some-cases", all);
    for text in [own.as_str(), all] {
        let wide: Vec<_> = text.lines().filter(|line| line.chars().count() > 80).collect();
        let wide: Vec<_> =
            wide.into_iter().filter(|line| !line.trim_start().starts_with("attach-")).collect();
        assert!(wide.is_empty(), "wider than 80 columns: {wide:?}");
    }
}

/// A driver whose program is not there is named on the command line, so that nothing can be shown instead.
#[test]
fn a_driver_that_cannot_run_is_no_success() {
    let folder = folder();
    let text = r#"
schema = 1
id = "mine"
name = "Mine"
program = "./nowhere"
version = { argv = ["version"], match = '(\d+)' }
can = ["discover"]
op.discover = { argv = ["discover", "{layout}"], view = "" }
"#;
    fs::write(folder.path().join("mine.toml"), text).expect("a file");
    let text = transcript(folder.path(), &["run", "--driver", "mine.toml", "attach-discover"]);
    approve("run-unavailable", &text.replace(folder.path().to_str().expect("UTF-8"), "HOME"));
}

/// A thousand cells with one cause are one paragraph.
#[test]
fn surprises_and_verdicts_are_told_by_cause() {
    let folder = folder();
    let drivers = crate::support::folder();
    let behaviours = ["strip", "made-up", "hang", "refuse"];
    // four cells: from the fifth on, a tool that hangs each time gets another deadline
    let filters =
        ["*+entries]", "*d-entries]"].map(|end| format!("attach-discover[producer=builtin*convention={end}"));
    let mut words: Vec<String> = ["run".to_owned()].into_iter().chain(filters).collect();
    words.extend(fakes(drivers.path(), &behaviours).iter().map(|word| word.to_string_lossy().into_owned()));
    let text = transcript(folder.path(), &words.iter().map(String::as_str).collect::<Vec<_>>());
    let (_, text) = text.split_once("-- stdout\n").expect("a report");
    let (report, progress) = text.split_once("-- stderr\n").expect("progress");
    approve("run-causes", report);
    assert!(progress.contains("hang: attach-discover["), "{progress}");
    assert!(!progress.contains("]: hang"), "{progress}");
}

/// A golden that is not met is told with the fields that differ, once for all cells.
#[test]
fn unexpected_verdicts_say_why() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let fake = env!("CARGO_BIN_EXE_fake-tool");
    let mut words =
        vec!["run".to_owned(), "attach-discover[producer=builtin*convention=*entries]".to_owned()];
    for (tool, version, behaviour) in [("oras", "1.3.6", "strip"), ("regctl", "0.11.7", "refuse")] {
        let script = format!(
            "#!/bin/sh\nif [ $1 = version ]; then echo {version}; else exec {fake} {behaviour} \"$@\"; fi\n"
        );
        let program = folder.path().join(tool);
        fs::write(&program, script).expect("a script");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("permissions");
        let text = format!(
            r#"
schema = 1
id = "{tool}"
name = "no {tool}"
program = "./{tool}"
version = {{ argv = ["version"], match = '(\S+)' }}
can = ["discover"]
op.discover = {{ argv = ["discover", "{{layout}}", "{{subject.digest}}"], view = "/manifests" }}
"#
        );
        let driver = format!("{tool}.toml");
        fs::write(folder.path().join(&driver), text).expect("a driver file");
        words.extend(["--driver".to_owned(), driver]);
    }
    let text = transcript(folder.path(), &words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(text.ends_with("-- exit 100\n"), "{text}");
    let (_, text) = text.split_once("\nUnexpected\n").expect("unexpected verdicts");
    let (text, progress) = text.split_once("-- stderr\n").expect("progress");
    approve("run-unexpected", text);
    assert!(progress.contains("]: was seen, now altered: sbom.artifactType\n"), "{progress}");
    let words: Vec<std::ffi::OsString> = words[1..].iter().map(Into::into).collect();
    let (cells, _, code) = crate::support::run(referee(folder.path()).current_dir(folder.path()), &words);
    let cell = &cells["attach-discover[producer=builtin,consumer=oras,convention=containerd-entries]"];
    assert_eq!((code, cell["verdict"].as_str()), (100, Some("changed")));
    assert_eq!(cell["was"], serde_json::json!({"outcome": "seen", "sees": ["sbom"]}));
}

/// What there is nothing to do for is said too.
#[test]
fn installing_says_what_it_did() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let program = folder.path().join("cache/olareg@v0.2.2/olareg");
    fs::create_dir_all(program.parent().expect("a folder")).expect("a folder");
    fs::write(&program, "#!/bin/sh\n").expect("a script");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("permissions");
    let text = transcript(folder.path(), &["tools", "install", "olareg", "--cache", "cache"]);
    assert!(text.contains("olareg v0.2.2 is installed: "), "{text}");
    assert!(text.ends_with("-- exit 0\n"), "{text}");
}

/// What others script against (design, contracts).
#[test]
fn documents_have_the_keys_of_the_contract() {
    let folder = folder();
    // a former id of a convention is understood in a filter, and never printed
    let (cells, results, _) =
        crate::support::run(&mut referee(folder.path()), &["attach-discover[*convention=oras,*".into()]);
    assert!(cells.keys().all(|id| id.contains("convention=untagged-entries")), "{:?}", cells.keys());
    for key in ["schema", "suite", "complete", "tools", "cells"] {
        assert!(results.get(key).is_some(), "results have no `{key}`");
    }
    assert_eq!(results["schema"], "referee/results/v1");
    let cell: &Value = &cells["attach-discover[producer=builtin,consumer=builtin,convention=untagged-entries,reader=untagged-entries]"];
    let keys = [
        "id",
        "case",
        "roles",
        "convention",
        "outcome",
        "outcomes",
        "verdict",
        "expected",
        "observed",
        "steps",
    ];
    for key in keys {
        assert!(cell.get(key).is_some(), "a cell has no `{key}`");
    }
    for tool in results["tools"].as_array().expect("tools") {
        for key in ["id", "version", "sha256", "status", "sandbox"] {
            assert!(tool.get(key).is_some(), "a tool has no `{key}`");
        }
    }
}

/// A golden that nobody writes any more would never fail.
#[test]
fn no_transcript_is_an_orphan() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = fs::read_dir(root.join("harness/cli/tests")).expect("a folder").flatten();
    let source: String = tests.filter_map(|file| fs::read_to_string(file.path()).ok()).collect();
    let folder = root.join("golden/cli");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = name.trim_end_matches(".snap");
        let known = source.contains(&format!("\"{stem}\"")) || stem.starts_with("list-");
        assert!(name.ends_with(".snap") && known, "golden/cli/{name} is written by no test");
    }
}
