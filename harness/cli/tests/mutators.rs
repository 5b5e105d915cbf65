//! Can a tool that changes, copies or builds a layout fool the harness? What it did not do, and what it did besides, is
//! reported. The fake tool (`tools/fake-tool`) does the lying; attaching and reading are in `trust`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::OsString;

use crate::support::{fakes, folder, referee, run};

/// A lie, and what it has to be called: the case, the behaviour, the outcome, a part of the reason.
type Lie = (&'static str, &'static str, &'static str, &'static str);

const MUTATORS: [Lie; 24] = [
    ("after-tag", "honest", "seen", ""),
    ("after-tag", "nothing", "error", "tag v2 does not resolve"),
    ("after-tag", "refuse", "refused", "unsupported"),
    ("after-tag", "tags-another", "error", "tag v2 names "),
    ("after-tag", "moves-tag", "error", "tag v1 does not name `image` any more"),
    ("after-tag", "drops-subject", "error", "the blob that tag v2 names is not in the layout"),
    ("after-gc", "honest", "seen", ""),
    // that there was nothing to collect is no lie; `collected` tells
    ("after-gc", "nothing", "seen", ""),
    ("after-gc", "collects-all", "error", "blob of `image`"),
    ("after-gc", "delete-layout", "error", "left no layout"),
    ("after-delete-referrer", "honest", "seen", ""),
    ("after-delete-referrer", "nothing", "error", "an entry of index.json still names `signature`"),
    ("after-delete-referrer", "deletes-all", "error", "index.json does not lead to `sbom` any more"),
    ("after-delete-referrer", "deletes-blob", "error", "an entry of index.json still names `signature`"),
    ("after-delete-subject", "honest", "seen", ""),
    ("after-delete-subject", "nothing", "error", "an entry of index.json still names `image`"),
    ("after-delete-tag", "honest", "seen", ""),
    ("after-delete-tag", "nothing", "error", "tag other is still there"),
    ("after-write", "honest", "seen", ""),
    ("after-write", "nothing", "error", "tag config does not resolve"),
    ("after-write", "writes-over", "error", "index.json does not lead to `image` any more"),
    ("after-write", "writes-nothing", "error", "tag config names what was there before"),
    ("after-serve", "server-changes-layout", "seen", ""),
    ("after-serve", "server-removes-layout", "error", "left no layout"),
];

const COPIERS: [Lie; 8] = [
    ("attach-copy-digest-discover", "honest", "seen", ""),
    ("attach-copy-digest-discover", "nothing", "error", "left no layout"),
    ("attach-copy-digest-discover", "copies-no-blobs", "error", "the copy lacks"),
    ("attach-copy-digest-discover", "copies-no-entries", "error", "does not lead to `image`"),
    ("attach-copy-layout-discover", "honest", "seen", ""),
    ("attach-copy-layout-discover", "nothing", "error", "left no layout"),
    ("attach-copy-layout-discover", "copies-no-blobs", "error", "the copy lacks"),
    ("attach-copy-layout-discover", "copies-no-entries", "error", "does not lead to `image`"),
];

const BUILDERS: [Lie; 4] = [
    ("build-discover", "honest", "seen", ""),
    ("build-discover", "nothing", "error", "left no layout"),
    ("build-discover", "builds-no-attestation", "error", "0 manifests name something"),
    ("build-discover", "builds-two-attestations", "error", "2 manifests name something"),
];

/// The cell in which a tool lies.
fn id(case: &str, behaviour: &str) -> String {
    let of = |role: &str| {
        format!(
            "{case}[producer=builtin,{role}=fake-{behaviour},consumer=fake-honest,convention=untagged-entries]"
        )
    };
    match case {
        "build-discover" => format!("{case}[producer=fake-{behaviour},consumer=fake-honest]"),
        _ if case.starts_with("attach-copy-") => of("copier"),
        _ => of("mutator"),
    }
}

#[test]
fn what_tools_do_not_do_is_reported() {
    let _alone = crate::support::alone();
    let (home, drivers) = (folder(), folder());
    let lies: Vec<Lie> = [&MUTATORS[..], &COPIERS, &BUILDERS].concat();
    let mut behaviours: Vec<&str> = lies.iter().map(|(_, behaviour, ..)| *behaviour).collect();
    behaviours.sort_unstable();
    behaviours.dedup();
    let mut words = fakes(drivers.path(), &behaviours);
    words.extend(lies.iter().map(|(case, behaviour, ..)| OsString::from(id(case, behaviour))));
    let (cells, ..) = run(&mut referee(home.path()), &words);
    for (case, behaviour, outcome, reason) in lies {
        let cell = &cells[&id(case, behaviour)];
        assert_eq!(cell["outcome"], outcome, "{cell:#}");
        let text = cell["reason"].as_str().unwrap_or_default();
        assert!(text.contains(reason), "{case}, {behaviour}: `{text}` does not say `{reason}`");
    }
    let step = |case: &str, behaviour: &str| {
        let steps = cells[&id(case, behaviour)]["steps"].as_array().unwrap();
        steps.iter().find(|step| step["role"] == "mutator").unwrap().clone()
    };
    assert_eq!(step("after-gc", "honest")["collected"], true);
    assert_eq!(step("after-gc", "nothing")["collected"], false);
    assert!(step("after-tag", "honest").get("collected").is_none());
    assert_eq!(step("after-delete-referrer", "honest")["lost"], serde_json::json!(["signature"]));
    let changed = step("after-serve", "server-changes-layout")["changed"].clone();
    assert_eq!(changed, serde_json::json!(["added new"]));
}
