use referee_spec::annotation::REF_NAME;
use std::cell::LazyCell;
use std::collections::BTreeSet;

use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// ref.name is somewhere else than on an entry of index.json
    ///
    /// ## What it does
    /// Finds `org.opencontainers.image.ref.name` on anything but a descriptor in index.json, where alone it counts.
    /// In a referrers response it may be a copy, and the manifest is reported.
    ///
    /// ## Why it matters
    /// A tool that honours it there, or copies it up, makes a tag that nobody gave.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "v1"}}
    /// ```
    ///
    /// ## What to do
    /// Leave it out; tag the manifest in index.json.
    {
        check: Check::Layout(check),
        requirements: &["ANNOT-020"],
        levels: DECLARED,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (file, pointer) in misplaced(evidence, REF_NAME) {
        findings.on(file, pointer, "ref.name counts on the entries of index.json only");
    }
}

/// Where an annotation is that counts on the entries of index.json only. A referrers response has to copy what its
/// referrers have, so a copy is not reported; nor is what an entry of index.json copies from its manifest.
pub(crate) fn misplaced(evidence: &Evidence<'_>, key: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let at = |pointer: String| format!("{pointer}/annotations/{}", key.replace('~', "~0").replace('/', "~1"));
    if evidence.facts.index_annotations().contains_key(key) {
        found.push(("index.json".to_owned(), at(String::new())));
    }
    let responses = evidence.response_digests();
    let entries = evidence.facts.entries();
    let pulled: LazyCell<BTreeSet<_>, _> = LazyCell::new(|| {
        entries.iter().filter_map(|entry| Some((entry.digest()?, entry.annotation(key)?))).collect()
    });
    for node in evidence.nodes() {
        let file = || blob_path(&node.digest);
        if let Some(value) = node.annotations.get(key)
            && !pulled.contains(&(&node.digest, value))
        {
            found.push((file(), at(String::new())));
        }
        if node.config.as_ref().is_some_and(|config| config.more().annotations.contains_key(key)) {
            found.push((file(), at("/config".to_owned())));
        }
        for entry in &node.entries {
            let Some(value) = entry.annotation(key) else { continue };
            let own = entry.digest().and_then(|digest| evidence.node(digest)?.annotations.get(key));
            let copy = responses.contains(&node.digest) && own.is_some_and(|own| own == value);
            if !copy {
                found.push((file(), at(entry.pointer())));
            }
        }
    }
    found
}
