use referee_convention::{Carrier, Convention, Lists, PullUp, Template, Values};
use referee_layout::{Entry, Node};
use referee_spec::annotation::REF_NAME;

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::{Check, PROPOSED_SHOULD};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::evidence::marks::{fits, of_referrer};
use crate::finding::Findings;

declare_rule! {
    /// an entry lacks a value that the proposal puts there
    ///
    /// ## What it does
    /// Compares the entries by which a proposal lists referrers, responses and named images with what it puts on them beside its
    /// marks: what is pulled up from the manifest (its artifactType, its annotations), further annotations, and a platform.
    /// Where several entries list one thing, one of them has to have all. The entries in a response have rules of their own.
    ///
    /// ## Why it matters
    /// A reader that decides by the entry alone takes the referrer for something else, or passes it over.
    ///
    /// ## Example
    /// ```json
    /// {"digest": "sha256:1f2e...", "annotations": {"com.example.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Copy the value from the manifest, or write what the proposal asks for.
    {
        check: Check::Layout(check),
        requirements: &["REF-11", "AMB-12"],
        levels: PROPOSED_SHOULD,
    }
}

/// A value that is not what it should be: where on the entry, and what is to be said.
type Difference = (String, String);

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let Some(convention) = evidence.profile.convention() else { return };
    for carrier in evidence.carriers() {
        match carrier.lists {
            Lists::Referrer if puts_more(carrier) => referrers(evidence, carrier, findings),
            Lists::Response if !carrier.extra_annotation.is_empty() => {
                responses(evidence, carrier, findings);
            }
            _ => {}
        }
    }
    if !convention.image_annotation.is_empty() {
        images(evidence, convention, findings);
    }
}

fn puts_more(carrier: &Carrier) -> bool {
    !carrier.pull_up.is_empty() || !carrier.extra_annotation.is_empty() || carrier.platform.is_some()
}

fn referrers(evidence: &Evidence<'_>, carrier: &Carrier, findings: &mut Findings<'_>) {
    for (node, subject) in evidence.referrers_to_list() {
        for values in evidence.values(carrier, subject) {
            let known = of_referrer(values, node);
            let entries = evidence.entries_of(carrier, node, &values);
            let named = evidence.named_values(carrier, known);
            let all = entries.flat_map(|(file, entry)| {
                named.iter().map(move |known| (differences(carrier, entry, node, known), file.clone(), entry))
            });
            say(all.collect(), findings);
        }
    }
}

fn responses(evidence: &Evidence<'_>, carrier: &Carrier, findings: &mut Findings<'_>) {
    let own = evidence
        .proposed_responses()
        .filter(|response| response.carrier.is_some_and(|own| std::ptr::eq(own, carrier)));
    let mut by_subject: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for response in own {
        if let Some(subject) = &response.subject {
            by_subject.entry(subject).or_default().push(response.entry);
        }
    }
    for (subject, entries) in by_subject {
        for values in evidence.values(carrier, subject) {
            let here = entries.iter().filter(|entry| fits(carrier, entry, &values));
            let named = evidence.named_values(carrier, values);
            let all = here.flat_map(|entry| {
                named.iter().map(|values| {
                    (lacking(&carrier.extra_annotation, entry, values), "index.json".to_owned(), *entry)
                })
            });
            say(all.collect(), findings);
        }
    }
}

/// The entries of index.json that give an image a name.
fn images(evidence: &Evidence<'_>, convention: &Convention, findings: &mut Findings<'_>) {
    let responses: BTreeSet<u32> =
        evidence.proposed_responses().map(|response| response.entry.position).collect();
    for entry in evidence.facts.entries() {
        let (Some(name), Some(digest)) = (entry.ref_name(), entry.digest()) else { continue };
        let image = evidence.node(digest).is_some_and(|node| node.subject.is_none());
        if image && !responses.contains(&entry.position) {
            let values = Values { ref_name: Some(name), ..Values::of(digest) };
            let differences = lacking(&convention.image_annotation, entry, &values);
            say(vec![(differences, "index.json".to_owned(), entry)], findings);
        }
    }
}

/// Of several entries that are to say the same, one has to say all; else what the nearest one lacks is said.
fn say(all: Vec<(Vec<Difference>, String, &Entry)>, findings: &mut Findings<'_>) {
    let nearest = all.into_iter().min_by_key(|(differences, ..)| differences.len());
    let Some((differences, file, entry)) = nearest else { return };
    for (at, message) in differences {
        findings.on(file.as_str(), entry.pointer() + &at, message);
    }
}

fn differences(carrier: &Carrier, entry: &Entry, node: &Node, values: &Values<'_>) -> Vec<Difference> {
    let Ok(descriptor) = &entry.descriptor else { return Vec::new() };
    let there = descriptor.optional();
    let mut found = Vec::new();
    if carrier.pull_up.contains(&PullUp::ArtifactType) {
        let (said, own) = (there.artifact_type.as_deref(), node.referrer_type());
        if said != own {
            let at = if said.is_some() { "/artifactType" } else { "" };
            let (said, own) = (said.unwrap_or("none"), own.unwrap_or("none"));
            found.push((at.to_owned(), format!("the artifactType is {said}, but has to be {own}")));
        }
    }
    if carrier.pull_up.contains(&PullUp::Annotations) {
        // a name would be a tag that nobody gave, and what the carrier writes itself comes first
        let is_own = |key: &str| {
            key == REF_NAME
                || carrier.annotation.contains_key(key)
                || carrier.extra_annotation.contains_key(key)
        };
        for (key, value) in node.annotations.iter().filter(|(key, _)| !is_own(key)) {
            found.extend(difference(entry, key, value));
        }
    }
    found.extend(lacking(&carrier.extra_annotation, entry, values));
    if let Some(platform) = &carrier.platform
        && there.os_architecture.as_deref() != Some(platform)
    {
        let at = if there.os_architecture.is_some() { "/platform" } else { "" };
        let said = there.os_architecture.as_deref().unwrap_or("none");
        found.push((at.to_owned(), format!("the platform is {said}, but has to be {platform}")));
    }
    found
}

/// The annotations that should be there, but for those that stand for nothing.
fn lacking(wanted: &BTreeMap<String, Template>, entry: &Entry, values: &Values<'_>) -> Vec<Difference> {
    let wanted = wanted.iter().filter_map(|(key, template)| Some((key, template.expand(values)?)));
    wanted.filter_map(|(key, value)| difference(entry, key, &value)).collect()
}

fn difference(entry: &Entry, key: &str, value: &str) -> Option<Difference> {
    match entry.annotation(key) {
        Some(there) if there == value => None,
        Some(_) => Some((annotation_pointer("", key), format!("the value of {key} has to be {value:?}"))),
        None => Some((String::new(), format!("there is no annotation {key}, which has to be {value:?}"))),
    }
}
