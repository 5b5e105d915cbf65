use referee_spec::annotation::REF_NAME;

use crate::declare::{Check, DECLARED, Reading};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// index.json names images of several repositories
    ///
    /// ## What it does
    /// Finds an index.json whose full names are of more than one repository.
    ///
    /// ## Why it matters
    /// Referrers are scoped to a repository in a registry, and to a digest in a layout: what is a referrer in one
    /// repository becomes one in all.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "registry.example/b:v1"}}
    /// ```
    ///
    /// ## What to do
    /// Keep one layout for each repository, if it matters.
    {
        check: Check::Layout(check),
        requirements: &["ANNOT-025", "AMB-23"],
        levels: DECLARED,
        reading: Some(Reading { question: "AMB-23", error: &[], fine: &["name", "digest"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mut first: Option<&str> = None;
    for entry in evidence.facts.entries() {
        let Some(repository) = entry.ref_name().and_then(repository) else { continue };
        match first {
            None => first = Some(repository),
            Some(first) if first != repository => {
                let pointer = annotation_pointer(&entry.pointer(), REF_NAME);
                findings.on(
                    "index.json",
                    pointer,
                    format!("this names the repository {repository}, and an earlier entry {first}"),
                );
                return;
            }
            Some(_) => {}
        }
    }
}

/// The repository of a full name: what is before the tag or digest, if that has a `/`.
fn repository(name: &str) -> Option<&str> {
    let slash = name.rfind('/')?;
    let end = name[slash..].find([':', '@']).map_or(name.len(), |at| slash + at);
    Some(&name[..end])
}
