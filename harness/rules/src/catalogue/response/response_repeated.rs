use std::collections::BTreeMap;

use referee_convention::Carrier;
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
    /// Readers differ: one takes the first, one the last.
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
        severity: Some((
            Severity::Warning,
            "no sentence forbids it, but a reader of one does not see what is in the other",
        )),
        reading: Some(Reading { question: "AMB-06", error: &["error"], fine: &["union", "first", "last"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<(Way<'_>, &Digest), &Response<'_>> = BTreeMap::new();
    // what is no list at all is reported as that
    for response in evidence.responses().iter().filter(|response| response.single(evidence).is_none()) {
        let Some(subject) = &response.subject else { continue };
        let key = (way(response), subject);
        match seen.get(&key) {
            Some(first) if first.entry.digest() != response.entry.digest() => {
                let message = format!("an earlier entry is a response for {}, too", subject.short());
                let finding = findings.on("index.json", response.pointer(), message);
                finding.see("index.json", first.pointer(), "the first one");
                finding.of_proposal(response.is_own(evidence), evidence.profile);
            }
            Some(_) => {}
            None => {
                seen.insert(key, response);
            }
        }
    }
}

/// The way in which a response is marked: by that carrier of the proposal, or by a fallback tag of that repository.
type Way<'r> = (Option<*const Carrier>, &'r str);

/// Each repository, which is what stands before the tag in `host/repository:tag`, has a list of its own.
fn way<'r>(response: &'r Response<'_>) -> Way<'r> {
    let carrier = response.carrier.map(std::ptr::from_ref);
    let name = response.entry.ref_name().filter(|_| carrier.is_none()).unwrap_or_default();
    (carrier, name.rsplit_once(':').map_or("", |(repository, _)| repository))
}
