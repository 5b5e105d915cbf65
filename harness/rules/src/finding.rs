//! Findings: one place in one layout that breaks one rule.
//!
//! Owns: where it is, the text around it, and the limit on how many a rule makes in one document. Leaves to others:
//! printing.

mod cited;
mod excerpt;

use referee_layout::json::{Span, Value};

pub(crate) use excerpt::Cursor;
pub use excerpt::Excerpt;

use crate::doc::Doc;
use crate::profile::Profile;
use crate::requirement::Kind;
use crate::rule::{Level, Rule, Severity};

/// How many findings one rule makes in one document, or in a layout as a whole; the rest is counted.
const MOST: usize = 500;

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
    pub(crate) span: Option<Span>,
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

/// A rule that a profile asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) rule: &'static Rule,
    severity: Severity,
    level: Level,
}

impl Asked {
    /// `None` if the profile says nothing about the rule.
    pub(crate) fn of(rule: &'static Rule, profile: &Profile) -> Option<Self> {
        Some(Self { rule, severity: profile.severity(rule)?, level: profile.level(rule)? })
    }
}

/// Collects the findings of one rule in one document, or in a layout.
pub(crate) struct Findings<'p> {
    profile: &'p Profile,
    rule: &'static Rule,
    severity: Severity,
    level: Level,
    own: bool,
    found: Vec<Finding>,
    more: usize,
    /// Takes what is written to a finding that is only counted.
    spare: Option<Finding>,
}

impl<'p> Findings<'p> {
    pub(crate) fn of(asked: Asked, profile: &'p Profile) -> Self {
        let Asked { rule, severity, level } = asked;
        let own = profile.is_own(rule);
        Self { profile, rule, severity, level, own, found: Vec::new(), more: 0, spare: None }
    }

    pub(crate) fn profile(&self) -> &'p Profile {
        self.profile
    }

    /// A finding at a value or member name of a document.
    pub(crate) fn at(&mut self, doc: &Doc<'_>, value: Value<'_>, message: impl Into<String>) {
        self.at_only(None, doc, value, message);
    }

    /// The same, where it breaks `only` some of the rule's requirements.
    pub(crate) fn at_only(
        &mut self,
        only: Option<&'static [&'static str]>,
        doc: &Doc<'_>,
        value: Value<'_>,
        message: impl Into<String>,
    ) {
        // a pointer is made by a walk from the root: not for a finding that is only counted
        let pointer = if self.is_full() { String::new() } else { value.pointer() };
        self.push(doc.file(), pointer, message.into(), Some(value.span())).only = only;
    }

    /// A finding at a JSON pointer of a file, or at a whole file.
    pub(crate) fn on(
        &mut self,
        file: impl Into<String>,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.push(file.into(), pointer.into(), message.into(), None)
    }

    /// A finding at bytes of a file that is no JSON.
    pub(crate) fn bytes(&mut self, file: impl Into<String>, offset: usize, message: impl Into<String>) {
        self.push(file.into(), String::new(), message.into(), Some(offset..offset + 1));
    }

    fn push(&mut self, file: String, pointer: String, message: String, span: Option<Span>) -> &mut Finding {
        let (rule, severity, level) = (self.rule, self.severity, self.level);
        let (excerpt, related) = (None, Vec::new());
        let (kind, only, own) = (Kind::Other, None, self.own);
        let finding = Finding {
            rule,
            severity,
            level,
            file,
            pointer,
            message,
            excerpt,
            related,
            kind,
            only,
            own,
            span,
        };
        if self.is_full() {
            self.more += 1;
            return self.spare.insert(finding);
        }
        self.found.push(finding);
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    fn is_full(&self) -> bool {
        self.found.len() >= MOST
    }

    /// All findings; the last one counts those that are left out.
    pub(crate) fn into_found(mut self) -> Vec<Finding> {
        if let Some(mut last) = self.spare.take() {
            let one = self.found.iter().all(|finding| finding.file == last.file);
            last.file = if one { last.file } else { String::new() };
            last.message = format!("{} more places are like the {MOST} of this rule before", self.more);
            (last.pointer, last.span, last.related) = (String::new(), None, Vec::new());
            self.found.push(last);
        }
        self.found
    }
}

impl Finding {
    /// What the convention of a proposal asks for is a SHOULD of the profile whose `own` proposal it is.
    pub(crate) fn of_proposal(&mut self, own: bool, profile: &Profile) {
        if own {
            (self.own, self.level, self.severity) = (true, Level::Should, profile.should);
        }
    }

    /// Adds another place.
    pub(crate) fn see(
        &mut self,
        file: impl Into<String>,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) {
        let related = Related { file: file.into(), pointer: pointer.into(), message: message.into() };
        self.related.push(related);
    }

    /// Where it comes in a report: by file, by place in the file, by rule.
    pub(crate) fn order(&self) -> impl Ord + '_ {
        let rank = match self.file.as_str() {
            "" => 0,
            "oci-layout" => 1,
            "index.json" => 2,
            _ => 3,
        };
        let start = self.span.as_ref().map_or(0, |span| span.start);
        (rank, &self.file, start, natural(&self.pointer), self.rule.id, &self.message)
    }
}

/// A pointer whose numbers sort as numbers.
fn natural(pointer: &str) -> Vec<(usize, &str)> {
    pointer.split('/').map(|token| (token.parse().unwrap_or(0), token)).collect()
}
