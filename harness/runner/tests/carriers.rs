//! What each kind of carrier makes of a case: index.json with names in the place of digests.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use referee_convention::Convention;
use referee_runner::{Case, Plan};
use referee_source::Source;
use referee_spec::Digest;
use referee_writer::Files;
use serde_json::Value;

fn read(path: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(path);
    Source::new(path.to_str().unwrap(), fs::read_to_string(&path).unwrap())
}

fn plan(case: &str) -> Plan {
    Plan::compile(&Case::parse(&read(&format!("interop/{case}.toml"))).unwrap())
}

fn convention(id: &str) -> Convention {
    Convention::parse(&read(&format!("conventions/{id}.toml"))).unwrap()
}

/// A convention made of `[[carrier]]` tables.
fn made_up(carriers: &str) -> Convention {
    let head = "schema = 1\nid = \"x\"\ntitle = \"x\"\nsource = \"x\"\nstatus = \"proposed\"\n";
    Convention::parse(&Source::new("x.toml", format!("{head}{carriers}"))).unwrap()
}

fn written(case: &str, id: &str) -> String {
    let plan = plan(case);
    shown(&plan, &referee_writer::layout(&plan.contents, &plan.contents.names(), Some(&convention(id))))
}

fn shown(plan: &Plan, files: &Files) -> String {
    let index: Value = serde_json::from_slice(files.get("index.json").unwrap()).unwrap();
    let mut text = String::new();
    if let Some(annotations) = index.get("annotations") {
        writeln!(text, "{annotations}").unwrap();
    }
    entries(plan, files, &index, 0, &mut text);
    let named: BTreeSet<&str> = plan
        .contents
        .nodes()
        .iter()
        .filter(|node| files.blob_of(&node.digest).is_none())
        .map(|node| node.name.as_str())
        .collect();
    if !named.is_empty() {
        writeln!(text, "not written: {named:?}").unwrap();
    }
    // digests in annotations are shown as names too
    for node in plan.contents.nodes() {
        text = text.replace(&node.digest.to_string(), &format!("<{}>", node.name));
        let tag = node.digest.to_string().replace(':', "-");
        text = text.replace(tag.get(..71).unwrap_or(&tag), &format!("<{} as tag>", node.name));
        text = text.replace(&*node.digest.encoded(), &format!("<{} encoded>", node.name));
    }
    text
}

fn entries(plan: &Plan, files: &Files, index: &Value, depth: usize, text: &mut String) {
    for entry in index["manifests"].as_array().unwrap() {
        let digest = Digest::parse(entry["digest"].as_str().unwrap()).unwrap();
        let node = plan.contents.by_digest(&digest);
        let name = node.map_or("index", |node| node.name.as_str());
        write!(text, "{:1$}{name}", "", depth * 2).unwrap();
        for key in ["artifactType", "platform", "annotations"] {
            if let Some(value) = entry.get(key) {
                write!(text, " {value}").unwrap();
            }
        }
        text.push('\n');
        if node.is_none() {
            let bytes = files.blob_of(&digest).unwrap();
            entries(plan, files, &serde_json::from_slice(bytes).unwrap(), depth + 1, text);
        }
    }
}

#[test]
fn without_a_convention_referrers_are_only_blobs() {
    let plan = plan("referrer-is-index");
    insta::assert_snapshot!(shown(&plan, &referee_writer::layout(&plan.contents, &plan.contents.names(), None)), @r#"image {"org.opencontainers.image.ref.name":"v1"}"#);
    insta::assert_snapshot!(shown(&plan, &referee_writer::layout(&plan.contents, &plan.base(), None)), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
spdx
cyclonedx
not written: {"sboms"}
"#);
}

#[test]
fn a_response_is_one_entry_per_subject() {
    insta::assert_snapshot!(written("two-subjects", "pr-1171"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
other {"org.opencontainers.image.ref.name":"v2"}
index {"org.opencontainers.image.referrer.subject":"<image>"}
  sbom "application/vnd.example.sbom"
index {"org.opencontainers.image.referrer.subject":"<other>"}
  other-sbom "application/vnd.example.sbom"
"#);
    insta::assert_snapshot!(written("attach-two-discover", "olareg-response"), @r#"
{"org.olareg.referrer.convert":"true"}
image {"org.opencontainers.image.ref.name":"v1"}
index {"org.olareg.referrer.subject":"<image>"}
  sbom "application/vnd.example.sbom"
  signature "application/vnd.example.signature"
"#);
    insta::assert_snapshot!(written("sha512-subject", "fallback-tag"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
index {"org.opencontainers.image.ref.name":"<image as tag>"}
  sbom "application/vnd.example.sbom"
"#);
    insta::assert_snapshot!(written("referrer-of-referrer", "fallback-tag"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
index {"org.opencontainers.image.ref.name":"<image as tag>"}
  sbom "application/vnd.example.sbom"
index {"org.opencontainers.image.ref.name":"<sbom as tag>"}
  signature "application/vnd.example.signature"
"#);
}

#[test]
fn each_referrer_can_be_an_entry() {
    insta::assert_snapshot!(written("artifact-type-kept", "untagged-entries"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
sbom "application/vnd.example.sbom"
legacy "application/vnd.example.config.v1+json"
"#);
    insta::assert_snapshot!(written("annotations-kept", "containerd-entries"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
sbom "application/vnd.example.sbom" {"com.example.k":"v","com.example.note":"two words","io.containerd.manifest.subject":"<image>"}
"#);
    insta::assert_snapshot!(written("attach-two-discover", "pr-1171+entries"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
index {"org.opencontainers.image.referrer.subject":"<image>"}
  sbom "application/vnd.example.sbom"
  signature "application/vnd.example.signature"
sbom "application/vnd.example.sbom"
signature "application/vnd.example.signature"
"#);
}

#[test]
fn a_tag_is_on_the_entry_that_there_is() {
    let ids = ["raw", "untagged-entries", "fallback-tag", "nested-attestation"];
    let shown = ids.map(|id| format!("{id}:\n{}", written("referrer-with-tag", id)));
    insta::assert_snapshot!(shown.concat(), @r#"
raw:
image {"org.opencontainers.image.ref.name":"v1"}
sbom {"org.opencontainers.image.ref.name":"sbom"}
untagged-entries:
image {"org.opencontainers.image.ref.name":"v1"}
sbom "application/vnd.example.sbom" {"org.opencontainers.image.ref.name":"sbom"}
fallback-tag:
image {"org.opencontainers.image.ref.name":"v1"}
index {"org.opencontainers.image.ref.name":"<image as tag>"}
  sbom "application/vnd.example.sbom"
sbom {"org.opencontainers.image.ref.name":"sbom"}
nested-attestation:
index {"org.opencontainers.image.ref.name":"v1"}
  image {"architecture":"amd64","os":"linux"}
  sbom {"architecture":"unknown","os":"unknown"} {"vnd.docker.reference.digest":"<image>","vnd.docker.reference.type":"attestation-manifest"}
sbom {"org.opencontainers.image.ref.name":"sbom"}
"#);
}

#[test]
fn an_index_with_referrers_takes_the_place_of_the_image() {
    insta::assert_snapshot!(written("attach-discover", "nested-attestation"), @r#"
index {"org.opencontainers.image.ref.name":"v1"}
  image {"architecture":"amd64","os":"linux"}
  sbom {"architecture":"unknown","os":"unknown"} {"vnd.docker.reference.digest":"<image>","vnd.docker.reference.type":"attestation-manifest"}
"#);
    insta::assert_snapshot!(written("subject-platform-child", "nested-attestation"), @r#"
index {"org.opencontainers.image.ref.name":"v1"}
  amd64 {"architecture":"amd64","os":"linux"}
  arm64 {"architecture":"arm64","os":"linux"}
  sbom {"architecture":"unknown","os":"unknown"} {"vnd.docker.reference.digest":"<amd64>","vnd.docker.reference.type":"attestation-manifest"}
not written: {"image"}
"#);
    insta::assert_snapshot!(written("subject-is-index", "nested-attestation"), @r#"
index {"org.opencontainers.image.ref.name":"v1"}
  image
  sbom {"architecture":"unknown","os":"unknown"} {"vnd.docker.reference.digest":"<image>","vnd.docker.reference.type":"attestation-manifest"}
"#);
    insta::assert_snapshot!(written("referrer-of-referrer", "nested-attestation"), @r#"
index {"org.opencontainers.image.ref.name":"v1"}
  image {"architecture":"amd64","os":"linux"}
  sbom {"architecture":"unknown","os":"unknown"} {"vnd.docker.reference.digest":"<image>","vnd.docker.reference.type":"attestation-manifest"}
  signature {"architecture":"unknown","os":"unknown"} {"vnd.docker.reference.digest":"<sbom>","vnd.docker.reference.type":"attestation-manifest"}
"#);
    insta::assert_snapshot!(written("subject-absent", "nested-attestation"), @r#"
other {"org.opencontainers.image.ref.name":"v1"}
index
  sbom {"architecture":"unknown","os":"unknown"} {"vnd.docker.reference.digest":"<image>","vnd.docker.reference.type":"attestation-manifest"}
not written: {"image"}
"#);
}

#[test]
fn a_referrer_can_have_the_name_of_its_image() {
    let ids = ["hauler", "hauler-v1"];
    let shown = ids.map(|id| format!("{id}:\n{}", written("referrer-with-tag", id)));
    insta::assert_snapshot!(shown.concat(), @r#"
hauler:
image {"io.containerd.image.name":"example.com/image:v1","org.opencontainers.image.ref.name":"v1"}
sbom {"io.containerd.image.name":"example.com/image:v1","kind":"dev.hauler/referrers/<sbom encoded>","org.opencontainers.image.ref.name":"v1"}
sbom {"org.opencontainers.image.ref.name":"sbom"}
hauler-v1:
image {"io.containerd.image.name":"example.com/image:v1","org.opencontainers.image.ref.name":"v1"}
sbom {"io.containerd.image.name":"example.com/image:v1","kind":"dev.cosignproject.cosign/referrers/<sbom encoded>","org.opencontainers.image.ref.name":"v1"}
sbom {"org.opencontainers.image.ref.name":"sbom"}
"#);
    // the sbom has no name of its own that its own referrer could have
    insta::assert_snapshot!(written("referrer-of-referrer", "hauler"), @r#"
image {"io.containerd.image.name":"example.com/image:v1","org.opencontainers.image.ref.name":"v1"}
sbom {"io.containerd.image.name":"example.com/image:v1","kind":"dev.hauler/referrers/<sbom encoded>","org.opencontainers.image.ref.name":"v1"}
"#);
}

#[test]
fn an_entry_can_say_more_than_readers_look_at() {
    insta::assert_snapshot!(written("attach-discover", "reference-digest"), @r#"
index {"org.opencontainers.image.ref.name":"v1"}
  image {"architecture":"amd64","os":"linux"}
  sbom {"org.opencontainers.reference.description":"application/vnd.example.sbom of <image>","org.opencontainers.reference.digest":"<image>","org.opencontainers.reference.type":"application/vnd.example.sbom"}
"#);
    insta::assert_snapshot!(written("annotations-kept", "bare-entries"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
sbom
"#);
}

#[test]
fn what_is_absent_is_listed_but_not_written() {
    insta::assert_snapshot!(written("listed-referrer-missing", "pr-1171"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
index {"org.opencontainers.image.referrer.subject":"<image>"}
  sbom "application/vnd.example.sbom"
  signature "application/vnd.example.signature"
not written: {"signature"}
"#);
    insta::assert_snapshot!(written("listed-referrer-missing", "untagged-entries"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
sbom "application/vnd.example.sbom"
signature "application/vnd.example.signature"
not written: {"signature"}
"#);
    insta::assert_snapshot!(written("listed-referrer-missing", "raw"), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
not written: {"signature"}
"#);
    insta::assert_snapshot!(written("subject-absent", "pr-1171"), @r#"
other {"org.opencontainers.image.ref.name":"v1"}
index {"org.opencontainers.image.referrer.subject":"<image>"}
  sbom "application/vnd.example.sbom"
not written: {"image"}
"#);
}

#[test]
fn carriers_that_agree_share_an_entry() {
    let convention = made_up(
        r#"
        [[carrier]]
        place = "index"
        lists = "referrer"
        annotation = { "com.example.a" = "{subject.digest}" }
        [[carrier]]
        place = "index"
        lists = "referrer"
        annotation = { "com.example.a" = "{subject.digest}", "com.example.b" = "1" }
        pull-up = ["artifactType"]
        [[carrier]]
        place = "index"
        lists = "referrer"
        annotation = { "com.example.a" = "{subject.digest}", "com.example.b" = "2" }
        [[carrier]]
        place = "index"
        lists = "referrer"
        ref-name = "r-{subject.encoded:32}"
        "#,
    );
    let plan = plan("attach-discover");
    let files = referee_writer::layout(&plan.contents, &plan.contents.names(), Some(&convention));
    insta::assert_snapshot!(shown(&plan, &files), @r#"
image {"org.opencontainers.image.ref.name":"v1"}
sbom "application/vnd.example.sbom" {"com.example.a":"<image>","com.example.b":"1"}
sbom {"com.example.a":"<image>","com.example.b":"2"}
sbom {"org.opencontainers.image.ref.name":"r-c20b174cd5d6b6bda4a80424cbf9f972"}
"#);
}
