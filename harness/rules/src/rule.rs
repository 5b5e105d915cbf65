//! What is known of a rule, as reports and explanations show it.
//!
//! Owns: its data and the words for how strongly it asks. Leaves to others: what it looks for ([`crate::catalogue`]), and
//! how a file says all of that ([`crate::declare`]).

use std::fmt;

use serde::Serialize;

use crate::requirement::{self, Citation};

/// One requirement, or a few that one fault breaks, made checkable.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Names the fault in kebab case; the stem of the rule's file; never changes.
    pub id: &'static str,
    /// The fault in a few words: the first line of the declaration.
    pub summary: &'static str,
    /// Ids of the requirements that it decides.
    pub requirements: &'static [&'static str],
    /// From which revision on the texts ask for it, and how strongly.
    pub levels: &'static [(Since, Level)],
    /// In place of the severity that the level asks for, and why: what follows on "it is a warning since".
    pub severity: Option<(Severity, &'static str)>,
    /// The open question whose answer decides whether this is a fault.
    pub reading: Option<Reading>,
    /// Markdown with the headings `What it does`, `Why it matters`, `Example`, `What to do`.
    pub explanation: &'static str,
    /// Whether it has to be asked about canonical documents and descriptors.
    pub(crate) canonical: Canonical,
}

/// Whether a rule for single documents can find anything in canonical input: documents and descriptors in the exact form
/// that nearly all have ([`crate::doc::canonical`] defines it). Most rules cannot, and skipping them there is what makes large
/// layouts quick to check.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Canonical {
    /// It may find something: it sees every document and every descriptor.
    #[default]
    Ask,
    /// It cannot find anything in canonical input, and is not shown any. A property test holds each rule to it.
    Skip,
}

/// The texts in which a rule came up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Since {
    /// image-spec v1.1.1 and distribution-spec v1.1.1.
    V1_1,
    /// image-spec at HEAD `13cff549`.
    Head,
    /// A proposal: the profile names its convention.
    Proposal,
    /// A proposal whose sentences the requirements have: the profile names its text, too.
    Text,
}

/// How strongly a text asks, after RFC 2119.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// MUST, MUST NOT, REQUIRED.
    Must,
    /// SHOULD, SHOULD NOT.
    Should,
    /// MAY, OPTIONAL.
    May,
    /// No such word: what a text declares, or what follows from several.
    Convention,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// It breaks a SHOULD; or no sentence forbids it, or none so plainly, and it is likely to cause trouble: then the rule
    /// says why.
    Warning,
    /// It breaks a MUST; or something could not be looked at, so that the layout cannot be called right.
    Error,
}

/// How the answers to an open question decide a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The question, as in `AMB-06`.
    pub question: &'static str,
    /// Readings under which the finding is an error.
    pub error: &'static [&'static str],
    /// Readings under which there is nothing to find.
    pub fine: &'static [&'static str],
}

impl Rule {
    /// The sections of the specifications on which it rests, by its requirements: at least one, the first one first.
    pub fn citations(&self) -> Vec<&'static Citation> {
        requirement::citations(self.requirements.iter().copied())
    }

    /// The same in one line, as in `image-spec v1.1.1 image-layout.md, Blobs`.
    pub fn source(&self) -> String {
        let sections: Vec<_> = self.citations().into_iter().map(Citation::section).collect();
        sections.join("; ")
    }

    /// What a declaration leaves out.
    pub(crate) const BASE: Self = Self {
        id: "",
        summary: "",
        requirements: &[],
        levels: &[],
        severity: None,
        reading: None,
        explanation: "",
        canonical: Canonical::Ask,
    };
}

impl Level {
    /// The severity that this level asks for.
    pub fn severity(self) -> Severity {
        match self {
            Self::Must => Severity::Error,
            Self::Should => Severity::Warning,
            Self::May | Self::Convention => Severity::Info,
        }
    }

    /// The word in `referee/check/v1`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::May => "may",
            Self::Convention => "convention",
        }
    }
}

impl Severity {
    /// The word in `referee/check/v1`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
