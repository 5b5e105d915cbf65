use crate::declare::{Check, PROPOSED_SHOULD};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// index.json does not say that the layout follows the proposal
    ///
    /// ## What it does
    /// Finds layouts with referrers, or with marks of the proposal, whose index.json lacks an annotation by which the
    /// proposal says that it is followed, and any index.json that has another value for it.
    ///
    /// ## Why it matters
    /// A reader cannot tell a subject without referrers from one whose referrers were left behind by a tool that does not
    /// know the proposal.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [], "annotations": {"com.example.referrers": "false"}}
    /// ```
    ///
    /// ## What to do
    /// Write the annotation with the value that the proposal asks for, once all referrers are listed.
    {
        check: Check::Layout(check),
        requirements: &["AMB-21", "REF-19"],
        levels: PROPOSED_SHOULD,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let Some(convention) = evidence.profile.convention() else { return };
    if convention.index_annotation.is_empty() || evidence.facts.index().is_err() {
        return;
    }
    let is_used = evidence.proposed_responses().next().is_some()
        || !evidence.claimed().is_empty()
        || !evidence.referrers_to_list().is_empty();
    let there = evidence.facts.index_annotations();
    for (key, value) in &convention.index_annotation {
        match there.get(key) {
            Some(own) if own == value => {}
            Some(_) => {
                let message = format!("the value of {key} has to be {value:?}");
                findings.on("index.json", annotation_pointer("", key), message);
            }
            None if is_used => {
                let message = format!(
                    "referrers are stored here, but index.json has no annotation {key}, which has to be {value:?}"
                );
                findings.on("index.json", "", message);
            }
            None => {}
        }
    }
}
