use crate::declare::{Canonical, Check, DECLARED};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// a platform uses the reserved field features
    ///
    /// ## What it does
    /// Finds `platform.features`, which is reserved for later versions.
    ///
    /// ## Why it matters
    /// It has no meaning yet; a later image-spec may give it one.
    ///
    /// ## Example
    /// ```json
    /// {"platform": {"architecture": "amd64", "os": "linux", "features": ["sse4"]}}
    /// ```
    ///
    /// ## What to do
    /// Leave it out.
    {
        check: Check::Document(check),
        requirements: &["INDEX-014"],
        levels: DECLARED,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        if let Some(features) = place.value.get("platform").and_then(|platform| platform.get("features")) {
            findings.at(doc, features, "platform.features is reserved and has no meaning yet");
        }
    }
}
