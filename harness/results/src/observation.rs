//! Observations: what one run of a cell showed.
//!
//! Owns: the comparison of what a reader answered with the referrers that are there, and summing up several runs. Leaves to others:
//! running (`referee-runner`), and what was expected ([`crate::judge`]).

mod many;

use std::collections::{BTreeMap, BTreeSet};

use referee_spec::Digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;

pub use many::grouped;

/// What one run of a cell showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The outcome.
    pub outcome: Outcome,
    /// The referrers that are there: by digest, with the names that the case gives them.
    pub expected: BTreeMap<Digest, String>,
    /// What the reader answered, in its order.
    pub observed: Vec<Digest>,
    /// The case's names of what the reader answered, sorted; `?` for what has no name.
    pub sees: Vec<String>,
    /// Fields that differ, as `name.field`.
    pub altered: Vec<String>,
    /// The names of what one answer lists more than once; the outcome does not depend on it.
    pub repeated: Vec<String>,
    /// Why the outcome is not `seen`, where that needs a sentence.
    pub reason: Option<String>,
    /// Of a bystander: the outcome of the same call where the image has no referrers.
    pub control: Option<Outcome>,
}

impl Observation {
    /// An observation without an answer.
    pub fn none(outcome: Outcome, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            expected: BTreeMap::new(),
            observed: Vec::new(),
            sees: Vec::new(),
            altered: Vec::new(),
            repeated: Vec::new(),
            reason: Some(reason.into()),
            control: None,
        }
    }

    /// Compares an answer with the referrers that are there, by the case's names.
    pub fn compare(referrers: &BTreeMap<String, Descriptor>, answer: &[Answered]) -> Self {
        let expected: BTreeMap<Digest, String> =
            referrers.iter().map(|(name, referrer)| (referrer.digest.clone(), name.clone())).collect();
        let mut altered = Vec::new();
        let mut repeated = BTreeSet::new();
        let mut sees = Vec::new();
        let mut found = 0;
        let mut extra = false;
        let mut observed: Vec<Digest> = Vec::new();
        for one in answer {
            if observed.contains(&one.digest) {
                // a set does not change by it, but whoever counts the list is wrong
                repeated.insert(expected.get(&one.digest).cloned().unwrap_or_else(|| "?".to_owned()));
                continue;
            }
            observed.push(one.digest.clone());
            if let Some(name) = expected.get(&one.digest) {
                found += 1;
                sees.push(name.clone());
                altered.extend(
                    one.differences(&referrers[name]).into_iter().map(|field| format!("{name}.{field}")),
                );
            } else {
                extra = true;
                sees.push("?".to_owned());
            }
        }
        sees.sort();
        let outcome = match found {
            _ if extra => Outcome::Extra,
            all if all == expected.len() && altered.is_empty() => Outcome::Seen,
            all if all == expected.len() => Outcome::Altered,
            0 => Outcome::Missed,
            _ => Outcome::Partial,
        };
        let reason =
            extra.then(|| "the answer names something that is no referrer of the subject".to_owned());
        let repeated = repeated.into_iter().collect();
        Self { outcome, expected, observed, sees, altered, repeated, reason, control: None }
    }

    /// Compares words, such as tags, with those that are right: each with the name that the case gives to what it stands for.
    pub fn words(right: &BTreeMap<String, String>, answer: &[String]) -> Self {
        let answer: BTreeSet<&String> = answer.iter().collect();
        let found = answer.iter().filter(|word| right.contains_key(**word)).count();
        let outcome = if found < answer.len() {
            Outcome::Extra
        } else if found == right.len() {
            Outcome::Seen
        } else if found > 0 {
            Outcome::Partial
        } else {
            Outcome::Missed
        };
        let named = |word: &&String| right.get(*word).map_or_else(|| (*word).clone(), Clone::clone);
        let strange = answer.iter().find(|word| !right.contains_key(**word));
        let reason = strange.map(|word| format!("the answer names {word}, which is not the image's"));
        let digests = |words: &mut dyn Iterator<Item = &String>| -> Vec<Digest> {
            words.filter_map(|word| Digest::parse(word).ok()).collect()
        };
        let mut sees: Vec<String> = answer.iter().map(named).collect();
        sees.sort();
        let names = right.iter().filter_map(|(word, name)| Some((Digest::parse(word).ok()?, name.clone())));
        let (expected, observed) = (names.collect(), digests(&mut answer.into_iter()));
        Self { expected, observed, sees, reason, ..Self::none(outcome, "") }
    }

    /// Compares words with those of which one has to be there. Others do not matter: who uses an image names much.
    pub fn any_word(right: &BTreeMap<String, String>, answer: &[String]) -> Self {
        let own: Vec<String> =
            answer.iter().filter(|word| right.contains_key(*word)).take(1).cloned().collect();
        match own.as_slice() {
            [] if answer.is_empty() => Self::none(Outcome::Missed, "the answer names nothing of the image"),
            [] => Self::none(Outcome::Extra, "the answer names something that is not the image's"),
            own => Self::words(
                &right
                    .iter()
                    .filter(|(word, _)| own.contains(word))
                    .map(|(w, n)| (w.clone(), n.clone()))
                    .collect(),
                own,
            ),
        }
    }

    /// Joins two answers of one cell: the worse outcome holds, so that an answer that is empty everywhere does
    /// not pass where an empty answer happens to be right.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let badness = |outcome: Outcome| match outcome {
            Outcome::Seen => 0,
            Outcome::Altered => 1,
            Outcome::Partial => 2,
            Outcome::Missed => 3,
            Outcome::Extra => 4,
            _ => 5,
        };
        if badness(other.outcome) > badness(self.outcome) {
            let mixed =
                self.outcome.discovered() && !self.expected.is_empty() && other.outcome == Outcome::Missed;
            self.outcome = if mixed { Outcome::Partial } else { other.outcome };
            self.reason = other.reason;
        } else if self.outcome == Outcome::Missed && other.outcome.discovered() && !other.expected.is_empty()
        {
            self.outcome = Outcome::Partial;
        }
        self.expected.extend(other.expected);
        self.observed.extend(other.observed);
        self.sees.extend(other.sees);
        self.sees.sort();
        self.altered.extend(other.altered);
        self.repeated.extend(other.repeated);
        self.repeated.sort();
        self.repeated.dedup();
        self
    }
}

/// All runs of one cell, summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The outcome, `flaky` where runs differ.
    pub outcome: Outcome,
    /// How often each outcome was seen.
    pub outcomes: BTreeMap<Outcome, usize>,
    /// The run that is shown: the first with the worst-counted outcome, the first where all agree.
    pub shown: Observation,
}

impl Summary {
    /// Sums up the runs of one cell; `None` without any.
    pub fn of(mut runs: Vec<Observation>) -> Option<Self> {
        let mut outcomes = BTreeMap::new();
        for run in &runs {
            *outcomes.entry(run.outcome).or_insert(0) += 1;
        }
        let differ = outcomes.len() > 1;
        let rarest = outcomes.iter().min_by_key(|(_, count)| **count).map(|(outcome, _)| *outcome)?;
        let at = runs.iter().position(|run| run.outcome == rarest)?;
        let shown = runs.swap_remove(at);
        let outcome = if differ { Outcome::Flaky } else { rarest };
        Some(Self { outcome, outcomes, shown })
    }
}

/// What of a cell is held against later runs: its outcome, and what it consists of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Recorded {
    /// The outcome; `flaky` where runs differ.
    pub outcome: Outcome,
    /// The case's names of the referrers that were answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sees: Vec<String>,
    /// Fields that differ, as `name.field`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub altered: Vec<String>,
    /// With `flaky`: the outcomes that were seen.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub among: BTreeSet<Outcome>,
}

/// The descriptor that lists a referrer, as its manifest asks for it (distribution-spec, Listing Referrers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// `mediaType`
    pub media_type: String,
    /// `digest`
    pub digest: Digest,
    /// `size` in bytes
    pub size: u64,
    /// `artifactType`
    pub artifact_type: Option<String>,
    /// `annotations`
    pub annotations: BTreeMap<String, String>,
}

/// One descriptor of a reader's answer. What the reader did not say is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The referrer.
    pub digest: Digest,
    /// `mediaType`.
    pub media_type: Option<String>,
    /// `size` in bytes.
    pub size: Option<u64>,
    /// `artifactType`; an empty one counts as none.
    pub artifact_type: Option<String>,
    /// `annotations`.
    pub annotations: BTreeMap<String, String>,
    /// Whether the reader names digests alone, so that no field can differ.
    pub only_digest: bool,
}

impl Answered {
    /// A referrer that is named by its digest alone.
    pub fn bare(digest: Digest) -> Self {
        let annotations = BTreeMap::new();
        Self { digest, media_type: None, size: None, artifact_type: None, annotations, only_digest: true }
    }

    /// The fields that differ from the descriptor that the manifest asks for (distribution-spec, Listing
    /// Referrers).
    fn differences(&self, want: &Descriptor) -> Vec<&'static str> {
        let mut fields = Vec::new();
        if self.only_digest {
            return fields;
        }
        if self.media_type.as_deref() != Some(want.media_type.as_str()) {
            fields.push("mediaType");
        }
        if self.size != Some(want.size) {
            fields.push("size");
        }
        if self.artifact_type.as_deref().unwrap_or("") != want.artifact_type.as_deref().unwrap_or("") {
            fields.push("artifactType");
        }
        if self.annotations != want.annotations {
            fields.push("annotations");
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_that_differ_are_flaky_and_the_rarest_is_shown() {
        let runs = [Outcome::Seen, Outcome::Missed, Outcome::Seen].map(|one| Observation::none(one, ""));
        let summary = Summary::of(runs.into()).unwrap();
        assert_eq!((summary.outcome, summary.outcomes[&Outcome::Seen]), (Outcome::Flaky, 2));
        assert_eq!(summary.shown.outcome, Outcome::Missed);
        assert_eq!(Summary::of(Vec::new()), None);
    }
}
