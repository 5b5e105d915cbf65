use std::collections::BTreeSet;

use referee_layout::Entry;
use referee_spec::Digest;
use referee_spec::path::blob_path;

use crate::declare::{Check, PROPOSED_SHOULD, Reading};
use crate::doc::Slot;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a referrer is in no referrers response
    ///
    /// ## What it does
    /// Finds manifests with a subject in a layout whose index.json leads to them, where no response in index.json
    /// is marked for that subject.
    ///
    /// ## Why it matters
    /// A reader of the proposal does not find it: it looks at responses only.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e...", "artifactType": "application/vnd.example.sbom"}]}
    /// ```
    ///
    /// ## What to do
    /// Store a response for the subject, and list it in index.json with the annotation.
    {
        check: Check::Layout(check),
        requirements: &["REF-01", "CONV-01", "CONV-07", "CONV-09", "CONV-10", "AMB-35"],
        levels: PROPOSED_SHOULD,
        reading: Some(Reading { question: "AMB-35", error: &["each-child"], fine: &[] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let answered: BTreeSet<&Digest> =
        evidence.annotated_responses().map(|response| &response.subject).collect();
    let picked = |question: &str| evidence.profile.readings.get(question).map(String::as_str);
    let present_only = matches!(picked("AMB-01"), Some("present-only" | "forbidden"));
    let nested = picked("AMB-35") == Some("nested");
    let misled = misled(evidence);
    for (node, subject) in evidence.referrers() {
        let absent = evidence.blob(subject).is_none();
        if answered.contains(subject)
            || misled.contains(&node.digest)
            || (present_only && absent)
            || (nested && beside(evidence, &node.digest, subject))
        {
            continue;
        }
        let message = format!("this refers to {}, for which index.json has no response", subject.short());
        findings.on(blob_path(&node.digest), "/subject", message);
    }
}

/// What responses list whose mark is no digest: that is reported in its place.
fn misled<'a>(evidence: &Evidence<'a>) -> BTreeSet<&'a Digest> {
    let Some(key) = evidence.profile.key() else { return BTreeSet::new() };
    let marked = evidence
        .facts
        .entries()
        .iter()
        .filter(|entry| entry.annotation(key).is_some_and(|value| Digest::parse(value).is_err()));
    let nodes = marked.filter_map(|entry| evidence.node(entry.digest()?));
    nodes.flat_map(|node| node.entries.iter().filter_map(Entry::digest)).collect()
}

/// Whether an image index lists the referrer beside its subject.
fn beside(evidence: &Evidence<'_>, referrer: &Digest, subject: &Digest) -> bool {
    let lists = evidence.references(referrer).iter().filter(|one| matches!(one.slot(), Slot::Entry(_)));
    let mut lists = lists.filter_map(|one| evidence.node(one.from?));
    lists.any(|index| index.entries.iter().any(|entry| entry.digest() == Some(subject)))
}
