//! Profiles: which texts a layout is held against. One TOML file each, under `cases/profiles/`.
//!
//! Owns: the file's form and what follows from it for a rule. Leaves to others: finding the files, and what the
//! convention of a proposal asks of a layout (`evidence`).

use std::collections::BTreeMap;

use referee_convention::Convention;
use referee_source::{Source, SourceError};
use referee_spec::digest::DigestError;
use referee_spec::{Algorithm, Digest};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::requirement;
use crate::rule::{Level, Rule, Severity, Since};

/// Which texts a layout is held against.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Profile {
    /// The file's stem.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Why one would choose it.
    pub why: String,
    /// Where the texts are.
    pub source: String,
    /// The revision of image-spec.
    pub revision: Revision,
    /// How bad it is to break a SHOULD.
    pub should: Severity,
    /// The proposal, if there is one.
    pub proposal: Option<Proposal>,
    /// The reading that the user picked for an open question, by the question's id.
    pub readings: BTreeMap<String, String>,
}

/// A proposal: how it asks for referrers to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The convention, of any shape.
    pub convention: Convention,
    /// The text whose sentences the requirements cite, as in `image-spec PR 1171`. Without one, findings about the proposal
    /// cite the profile's own source, and what that text leaves open is no question.
    pub text: Option<String>,
}

/// The TOML form of a profile.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "referee profile, version 1")]
pub struct ProfileFile {
    /// The version of this file format: 1.
    #[schemars(extend("const" = 1))]
    pub schema: u32,
    /// Short name, equal to the file's stem.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Why one would choose it.
    pub why: String,
    /// Where the texts are.
    pub source: String,
    /// The revision of image-spec.
    pub revision: Revision,
    /// How bad it is to break a SHOULD; `warning` if left out.
    #[serde(default)]
    pub should: Should,
    /// The convention that the proposal asks for, whatever its carriers are: an id, or the path of a TOML file. Findings about
    /// it cite `source`.
    pub convention: Option<String>,
    /// The text of the proposal, where the requirements have its sentences, as in `image-spec PR 1171`: findings cite those.
    pub text: Option<String>,
}

/// A revision of image-spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Revision {
    /// v1.1.1.
    #[serde(rename = "v1.1.1")]
    V1_1_1,
    /// HEAD `13cff549`.
    #[serde(rename = "head")]
    Head,
}

/// How bad it is to break a SHOULD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Should {
    /// A warning.
    #[default]
    Warning,
    /// An error.
    Error,
}

impl ProfileFile {
    /// Reads a profile file.
    ///
    /// # Errors
    /// The first mistake, at its line.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        let file: Self = source.parse()?;
        if file.schema != 1 {
            return Err(source.error(
                source.place(&["schema"]),
                format!("schema {} is not known, expected 1", file.schema),
            ));
        }
        if file.id != source.stem() {
            let message = format!("id `{}` is not the file's stem, expected `{}`", file.id, source.stem());
            return Err(source.error(source.place(&["id"]), message));
        }
        if let Some(text) = &file.text {
            let place = || source.place(&["text"]);
            if !requirement::is_proposal(text) {
                let message = format!(
                    "no requirement cites a proposal `{text}`; without `text`, findings cite `source`"
                );
                return Err(source.error(place(), message));
            }
            if file.convention.is_none() {
                return Err(source.error(place(), "a text without a `convention` asks for nothing"));
            }
        }
        Ok(file)
    }

    /// The profile, with the convention that it names.
    pub fn with(self, convention: Option<Convention>) -> Profile {
        let text = self.text;
        Profile {
            id: self.id,
            title: self.title,
            why: self.why,
            source: self.source,
            revision: self.revision,
            should: match self.should {
                Should::Warning => Severity::Warning,
                Should::Error => Severity::Error,
            },
            proposal: convention.map(|convention| Proposal { convention, text }),
            readings: BTreeMap::new(),
        }
    }
}

impl Profile {
    /// How strongly this profile's texts ask for a rule; `None` if they do not.
    pub fn level(&self, rule: &Rule) -> Option<Level> {
        rule.levels.iter().rev().find(|(since, _)| self.has(*since)).map(|(_, level)| *level)
    }

    /// How bad it is to break a rule; `None` if nothing is to be said of it.
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        let level = self.level(rule)?;
        if let Some(reading) = rule.reading
            && let Some(picked) = self.readings.get(reading.question)
        {
            if reading.fine.contains(&picked.as_str()) {
                return None;
            }
            if reading.error.contains(&picked.as_str()) {
                return Some(Severity::Error);
            }
        }
        let strict = level == Level::Should && self.should == Severity::Error;
        if let Some((severity, _)) = rule.severity.filter(|_| !strict) {
            return Some(severity);
        }
        let severity = if level == Level::Should { self.should } else { level.severity() };
        // an open question is never an error unless its reading was picked; a proposal without a text has none
        let open = rule.reading.is_some() && !(self.is_own(rule));
        Some(if open { severity.min(Severity::Warning) } else { severity })
    }

    /// Whether its texts include those.
    pub fn has(&self, since: Since) -> bool {
        match since {
            Since::V1_1 => true,
            Since::Head => self.revision == Revision::Head,
            Since::Proposal => self.proposal.is_some(),
            Since::Text => self.has_text(),
        }
    }

    /// Whether its proposal is one whose sentences the requirements have.
    pub(crate) fn has_text(&self) -> bool {
        self.proposal.as_ref().is_some_and(|proposal| proposal.text.is_some())
    }

    /// Whether it has a proposal whose sentences the requirements do not have.
    pub(crate) fn has_own_proposal(&self) -> bool {
        self.proposal.is_some() && !self.has_text()
    }

    /// Whether a rule asks here what a proposal asks whose sentences the requirements do not have.
    pub fn is_own(&self, rule: &Rule) -> bool {
        let last = rule.levels.iter().rev().find(|(since, _)| self.has(*since));
        last.is_some_and(|(since, _)| *since == Since::Proposal) && !self.has_text()
    }

    /// The convention of the proposal.
    pub(crate) fn convention(&self) -> Option<&Convention> {
        self.proposal.as_ref().map(|proposal| &proposal.convention)
    }

    /// Whether the proposal gives a meaning to an annotation with that key.
    pub(crate) fn defines(&self, key: &str) -> bool {
        self.convention().is_some_and(|convention| convention.defines(key))
    }

    /// What is wrong with a digest, by the algorithms that the revision registers.
    pub(crate) fn digest_problem(&self, text: &str) -> Option<DigestError> {
        match Digest::check(text) {
            Err(DigestError::Registered { algorithm: Algorithm::Blake3, .. })
                if self.revision == Revision::V1_1_1 =>
            {
                None
            }
            other => other.err(),
        }
    }

    /// Whether the revision registers the algorithm.
    pub(crate) fn registers(&self, algorithm: &str) -> bool {
        matches!(algorithm, "sha256" | "sha512") || (algorithm == "blake3" && self.revision == Revision::Head)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const HEAD: &str =
        "schema = 1\nid = \"x\"\ntitle = \"t\"\nwhy = \"w\"\nsource = \"s\"\nrevision = \"head\"\n";

    fn parse(tail: &str) -> Result<ProfileFile, SourceError> {
        ProfileFile::parse(&Source::new("x.toml", format!("{HEAD}{tail}")))
    }

    #[test]
    fn a_text_is_one_that_requirements_cite_and_needs_a_convention() {
        let known = "text = \"image-spec PR 1171\"\n";
        parse(&format!("convention = \"pr-1171\"\n{known}")).unwrap();
        for (tail, line, message) in [
            ("convention = \"pr-1171\"\ntext = \"image-spec PR 1\"\n", 8, "no requirement cites"),
            ("convention = \"pr-1171\"\ntext = \"image-spec v1.1.1\"\n", 8, "no requirement cites"),
            (known, 7, "asks for nothing"),
        ] {
            let error = parse(tail).unwrap_err();
            assert_eq!(error.line(), line, "{error}");
            assert!(error.message.contains(message), "{error}");
        }
    }
}
