use std::collections::BTreeMap;

use referee_spec::Digest;

use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::evidence::{Evidence, Response};
use crate::finding::Findings;

declare_rule! {
    /// index.json has several responses for one subject
    ///
    /// ## What it does
    /// Finds subjects for which several entries of index.json are marked as the response, in the same way and with
    /// different digests. Merging two layouts entry by entry makes such an index.json.
    ///
    /// ## Why it matters
    /// Readers differ: one takes the first, one the last. It is a warning, since what is in the other one is lost
    /// to them.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Join them into one response.
    {
        check: Check::Layout(check),
        requirements: &["AMB-06", "CONV-11"],
        levels: DECLARED,
        severity: Some(Severity::Warning),
        reading: Some(Reading { question: "AMB-06", error: &["error"], fine: &["union", "first", "last"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<(&str, Option<&str>, &Digest), &Response<'_>> = BTreeMap::new();
    for response in evidence.responses() {
        let Some(subject) = &response.subject else { continue };
        let key = (response.key, repository(response), subject);
        match seen.get(&key) {
            Some(first) if first.entry.digest() != response.entry.digest() => {
                let message = format!("an earlier entry is a response for {}, too", subject.short());
                let finding = findings.on("index.json", response.pointer(), message);
                finding.see("index.json", first.pointer(), "the first one");
            }
            Some(_) => {}
            None => {
                seen.insert(key, response);
            }
        }
    }
}

/// What stands before a fallback tag, as in `host/repository:tag`: each repository has a list of its own. `None` of a
/// response that an annotation marks.
fn repository<'r>(response: &'r Response<'_>) -> Option<&'r str> {
    let name = response.entry.ref_name().filter(|_| response.is_tagged())?;
    Some(name.rsplit_once(':').map_or("", |(repository, _)| repository))
}
