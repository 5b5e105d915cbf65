use crate::catalogue::response::response_filtered::FILTERED;
use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// an annotation key takes the name of the OCI
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
    for annotation in doc.keys() {
        let Some(key) = annotation.name.as_str() else { continue };
        let reserved = key == "org.opencontainers" || key.starts_with("org.opencontainers.");
        // a filtered response has a rule of its own
        let known = key == FILTERED
            || DEFINED.contains(&&*key)
            || proposed(&key).is_some()
            || doc.profile.key() == Some(&*key);
        if reserved && !known {
            findings.at(
                doc,
                annotation.name,
                format!("{key} is reserved for the OCI, and no text defines it"),
            );
        }
    }
}

/// The keys that image-spec v1.1.1 and HEAD define.
const DEFINED: &[&str] = &[
    // conversion.md: what becomes of an image config
    "org.opencontainers.image.architecture",
    "org.opencontainers.image.author",
    "org.opencontainers.image.exposedPorts",
    "org.opencontainers.image.os",
    "org.opencontainers.image.os.features",
    "org.opencontainers.image.os.version",
    "org.opencontainers.image.stopSignal",
    "org.opencontainers.image.variant",
    // annotations.md
    "org.opencontainers.image.authors",
    "org.opencontainers.image.base.digest",
    "org.opencontainers.image.base.name",
    "org.opencontainers.image.created",
    "org.opencontainers.image.description",
    "org.opencontainers.image.documentation",
    "org.opencontainers.image.licenses",
    "org.opencontainers.image.ref.name",
    "org.opencontainers.image.revision",
    "org.opencontainers.image.source",
    "org.opencontainers.image.title",
    "org.opencontainers.image.url",
    "org.opencontainers.image.vendor",
    "org.opencontainers.image.version",
];

/// Keys that OCI texts asked for and no released one defines, and where they come from.
const PROPOSED: &[(&str, &str)] = &[
    ("org.opencontainers.image.referrer.subject", "image-spec PR #1171"),
    ("org.opencontainers.image.referrer.convert", "the first revision of image-spec PR #1171"),
    ("org.opencontainers.artifact.created", "release candidates of image-spec v1.1"),
    ("org.opencontainers.artifact.description", "release candidates of image-spec v1.1"),
];

/// Where a key that no released text defines comes from.
pub(crate) fn proposed(key: &str) -> Option<&'static str> {
    // layer encryption has a family of keys
    if key.starts_with("org.opencontainers.image.enc.") {
        return Some("image-spec PR #775, layer encryption");
    }
    PROPOSED.iter().find(|(known, _)| *known == key).map(|(_, source)| *source)
}
