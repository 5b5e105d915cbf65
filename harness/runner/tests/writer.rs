//! Laws of plans and of the writer, over random cases and every shipped convention.

use std::fs;

use crate::generate::{self, conventions};
use proptest::prelude::*;
use referee_runner::{Case, Plan};
use referee_source::Source;
use referee_spec::Digest;
use referee_writer::Files;
use serde_json::Value;

/// All layouts of a case: without a convention and by each of them.
fn layouts(plan: &Plan) -> Vec<(String, Files)> {
    let mut layouts = vec![("base".to_owned(), referee_writer::layout(&plan.contents, &plan.base(), None))];
    for convention in conventions() {
        let files = referee_writer::layout(&plan.contents, &plan.contents.names(), Some(&convention));
        layouts.push((convention.id, files));
    }
    layouts
}

/// Calls `check` for every descriptor in a document: any object with `digest` and `size`.
fn descriptors(value: &Value, check: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(members) => {
            if members.contains_key("digest") && members.contains_key("size") {
                check(value);
            }
            members.values().for_each(|value| descriptors(value, check));
        }
        Value::Array(items) => items.iter().for_each(|value| descriptors(value, check)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_case_has_one_plan_and_one_layout_per_convention(case in generate::case()) {
        let again = Case::parse(&case.source).unwrap();
        let (plan, other) = (Plan::compile(&case), Plan::compile(&again));
        prop_assert_eq!(&plan, &other);
        prop_assert_eq!(layouts(&plan), layouts(&other));
    }

    #[test]
    fn nodes_come_after_what_they_need(case in generate::case()) {
        let plan = Plan::compile(&case);
        for (at, node) in plan.contents.nodes().iter().enumerate() {
            prop_assert_eq!(node.digest.matches(&node.bytes), Some(true));
            let earlier = &plan.contents.nodes()[..at];
            let needs = node.subject.iter().map(|subject| &subject.name).chain(&node.manifests);
            for need in needs {
                prop_assert!(earlier.iter().any(|other| other.name == *need));
            }
        }
        prop_assert_eq!(plan.contents.nodes().len(), case.content.len());
    }

    #[test]
    fn blobs_match_their_path_and_descriptors_their_blob(case in generate::case()) {
        let plan = Plan::compile(&case);
        for (id, files) in layouts(&plan) {
            for (path, bytes) in files.iter() {
                if let Some(blob) = path.strip_prefix("blobs/") {
                    let digest = Digest::parse(&blob.replace('/', ":")).unwrap();
                    prop_assert_eq!(digest.matches(bytes), Some(true), "{}: {}", id, path);
                    let node = plan.contents.by_digest(&digest);
                    prop_assert!(!node.is_some_and(|node| node.absent), "{}: {} is absent", id, path);
                }
                let Ok(document) = serde_json::from_slice::<Value>(bytes) else { continue };
                let wrong = |descriptor: &Value| plan.contents.nodes().iter().any(|node| {
                    let sizes = case.content(node.name.as_str()).and_then(|c| c.wrong_subject.size);
                    node.bytes == bytes && sizes == descriptor["size"].as_u64()
                });
                descriptors(&document, &mut |descriptor| {
                    let digest = Digest::parse(descriptor["digest"].as_str().unwrap()).unwrap();
                    if let Some(blob) = files.blob_of(&digest) {
                        let size = descriptor["size"].as_u64() == Some(blob.len() as u64);
                        assert!(size || wrong(descriptor), "{id}: {path}: {descriptor}");
                    }
                });
            }
        }
    }

    #[test]
    fn tags_and_only_tags_of_the_case_are_names(case in generate::case()) {
        let plan = Plan::compile(&case);
        for (id, files) in layouts(&plan) {
            let index: Value = serde_json::from_slice(files.get("index.json").unwrap()).unwrap();
            let name = |entry: &Value| {
                let value = entry["annotations"]["org.opencontainers.image.ref.name"].as_str();
                value.map(str::to_owned)
            };
            let entries = index["manifests"].as_array().unwrap();
            // a convention may list a referrer under the name of its subject
            let of_subject = |entry: &Value| {
                let digest = Digest::parse(entry["digest"].as_str().unwrap()).unwrap();
                let subject = plan.contents.by_digest(&digest).and_then(|node| node.subject.clone());
                let subject = subject.and_then(|subject| plan.contents.node(subject.name.as_str()));
                subject.is_some_and(|subject| name(entry).is_some() && subject.tag == name(entry))
            };
            let mut names: Vec<String> = entries.iter().filter(|entry| !of_subject(entry)).filter_map(name).collect();
            names.retain(|name| !name.starts_with("sha256-") && !name.starts_with("sha512-") && !name.starts_with("blake3-"));
            names.sort();
            let which = if id == "base" { plan.base() } else { plan.contents.names() };
            let written = plan.contents.nodes().iter().filter(|node| which.contains(&node.name) && !node.absent);
            let mut tags: Vec<String> = written.filter_map(|node| node.tag.clone()).collect();
            tags.sort();
            prop_assert_eq!(names, tags, "{}", id);
            for (at, entry) in entries.iter().enumerate() {
                prop_assert!(!entries[..at].contains(entry), "{}: double entry {}", id, entry);
            }
        }
    }
}

/// One description is many manifests: each has its own bytes, name and tag, and the subject of its number.
#[test]
fn what_stands_for_many_is_many() {
    let case = "schema = 1\nid = \"c\"\ntitle = \"t\"\nstatus = \"draft\"\nlevel = \"info\"\nreq = [\"REF-01\"]\n\
                [[content]]\nname = \"image\"\nkind = \"image\"\ntag = \"v1\"\ncount = 12\n\
                [[content]]\nname = \"sbom\"\nkind = \"artifact\"\nartifact-type = \"a/b\"\nsubject = \"image\"\ncount = 12\n\
                [[content]]\nname = \"note\"\nkind = \"artifact\"\nartifact-type = \"a/b\"\nsubject = \"plain\"\ncount = 2\n\
                [[content]]\nname = \"plain\"\nkind = \"image\"\n\
                [axes]\nproducer = [\"builtin\"]\n\
                [[step]]\nrole = \"producer\"\nop = \"push\"\ncontent = \"sbom\"\n\
                [[step]]\nrole = \"producer\"\nop = \"push\"\ncontent = \"note\"\n\
                [[step]]\nrole = \"consumer\"\nop = \"discover\"\nsubject = \"image#12\"\nexpect = [\"sbom\"]\n\
                [[step]]\nrole = \"consumer\"\nop = \"discover\"\nsubject = \"plain\"\nexpect = [\"note\"]\n";
    let case = Case::parse(&Source::new("c.toml", case)).unwrap();
    let plan = Plan::compile(&case);
    let node = |name: &str| plan.contents.node(name).unwrap();
    let digests: std::collections::BTreeSet<_> =
        plan.contents.nodes().iter().map(|node| &node.digest).collect();
    assert_eq!(digests.len(), 27);
    assert_eq!(node("image#12").tag.as_deref(), Some("v1-12"));
    assert_eq!(node("sbom#3").subject.as_ref().unwrap().name.as_str(), "image#3");
    assert_eq!(node("note#2").subject.as_ref().unwrap().name.as_str(), "plain");
    // none of the referrers is there before its step, and all of them are after it
    assert_eq!((plan.base().len(), plan.before_step(1).len(), plan.before_step(2).len()), (13, 25, 27));
    let expected = |at: usize| {
        let question = case.steps[at].question().unwrap();
        question.expect.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        (expected(2), expected(3)),
        (vec!["sbom#12".to_owned()], vec!["note#1".to_owned(), "note#2".to_owned()])
    );
}

#[test]
fn a_saved_layout_has_the_files() {
    let case = "schema = 1\nid = \"c\"\ntitle = \"t\"\nstatus = \"draft\"\nlevel = \"info\"\nreq = [\"REF-01\"]\nstep = []\n\
                [[content]]\nname = \"image\"\nkind = \"image\"\ntag = \"v1\"\n";
    let plan = Plan::compile(&Case::parse(&Source::new("c.toml", case)).unwrap());
    let files = referee_writer::layout(&plan.contents, &plan.contents.names(), None);
    let folder = tempfile::tempdir().unwrap();
    files.save(&folder.path().join("layout")).unwrap();
    for (path, bytes) in files.iter() {
        assert_eq!(fs::read(folder.path().join("layout").join(path)).unwrap(), bytes);
    }
    // the bytes of the smallest image are a contract: goldens and bundles hold its digest
    insta::assert_snapshot!(String::from_utf8_lossy(files.get("index.json").unwrap()), @r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:c20b174cd5d6b6bda4a80424cbf9f972fdd7d41e58341280d02668dd0aaf176d","size":397,"annotations":{"org.opencontainers.image.ref.name":"v1"}}]}"#);
    insta::assert_snapshot!(String::from_utf8_lossy(&plan.contents.node("image").unwrap().bytes), @r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:585d26278d9864cfce75f54fa0adb665d0530cdeb4b9820f7f05173f9f0b1139","size":163},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:47e87b3d7f29fc7797a027bc7642c4b37407ecb99b960bcdce17b5513026f235","size":2048}]}"#);
    insta::assert_snapshot!(String::from_utf8_lossy(&plan.contents.node("image").unwrap().blobs[0].bytes), @r#"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:47e87b3d7f29fc7797a027bc7642c4b37407ecb99b960bcdce17b5513026f235"]}}"#);
}
