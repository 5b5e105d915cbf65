//! Outcomes: what was observed in a cell, without any word on whether it is right.
//!
//! Owns: the closed list of outcomes, and the comparison of what a reader answered with what was there. Leaves to
//! others: running (`referee-runner`) and judging ([`crate::judge`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use referee_spec::Digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was observed in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Exactly the referrers that are there, with their fields.
    Seen,
    /// Exactly the referrers that are there, but a descriptor's fields differ.
    Altered,
    /// Some, not all.
    Partial,
    /// None, although there are some.
    Missed,
    /// Something that is no referrer of the subject.
    Extra,
    /// The tool said that it would not.
    Refused,
    /// The tool failed, or claimed a success that the disk does not show.
    Error,
    /// The tool died by a signal.
    Crash,
    /// The tool did not end in time.
    Hang,
    /// The tool's answer cannot be read.
    Garbled,
    /// The driver says that the tool cannot do it; not run.
    Unsupported,
    /// The tool is not there; not run.
    Unavailable,
    /// Several runs gave different outcomes.
    Flaky,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 13] = [
        Self::Seen,
        Self::Altered,
        Self::Partial,
        Self::Missed,
        Self::Extra,
        Self::Refused,
        Self::Error,
        Self::Crash,
        Self::Hang,
        Self::Garbled,
        Self::Unsupported,
        Self::Unavailable,
        Self::Flaky,
    ];

    /// The word in results and goldens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Altered => "altered",
            Self::Partial => "partial",
            Self::Missed => "missed",
            Self::Extra => "extra",
            Self::Refused => "refused",
            Self::Error => "error",
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Garbled => "garbled",
            Self::Unsupported => "unsupported",
            Self::Unavailable => "unavailable",
            Self::Flaky => "flaky",
        }
    }

    /// Whether the cell was run.
    pub fn ran(self) -> bool {
        !matches!(self, Self::Unsupported | Self::Unavailable)
    }

    /// Whether the reader found every referrer and nothing else.
    pub fn discovered(self) -> bool {
        matches!(self, Self::Seen | Self::Altered)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

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
        }
    }

    /// Compares an answer with what is there.
    pub fn compare(there: &BTreeMap<String, Descriptor>, answer: &[Answered]) -> Self {
        let expected: BTreeMap<Digest, String> =
            there.iter().map(|(name, referrer)| (referrer.digest.clone(), name.clone())).collect();
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
                altered
                    .extend(one.differences(&there[name]).into_iter().map(|field| format!("{name}.{field}")));
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
        Self { outcome, expected, observed, sees, altered, repeated, reason }
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
}

impl Answered {
    /// The fields that differ from the descriptor that the manifest asks for (distribution-spec, Listing
    /// Referrers).
    fn differences(&self, want: &Descriptor) -> Vec<&'static str> {
        let mut fields = Vec::new();
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
