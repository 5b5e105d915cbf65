//! How the file of a rule says what the rule is.
//!
//! Owns: the macro, the words that declarations use often, and the two kinds of checks. Leaves to others: the rules
//! ([`crate::catalogue`]), and the id of each, which is the stem of its file.

use crate::doc::Doc;
use crate::evidence::Evidence;
use crate::finding::Findings;
use crate::rule::Rule;
pub(crate) use crate::rule::{Canonical, Level, Reading, Severity, Since};

/// A rule with what it looks at.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) rule: Rule,
    pub(crate) check: Check,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// One document by itself.
    Document(DocumentCheck),
    /// The whole layout, without the text of its documents.
    Layout(LayoutCheck),
}

/// Looks at one document.
pub(crate) type DocumentCheck = fn(&Doc<'_>, &mut Findings<'_>);
/// Looks at a layout.
pub(crate) type LayoutCheck = fn(&Evidence<'_>, &mut Findings<'_>);

/// Asked for by v1.1.1, with MUST.
pub(crate) const MUST: &[(Since, Level)] = &[(Since::V1_1, Level::Must)];
/// Asked for by v1.1.1, with SHOULD.
pub(crate) const SHOULD: &[(Since, Level)] = &[(Since::V1_1, Level::Should)];
/// Declared by v1.1.1, or following from it.
pub(crate) const DECLARED: &[(Since, Level)] = &[(Since::V1_1, Level::Convention)];
/// Asked for by the proposal, with SHOULD.
pub(crate) const PROPOSED_SHOULD: &[(Since, Level)] = &[(Since::Proposal, Level::Should)];
/// Follows from what the text of a proposal says or leaves open, beside its convention.
pub(crate) const PROPOSED_TEXT: &[(Since, Level)] = &[(Since::Text, Level::Convention)];
/// Declared by the proposal, or following from it.
pub(crate) const PROPOSED: &[(Since, Level)] = &[(Since::Proposal, Level::Convention)];

/// The rule of a file. The first line of the doc comment is its summary, the rest its explanation; the fields after
/// `check` are those of [`Rule`].
macro_rules! declare_rule {
    (
        #[doc = $summary:literal]
        $(#[doc = $doc:literal])+
        { check: $check:expr, $($field:ident: $value:expr),+ $(,)? }
    ) => {
        #[doc = $summary]
        $(#[doc = $doc])+
        pub(crate) const RULE: crate::declare::Declared = crate::declare::Declared {
            rule: crate::rule::Rule {
                summary: $summary.trim_ascii(),
                explanation: concat!($($doc, "\n"),+).trim_ascii_start(),
                $($field: $value,)+
                ..crate::rule::Rule::BASE
            },
            check: $check,
        };
    };
}

impl Declared {
    /// The same with its id.
    pub(crate) const fn named(mut self, id: &'static str) -> Self {
        self.rule.id = id;
        self
    }
}
