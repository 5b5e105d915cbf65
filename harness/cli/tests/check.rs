//! `referee check` as a person, a script and a viewer of SARIF meet it: transcripts in `golden/cli`, contracts, exit codes.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::support::{approve, entries, folder, layout, referee, transcript, without_counts};
use referee::rules::catalogue::rules;
use referee::rules::requirement;
use serde_json::{Value, json};

/// A layout in which four things are wrong, one of each kind.
pub(crate) fn broken(root: &Path) {
    layout(root);
    let index = root.join("index.json");
    let text = fs::read_to_string(&index).expect("an index.json");
    let entry = r#"{"mediaType":"a b","digest":"sha256:abc","size":-1,"annotations":{"plain":"v"}}"#;
    let text = text.replacen("\"manifests\":[", &format!("\"manifests\":[{entry},"), 1);
    fs::write(&index, text).expect("a file");
}

fn json(folder: &Path, words: &[&str]) -> (Value, i32) {
    let output = referee(folder).current_dir(folder).args(words).output().expect("referee starts");
    let value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    (value, output.status.code().unwrap_or(-1))
}

fn code(folder: &Path, words: &[&str]) -> i32 {
    let output = referee(folder).current_dir(folder).args(words).output().expect("referee starts");
    output.status.code().unwrap_or(-1)
}

fn tar(folder: &Path, words: &[&str]) {
    let status = Command::new("tar").current_dir(folder).args(words).status().expect("tar starts");
    assert!(status.success());
}

#[test]
fn a_check_is_as_approved() {
    let folder = folder();
    let root = folder.path();
    layout(&root.join("good"));
    broken(&root.join("bad"));
    fs::create_dir(root.join("empty")).expect("a folder");
    tar(root, &["-C", "good", "-cf", "good.tar", "."]);
    let whole = fs::read(root.join("good.tar")).expect("a file");
    fs::write(root.join("cut.tar"), &whole[..whole.len() / 3]).expect("a file");
    let calls: [&[&str]; 9] = [
        &["check", "good"],
        &["check", "bad"],
        &["check", "good.tar", "cut.tar"],
        &["check", "good", "--profile", "pr-1171", "--fail-on", "warning"],
        &["check", "empty", "nothing"],
        &["check", "good", "--profile", "nope"],
        &["check", "good", "--reading", "AMB-06=x"],
        &["check", "good", "--reading", "AMB-11=drop"],
        &["check"],
    ];
    approve("check", &calls.map(|words| transcript(root, words)).join("\n"));
    let shown = transcript(root, &["check", "bad"]);
    let first = shown.split("\n\n").next().unwrap_or_default().replacen("-- stdout\n", "", 1);
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    assert!(readme.contains(&first), "README.md does not show this check:\n{first}");
    approve("help-check", &transcript(root, &["check", "--help"]));
}

#[test]
fn what_layouts_are_held_against_is_as_approved() {
    let folder = folder();
    let ids =
        ["blob-missing", "response-repeated", "LAYOUT-016", "DESC-003", "AMB-06", "strict", "blob-mising"];
    let texts = ids.map(|id| transcript(folder.path(), &["explain", id]));
    approve("explain-rules", &without_counts(&texts.join("\n")));
    approve("list-profiles", &transcript(folder.path(), &["list", "profiles"]));
    // of the long lists some entries, so that a new rule changes none of this
    for (what, some) in [
        ("rules", &["blob-missing", "response-entry-annotations-extra", "ref-name-grammar"][..]),
        ("requirements", &["LAYOUT-001", "LAYOUT-016", "JSON-006", "AMB-06", "CONV-06"]),
    ] {
        let text = transcript(folder.path(), &["list", what]);
        let entries = entries(&text);
        let shown: Vec<_> = some.iter().map(|id| entries[*id].as_str()).collect();
        approve(&format!("list-{what}"), &shown.concat());
    }
}

/// Each rule and each requirement is listed once, in both forms, with what the catalogue says of it.
#[test]
fn lists_have_every_rule_and_every_requirement() {
    let folder = folder();
    let list = |what| {
        let shown = entries(&transcript(folder.path(), &["list", what]));
        let (value, _) = json(folder.path(), &["list", what, "--format", "json"]);
        (shown, value.as_array().cloned().unwrap_or_default())
    };
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (shown, listed) = list("rules");
    assert_eq!(listed.len(), rules().len());
    for (rule, value) in rules().zip(&listed) {
        assert_eq!((&value["id"], &value["summary"]), (&json!(rule.id), &json!(rule.summary)));
        assert!(squeezed(&shown[rule.id]).ends_with(rule.summary), "{}", shown[rule.id]);
    }
    let (shown, listed) = list("requirements");
    assert_eq!(listed.len(), requirement::all().len() + requirement::ambiguities().len());
    for value in &listed {
        let (id, text) =
            (value["id"].as_str().unwrap_or_default(), value["text"].as_str().unwrap_or_default());
        let deciding = rules().filter(|rule| rule.requirements.contains(&id)).map(|rule| rule.id);
        let deciding: Vec<_> = deciding.collect();
        assert_eq!(value["rules"], json!(deciding), "{id}");
        let shown = squeezed(&shown[id]);
        assert!(shown.contains(&squeezed(text)) && shown.contains(&deciding.join(", ")), "{shown}");
    }
}

/// `referee/check/v1`, with no key renamed.
#[test]
fn json_keeps_its_contract() {
    let folder = folder();
    broken(folder.path());
    let (value, exit) = json(folder.path(), &["check", ".", "--format", "json"]);
    assert_eq!((value["schema"].as_str(), exit), (Some("referee/check/v1"), 10));
    assert_eq!((value["layout"].as_str(), value["profile"].as_str()), (Some("."), Some("image-spec")));
    let findings = value["findings"].as_array().expect("findings");
    let first = findings.iter().find(|finding| finding["rule"] == "media-type-invalid").expect("the finding");
    assert_eq!(first["requirements"][0], "DESC-001");
    assert_eq!((first["level"].as_str(), first["severity"].as_str()), (Some("must"), Some("error")));
    assert_eq!(first["file"], "index.json");
    assert_eq!(first["pointer"], "/manifests/0/mediaType");
    assert!(first["message"].as_str().is_some_and(|message| !message.is_empty()));
    let count = |severity| findings.iter().filter(|finding| finding["severity"] == severity).count();
    for severity in ["error", "warning", "info"] {
        assert_eq!(value["summary"][severity].as_u64(), Some(count(severity) as u64), "{severity}");
    }
}

#[test]
fn exit_codes_follow_the_worst_finding() {
    let folder = folder();
    let root = folder.path();
    layout(&root.join("good"));
    broken(&root.join("bad"));
    let negative = |name: &str| {
        layout(&root.join(name));
        let index = root.join(name).join("index.json");
        let text = fs::read_to_string(&index).expect("an index.json").replacen(
            "\"mediaType\":\"application/vnd.oci.image.index.v1+json\",",
            "",
            1,
        );
        fs::write(index, text).expect("a file");
    };
    negative("warned");
    assert_eq!(code(root, &["check", "good"]), 0);
    assert_eq!(code(root, &["check", "bad"]), 10);
    assert_eq!(code(root, &["check", "warned"]), 0, "a SHOULD is a warning");
    assert_eq!(code(root, &["check", "warned", "--fail-on", "warning"]), 10);
    assert_eq!(code(root, &["check", "warned", "--profile", "strict"]), 10);
    assert_eq!(code(root, &["check", "good", "bad"]), 10);
    assert_eq!(code(root, &["check", "nothing", "bad"]), 2, "what could not be looked at weighs more");
}

/// The same layout is the same layout however it travels (LAYOUT-017).
#[test]
fn archives_are_as_good_as_directories() {
    let folder = folder();
    let root = folder.path();
    broken(&root.join("bad"));
    tar(root, &["-C", "bad", "-cf", "dotted.tar", "."]);
    tar(root, &["-C", "bad", "-cf", "plain.tar", "oci-layout", "blobs", "index.json"]);
    tar(root, &["-C", "bad", "-cf", "blobs-first.tar", "blobs", "oci-layout", "index.json"]);
    tar(root, &["-C", "bad", "-czf", "packed.tgz", "."]);
    tar(root, &["-C", "bad", "--format=pax", "-cf", "pax.tar", "."]);
    let (want, _) = json(root, &["check", "bad", "--format", "json"]);
    for name in ["dotted.tar", "plain.tar", "blobs-first.tar", "packed.tgz", "pax.tar"] {
        let (have, exit) = json(root, &["check", name, "--format", "json"]);
        assert_eq!((&have["findings"], exit), (&want["findings"], 10), "{name}");
    }
    let mut command = referee(root);
    let output = command.args(["check", "-"]).pipe_stdin(root.join("packed.tgz")).expect("a file").output();
    let text = String::from_utf8(output.expect("referee starts").stdout).expect("text");
    assert!(text.contains("standard input: 2 errors, 1 warning, "), "{text}");
    // what a truncated download looks like at any length: never a crash, never a clean bill
    let whole = fs::read(root.join("packed.tgz")).expect("a file");
    for length in (0..whole.len()).step_by(97) {
        fs::write(root.join("cut.tgz"), &whole[..length]).expect("a file");
        let exit = code(root, &["check", "cut.tgz"]);
        assert!([2, 10].contains(&exit), "{length} bytes: exit {exit}");
    }
}

/// The log fits the schema of SARIF 2.1.0, which the crate serde-sarif ships.
#[test]
fn sarif_fits_its_schema() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["metadata", "--format-version", "1", "--offline", "--locked"]);
    // only what this machine builds is there
    cargo.args(["--filter-platform", &format!("{}-unknown-linux-gnu", std::env::consts::ARCH)]);
    let metadata: Value =
        serde_json::from_slice(&cargo.output().expect("cargo starts").stdout).expect("metadata");
    let packages = metadata["packages"].as_array().expect("packages");
    let crate_of_schema =
        packages.iter().find(|package| package["name"] == "serde-sarif").expect("the crate");
    let manifest = Path::new(crate_of_schema["manifest_path"].as_str().expect("a path"));
    let schema = fs::read(manifest.with_file_name("src").join("schema.json")).expect("the schema");
    let mut schema: Value = serde_json::from_slice(&schema).expect("JSON");
    // one pattern of the schema is no regular expression
    for place in ["run", "toolComponent"] {
        schema["definitions"][place]["properties"]["language"]["pattern"] = "^".into();
    }
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let folder = folder();
    let root = folder.path();
    broken(&root.join("bad one"));
    layout(&root.join("good"));
    tar(root, &["-C", "bad one", "-cf", "bad.tar", "."]);
    let (log, exit) = json(root, &["check", "bad one", "good", "bad.tar", "--format", "sarif"]);
    assert_eq!(exit, 10);
    let wrong: Vec<_> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("it is small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let uri = &results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "bad%20one/index.json");
    // the check can fail
    let mut spoiled = log.clone();
    spoiled["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!schema.is_valid(&spoiled));
}

#[test]
fn a_full_disk_and_a_closed_door() {
    let folder = folder();
    let root = folder.path();
    broken(root);
    let full = File::options().write(true).open("/dev/full").expect("a device");
    let program = assert_cmd::cargo::cargo_bin!("referee");
    let output = Command::new(program).arg("check").arg(root).stdout(full).output().expect("referee starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("No space left on device"), "{said}");
    // root may read everything, so somebody else has to try
    let blobs = root.join("blobs/sha256");
    let blob = fs::read_dir(&blobs).expect("blobs").next().expect("a blob").expect("a name").path();
    fs::set_permissions(&blob, fs::Permissions::from_mode(0o000)).expect("chmod");
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).expect("chmod");
    let words = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let as_other = || Command::new("setpriv").args(words).arg("cat").arg(&blob).output();
    if as_other().is_ok_and(|output| !output.status.success()) {
        let output = Command::new("setpriv").args(words).arg(program).arg("check").arg(root).output();
        let text = String::from_utf8(output.expect("setpriv starts").stdout).expect("text");
        assert!(
            text.contains("error[file-unreadable]: this blob may not be read (permission denied)"),
            "{text}"
        );
    }
}

/// A proposal of any shape is a profile of two files, and what breaks it cites the profile's own source, in each form.
#[test]
fn findings_about_a_proposal_of_ones_own_cite_its_profile() {
    const SOURCE: &str = "https://example.com/a-proposal";
    let folder = folder();
    let root = folder.path();
    layout(&root.join("layout"));
    let convention = r#"
        schema = 1
        id     = "mine"
        title  = "An entry for each referrer, and its signature's place in the image's own index"
        source = "https://example.com/a-proposal"
        status = "proposed"
        carrier = [
          { place = "index", lists = "referrer", annotation = { "com.example.of" = "{subject.digest}" }, pull-up = ["artifactType"] },
          { place = "subject-index", lists = "referrer", annotation = { "com.example.beside" = "{subject.digest}" } },
        ]
        [index-annotation]
        "com.example.follows" = "true"
    "#;
    let profile = r#"
        schema     = 1
        id         = "my-profile"
        title      = "Two carriers"
        why        = "To see whether a layout follows it."
        source     = "https://example.com/a-proposal"
        revision   = "head"
        should     = "error"
        convention = "mine.toml"
    "#;
    fs::write(root.join("mine.toml"), convention).expect("a file");
    fs::write(root.join("my-profile.toml"), profile).expect("a file");
    let words = ["check", "layout", "--profile", "my-profile.toml", "--format"];
    let with = |format| [&words[..], &[format]].concat();
    let (value, exit) = json(root, &with("json"));
    assert_eq!(exit, 10, "{value}");
    let findings = value["findings"].as_array().expect("findings");
    let own: Vec<_> = findings.iter().filter(|finding| finding["source"] == SOURCE).collect();
    let ids: Vec<_> = own.iter().map(|finding| finding["rule"].as_str().unwrap_or_default()).collect();
    assert_eq!(ids, ["index-annotation-differs", "referrer-unlisted", "referrer-unlisted"]);
    for finding in own {
        assert_eq!(finding["requirements"], json!([]));
        assert_eq!((&finding["level"], &finding["severity"]), (&json!("should"), &json!("error")));
    }
    assert!(!value.to_string().contains("1171"), "{value}");
    let (value, _) = json(root, &with("sarif"));
    let rules = value["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules");
    let rule = rules.iter().find(|rule| rule["id"] == "referrer-unlisted").expect("the rule");
    assert_eq!(rule["properties"], json!({"requirements": [], "source": SOURCE}));
    assert!(rule["helpUri"].is_null(), "{rule}");
    let shown = transcript(root, &words[..4]);
    assert!(shown.contains(&format!("{SOURCE} (profile my-profile)")), "{shown}");
}

/// Data has all findings; a person is shown the first ones of each rule, and told how many there are.
#[test]
fn however_many_findings_are_counted_and_data_has_all() {
    let folder = folder();
    let root = folder.path();
    layout(&root.join("many"));
    let index = root.join("many/index.json");
    let text = fs::read_to_string(&index).expect("an index.json");
    let listing = |count: usize, name: &str| {
        let entries: Vec<_> = (0..count)
            .map(|n| format!(r#"{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{n:064x}","size":1}}"#))
            .collect();
        let text = text.replacen("\"manifests\":[", &format!("\"manifests\":[{},", entries.join(",")), 1);
        fs::create_dir_all(root.join(name)).expect("a folder");
        tar(root, &["-C", "many", "-cf", &format!("{name}/l.tar"), "."]);
        tar(root, &["-C", name, "-xf", &format!("{name}/l.tar")]);
        fs::write(root.join(name).join("index.json"), text).expect("a file");
    };
    for (count, name) in [(10, "ten"), (11, "eleven"), (2345, "thousands")] {
        listing(count, name);
        let (value, exit) = json(root, &["check", name, "--format", "json", "--fail-on", "warning"]);
        let found = value["findings"].as_array().expect("findings");
        let missing: Vec<_> = found.iter().filter(|finding| finding["rule"] == "blob-missing").collect();
        assert_eq!((missing.len(), exit), (count, 10));
        let last = missing.last().expect("a finding");
        assert_eq!(last["pointer"], format!("/manifests/{}/digest", count - 1));
        let at = |finding: &Value| finding["column"].as_u64().expect("a column");
        assert!(missing.is_sorted_by_key(|finding| at(finding)));
        assert_eq!(value["summary"]["warning"].as_u64(), Some(count as u64));
        let (log, _) = json(root, &["check", name, "--format", "sarif"]);
        let results = log["runs"][0]["results"].as_array().expect("results");
        assert_eq!(results.len(), found.len());
        let shown = transcript(root, &["check", name]);
        assert_eq!(shown.matches("warning[blob-missing]").count(), 10, "{shown}");
        assert!(shown.contains(&format!("{count} warnings, ")), "{shown}");
        let more =
            ["1 more place is like this; --format json has", "2335 more places are like this; --format json"];
        let more = more.map(|text| shown.contains(text));
        assert_eq!(more, [count == 11, count == 2345], "{shown}");
    }
}
