//! What tests of the command line share: running referee in a bare environment, driver files for the fake tool.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test finds tools in the environment, and says what it skips"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use assert_cmd::Command;
use serde_json::Value;

/// Held by tests that take the whole machine and by those whose tools have deadlines of two seconds: beside the matrix of released
/// tools, a tool that does nothing wrong may be late.
static ALONE: Mutex<()> = Mutex::new(());

/// Waits until no other such test runs.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `referee` with an environment of its own: no tools, an empty cache.
pub(crate) fn referee(home: &Path) -> Command {
    let mut command = Command::cargo_bin("referee").expect("cargo builds the binary");
    command.env_clear().env("HOME", home).env("PATH", "").env("NO_COLOR", "1");
    command
}

/// The folder of bubblewrap, for PATH; tests that need it say so where it is missing, and fail where tools are
/// required.
pub(crate) fn bwrap() -> Option<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).find(|folder| folder.join("bwrap").is_file());
    assert!(found.is_some() || !required(), "bubblewrap is required here, and missing");
    if found.is_none() {
        eprintln!("SKIPPED: bubblewrap (bwrap) is not in PATH, so the sandbox is not tested");
    }
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    std::os::unix::fs::symlink(found?.join("bwrap"), folder.join("bwrap")).expect("a symlink");
    Some(folder.into())
}

/// Whether `.ci/run` insists on all tools.
pub(crate) fn required() -> bool {
    std::env::var_os("REFEREE_REQUIRE").is_some_and(|value| value == "all")
}

/// Writes driver files of the fake tool, one per behaviour, and gives the words that name them.
pub(crate) fn fakes(folder: &Path, behaviours: &[&str]) -> Vec<OsString> {
    let program = fake_tool(folder);
    let mut words = Vec::new();
    for behaviour in behaviours {
        let path = folder.join(format!("fake-{behaviour}.toml"));
        std::fs::write(&path, manifest(&program, behaviour)).expect("a driver file");
        words.extend(["--driver".into(), path.into()]);
    }
    words
}

/// The fake tool at a path of its own, by which a test knows its processes from those of the tests beside it.
pub(crate) fn fake_tool(folder: &Path) -> PathBuf {
    let path = folder.join("fake-tool");
    let built = env!("CARGO_BIN_EXE_fake-tool");
    if !path.exists() && std::fs::hard_link(built, &path).is_err() {
        std::fs::copy(built, &path).expect("a copy of the fake tool");
    }
    path
}

fn manifest(program: &Path, behaviour: &str) -> String {
    let program = program.display();
    let head = format!(
        r#"
schema = 1
id = "fake-{behaviour}"
name = "the fake tool: {behaviour}"
program = "{program}"
version = {{ argv = ["version"], match = 'fake-tool (\S+)' }}
refused = "unsupported"
timeout = 2
"#
    );
    let body = if behaviour.starts_with("server") {
        format!(
            r#"
can = ["serve", "discover"]
[server]
argv = ["{behaviour}", "serve", "{{root}}", "{{port}}"]
ready = "/v2/"
"#
        )
    } else if behaviour.starts_with("daemon") {
        format!(
            r#"
can = ["attach", "discover"]
[daemon]
argv = ["{behaviour}", "daemon", "{{socket}}"]
ready = ["{behaviour}", "ask", "{{socket}}", "ready"]
[op]
attach = {{ argv = ["{behaviour}", "ask", "{{socket}}", "attach", "{{layout}}", "{{subject.digest}}", "{{artifact-type}}", "{{file}}"] }}
discover = {{ argv = ["{behaviour}", "ask", "{{socket}}", "discover", "{{layout}}", "{{subject.digest}}"], view = "/manifests" }}
"#
        )
    } else {
        format!(
            r#"
can = ["attach", "build", "copy", "copy.digest", "copy.layout", "tag", "gc", "delete", "delete.tag", "write", "discover"]
[op]
attach = {{ argv = ["{behaviour}", "attach", "{{layout}}", "{{subject.digest}}", "{{artifact-type}}", "{{file}}"] }}
build = {{ argv = ["{behaviour}", "build", "{{out}}", "{{tag}}"] }}
copy = {{ argv = ["{behaviour}", "copy", "{{layout}}", "{{out}}"] }}
tag = {{ argv = ["{behaviour}", "tag", "{{layout}}", "{{subject.digest}}", "{{tag}}"] }}
gc = {{ argv = ["{behaviour}", "gc", "{{layout}}"] }}
delete = {{ argv = ["{behaviour}", "delete", "{{layout}}", {{ if = "tag", argv = ["tag", "{{tag}}"] }}, {{ if = "subject.digest", argv = ["manifest", "{{subject.digest}}"] }}] }}
write = {{ argv = ["{behaviour}", "write", "{{layout}}", "{{tag}}"] }}
discover = {{ argv = ["{behaviour}", "discover", "{{layout}}", "{{subject.digest}}"], view = "/manifests" }}
"#
        )
    };
    head + &body
}

/// Runs `referee run` with these words and gives its results by cell, with the exit code.
pub(crate) fn run(command: &mut Command, words: &[OsString]) -> (BTreeMap<String, Value>, Value, i32) {
    let output = command.arg("run").args(["--format", "json"]).args(words).output().expect("referee starts");
    let code = output.status.code().unwrap_or(-1);
    let results: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("no results ({error}): exit {code}\n{}", String::from_utf8_lossy(&output.stderr))
    });
    let cells = results["cells"].as_array().expect("cells").iter();
    let cells = cells.map(|cell| (cell["id"].as_str().expect("an id").to_owned(), cell.clone())).collect();
    (cells, results, code)
}

/// A scratch folder that stays until the test ends.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// The processes whose command line has this text.
pub(crate) fn processes(word: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let has = |path: &PathBuf| {
        let line = std::fs::read(path.join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(word)
    };
    entries.map(|entry| entry.path()).filter(has).collect()
}

/// Runs referee in a folder and shows what came: the words, the exit code, both streams.
pub(crate) fn transcript(folder: &Path, words: &[&str]) -> String {
    let output = referee(folder).current_dir(folder).args(words).output().expect("referee starts");
    let part = |name: &str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        if text.is_empty() { String::new() } else { format!("-- {name}\n{text}") }
    };
    let code = output.status.code().unwrap_or(-1);
    let words = words.join(" ");
    let part = |name: &str, bytes: &[u8]| without_date(&part(name, bytes));
    let streams = part("stdout", &output.stdout) + &part("stderr", &output.stderr);
    format!("$ referee {words}\n{streams}-- exit {code}\n")
}

/// A text without the date and referee's version, which a report ends with.
fn without_date(text: &str) -> String {
    let version = concat!("referee ", env!("CARGO_PKG_VERSION"), ", ");
    let one = |line: &str| match line.strip_prefix(version).and_then(|rest| rest.split_once('Z')) {
        Some((_, rest)) => format!("referee VERSION, DATE{rest}\n"),
        None => format!("{line}\n"),
    };
    text.lines().map(one).collect()
}

/// A text without how many rules there are, and how many of them a profile asks for.
pub(crate) fn without_counts(text: &str) -> String {
    let one = |line: &str| match line.strip_prefix("rules  ").filter(|rest| rest.contains(" of ")) {
        Some(_) => "rules       SOME of ALL\n".to_owned(),
        None => format!("{line}\n"),
    };
    text.lines().map(one).collect()
}

/// The entries of a list by their first words: what follows with a space belongs to the entry before.
pub(crate) fn entries(text: &str) -> BTreeMap<String, String> {
    let mut entries: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in text.lines().skip_while(|line| *line != "-- stdout").skip(1) {
        if !line.starts_with(' ') {
            line.split(' ').next().unwrap_or_default().clone_into(&mut last);
        }
        let entry = entries.entry(last.clone()).or_default();
        entry.push_str(line);
        entry.push('\n');
    }
    entries
}

/// Holds a text against `golden/cli`.
pub(crate) fn approve(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../golden/cli");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A layout that lists one referrer of `v1`.
pub(crate) fn layout(folder: &Path) {
    use referee::runner::{Plan, catalogue::Catalogue};
    let catalogue = Catalogue::shipped().expect("what is shipped parses");
    let case = catalogue.cases.iter().find(|case| case.id == "attach-discover").expect("the case");
    let plan = Plan::compile(case);
    let convention = catalogue.convention("fallback-tag").expect("the convention");
    referee::writer::layout(&plan.contents, &plan.contents.names(), Some(convention))
        .save(folder)
        .expect("a layout");
}
