use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED, Reading};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a subject is not in the layout
    ///
    /// ## What it does
    /// Finds manifests whose subject is not in the layout. Registries have to accept that.
    ///
    /// ## Why it matters
    /// A copy may have left the image behind; oras refuses such a layout as a whole.
    ///
    /// ## Example
    /// ```json
    /// {"subject": {"digest": "sha256:..."}}
    /// ```
    ///
    /// ## What to do
    /// Copy the subject, too, if your readers need it.
    {
        check: Check::Layout(check),
        requirements: &["MANIFEST-016", "INDEX-016", "AMB-01"],
        levels: DECLARED,
        reading: Some(Reading { question: "AMB-01", error: &["forbidden"], fine: &["required", "present-only"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (node, subject) in evidence.referrers() {
        if evidence.is_missing(subject) {
            let message = format!("the subject {} is not in the layout", subject.short());
            findings.on(blob_path(&node.digest), "/subject/digest", message);
        }
    }
}
