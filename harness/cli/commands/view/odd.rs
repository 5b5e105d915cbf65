//! What in a layout was not so in any recorded case.
//!
//! Owns: finding it. Leaves to others: the records ([`super::measured`]), and whether it is wrong.
//!
//! Tools were seen to refuse a whole layout, or to miss a referrer, because of something of this kind anywhere in it. So what
//! was recorded of them holds without it only.

use referee::layout::view::{Census, View};
use referee::layout::{DocumentKind, Entry, Facts, Node};
use referee::spec::Digest;

/// Something odd.
#[derive(Debug)]
pub(super) struct Odd {
    /// The subject of which there is a record with it.
    subject: Option<Digest>,
    what: String,
}

/// What is odd anywhere in a layout.
pub(super) fn of_layout(census: &Census<'_>) -> Vec<Odd> {
    let facts = census.facts();
    let say = |what| Odd { subject: None, what };
    let entries = facts.entries().iter().filter_map(|entry| of_entry(facts, entry));
    let mut odd: Vec<Odd> = entries.map(say).collect();
    for node in facts.nodes() {
        let path = node.path();
        if let Some((name, _)) = node.subject_by_odd_name.as_deref() {
            odd.push(say(format!("{path}: has a member `{name}`, which is `subject` to some parsers")));
        }
        odd.extend(of_subject(facts, node).map(|(subject, what)| Odd {
            subject: Some(subject),
            what: format!("{path}: names its subject {what}"),
        }));
    }
    match census.unclear().len() {
        0 => {}
        count => odd.push(say(format!("what may refer to anything and could not be read: {count}"))),
    }
    odd
}

/// What is odd for one subject, by the view of all conventions: each as a sentence fragment that says where.
pub(super) fn of_view(layout: &[Odd], view: &View) -> Vec<String> {
    let others = layout.iter().filter(|one| one.subject.as_ref() != Some(&view.subject));
    let own = view.diagnostics.iter().filter(|one| one.code.starts_with("referrer-") || is_of_list(one.code));
    let own = own.map(|one| format!("{}: {}", one.file.as_deref().unwrap_or("index.json"), one.message));
    others.map(|one| one.what.clone()).chain(own).collect()
}

fn is_of_list(code: &str) -> bool {
    code.starts_with("listed-") || code == "fields-differ"
}

fn of_entry(facts: &Facts, entry: &Entry) -> Option<String> {
    let place = format!("index.json#{}", entry.pointer());
    let descriptor = match &entry.descriptor {
        Ok(descriptor) => descriptor,
        Err(unusable) => return Some(format!("{place} {}", unusable.reason)),
    };
    let node = facts.node(&descriptor.digest)?;
    if DocumentKind::of_media_type(&descriptor.media_type) != Some(node.kind) {
        return Some(format!("{place} has the mediaType `{}`", descriptor.media_type));
    }
    (descriptor.size != node.size).then(|| format!("{place} has another size than its blob"))
}

fn of_subject(facts: &Facts, node: &Node) -> Option<(Digest, &'static str)> {
    let named = node.subject.as_deref()?;
    let subject = facts.node(&named.digest)?;
    if named.media_type.as_deref().and_then(DocumentKind::of_media_type) != Some(subject.kind) {
        return Some((named.digest.clone(), "with another mediaType"));
    }
    (named.size != Some(subject.size)).then(|| (named.digest.clone(), "with another size"))
}
