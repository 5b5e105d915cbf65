use referee_spec::annotation::REF_NAME;
use referee_spec::tag::fallback_tag;
use std::collections::BTreeMap;

use crate::declare::{Check, MUST, Severity};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a fallback tag is not truncated
    ///
    /// ## What it does
    /// Finds names in index.json that are a subject's digest with `-` for `:`, where the fallback tag has to be cut
    /// (32 and 64 characters) or to have other characters replaced.
    ///
    /// ## Why it matters
    /// Readers look for the tag as it has to be; the long form of a sha512 is no valid tag at all.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "sha512-... 128 digits ..."}}
    /// ```
    ///
    /// ## What to do
    /// Cut the tag.
    {
        check: Check::Layout(check),
        requirements: &["FALLBACK-001", "FALLBACK-002", "FALLBACK-003", "FALLBACK-005", "FALLBACK-028"],
        levels: MUST,
        severity: Some((Severity::Warning, "v1.1.1 is vague about it")),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    for subject in evidence.facts.subjects() {
        let naive = subject.to_string().replace(':', "-");
        let right = fallback_tag(subject);
        if naive != right {
            wrong.insert(naive, right);
        }
    }
    for entry in evidence.facts.entries() {
        let name = entry.ref_name().map(|name| name.rsplit_once(':').map_or(name, |(_, tag)| tag));
        if let Some(right) = name.and_then(|name| wrong.get(name)) {
            let pointer = annotation_pointer(&entry.pointer(), REF_NAME);
            findings.on("index.json", pointer, format!("the fallback tag of this subject is {right}"));
        }
    }
}
