use crate::declare::{Canonical, Check, MUST, Severity};
use crate::doc::Doc;
use crate::evidence::annotations::{prefix_requirements, proposed_by};
use crate::finding::Findings;

declare_rule! {
    /// an annotation key was proposed and never defined
    ///
    /// ## What it does
    /// Finds keys below `org.opencontainers` that an OCI proposal or release candidate asks or asked for, and that
    /// neither a released text nor the profile defines.
    ///
    /// ## Why it matters
    /// Readers of the released texts ignore it, and its meaning has changed between revisions.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.convert": "true"}}
    /// ```
    ///
    /// ## What to do
    /// Check with `--profile pr-1171` if the layout follows that proposal.
    {
        check: Check::Document(check),
        requirements: &["ANNOT-005", "ANNOT-006", "REF-19", "REF-18"],
        levels: MUST,
        severity: Some((Severity::Warning, "the OCI itself proposed the key")),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for annotation in doc.annotations() {
        let Some(key) = annotation.name.as_str() else { continue };
        if let Some(source) = proposed_by(&key).filter(|_| !doc.profile.defines(&key)) {
            findings.at_only(
                prefix_requirements(&key),
                doc,
                annotation.name,
                format!("{key} comes from {source}; this profile does not define it"),
            );
        }
    }
}
