use referee_convention::ListedIn;

use crate::declare::{Canonical, Check, PROPOSED};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// a response is marked by another key than the proposal's
    ///
    /// ## What it does
    /// Finds the keys by which olareg and containerd mark responses and referrers, and the proposal's key in
    /// another case.
    ///
    /// ## Why it matters
    /// A reader of the proposal ignores them.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.olareg.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Convert the layout, if readers of the proposal are to find the referrers.
    {
        check: Check::Document(check),
        requirements: &["REF-06", "REF-19", "CONV-18"],
        levels: PROPOSED,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    let Some(convention) = doc.profile.convention() else { return };
    // elsewhere no key of it counts
    let nested = || convention.carriers.iter().any(|carrier| carrier.place == ListedIn::SubjectIndex);
    if !(doc.kind == DocKind::IndexJson || doc.kind == DocKind::Index && nested()) {
        return;
    }
    let own =
        || convention.mark_keys().into_iter().chain(convention.index_annotation.keys().map(String::as_str));
    for annotation in doc.annotations() {
        let Some(name) = annotation.name.as_str().filter(|name| !convention.defines(name)) else { continue };
        let near = own().find(|key| name.eq_ignore_ascii_case(key));
        let foreign = doc.kind == DocKind::IndexJson && FOREIGN.contains(&&*name);
        if let Some(key) = near.or_else(|| own().next().filter(|_| foreign)) {
            findings.at(
                doc,
                annotation.name,
                format!("readers of the proposal ignore {name}; its key is {key}"),
            );
        }
    }
}

/// What released tools write in place of the proposal's key.
const FOREIGN: &[&str] =
    &["org.olareg.referrer.subject", "org.olareg.referrer.convert", "io.containerd.manifest.subject"];
