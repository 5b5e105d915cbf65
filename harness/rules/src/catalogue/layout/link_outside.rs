use referee_layout::{LinkEnd, ReadError};

use crate::declare::{Check, DECLARED, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a part of the layout is a link that was not followed
    ///
    /// ## What it does
    /// Finds `oci-layout`, `index.json`, `blobs` and directories in it that are symbolic links out of the layout. One whose
    /// target is absolute, or that leaves the layout on its way, is not followed, wherever it ends. Links that
    /// stay inside are followed, in a directory as in an archive; a hard link in an archive names an earlier member. Nothing
    /// else is said of what was not looked at, neither that it is missing nor that it is right. (An archive from a pipe can be
    /// read only once, so that its links are not followed.)
    ///
    /// ## Why it matters
    /// Programs that follow the link read the layout; a copy of the layout, or a program that stays inside, does
    /// not have what it leads to.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256 -> /var/cache/blobs/sha256
    /// ```
    ///
    /// ## What to do
    /// Copy what it leads to into the layout, as `cp -rL` does, and check that copy.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-018"],
        levels: DECLARED,
        severity: Some((
            Severity::Warning,
            "no sentence speaks of links, but what was not looked at may be anything",
        )),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let facts = evidence.facts;
    let roots = [
        ("oci-layout", facts.oci_layout().err(), "so its version is not known"),
        ("index.json", facts.index().err(), "so nothing that it lists was looked at"),
    ];
    let folders = facts.unreadable().iter();
    let folders = folders.map(|(path, error)| (path.as_str(), Some(error), "so no blob in it was looked at"));
    for (path, error, so) in roots.into_iter().chain(folders) {
        let Some(link) = error.and_then(ReadError::link) else { continue };
        // that nothing is there is an error, but for a directory in `blobs`, which a layout need not have
        if link.end != LinkEnd::Nothing || path.starts_with("blobs/") {
            findings.on(path, "", format!("{path} is {link}; it was not followed, {so}"));
        }
    }
}
