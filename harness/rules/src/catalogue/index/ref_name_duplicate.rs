use referee_spec::annotation::REF_NAME;
use std::collections::{BTreeSet, HashMap};

use referee_layout::Entry;

use crate::declare::{Check, DECLARED};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// several entries of index.json have the same name
    ///
    /// ## What it does
    /// Finds `org.opencontainers.image.ref.name` values that several entries of index.json have, with different
    /// digests. That is allowed.
    ///
    /// ## Why it matters
    /// Readers differ: one takes the first, one the last, one refuses.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "v1"}}
    /// ```
    ///
    /// ## What to do
    /// Give each its own name, if a person is to choose by it.
    {
        check: Check::Layout(check),
        requirements: &["INDEX-020", "ANNOT-023"],
        levels: DECLARED,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mut seen: HashMap<&str, &Entry> = HashMap::with_capacity(evidence.facts.entries().len());
    // two lists of the referrers of one subject are reported as that
    let tagged = evidence.responses().iter().filter(|response| response.is_tagged());
    let lists: BTreeSet<u32> = tagged.map(|response| response.entry.position).collect();
    for entry in evidence.facts.entries().iter().filter(|entry| !lists.contains(&entry.position)) {
        let Some(name) = entry.ref_name() else { continue };
        match seen.get(name) {
            Some(first) if first.digest() != entry.digest() => {
                let pointer = annotation_pointer(&entry.pointer(), REF_NAME);
                let finding =
                    findings.on("index.json", pointer, format!("another entry is named {name}, too"));
                finding.see("index.json", first.pointer(), "the first of that name");
            }
            Some(_) => {}
            None => {
                seen.insert(name, entry);
            }
        }
    }
}
