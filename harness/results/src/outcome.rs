//! Outcomes: what was observed in a cell, without any word on whether it is right.
//!
//! Owns: the closed list of outcomes, and what each means. Leaves to others: telling which it is ([`crate::observation`]) and
//! judging ([`crate::judge`]).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was observed in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Exactly what is there: the referrers with their fields; of a bystander's question, the image's own digest or tags.
    Seen,
    /// All referrers that are there and no more, but a descriptor's fields differ.
    Altered,
    /// Some, not all.
    Partial,
    /// None, although there are some.
    Missed,
    /// Something that does not belong there: no referrer of the subject, nothing of the image.
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

    /// What it means, as a sentence without its full stop.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Seen => {
                "a reader listed exactly the referrers that are there, with their fields; a bystander named exactly the image, or its tags"
            }
            Self::Altered => {
                "a reader listed all referrers, but a descriptor's fields differ from what the manifest asks for"
            }
            Self::Partial => "a reader listed some of the referrers, a bystander some of the tags",
            Self::Missed => {
                "a reader listed none of the referrers, a bystander named nothing of the image, and nothing failed"
            }
            Self::Extra => {
                "a reader listed something that is no referrer of the subject, a bystander named something that is not the image's"
            }
            Self::Refused => "the tool said that it cannot or will not",
            Self::Error => "the tool failed, or reported a success that the disk does not show",
            Self::Crash => "the tool was ended by a signal that the harness did not send",
            Self::Hang => "the tool did not end before its deadline and was ended",
            Self::Garbled => "the tool's answer cannot be read",
            Self::Unsupported => "the driver does not claim the capability; the cell was not run",
            Self::Unavailable => "the tool is not on this machine; the cell was not run",
            Self::Flaky => "several runs of the cell gave different outcomes",
        }
    }

    /// Whether the cell was run.
    pub fn ran(self) -> bool {
        !matches!(self, Self::Unsupported | Self::Unavailable)
    }

    /// Whether the answer has everything that is there and nothing else.
    pub fn discovered(self) -> bool {
        matches!(self, Self::Seen | Self::Altered)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
