use referee_layout::BlobContent;
use referee_layout::facts::Verified;
use referee_layout::json::{JsonError, Problem};
use referee_spec::media_type;
use referee_spec::path::blob_path;

use crate::declare::{Check, MUST};
use crate::doc::Slot;
use crate::evidence::{Evidence, Reference};
use crate::finding::Findings;

declare_rule! {
    /// a JSON document is not UTF-8
    ///
    /// ## What it does
    /// Finds `oci-layout`, `index.json`, manifests, indexes and image configs that are not UTF-8, or that begin
    /// with a byte order mark.
    ///
    /// ## Why it matters
    /// Parsers refuse it, or guess.
    ///
    /// ## Example
    /// ```text
    /// \\xff\\xfe{\\x00}\\x00
    /// ```
    ///
    /// ## What to do
    /// Write UTF-8 without a byte order mark.
    {
        check: Check::Layout(check),
        requirements: &["JSON-002"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let files = [evidence.facts.oci_layout(), evidence.facts.index()];
    for document in files.into_iter().flatten() {
        if let Err(error) = document.root() {
            report(document.file().to_owned(), error, findings);
        }
    }
    let broken = evidence.facts.blobs().pick(|digest, blob| {
        let BlobContent::Broken(error) = &blob.content else { return None };
        let config = |one: &Reference<'_>| {
            one.slot() == Slot::Config && one.media_type() == Some(media_type::IMAGE_CONFIG)
        };
        let used = evidence.role(digest).is_some() || evidence.references(digest).iter().any(config);
        (used && blob.verified != Verified::No).then_some(error)
    });
    for (digest, error) in broken {
        report(blob_path(digest), error, findings);
    }
}

fn report(file: String, error: &JsonError, findings: &mut Findings<'_>) {
    if matches!(error.problem, Problem::Utf8 | Problem::ByteOrderMark) {
        findings.bytes(file, error.offset, format!("this is not JSON in UTF-8: {error}"));
    }
}
