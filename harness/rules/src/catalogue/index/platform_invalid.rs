//! `platform-invalid`: a platform lacks architecture or os.

use referee_layout::json::Kind;

use crate::doc::Doc;
use crate::finding::Findings;
use crate::rule::{Check, MUST};

declare_rule! {
    /// ## What it does
    /// Finds `platform` objects without the strings `architecture` and `os`, and platforms that are no objects.
    ///
    /// ## Why it matters
    /// Both are required as soon as there is a platform.
    ///
    /// ## Example
    /// ```json
    /// {"platform": {"architecture": "amd64"}}
    /// ```
    ///
    /// ## What to do
    /// Write both, or leave the platform out.
    {
        id: "platform-invalid",
        summary: "a platform lacks architecture or os",
        requirements: &["INDEX-012"],
        levels: MUST,
        source: "image-spec image-index.md, Image Index Property Descriptions",
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.objects() {
        let Some(platform) = place.value.get("platform") else { continue };
        let lacks = |name: &&&str| platform.get(name).is_none_or(|value| value.kind() != Kind::String);
        if let Some(name) = ["architecture", "os"].iter().find(lacks) {
            findings.at(doc, platform, format!("this platform has no {name} that is a string"));
        }
    }
}
