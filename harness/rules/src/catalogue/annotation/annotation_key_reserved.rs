use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::evidence::annotations::{DEFINED_KEYS, FILTERS_APPLIED, prefix_requirements, proposed_by};
use crate::finding::Findings;

declare_rule! {
    /// an annotation key uses the reserved prefix org.opencontainers
    ///
    /// ## What it does
    /// Finds keys that begin with `org.opencontainers` and that no OCI text defines. Keys that were or are proposed
    /// have a rule of their own.
    ///
    /// ## Why it matters
    /// A later specification may define the key as something else.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.flavour": "debian"}}
    /// ```
    ///
    /// ## What to do
    /// Use a domain that you own.
    {
        check: Check::Document(check),
        requirements: &["ANNOT-005", "ANNOT-006"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for annotation in doc.annotations() {
        let Some(key) = annotation.name.as_str() else { continue };
        let reserved = key == "org.opencontainers" || key.starts_with("org.opencontainers.");
        // a filtered response has a rule of its own
        let known = key == FILTERS_APPLIED
            || DEFINED_KEYS.contains(&&*key)
            || proposed_by(&key).is_some()
            || doc.profile.defines(&key);
        if reserved && !known {
            findings.at_only(
                prefix_requirements(&key),
                doc,
                annotation.name,
                format!("{key} has a prefix that is reserved for the OCI, and no OCI text defines it"),
            );
        }
    }
}
