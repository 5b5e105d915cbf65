//! The requirements of the specifications, and what they leave open. Data: `cases/requirements/*.toml`.
//!
//! Owns: their texts, and which of them files can decide. Leaves to others: deciding.

mod citation;
mod place;

use std::collections::HashMap;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

pub use citation::{Citation, CitationError};
pub use place::{Kind, Place, PlaceError};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../cases/requirements");

/// One sentence of a text that can be tested, in our own words.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Requirement {
    /// As in `LAYOUT-013`.
    pub id: String,
    /// The places that say so. Where `level` is derived, no sentence does, and this is where one would be.
    #[serde(default)]
    pub source: Vec<Citation>,
    /// Ids of the requirements and open questions from which this one follows.
    #[serde(default)]
    pub rests_on: Vec<String>,
    /// Where in a layout it asks for something; if there is nothing here, in the files that its sources are about.
    #[serde(default)]
    pub places: Vec<Place>,
    /// How strongly it asks: must, should, may, info, or derived.
    pub level: String,
    /// What it asks.
    pub text: String,
    /// Whether files decide it.
    pub decided_by: DecidedBy,
    /// How it is looked at, or what else is to be said.
    pub note: Option<String>,
    /// What keeps to it.
    pub good: Option<String>,
    /// What breaks it.
    pub bad: Option<String>,
    /// What a reader of referrers does about it.
    pub reader: Option<String>,
    /// Why neither a rule nor a case decides it, where `decided-by` alone does not say it.
    pub why_not: Option<String>,
}

/// What decides a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecidedBy {
    /// The files of a layout.
    Files,
    /// Files, in part.
    Partly,
    /// What a running program does.
    Behaviour,
    /// A trace of requests or system calls.
    Trace,
    /// What was there before.
    History,
    /// What somebody meant.
    Intent,
    /// It asks for nothing that could be broken.
    None,
}

/// A question that the texts leave open.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Ambiguity {
    /// As in `AMB-06`.
    pub id: String,
    /// The question.
    pub question: String,
    /// The places that leave it open.
    pub source: Vec<Citation>,
    /// What is reported, and what a reader does, until it is decided.
    pub default: String,
    /// What pulls each way.
    pub evidence: Option<String>,
    /// The possible answers.
    pub readings: Vec<Answer>,
}

/// One possible answer.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Answer {
    /// A word for it.
    pub id: String,
    /// What it says.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    requirement: Vec<Requirement>,
    #[serde(default)]
    ambiguity: Vec<Ambiguity>,
}

/// The requirements by their ids: a report asks for those of each finding.
static BY_ID: LazyLock<HashMap<&str, &Requirement>> =
    LazyLock::new(|| all().iter().map(|requirement| (requirement.id.as_str(), requirement)).collect());

static ALL: LazyLock<File> = LazyLock::new(|| {
    let mut all = File { requirement: Vec::new(), ambiguity: Vec::new() };
    let mut files: Vec<_> = FILES.files().collect();
    files.sort_by_key(|file| file.path());
    for file in files {
        let name = file.path().display().to_string();
        let source = referee_source::Source::new(name, file.contents_utf8().unwrap_or_default());
        let file: File = source.parse().expect("the tests parse every shipped file");
        all.requirement.extend(file.requirement);
        all.ambiguity.extend(file.ambiguity);
    }
    all
});

/// All requirements, family by family.
pub fn all() -> &'static [Requirement] {
    &ALL.requirement
}

/// All open questions.
pub fn ambiguities() -> &'static [Ambiguity] {
    &ALL.ambiguity
}

/// The requirement of that id.
pub fn requirement(id: &str) -> Option<&'static Requirement> {
    BY_ID.get(id).copied()
}

/// The open question of that id.
pub fn ambiguity(id: &str) -> Option<&'static Ambiguity> {
    ambiguities().iter().find(|ambiguity| ambiguity.id == id)
}

/// Whether a requirement or an open question has `id`.
///
/// ```
/// assert!(referee_rules::requirement::exists("REF-01"));
/// assert!(!referee_rules::requirement::exists("REF-001"));
/// ```
pub fn exists(id: &str) -> bool {
    requirement(id).is_some() || ambiguity(id).is_some()
}

/// Which texts are asked beside the released ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Texts {
    /// What will be released next.
    pub(crate) head: bool,
    /// A proposal.
    pub(crate) proposed: bool,
}

impl Texts {
    fn have(self, one: &Citation) -> bool {
        (self.head || !one.is_of_head()) && (self.proposed || !one.is_proposed())
    }
}

/// Those of these requirements and open questions that say something of that place of a file of that kind, in one of the texts
/// that are asked.
pub(crate) fn applicable(ids: &[&'static str], kind: Kind, pointer: &str, texts: Texts) -> Vec<&'static str> {
    let applies = |id: &&'static str| match requirement(id) {
        Some(known) if !texts.proposed && known.source.iter().any(Citation::is_proposed) => false,
        Some(known) => {
            let here = |place: &Place| place.contains(kind, pointer);
            (known.places.is_empty() || known.places.iter().any(here))
                && !applicable_citations(&[*id], kind, texts).is_empty()
        }
        None => true,
    };
    ids.iter().copied().filter(applies).collect()
}

/// The sections on which these rest, without those that are about other kinds of files.
pub(crate) fn applicable_citations(ids: &[&'static str], kind: Kind, texts: Texts) -> Vec<&'static Citation> {
    cited(ids.iter().copied(), |places, one| (!places.is_empty() || one.is_about(kind)) && texts.have(one))
}

/// Whether some requirement cites a text of that name, and it is a proposal: released texts have no convention.
pub(crate) fn is_proposal(text: &str) -> bool {
    let cites = |one: &Citation| one.text() == text && one.is_proposed();
    all().iter().flat_map(|requirement| &requirement.source).any(cites)
}

/// The places on which these requirements and open questions rest, each section once; where one has no place of its own,
/// those of what it rests on.
pub fn citations<'i>(ids: impl IntoIterator<Item = &'i str>) -> Vec<&'static Citation> {
    cited(ids, |_, _| true)
}

/// Those of them that are wanted, by the places of the requirement and the citation itself.
fn cited<'i>(
    ids: impl IntoIterator<Item = &'i str>,
    wanted: impl Fn(&[Place], &Citation) -> bool,
) -> Vec<&'static Citation> {
    let mut found: Vec<&'static Citation> = Vec::new();
    let mut open: Vec<&str> = ids.into_iter().collect();
    open.reverse();
    while let Some(id) = open.pop() {
        let (places, own) = match (requirement(id), ambiguity(id)) {
            (Some(known), _) => {
                open.extend(known.rests_on.iter().rev().map(String::as_str));
                (known.places.as_slice(), known.source.as_slice())
            }
            (None, Some(question)) => (&[][..], question.source.as_slice()),
            (None, None) => continue,
        };
        for one in own.iter().filter(|one| wanted(places, one)) {
            if found.iter().all(|known| known.section() != one.section()) {
                found.push(one);
            }
        }
    }
    found
}

impl DecidedBy {
    /// Why files cannot decide it; empty where they can.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Files | Self::Partly => "",
            Self::Behaviour => "it is what a running program does; a run of that program decides it",
            Self::Trace => "it needs a trace of requests or system calls",
            Self::History => "it needs the earlier state, or the original bytes",
            Self::Intent => "it depends on what somebody meant",
            Self::None => "it asks for nothing that a layout could break",
        }
    }
}
