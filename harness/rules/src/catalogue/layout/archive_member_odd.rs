use referee_layout::AnomalyKind;

use crate::declare::{Check, DECLARED, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a member of the archive does not unpack to a file of its own
    ///
    /// ## What it does
    /// Finds members of an archive whose name leads out of it, that have the name of an earlier member, or that are
    /// devices, FIFOs, or files with holes. (Links have rules of their own.)
    ///
    /// ## Why it matters
    /// Programs that unpack such an archive do different things, and a careless one writes outside of its folder.
    ///
    /// ## Example
    /// ```text
    /// ../blobs/sha256/5b0b...
    /// ```
    ///
    /// ## What to do
    /// Pack the layout again from plain files, as in `tar -C DIR -c .`.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-017"],
        levels: DECLARED,
        severity: Some((
            Severity::Warning,
            "no sentence speaks of archives in such detail, but two programs may unpack two layouts",
        )),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for anomaly in evidence.facts.anomalies() {
        let root = anomaly.path.split('/').next().unwrap_or_default();
        // whatever else lies beside a layout is nobody's business
        let ours = ["oci-layout", "index.json", "blobs"].contains(&root);
        let what = match &anomaly.kind {
            AnomalyKind::Traversal => "this member's name is no path inside of the archive; it was not read",
            AnomalyKind::Duplicate => "an earlier member has the same name; this one was read",
            _ if !ours => continue,
            AnomalyKind::Sparse => "this member is a sparse file; it was not read",
            _ => "this member is a device or FIFO; it was not read",
        };
        findings.on(anomaly.path.as_str(), "", what);
    }
}
