use crate::declare::{Check, PROPOSED_SHOULD};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::evidence::marks::{named_subject, not_a_digest, of_referrer};
use crate::finding::Findings;

declare_rule! {
    /// an entry is marked for another subject than its referrer has
    ///
    /// ## What it does
    /// Finds entries that a proposal's annotations mark as a referrer of one subject, where the manifest refers to another, or
    /// where a mark has another value than it should have for this manifest. So it is with the marks of a response that do not
    /// all name one subject.
    ///
    /// ## Why it matters
    /// A reader that trusts the mark shows somebody else's signature; one that opens the manifest finds nothing here.
    ///
    /// ## Example
    /// ```json
    /// {"digest": "sha256:1f2e...", "annotations": {"com.example.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Write the marks of the subject that the manifest names, or remove the entry.
    {
        check: Check::Layout(check),
        requirements: &["REF-07", "REF-02"],
        levels: PROPOSED_SHOULD,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    responses(evidence, findings);
    for listing in evidence.listings().into_iter().filter(|listing| !listing.fits) {
        let (carrier, entry) = (listing.carrier, listing.entry);
        let node = entry.digest().and_then(|digest| evidence.node(digest));
        let Some((node, subject)) = node.and_then(|node| Some((node, &node.subject.as_ref()?.digest))) else {
            continue;
        };
        if not_a_digest(carrier, entry, evidence.profile).is_some() {
            continue;
        }
        let all = evidence.values(carrier, subject);
        let Some(values) = all.first().map(|values| of_referrer(*values, node)) else {
            let message = format!(
                "this lists a referrer of {}, which has no name of its own in index.json to be found by",
                subject.short()
            );
            findings.on(listing.file(), entry.pointer(), message);
            continue;
        };
        let wrong = carrier.marks().find_map(|mark| {
            let value = mark.value(&values)?;
            (entry.annotation(mark.key) != Some(&value)).then_some((mark.key, value))
        });
        let Some((key, value)) = wrong else { continue };
        let at = if entry.annotation(key).is_some() {
            annotation_pointer(&entry.pointer(), key)
        } else {
            entry.pointer()
        };
        let message = match named_subject(carrier, entry).filter(|named| named != subject) {
            Some(named) => format!("this is marked for {}, but refers to {}", named.short(), subject.short()),
            None => format!("for this referrer of {}, {key} has to be {value}", subject.short()),
        };
        findings.on(listing.file(), at, message);
    }
}

/// Responses of which one mark stands for a subject, and another one does not.
fn responses(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.proposed_responses() {
        let Some(wrong) = response.wrong_mark(evidence) else { continue };
        let (key, pointer, subject) = (wrong.key, response.entry.pointer(), wrong.subject.short());
        let there = response.entry.annotation(key).is_some();
        match wrong.value {
            Some(value) => {
                let at = if there { annotation_pointer(&pointer, key) } else { pointer };
                let message = format!("for this response of {subject}, {key} has to be {value}");
                findings.on("index.json", at, message);
            }
            None => {
                let message = format!(
                    "this is the response of {subject}, which has no name of its own in index.json to be found by"
                );
                findings.on("index.json", pointer, message);
            }
        }
    }
}
