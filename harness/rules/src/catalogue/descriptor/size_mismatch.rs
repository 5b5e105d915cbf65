use referee_layout::BlobContent;
use referee_layout::facts::Verified;
use referee_source::counted;
use referee_spec::path::blob_path;

use crate::declare::{Check, MUST};
use crate::doc::Slot;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// the size of a descriptor differs from that of its blob
    ///
    /// ## What it does
    /// Finds descriptors whose `size` is not the number of bytes of the blob. A subject's is looked at by another
    /// rule; of a blob that is not what its name says, only that is reported.
    ///
    /// ## Why it matters
    /// Readers check the size before they hash, and refuse: oras refuses the whole layout.
    ///
    /// ## Example
    /// ```json
    /// {"digest": "sha256:...", "size": 1}
    /// ```
    ///
    /// ## What to do
    /// Write the number of bytes of the content.
    {
        check: Check::Layout(check),
        requirements: &["DESC-004", "DESC-005", "REF-17"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let responses = evidence.response_digests();
    for blob_node in evidence.blob_nodes() {
        let Some(blob) = blob_node.blob else { continue };
        if blob.verified == Verified::No || matches!(blob.content, BlobContent::Unreadable(_)) {
            continue;
        }
        for one in blob_node.references.iter().filter(|one| one.slot() != Slot::Subject) {
            // where the descriptor's own data shows it, that is reported
            let data = one.descriptor().and_then(|descriptor| descriptor.optional().data_size);
            if let Some(size) =
                one.size().filter(|size| *size != blob.size && data.is_none_or(|data| data == *size))
            {
                let short = blob_node.digest.short();
                let message =
                    format!("the size is {size}, but the blob {short} has {}", counted(blob.size, "byte"));
                let finding = findings.on(one.file(), one.pointer() + "/size", message);
                finding.see(blob_path(blob_node.digest), "", "the blob");
                // the last one is about the list of a subject's referrers
                let response = one.from.is_none() && responses.contains(blob_node.digest);
                finding.only = (!response).then_some(&["DESC-004", "DESC-005"]);
            }
        }
    }
}
