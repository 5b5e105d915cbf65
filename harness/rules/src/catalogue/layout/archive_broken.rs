use crate::declare::{Check, DECLARED, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// the archive breaks off
    ///
    /// ## What it does
    /// Finds archives that end too early or that stop being a tar: what comes after is not known. Nothing else is
    /// reported of such an archive.
    ///
    /// ## Why it matters
    /// A download that was cut off looks like a layout until somebody needs the part that is missing.
    ///
    /// ## Example
    /// ```text
    /// layout.tar: the archive ends inside blobs/sha256/5b0b..., after 1024 of its 7682 bytes
    /// ```
    ///
    /// ## What to do
    /// Download the archive, or pack the layout, again.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-017"],
        levels: DECLARED,
        severity: Some((Severity::Error, "no sentence forbids it, but half a layout cannot be called right")),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    if let Some(why) = evidence.facts.truncation() {
        findings.on("", "", format!("the archive {why}"));
    }
}
