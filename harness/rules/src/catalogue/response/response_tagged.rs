use referee_spec::annotation::REF_NAME;

use crate::declare::{Check, PROPOSED_TEXT, Reading};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a response has a name
    ///
    /// ## What it does
    /// Finds entries that are marked as a response by the proposal's annotation and that also have a `ref.name`.
    ///
    /// ## Why it matters
    /// The response shows up in lists of tags, which the annotation was to avoid; as a fallback tag it helps older
    /// readers.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b...", "org.opencontainers.image.ref.name": "sha256-5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Leave the name out, unless older readers need it.
    {
        check: Check::Layout(check),
        requirements: &["REF-16", "AMB-15", "CONV-04", "CONV-15"],
        levels: PROPOSED_TEXT,
        reading: Some(Reading { question: "AMB-15", error: &["forbidden"], fine: &["allowed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.proposed_responses() {
        if response.entry.ref_name().is_some() {
            let pointer = annotation_pointer(&response.entry.pointer(), REF_NAME);
            findings.on("index.json", pointer, "this response has a ref.name, so tools list it as a tag");
        }
    }
}
