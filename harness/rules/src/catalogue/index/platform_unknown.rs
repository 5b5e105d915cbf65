use crate::declare::{Canonical, Check, SHOULD, Severity};
use crate::doc::{Doc, is_unknown_platform, prescribes_platform};
use crate::finding::Findings;

declare_rule! {
    /// an entry has the platform unknown/unknown
    ///
    /// ## What it does
    /// Finds descriptors with the platform `unknown/unknown`.
    ///
    /// ## Why it matters
    /// BuildKit marks attestations in this way, so that no runtime picks them. The values are none of Go's, which
    /// image-spec asks for, but everybody knows them by now. Where a proposal asks for them, they are right.
    ///
    /// ## Example
    /// ```json
    /// {"platform": {"architecture": "unknown", "os": "unknown"}}
    /// ```
    ///
    /// ## What to do
    /// Nothing, if it is an attestation.
    {
        check: Check::Document(check),
        requirements: &["INDEX-013"],
        levels: SHOULD,
        severity: Some((Severity::Info, "everybody knows by now what these values mark")),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        if let Some(platform) = place.value.get("platform").filter(|platform| is_unknown_platform(*platform))
            && !prescribes_platform(doc.profile, place.value)
        {
            findings.at(doc, platform, "the platform is unknown/unknown, which marks attestations");
        }
    }
}
