//! Findings while they are collected: a large layout may have a million of them.
//!
//! Owns: keeping each small, and their order in a report. Leaves to others: what a report shows of one ([`Finding`]), which is
//! made of it when it is shown.

use std::cmp::Ordering;
use std::sync::Arc;

use referee_layout::json::{Places, Span, Value};

use super::{Excerpt, Finding, Related};
use crate::doc::Doc;
use crate::profile::Profile;
use crate::requirement::Kind;
use crate::rule::{Level, Rule, Severity};

/// A rule that a profile asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
    level: Level,
}

impl Asked {
    /// `None` if the profile says nothing about the rule.
    pub(crate) fn of(rule: &'static Rule, profile: &Profile) -> Option<Self> {
        Some(Self { rule, severity: profile.severity(rule)?, level: profile.level(rule)? })
    }
}

/// One place that breaks one rule.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) asked: Asked,
    /// The file, which many have in common.
    pub(crate) file: Arc<str>,
    /// The JSON pointer, and then the message: one text takes less memory than two.
    text: Box<str>,
    pointer: u32,
    /// Where the text of a document begins and ends, which is in its first 4 GiB.
    span: Option<(u32, u32)>,
    pub(crate) kind: Kind,
    pub(crate) own: bool,
    pub(crate) only: Option<&'static [&'static str]>,
    pub(crate) excerpt: Option<Box<Excerpt>>,
    related: Vec<Related>,
}

/// Collects the findings of one rule in one document, or in a layout.
pub(crate) struct Findings<'p> {
    profile: &'p Profile,
    asked: Asked,
    own: bool,
    found: Vec<Found>,
    places: Places,
}

impl<'p> Findings<'p> {
    pub(crate) fn of(asked: Asked, profile: &'p Profile) -> Self {
        let own = profile.is_own(asked.rule);
        Self { profile, asked, own, found: Vec::new(), places: Places::default() }
    }

    pub(crate) fn profile(&self) -> &'p Profile {
        self.profile
    }

    /// The pointer of a value of the document: of many, in document order, in one pass.
    pub(crate) fn pointer(&mut self, value: &Value<'_>) -> String {
        self.places.pointer(value)
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
        let pointer = self.pointer(&value);
        self.push(doc.file(), pointer, &message.into(), Some(value.span())).only = only;
    }

    /// A finding at a JSON pointer of a file, or at a whole file.
    pub(crate) fn on(
        &mut self,
        file: impl Into<String>,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Found {
        self.push(file.into(), pointer.into(), &message.into(), None)
    }

    /// A finding at bytes of a file that is no JSON.
    pub(crate) fn bytes(&mut self, file: impl Into<String>, offset: usize, message: impl Into<String>) {
        self.push(file.into(), String::new(), &message.into(), Some(offset..offset + 1));
    }

    fn push(&mut self, file: String, pointer: String, message: &str, span: Option<Span>) -> &mut Found {
        let same = self.found.last().map(|last| &last.file).filter(|last| ***last == *file);
        let file = same.cloned().unwrap_or_else(|| file.into());
        // a pointer is no longer than its document
        let at = u32::try_from(pointer.len()).unwrap_or(u32::MAX);
        let mut found = Found {
            asked: self.asked,
            file,
            text: (pointer + message).into(),
            pointer: at,
            span: None,
            kind: Kind::Other,
            own: self.own,
            only: None,
            excerpt: None,
            related: Vec::new(),
        };
        found.set_span(span);
        self.found.push(found);
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    pub(crate) fn into_found(self) -> Vec<Found> {
        self.found
    }
}

impl Found {
    /// What the convention of a proposal asks for is a SHOULD of the profile whose `own` proposal it is.
    pub(crate) fn of_proposal(&mut self, own: bool, profile: &Profile) {
        if own {
            self.own = true;
            (self.asked.level, self.asked.severity) = (Level::Should, profile.should);
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

    pub(crate) fn pointer(&self) -> &str {
        self.text.get(..self.pointer as usize).unwrap_or_default()
    }

    fn message(&self) -> &str {
        self.text.get(self.pointer as usize..).unwrap_or_default()
    }

    pub(crate) fn span(&self) -> Option<Span> {
        self.span.map(|(start, end)| start as usize..end as usize)
    }

    pub(crate) fn set_span(&mut self, span: Option<Span>) {
        let small = |at: usize| u32::try_from(at).ok();
        self.span = span.and_then(|span| Some((small(span.start)?, small(span.end)?)));
    }

    /// What a report shows of it, with the text around it.
    pub(crate) fn finding(&self, excerpt: Option<Excerpt>) -> Finding {
        Finding {
            rule: self.asked.rule,
            severity: self.asked.severity,
            level: self.asked.level,
            file: self.file.to_string(),
            pointer: self.pointer().to_owned(),
            message: self.message().to_owned(),
            excerpt,
            related: self.related.clone(),
            kind: self.kind,
            only: self.only,
            own: self.own,
        }
    }

    /// Whether two of one rule say the same of the same place.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        (self.asked.rule.id, self.pointer, self.span) == (other.asked.rule.id, other.pointer, other.span)
            && self.text == other.text
            && self.file == other.file
    }

    /// Which of two comes first in a report: by file, by place in the file, by rule.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let rank = |found: &Self| match &*found.file {
            "" => 0,
            "oci-layout" => 1,
            "index.json" => 2,
            _ => 3,
        };
        let start = |found: &Self| found.span.map_or(0, |(start, _)| start);
        let files = || (rank(self), &self.file).cmp(&(rank(other), &other.file));
        let rest = || (self.asked.rule.id, self.message()).cmp(&(other.asked.rule.id, other.message()));
        files()
            .then_with(|| start(self).cmp(&start(other)))
            .then_with(|| by_pointer(self, other))
            .then_with(rest)
    }
}

/// Which of two pointers comes first, where numbers count as numbers.
pub(crate) fn by_pointer(one: &Found, other: &Found) -> Ordering {
    natural(one.pointer()).cmp(natural(other.pointer()))
}

fn natural(pointer: &str) -> impl Iterator<Item = (usize, &str)> {
    pointer.split('/').map(|token| (token.parse().unwrap_or(0), token))
}
