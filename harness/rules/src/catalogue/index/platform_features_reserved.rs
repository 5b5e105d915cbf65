//! `platform-features-reserved`: a platform uses the reserved field features.

use crate::doc::Doc;
use crate::finding::Findings;
use crate::rule::{Canonical, Check, DECLARED};

declare_rule! {
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
        id: "platform-features-reserved",
        summary: "a platform uses the reserved field features",
        requirements: &["INDEX-014"],
        levels: DECLARED,
        source: "image-spec image-index.md, Image Index Property Descriptions",
        canonical: Canonical::Skip,
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.objects() {
        if let Some(features) = place.value.get("platform").and_then(|platform| platform.get("features")) {
            findings.at(doc, features, "platform.features is reserved and has no meaning yet");
        }
    }
}
