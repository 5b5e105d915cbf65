use std::collections::BTreeSet;

use referee_convention::{Carrier, ListedIn, Lists};
use referee_spec::Digest;
use referee_spec::path::blob_path;

use crate::declare::{Check, PROPOSED_SHOULD, Reading};
use crate::doc::Slot;
use crate::evidence::Evidence;
use crate::evidence::listings::Listed;
use crate::evidence::marks::not_a_digest;
use crate::finding::Findings;

declare_rule! {
    /// a referrer is not where the proposal has it
    ///
    /// ## What it does
    /// Finds manifests with a subject that are not where each carrier of the proposal has them: no response in index.json is
    /// marked for that subject, or no entry with the marks of the proposal lists the manifest. A manifest that is only a blob
    /// counts where the proposal is a convention of your own.
    ///
    /// ## Why it matters
    /// A reader of the proposal does not find it: it looks nowhere else.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e...", "artifactType": "application/vnd.example.sbom"}]}
    /// ```
    ///
    /// ## What to do
    /// Store a response for the subject, and list it in index.json with the annotation; or list the referrer itself, if that
    /// is what the proposal asks for.
    {
        check: Check::Layout(check),
        requirements: &["REF-01", "CONV-01", "CONV-07", "CONV-09", "CONV-10", "AMB-35"],
        levels: PROPOSED_SHOULD,
        reading: Some(Reading { question: "AMB-35", error: &["each-child"], fine: &[] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let responses = evidence.responses_by_subject();
    let picked = |question: &str| evidence.profile.readings.get(question).map(String::as_str);
    let present_only = matches!(picked("AMB-01"), Some("present-only" | "forbidden"));
    let nested = picked("AMB-35") == Some("nested");
    let misled = misled(evidence);
    let written = evidence.carriers().filter(|carrier| carrier.lists == Lists::Response).count();
    for (node, subject) in evidence.referrers_to_list() {
        let absent = evidence.blob(subject).is_none();
        if (present_only && absent) || (nested && beside(evidence, &node.digest, subject)) {
            continue;
        }
        for carrier in evidence.carriers() {
            if evidence.listed(carrier, node, subject, &responses) == Listed::No
                && !misled.contains(&(carrier_id(carrier), &node.digest))
            {
                let message =
                    format!("this refers to {}, {}", subject.short(), lacking(carrier, written > 1));
                findings.on(blob_path(&node.digest), "/subject", message);
            }
        }
    }
}

/// Of several responses, the keys tell which one is meant.
fn lacking(carrier: &Carrier, of_several: bool) -> String {
    let list = match carrier.place {
        ListedIn::SubjectIndex => "the image's own index",
        ListedIn::Index | ListedIn::Blob => "index.json",
    };
    let keys: Vec<&str> = carrier.marks().map(|mark| mark.key).collect();
    if carrier.lists == Lists::Response {
        let by =
            if of_several { format!(" that is marked by {}", keys.join(" and ")) } else { String::new() };
        return format!("for which index.json has no response{by}");
    }
    match keys.as_slice() {
        [] => format!("and no entry of {list} lists it"),
        keys => format!("and no entry of {list} with the right {} lists it", keys.join(" and ")),
    }
}

fn carrier_id(carrier: &Carrier) -> *const Carrier {
    std::ptr::from_ref(carrier)
}

/// What is listed by an entry whose mark is no digest, or by a response whose marks differ: that is reported in its place.
fn misled<'e>(evidence: &'e Evidence<'_>) -> BTreeSet<(*const Carrier, &'e Digest)> {
    let mut found = BTreeSet::new();
    for response in evidence.proposed_responses().filter(|one| one.wrong_mark(evidence).is_some()) {
        let Some(carrier) = response.carrier else { continue };
        found.extend(response.entries().map(|(_, listed)| (carrier_id(carrier), &listed.digest)));
    }
    for (_, entry, carrier) in evidence.claimed() {
        if not_a_digest(carrier, entry, evidence.profile).is_none() {
            continue;
        }
        let Some(digest) = entry.digest() else { continue };
        match carrier.lists {
            Lists::Referrer => drop(found.insert((carrier_id(carrier), digest))),
            Lists::Response => {
                let entries = evidence.node(digest).into_iter().flat_map(|node| &node.entries);
                found.extend(entries.filter_map(|entry| Some((carrier_id(carrier), entry.digest()?))));
            }
        }
    }
    found
}

/// Whether an image index lists the referrer beside its subject.
fn beside(evidence: &Evidence<'_>, referrer: &Digest, subject: &Digest) -> bool {
    let lists = evidence.references(referrer).iter().filter(|one| matches!(one.slot(), Slot::Entry(_)));
    let mut lists = lists.filter_map(|one| evidence.node(one.from?));
    lists.any(|index| index.entries.iter().any(|entry| entry.digest() == Some(subject)))
}
