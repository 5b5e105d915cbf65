use std::collections::{BTreeMap, BTreeSet};

use referee_spec::Digest;
use referee_spec::path::blob_path;

use crate::declare::{Check, Level, Reading, Since};
use crate::evidence::Evidence;
use crate::finding::Findings;

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
    let mut lists: BTreeMap<&Digest, BTreeSet<&Digest>> = BTreeMap::new();
    for response in evidence.responses().iter().filter(|response| response.node.is_some()) {
        let listed = response.entries().map(|(_, descriptor)| &descriptor.digest);
        lists.entry(&response.subject).or_default().extend(listed);
    }
    let responses = evidence.response_digests();
    for (node, subject) in evidence.referrers() {
        // a response with a subject of its own is reported as that
        if !responses.contains(&node.digest)
            && lists.get(subject).is_some_and(|list| !list.contains(&node.digest))
        {
            let message = format!("the response for {} does not list this referrer", subject.short());
            let finding = findings.on(blob_path(&node.digest), "/subject", message);
            if let Some(response) = evidence.responses().iter().find(|response| response.subject == *subject)
            {
                finding.see("index.json", response.pointer(), "the response is marked here");
            }
        }
    }
}
