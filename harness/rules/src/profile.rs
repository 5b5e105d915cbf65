//! Profiles: which texts a layout is held against. One TOML file each, under `cases/profiles/`.
//!
//! Owns: the file's form and what follows from it for a rule. Leaves to others: finding the files, and the
//! convention that a proposal names.

use std::collections::BTreeMap;

use referee_convention::Convention;
use referee_convention::{Carrier, ListedIn, Lists};
use referee_source::{Source, SourceError};
use referee_spec::digest::DigestError;
use referee_spec::{Algorithm, Digest};
use schemars::JsonSchema;
use serde::Deserialize;

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

/// What a proposal says of a referrers response in index.json.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The convention's id.
    pub convention: String,
    /// The annotation whose value is the subject's digest.
    pub key: String,
}

/// Why a convention cannot be the proposal of a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the convention `{convention}` has no annotated response in index.json")]
pub struct NoAnnotatedResponse {
    /// The convention's id.
    pub convention: String,
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
    /// A convention whose annotated response the proposal asks for: an id, or the path of a TOML file.
    pub convention: Option<String>,
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
        Ok(file)
    }

    /// The profile, with the convention that it names.
    ///
    /// # Errors
    /// The convention has no annotated response in index.json.
    pub fn with(self, convention: Option<&Convention>) -> Result<Profile, NoAnnotatedResponse> {
        let proposal = convention.map(Proposal::of).transpose()?;
        Ok(Profile {
            id: self.id,
            title: self.title,
            why: self.why,
            source: self.source,
            revision: self.revision,
            should: match self.should {
                Should::Warning => Severity::Warning,
                Should::Error => Severity::Error,
            },
            proposal,
            readings: BTreeMap::new(),
        })
    }
}

impl Proposal {
    fn of(convention: &Convention) -> Result<Self, NoAnnotatedResponse> {
        let response =
            |carrier: &&Carrier| carrier.place == ListedIn::Index && carrier.lists == Lists::Response;
        let mut keys =
            convention.carriers.iter().filter(response).flat_map(|carrier| carrier.annotation.keys());
        let key = keys.next().ok_or_else(|| NoAnnotatedResponse { convention: convention.id.clone() })?;
        Ok(Self { convention: convention.id.clone(), key: key.clone() })
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
        if let Some(severity) = rule.severity.filter(|_| !strict) {
            return Some(severity);
        }
        let severity = if level == Level::Should { self.should } else { level.severity() };
        // an open question is never an error unless its reading was picked
        Some(if rule.reading.is_some() { severity.min(Severity::Warning) } else { severity })
    }

    /// Whether its texts include those.
    pub fn has(&self, since: Since) -> bool {
        match since {
            Since::V1_1 => true,
            Since::Head => self.revision == Revision::Head,
            Since::Proposal => self.proposal.is_some(),
        }
    }

    /// The annotation by which the proposal marks a response.
    pub(crate) fn key(&self) -> Option<&str> {
        self.proposal.as_ref().map(|proposal| proposal.key.as_str())
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
