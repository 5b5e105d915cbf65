//! Can the harness be fooled? Every way in which a tool misbehaves is reported as what it is, and an honest tool
//! beside it is not harmed. The fake tool (`tools/fake-tool`) does the misbehaving.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test says what it skips, and fails by panicking"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use crate::support::{bwrap, fake_tool, fakes, folder, processes, referee, run};
use serde_json::Value;

/// What reading with a misbehaving tool has to be called: the behaviour, the outcome, a part of the reason.
const READERS: [(&str, &str, &str); 31] = [
    ("honest", "seen", ""),
    ("nothing", "garbled", "not JSON"),
    ("fail", "error", "exit 1: Error: \"this tool always fails\""),
    ("refuse", "refused", "unsupported"),
    ("crash", "crash", "signal 6"),
    ("killed", "crash", "signal 9"),
    ("hang", "hang", "not done after 2 s"),
    ("hang-ignoring-term", "hang", "not done after 2 s"),
    ("flood", "garbled", "more than is kept"),
    ("background-child", "seen", ""),
    ("background-session", "seen", ""),
    ("background-relay", "seen", ""),
    ("background-emptied", "seen", ""),
    ("background-hidden", "seen", ""),
    ("server-leaves-child", "seen", ""),
    ("broken-json", "garbled", "not JSON"),
    ("no-list", "garbled", "nothing at /manifests"),
    ("no-digest", "garbled", "entry 0"),
    ("empty-list", "missed", ""),
    ("wrong-digests", "extra", "no referrer of the subject"),
    ("made-up", "extra", "no referrer of the subject"),
    ("strip", "altered", ""),
    ("twice", "seen", ""),
    ("tamper-index", "seen", ""),
    ("tamper-blobs", "seen", ""),
    ("tamper-marker", "seen", ""),
    ("tamper-link", "seen", ""),
    ("write-outside", "seen", ""),
    ("delete-layout", "error", "deleted the layout"),
    ("server-answers-empty", "missed", ""),
    ("server-honest", "seen", ""),
];

/// The same for registries that get into trouble.
const SERVERS: [(&str, &str, &str); 13] = [
    ("server-honest", "seen", ""),
    ("server-never-ready", "hang", "was not ready after 2 s"),
    ("server-ends-early", "error", "ended with exit 0 before it was ready"),
    ("server-crashes-early", "crash", "killed by signal 6 before it was ready"),
    ("server-crashes-serving", "crash", "killed by signal 6 while it served"),
    ("server-ends-serving", "error", "ended with exit 3 while it served"),
    ("server-kills-the-asker", "error", "broke the session that asks it: signal 9"),
    ("server-never-answers", "hang", "no answer after 2 s"),
    ("server-speaks-no-http", "garbled", "GET /v2/repo/referrers/"),
    ("server-answers-404", "refused", "404"),
    ("server-answers-500", "error", "500"),
    ("server-breaks-json", "garbled", "not JSON"),
    ("server-ignores-term", "hang", "did not stop at SIGTERM"),
];

/// The same for clients of daemons: either may get into trouble.
const DAEMONS: [(&str, &str, &str); 14] = [
    ("daemon-honest", "seen", ""),
    ("daemon-never-ready", "hang", "was not ready after 2 s"),
    ("daemon-ends-early", "error", "ended with exit 0 before it was ready"),
    ("daemon-crashes-early", "crash", "killed by signal 6 before it was ready"),
    ("daemon-crashes-at-call", "crash", "killed by signal 6 while it served"),
    ("daemon-ends-at-call", "error", "ended with exit 3 while it served"),
    ("daemon-hangs-at-call", "hang", "no answer after 2 s"),
    ("daemon-ignores-term", "hang", "did not stop at SIGTERM"),
    ("daemon-leaves-child", "seen", ""),
    ("daemon-client-fails", "error", "exit 1: Error: \"this client always fails\""),
    ("daemon-client-refuses", "refused", "unsupported"),
    ("daemon-client-crashes", "crash", "killed by a signal"),
    ("daemon-client-prints-garbage", "garbled", "not JSON"),
    ("daemon-client-floods", "garbled", "more than is kept"),
];

/// What writing with a misbehaving tool has to be called, as an built-in reader sees it that opens every blob.
const WRITERS: [(&str, &str, &str); 22] = [
    ("honest", "seen", ""),
    ("nothing", "error", "no new manifest that names the subject"),
    ("fail", "error", "always fails"),
    ("refuse", "refused", "unsupported"),
    ("crash", "crash", "signal 6"),
    ("hang", "hang", "not done after 2 s"),
    ("wrong-subject", "error", "no new manifest that names the subject"),
    ("wrong-type", "error", "artifact type is application/vnd.example.other"),
    ("other-file", "error", "no layer with the file that was given"),
    ("no-file", "error", "a blob of the new manifest"),
    ("no-config", "error", "a blob of the new manifest"),
    ("drops-subject", "error", "the blob of `image`"),
    ("damages-subject", "error", "a blob of `image`"),
    ("drops-tag", "error", "tag v1 does not name `image` any more"),
    ("drops-entries", "error", "index.json does not lead to `image` any more"),
    ("corrupt", "error", "does not match its digest"),
    ("delete-layout", "error", "left no layout: the folder does not exist"),
    ("background-session", "seen", ""),
    ("daemon-honest", "seen", ""),
    ("daemon-does-nothing", "error", "no new manifest that names the subject"),
    ("daemon-crashes-at-call", "crash", "killed by signal 6 while it served"),
    ("daemon-hangs-at-call", "hang", "no answer after 2 s"),
];

/// What copying with a misbehaving tool has to be called.
const COPIERS: [(&str, &str, &str); 6] = [
    ("honest", "seen", ""),
    ("nothing", "error", "left no layout"),
    ("fail", "error", "always fails"),
    ("copies-no-blobs", "error", "the copy lacks"),
    ("drop-referrers", "missed", ""),
    ("drop-with-warning", "missed", ""),
];

fn check(cells: &BTreeMap<String, Value>, id: &str, outcome: &str, reason: &str) {
    let cell = cells.get(id).unwrap_or_else(|| panic!("no cell {id}"));
    assert_eq!(cell["outcome"], outcome, "{id}: {cell:#}");
    let text = cell["reason"].as_str().unwrap_or_default();
    assert!(text.contains(reason), "{id}: `{text}` does not say `{reason}`");
    let verdict = cell["verdict"].as_str().unwrap_or_default();
    assert!(outcome == "seen" || verdict != "pass", "{id}: {outcome} must not pass");
}

/// A question whose right answer is an empty list is not passed by these, which answer nothing to everything.
const NEVER_EMPTY: [&str; 6] =
    ["nothing", "fail", "empty-list", "server-answers-empty", "crash", "wrong-digests"];

fn no_referrers(behaviour: &str) -> String {
    format!("no-referrers[producer=fake-honest,consumer=fake-{behaviour}]")
}

/// The cells that run, with their outcomes and a part of their reasons.
fn expected() -> Vec<(String, &'static str, &'static str)> {
    let mut cells = Vec::new();
    for (behaviour, outcome, reason) in READERS.into_iter().chain(SERVERS).chain(DAEMONS) {
        let id = format!("attach-discover[producer=fake-honest,consumer=fake-{behaviour}]");
        cells.push((id, outcome, reason));
    }
    for (behaviour, outcome, reason) in WRITERS {
        for consumer in ["builtin,reader=raw", "fake-honest"] {
            let id = format!("attach-discover[producer=fake-{behaviour},consumer={consumer}]");
            cells.push((id, outcome, reason));
        }
    }
    for (behaviour, outcome, reason) in COPIERS {
        let id = format!(
            "attach-copy-discover[producer=builtin,copier=fake-{behaviour},consumer=fake-honest,convention=untagged-entries]"
        );
        cells.push((id, outcome, reason));
    }
    cells.extend(
        ["honest", "server-honest", "daemon-honest"].map(|behaviour| (no_referrers(behaviour), "seen", "")),
    );
    cells
}

/// Runs all behaviours beside each other, each with an honest partner.
fn all_behaviours(path: Option<OsString>) {
    let _alone = crate::support::alone();
    let (home, drivers) = (folder(), folder());
    let mut behaviours: Vec<&str> = Vec::new();
    for (behaviour, ..) in READERS.iter().chain(&SERVERS).chain(&DAEMONS).chain(&WRITERS).chain(&COPIERS) {
        if !behaviours.contains(behaviour) {
            behaviours.push(behaviour);
        }
    }
    let mut words = fakes(drivers.path(), &behaviours);
    words.extend(["-j".into(), "16".into()]);
    words.extend(expected().into_iter().map(|(id, ..)| OsString::from(id)));
    words.extend(NEVER_EMPTY.map(|behaviour| OsString::from(no_referrers(behaviour))));
    let mut command = referee(home.path());
    let sandboxed = path.is_some();
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let (cells, results, code) = run(&mut command, &words);
    assert_eq!(results["complete"], true);
    assert_eq!(code, 0, "nothing here has a golden or a source, so nothing is unexpected");
    let network = if sandboxed { "loopback" } else { "open" };
    assert_eq!(results["tools"][0]["sandbox"]["network"], network);

    for (id, outcome, reason) in expected() {
        check(&cells, &id, outcome, reason);
    }
    for behaviour in NEVER_EMPTY {
        let cell = &cells[&no_referrers(behaviour)];
        assert!(!matches!(cell["outcome"].as_str(), Some("seen" | "altered")), "{cell:#}");
        assert_ne!(cell["verdict"], "pass");
    }
    let step = |behaviour: &str| {
        let cell = &cells[&format!("attach-discover[producer=fake-honest,consumer=fake-{behaviour}]")];
        cell["steps"][1].clone()
    };
    for behaviour in ["child", "session", "relay", "emptied"].map(|kind| format!("background-{kind}")) {
        assert_eq!(step(&behaviour)["leaked"], true, "{behaviour}");
    }
    assert_eq!(step("server-leaves-child")["leaked"], true);
    assert_eq!(step("daemon-leaves-child")["leaked"], true);
    // without a sandbox it cannot be told whose this was; it is ended nevertheless
    let told = if sandboxed { Value::Bool(true) } else { Value::Null };
    assert_eq!(step("background-hidden")["leaked"], told);
    for behaviour in ["honest", "server-honest", "daemon-honest", "hang", "crash", "flood"] {
        assert_eq!(step(behaviour)["leaked"], Value::Null, "{behaviour}");
    }
    assert_eq!(step("hang")["end"], "ended at its deadline");
    assert_eq!(step("hang-ignoring-term")["end"], "killed at its deadline, having ignored SIGTERM");
    let changed = |behaviour: &str| step(behaviour)["changed"].clone();
    assert_eq!(changed("honest"), Value::Null);
    assert_eq!(changed("tamper-index"), serde_json::json!(["changed index.json"]));
    assert_eq!(changed("tamper-marker"), serde_json::json!(["removed oci-layout"]));
    assert!(changed("tamper-blobs").as_array().unwrap().contains(&"added blobs/sha256/new".into()));
    assert_eq!(changed("tamper-link")[0], "changed .");
    // whoever says what it leaves out has said so
    let copier = |behaviour: &str| {
        let id = format!(
            "attach-copy-discover[producer=builtin,copier=fake-{behaviour},consumer=fake-honest,convention=untagged-entries]"
        );
        cells[&id]["steps"][1]["stderr"].clone()
    };
    assert_eq!(copier("drop-referrers"), Value::Null);
    assert_eq!(copier("drop-with-warning"), "Warning: no referrers\n");
    let twice = &cells["attach-discover[producer=fake-honest,consumer=fake-twice]"];
    assert_eq!(
        (&twice["repeated"], &twice["sees"]),
        (&serde_json::json!(["sbom"]), &serde_json::json!(["sbom"]))
    );
    assert_eq!(step("write-outside")["outside"], serde_json::json!(["outside", "root/neighbour"]));
    assert_eq!(step("honest")["outside"], Value::Null);
    let left: Vec<_> = processes(&drivers.path().display().to_string());
    assert!(left.is_empty(), "left behind: {left:?}");
}

#[test]
fn misbehaviour_is_reported_without_a_sandbox() {
    all_behaviours(None);
}

#[test]
fn misbehaviour_is_reported_in_a_sandbox() {
    let Some(path) = bwrap() else { return };
    all_behaviours(Some(path));
}

/// In a sandbox the folder that holds all cells is a private one: what a tool writes there goes nowhere.
#[test]
fn a_sandboxed_tool_cannot_write_far_away() {
    let Some(path) = bwrap() else { return };
    let (home, drivers) = (folder(), folder());
    let mut words = fakes(drivers.path(), &["honest", "write-far"]);
    words.push("attach-discover[producer=fake-*,consumer=fake-*]".into());
    let places = || {
        let places = [std::path::PathBuf::from("/dev/shm"), std::env::temp_dir()];
        places.map(|folder| folder.join("fake-tool-was-here")).into_iter().filter(|path| path.exists())
    };
    let (cells, ..) = run(referee(home.path()).env("PATH", path), &words);
    check(&cells, "attach-discover[producer=fake-honest,consumer=fake-honest]", "seen", "");
    assert_eq!(places().count(), 0);
    // the same tool without a sandbox: the check can fail
    run(&mut referee(home.path()), &words);
    assert_eq!(places().count(), 1);
    for path in places() {
        std::fs::remove_file(path).unwrap();
    }
}

/// A run ends, however often a tool hangs.
#[test]
fn a_tool_that_only_hangs_is_given_up() {
    let _alone = crate::support::alone();
    let (home, drivers) = (folder(), folder());
    let mut words = fakes(drivers.path(), &["hang"]);
    let driver = drivers.path().join("fake-hang.toml");
    let text = std::fs::read_to_string(&driver).unwrap();
    std::fs::write(&driver, text.replace("timeout = 2", "timeout = 1")).unwrap();
    words.extend(["-j".into(), "1".into(), "attach-discover[producer=builtin,consumer=fake-hang,*".into()]);
    let (cells, ..) = run(&mut referee(home.path()), &words);
    let skipped: Vec<_> = cells.values().filter(|cell| cell["steps"][1]["skipped"] == true).collect();
    assert_eq!((cells.len(), skipped.len()), (15, 10));
    assert!(cells.values().all(|cell| cell["outcome"] == "hang"));
    assert!(
        skipped.iter().all(|cell| cell["reason"].as_str().unwrap().contains("not run, having hung 5 times"))
    );
    // for people, the habits of readers are among the surprises
    let words = fakes(drivers.path(), &["honest", "twice", "tamper-index"]);
    let output =
        referee(home.path()).arg("run").args(words).arg("attach-discover[producer=fake-honest*").assert();
    let text = String::from_utf8_lossy(&output.get_output().stdout).replace("\n         ", " ");
    assert!(
        text.contains("changed  fake-tamper-index was to read a layout, and changed index.json"),
        "{text}"
    );
    assert!(text.contains("repeated fake-twice lists a referrer more than once"), "{text}");
}

/// What a tool leaves without permission is that cell's affair: nothing breaks off, and nothing stays in the scratch
/// folder. Root reads everything, so this runs as nobody.
#[test]
fn what_cannot_be_read_is_an_error_of_its_cell() {
    let (home, drivers) = (folder(), folder());
    let Some(mut command) = as_nobody(home.path()) else { return };
    let mut words = fakes(drivers.path(), &["honest", "no-permission"]);
    for path in ["", "fake-honest.toml", "fake-no-permission.toml"].map(|name| drivers.path().join(name)) {
        if let Ok(text) = std::fs::read_to_string(&path) {
            let copy = home.path().join("fake-tool").display().to_string();
            std::fs::write(&path, text.replace(&fake_tool(drivers.path()).display().to_string(), &copy))
                .unwrap();
        }
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    words.push("attach-discover[producer=fake-*,consumer=*".into());
    words.push(
        "attach-copy-discover[producer=builtin,copier=fake-*,consumer=fake-honest,convention=untagged-entries]".into(),
    );
    let (cells, results, code) = run(&mut command, &words);
    assert_eq!((&results["complete"], code), (&Value::Bool(true), 0));
    let reason = "left what cannot be read: closed: Permission denied";
    for consumer in ["consumer=fake-honest", "consumer=fake-no-permission", "consumer=builtin,reader=raw"] {
        let id = format!("attach-discover[producer=fake-no-permission,{consumer}]");
        check(&cells, &id, "error", reason);
        check(&cells, &format!("attach-discover[producer=fake-honest,{consumer}]"), "seen", "");
    }
    let id = "attach-copy-discover[producer=builtin,copier=fake-no-permission,consumer=fake-honest,convention=untagged-entries]";
    check(&cells, id, "seen", "");
    let left: Vec<_> = ["/dev/shm".into(), std::env::temp_dir()]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten())
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("cell-"))
        .filter(|entry| entry.metadata().is_ok_and(|there| there.uid() == NOBODY))
        .map(|entry| entry.path())
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

const NOBODY: u32 = 65534;

/// `referee` as a user without rights, with copies of the programs that it can reach in `home`; nothing where the
/// test's own user cannot become another.
fn as_nobody(home: &std::path::Path) -> Option<assert_cmd::Command> {
    let setpriv = std::path::Path::new("/usr/bin/setpriv");
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 || !setpriv.is_file() {
        eprintln!("SKIPPED: only root, with setpriv, can become nobody");
        return None;
    }
    std::fs::set_permissions(home, std::fs::Permissions::from_mode(0o777)).unwrap();
    for program in [env!("CARGO_BIN_EXE_fake-tool"), env!("CARGO_BIN_EXE_referee")] {
        let name = std::path::Path::new(program).file_name().unwrap();
        std::fs::copy(program, home.join(name)).unwrap();
    }
    let mut command = assert_cmd::Command::new(setpriv);
    let id = NOBODY.to_string();
    command.args(["--reuid", &id, "--regid", &id, "--clear-groups"]).arg(home.join("referee"));
    command.env_clear().env("HOME", home).env("PATH", "").env("NO_COLOR", "1").env("TMPDIR", home);
    Some(command)
}

/// A tool that cannot tell its version is unavailable: results without a version are worth nothing.
#[test]
fn a_tool_without_a_version_is_unavailable() {
    let (home, drivers) = (folder(), folder());
    let mut words = fakes(drivers.path(), &["honest"]);
    let path = drivers.path().join("fake-honest.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("[\"version\"]", "[\"version-silent\"]")).unwrap();
    words.push("attach-discover[producer=fake-honest,consumer=fake-honest]".into());
    let (cells, results, code) = run(&mut referee(home.path()), &words);
    let cell = &cells["attach-discover[producer=fake-honest,consumer=fake-honest]"];
    assert_eq!((cell["outcome"].as_str(), &cell["verdict"]), (Some("unavailable"), &Value::Null));
    assert_eq!(results["tools"].as_array().unwrap().last().unwrap()["status"], "unavailable");
    assert_eq!(code, 102);
    words.extend(["--require".into(), "fake-honest".into()]);
    let failed = referee(home.path()).arg("run").args(words).assert().code(102);
    let text = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    assert!(text.contains("does not tell a version"), "{text}");
}
