use std::collections::{BTreeMap, BTreeSet};

use referee_layout::Node;
use referee_spec::Digest;
use referee_spec::path::blob_path;

use crate::declare::{Check, Level, Reading, Since};
use crate::evidence::listings::Listed;
use crate::evidence::{Evidence, Response};
use crate::finding::{Findings, Found};

declare_rule! {
    /// a response leaves out a referrer that the layout has
    ///
    /// ## What it does
    /// Finds manifests with a subject for which index.json has a response or a fallback tag, where no such list has
    /// them.
    ///
    /// ## Why it matters
    /// A reader that trusts the response does not see them: a signature added by a tool that does not know of
    /// responses is hidden.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e..."}]}
    /// ```
    ///
    /// ## What to do
    /// Add it to the response, with a new digest for the response.
    {
        check: Check::Layout(check),
        requirements: &["REF-13", "FALLBACK-016", "CONV-11", "AMB-08"],
        levels: &[(Since::V1_1, Level::Convention), (Since::Proposal, Level::Should)],
        reading: Some(Reading { question: "AMB-08", error: &["scan"], fine: &["trust"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let proposed = evidence.responses_by_subject();
    for (node, subject) in evidence.referrers_to_list() {
        for carrier in evidence.carriers() {
            if evidence.listed(carrier, node, subject, &proposed) == Listed::NotInResponse {
                let of = |one: &&&Response<'_>| one.carrier.is_some_and(|own| std::ptr::eq(own, carrier));
                say(
                    findings,
                    node,
                    subject,
                    proposed.get(subject).and_then(|all| all.iter().find(of)).copied(),
                );
            }
        }
    }
    // a fallback tag that is not the proposal's: what a response has is not hidden
    let mut lists: BTreeMap<&Digest, BTreeSet<&Digest>> = BTreeMap::new();
    let mut tags: BTreeMap<&Digest, &Response<'_>> = BTreeMap::new();
    for response in evidence.responses().iter().filter(|response| response.node.is_some()) {
        let Some(subject) = &response.subject else { continue };
        let listed = response.entries().map(|(_, descriptor)| &descriptor.digest);
        lists.entry(subject).or_default().extend(listed);
        if !response.is_proposed() {
            tags.entry(subject).or_insert(response);
        }
    }
    let responses = evidence.response_digests();
    for (node, subject) in evidence.referrers().filter(|(node, _)| !responses.contains(&node.digest)) {
        // a response with a subject of its own is reported as that
        if let Some(tag) = tags.get(subject)
            && !proposed.contains_key(subject)
            && !lists[subject].contains(&node.digest)
        {
            say(findings, node, subject, Some(*tag)).own = false;
        }
    }
}

fn say<'f>(
    findings: &'f mut Findings<'_>,
    node: &Node,
    subject: &Digest,
    response: Option<&Response<'_>>,
) -> &'f mut Found {
    let message = format!("the response for {} does not list this referrer", subject.short());
    let finding = findings.on(blob_path(&node.digest), "/subject", message);
    if let Some(response) = response {
        finding.see("index.json", response.pointer(), "the response is marked here");
    }
    finding
}
