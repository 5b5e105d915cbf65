use std::collections::BTreeSet;
use std::fmt::Write as _;

use referee_layout::facts::Verified;
use referee_source::counted;
use referee_spec::path::blob_path;

use crate::declare::{Check, MUST};
use crate::evidence::{Evidence, Reference};
use crate::finding::Findings;

declare_rule! {
    /// a blob does not hash to its name
    ///
    /// ## What it does
    /// Hashes every blob whose algorithm is registered, and finds those whose digest is not their name. What is in
    /// such a blob is not looked at.
    ///
    /// ## Why it matters
    /// A reader that verifies refuses it; one that does not uses something that nobody signed.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256/5b0b... with one byte flipped
    /// ```
    ///
    /// ## What to do
    /// Fetch the blob again from where it came from.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-013"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mismatches = evidence.facts.blobs().pick(|digest, blob| {
        let known = blob.verified == Verified::No && findings.profile().registers(digest.algorithm());
        known.then_some(blob)
    });
    for (digest, blob) in mismatches {
        let uses = evidence.references(digest);
        let sizes: BTreeSet<u64> = uses.iter().filter_map(Reference::size).collect();
        let mut message = format!("its bytes do not hash to {}", digest.short());
        match sizes.iter().next() {
            Some(size) if sizes.len() == 1 && *size != blob.size => {
                let _ =
                    write!(message, "; it has {} where descriptors say {size}", counted(blob.size, "byte"));
            }
            _ => {}
        }
        let finding = findings.on(blob_path(digest), "", message);
        if let Some(one) = uses.first() {
            finding.see(one.file(), one.pointer(), "it is referred to here");
        }
    }
}
