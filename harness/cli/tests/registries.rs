//! Can a client of a registry, or a registry, fool the harness? Clients that lie work on a real registry, and lying registries
//! are used by a real client; where these are not built, the test says that it is skipped.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test finds tools in the environment, says what it skips, and fails by panicking"
)]

use std::ffi::OsString;

use crate::support::{fake_tool, folder, referee, required, run};

/// What a client does: the case and who else is in the cell, what it prints, the outcome, a part of the reason.
const CLIENTS: [(&str, &str, &str, &str); 7] = [
    (
        "upload-discover[producer=builtin,copier=ME,registry=crane-registry,convention=raw]",
        "nothing",
        "error",
        "the registry has no tag v1",
    ),
    (
        "upload-discover[producer=builtin,copier=ME,registry=crane-registry,convention=raw]",
        "fail",
        "error",
        "always fails",
    ),
    (
        "registry-attach-discover[producer=ME,registry=crane-registry,consumer=oras]",
        "nothing",
        "error",
        "neither the referrers API nor the fallback tag lists",
    ),
    (
        "registry-download-discover[producer=oras,registry=crane-registry,copier=ME,consumer=oras]",
        "nothing",
        "error",
        "left no layout",
    ),
    (
        "registry-attach-discover[producer=oras,registry=crane-registry,consumer=ME]",
        "nothing",
        "garbled",
        "not JSON",
    ),
    (
        "registry-attach-discover[producer=oras,registry=crane-registry,consumer=ME]",
        "empty-list",
        "missed",
        "",
    ),
    (
        "registry-attach-discover[producer=oras,registry=crane-registry,consumer=ME]",
        "wrong-digests",
        "extra",
        "",
    ),
];

/// What a registry does: the behaviour, the outcome, a part of the reason.
const REGISTRIES: [(&str, &str, &str); 3] = [
    ("server-never-ready", "hang", "was not ready after 2 s"),
    ("server-ends-early", "error", "ended with exit 0 before it was ready"),
    ("server-crashes-early", "crash", "killed by signal 6 before it was ready"),
];

#[test]
fn what_clients_and_registries_do_not_do_is_reported() {
    let _alone = crate::support::alone();
    let (home, drivers) = (folder(), folder());
    let mut command = referee(home.path());
    for name in ["REFEREE_CACHE", "XDG_CACHE_HOME", "HOME"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let program = fake_tool(drivers.path());
    let program = program.display();
    let mut words: Vec<OsString> = Vec::new();
    let mut add = |behaviour: &str, rest: String| {
        let path = drivers.path().join(format!("fake-{behaviour}.toml"));
        let head = format!(
            "schema = 1\nid = \"fake-{behaviour}\"\nname = \"a fake\"\nprogram = \"{program}\"\ntimeout = 2\n\
             version = {{ argv = [\"version\"], match = 'fake-tool (\\S+)' }}\n"
        );
        std::fs::write(&path, head + &rest).unwrap();
        words.extend(["--driver".into(), path.into()]);
    };
    for behaviour in ["nothing", "fail", "empty-list", "wrong-digests"] {
        let call = |op: &str| format!("{op} = {{ argv = [\"{behaviour}\", \"{op}\"]");
        add(
            behaviour,
            format!(
                "can = [\"upload\", \"download\", \"registry-attach\", \"registry-discover\"]\n[op]\n{} }}\n{} }}\n{} }}\n{}, view = \"/manifests\" }}\n",
                call("upload"),
                call("download"),
                call("registry-attach"),
                call("registry-discover"),
            ),
        );
    }
    for (behaviour, ..) in REGISTRIES {
        let server = format!(
            "can = [\"answer\"]\n[server]\nargv = [\"{behaviour}\", \"serve\", \"{{root}}\", \"{{port}}\"]\nready = \"/v2/\"\n"
        );
        add(behaviour, server);
    }
    let client = |cell: &str, behaviour: &str| cell.replace("ME", &format!("fake-{behaviour}"));
    let registry = |behaviour: &str| {
        format!("upload-discover[producer=builtin,copier=oras,registry=fake-{behaviour},convention=raw]")
    };
    let mut expected = Vec::new();
    for (cell, behaviour, outcome, reason) in CLIENTS {
        expected.push((client(cell, behaviour), outcome, reason));
    }
    for (behaviour, outcome, reason) in REGISTRIES {
        expected.push((registry(behaviour), outcome, reason));
    }
    words.extend(expected.iter().map(|(cell, ..)| OsString::from(cell)));
    let (cells, ..) = run(&mut command, &words);
    for (id, outcome, reason) in expected {
        let cell = &cells[&id];
        if cell["outcome"] == "unavailable" && !required() {
            eprintln!("SKIPPED: {id}: {}", cell["reason"]);
            continue;
        }
        assert_eq!(cell["outcome"], outcome, "{cell:#}");
        let text = cell["reason"].as_str().unwrap_or_default();
        assert!(text.contains(reason), "{id}: `{text}` does not say `{reason}`");
    }
}
