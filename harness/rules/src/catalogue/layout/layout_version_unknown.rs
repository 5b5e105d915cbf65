use crate::declare::{Canonical, Check, DECLARED, Severity};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// imageLayoutVersion is not 1.0.0
    ///
    /// ## What it does
    /// Finds layouts whose `imageLayoutVersion` is a string other than `1.0.0`.
    ///
    /// ## Why it matters
    /// oras, regclient and containerd refuse any other version.
    ///
    /// ## Example
    /// ```json
    /// {"imageLayoutVersion": "1.1.0"}
    /// ```
    ///
    /// ## What to do
    /// Write `1.0.0`, unless a newer image-spec defines the version.
    {
        check: Check::Document(check),
        requirements: &["LAYOUT-007"],
        levels: DECLARED,
        severity: Some((
            Severity::Warning,
            "released tools refuse it, and yet a later image-spec may define it",
        )),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind != DocKind::OciLayout {
        return;
    }
    if let Some(version) = doc.root.get("imageLayoutVersion")
        && version.as_str().is_some_and(|text| text != "1.0.0")
    {
        findings.at(
            doc,
            version,
            format!("the layout version {} is not known, only \"1.0.0\" is", version.text()),
        );
    }
}
