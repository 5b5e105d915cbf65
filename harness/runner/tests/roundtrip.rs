//! What the built-in writer writes by a convention, the built-in reader reads by it: nothing more, nothing less.
//! And the fields of each answer are those of the manifest, whatever the convention pulled up.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::generate::{self, conventions};
use proptest::prelude::*;
use referee_convention::Convention;
use referee_layout::{Facts, Layout, Limits, view};
use referee_runner::Plan;
use referee_runner::case::cell::{self, Readers};
use referee_source::Source;
use referee_spec::Digest;
use referee_writer::ContentNode;

fn facts(plan: &Plan, convention: &Convention) -> Facts {
    let folder = tempfile::tempdir().unwrap();
    referee_writer::layout(&plan.contents, &plan.contents.names(), Some(convention))
        .save(folder.path())
        .unwrap();
    Layout::open(folder.path()).unwrap().facts(&Limits::default())
}

fn digests<'a>(nodes: impl IntoIterator<Item = &'a ContentNode>) -> BTreeSet<Digest> {
    nodes.into_iter().map(|node| node.digest.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(case in generate::case()) {
        let plan = Plan::compile(&case);
        for convention in conventions() {
            let facts = facts(&plan, &convention);
            prop_assert!(facts.nodes().all(|node| node.verified == referee_layout::facts::Verified::Yes));
            for subject in plan.contents.nodes() {
                let meant = plan.contents.referrers_of(subject.name.as_str());
                // a convention that lists referrers by their subject's name has no list where there is no name
                let listed = !convention.needs_names() || (subject.tag.is_some() && !subject.absent);
                let here = digests(meant.iter().copied().filter(|node| listed && !node.absent));
                let answer = view::answer(&facts, &subject.digest, &convention);
                let read: BTreeSet<Digest> = answer.referrers.iter().map(|one| one.digest.clone()).collect();
                // what is absent is listed where the convention has a list that tells whose referrer it is
                let absent = digests(meant.iter().copied().filter(|node| node.absent));
                let missing: Vec<_> = here.difference(&read).collect();
                let extra: Vec<_> = read.difference(&here).filter(|digest| !absent.contains(*digest)).collect();
                prop_assert!(missing.is_empty(), "{}: {} lacks {missing:?}", convention.id, subject.name);
                prop_assert!(extra.is_empty(), "{}: {} has {extra:?}", convention.id, subject.name);
                for referrer in answer.referrers.iter().filter(|one| here.contains(&one.digest)) {
                    let node = plan.contents.by_digest(&referrer.digest).unwrap();
                    prop_assert_eq!(&referrer.artifact_type, &node.artifact_type, "{}", convention.id);
                    prop_assert_eq!(&referrer.annotations.to_map(), &node.annotations, "{}", convention.id);
                    prop_assert_eq!(referrer.size, node.bytes.len() as u64);
                    prop_assert_eq!(referrer.media_type.as_str(), &node.media_type);
                }
            }
        }
    }
}

/// Under one name or several, a referrer is found; without one, by no list, although its blob is there.
#[test]
fn a_list_by_name_has_who_has_a_name() {
    let head = "schema = 1\nid = \"c\"\ntitle = \"t\"\nstatus = \"draft\"\nlevel = \"info\"\nreq = [\"REF-01\"]\n\
                [[content]]\nname = \"image\"\nkind = \"image\"\n";
    let tail = "[[content]]\nname = \"sbom\"\nkind = \"artifact\"\nsubject = \"image\"\nartifact-type = \"a/b\"\n\
                [[step]]\nrole = \"producer\"\nop = \"attach\"\ncontent = \"sbom\"\n";
    let all = conventions();
    for (tag, found) in [("tag = \"v1\"\n", 1), ("", 0)] {
        let source = Source::new("c.toml", format!("{head}{tag}{tail}"));
        let plan = Plan::compile(&referee_runner::Case::parse(&source).unwrap());
        let subject = &plan.contents.node("image").unwrap().digest;
        for convention in all.iter().filter(|convention| convention.needs_names()) {
            let facts = facts(&plan, convention);
            assert_eq!(view::answer(&facts, subject, convention).referrers.len(), found, "{}", convention.id);
            assert!(facts.node(&plan.contents.node("sbom").unwrap().digest).is_some());
        }
    }
}

/// The law above can fail: a reader of another convention does not find it.
#[test]
fn another_convention_does_not_find_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/interop/attach-discover.toml");
    let text = fs::read_to_string(path).unwrap();
    let case = referee_runner::Case::parse(&Source::new("attach-discover.toml", text)).unwrap();
    let plan = Plan::compile(&case);
    let all = conventions();
    let find = |id: &str| all.iter().find(|convention| convention.id == id).unwrap();
    let facts = facts(&plan, find("untagged-entries"));
    let subject = &plan.contents.node("image").unwrap().digest;
    assert_eq!(view::answer(&facts, subject, find("untagged-entries")).referrers.len(), 1);
    assert_eq!(view::answer(&facts, subject, find("pr-1171")).referrers.len(), 0);
}

/// What a convention cannot list is not expected of it: there, what is seen is recorded like anything else.
#[test]
fn nothing_is_expected_where_a_convention_has_no_list() {
    let catalogue = referee_runner::catalogue::Catalogue::shipped().unwrap();
    let specified = |case: &str, id: &str| {
        let case = catalogue.cases.iter().find(|one| one.id == case).unwrap();
        let cells = cell::expand(&Arc::new(case.clone()), &[], &catalogue.conventions, Readers::Few);
        let text = format!("{}[producer=builtin,consumer=builtin,convention={id},reader={id}]", case.id);
        let found = cells.iter().find(|cell| cell.id.to_string() == text);
        found.unwrap_or_else(|| panic!("no {text}")).specified(|_| false)
    };
    assert!(specified("referrer-of-referrer", "fallback-tag").is_some());
    assert!(specified("referrer-of-referrer", "hauler").is_none());
    assert!(specified("attach-discover", "hauler").is_some());
}
