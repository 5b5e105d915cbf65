//! Findings: one place in one layout that breaks one rule.
//!
//! Owns: what a report shows of one. Leaves to others: collecting them ([`found`], where there may be very many), and
//! printing.

mod cited;
mod excerpt;
mod found;

pub(crate) use excerpt::Cursor;
pub use excerpt::Excerpt;
pub(crate) use found::{Asked, Findings, Found, by_pointer};

use crate::requirement::Kind;
use crate::rule::{Level, Rule, Severity};

/// One place that breaks one rule.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is under the profile.
    pub severity: Severity,
    /// How strongly the profile's texts ask for it.
    pub level: Level,
    /// The file, relative to the layout's root.
    pub file: String,
    /// The JSON pointer into the file; empty for the whole file.
    pub pointer: String,
    /// What is wrong, as a sentence without a full stop.
    pub message: String,
    /// The text around it, where the file is text.
    pub excerpt: Option<Excerpt>,
    /// Other places that have to do with it.
    pub related: Vec<Related>,
    /// What the file is: which requirements it breaks depends on that.
    pub(crate) kind: Kind,
    /// Those of the rule's requirements that it may break at all, where that depends on more than the place.
    pub(crate) only: Option<&'static [&'static str]>,
    /// Whether a proposal asks for it whose sentences the requirements do not have: its profile says where it is written down.
    pub(crate) own: bool,
}

/// Another place that has to do with a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The file, relative to the layout's root.
    pub file: String,
    /// The JSON pointer into the file; empty for the whole file.
    pub pointer: String,
    /// What is there.
    pub message: String,
}
