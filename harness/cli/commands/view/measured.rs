//! What released tools were seen to make of referrers that are stored as those of a subject are.
//!
//! Owns: which recorded case is like the layout in hand, and looking it up. Leaves to others: the records
//! (`golden/interop`), and printing them.

use std::collections::{BTreeMap, BTreeSet};

use referee::layout::view::View;
use referee::layout::{DocumentKind, Facts};
use referee::results::golden::Goldens;
use referee::results::outcome::Outcome;
use referee::results::report::matrix::HEADLINE;
use referee::spec::Digest;

/// The case about the manifest of one platform, which has no entry of its own.
const CHILD: &str = "subject-platform-child";

/// The case about an index.
const INDEX: &str = "subject-is-index";

/// The cases about descriptors of the subject that are not as they should be, by what a view says of them.
const DIFFERS: [(&str, &str); 2] =
    [("subject-type-differs", "subject-wrong-type"), ("subject-size-differs", "subject-wrong-size")];

/// What was seen of one column.
#[derive(Debug)]
pub(super) struct Measured<'a> {
    /// The convention by which the referrer was stored.
    pub(super) convention: &'a str,
    /// The case.
    pub(super) case: &'static str,
    /// The column.
    pub(super) tool: &'a str,
    /// The version of its tool.
    pub(super) version: &'a str,
    /// What was observed.
    pub(super) outcome: Outcome,
}

/// The recorded cases that are like this layout, by the view of all conventions: what is odd about a referrer is so, whoever
/// finds it.
pub(super) fn cases(facts: &Facts, view: &View) -> Vec<&'static str> {
    let listed = facts.entries().iter().any(|entry| entry.digest() == Some(&view.subject));
    let kind = facts.node(&view.subject).map(|node| node.kind);
    let plain = match (listed, kind) {
        (false, _) => CHILD,
        (true, Some(DocumentKind::Index)) => INDEX,
        (true, _) => HEADLINE,
    };
    let said = |code: &str| view.diagnostics.iter().any(|one| one.code == code);
    let differs = DIFFERS.iter().filter(|(code, _)| said(code)).map(|(_, case)| *case);
    let cases: Vec<&'static str> = differs.collect();
    if cases.is_empty() { vec![plain] } else { cases }
}

/// What was recorded of the conventions by which referrers are stored, in these cases.
pub(super) fn measured<'a>(
    cases: &[&'static str],
    stored: &'a BTreeMap<Digest, BTreeSet<String>>,
    goldens: &'a Goldens,
) -> Vec<Measured<'a>> {
    let conventions: BTreeSet<&str> = stored.values().flatten().map(String::as_str).collect();
    let mut all = Vec::new();
    for convention in conventions {
        for case in cases {
            let seen = goldens.of_convention(case, convention).into_iter();
            all.extend(seen.map(|(tool, version, outcome)| Measured {
                convention,
                case,
                tool,
                version,
                outcome,
            }));
        }
    }
    all
}
