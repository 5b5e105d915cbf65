//! Verdicts: an outcome held against what was expected.
//!
//! Owns: the closed list of verdicts, and what each means. Leaves to others: giving them ([`crate::judge`]).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An outcome held against what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As the source of the expectation says.
    Pass,
    /// Not as the source says, and nobody declared it.
    Fail,
    /// A declared deviation that is still there.
    Known,
    /// A declared deviation that is gone: its declaration must go too.
    Fixed,
    /// As the golden of that tool and version says.
    Recorded,
    /// Not as the golden says.
    Changed,
    /// No golden for that version yet.
    New,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Self; 7] =
        [Self::Pass, Self::Fail, Self::Known, Self::Fixed, Self::Recorded, Self::Changed, Self::New];

    /// The word in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Known => "known",
            Self::Fixed => "fixed",
            Self::Recorded => "recorded",
            Self::Changed => "changed",
            Self::New => "new",
        }
    }

    /// What it means, as sentences without the last full stop.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Pass => {
                "a specification, or the convention itself, says what is right, and that was observed"
            }
            Self::Fail => "something else was observed than the source says. The run fails",
            Self::Known => "a deviation that the driver declares is still there",
            Self::Fixed => "a declared deviation is gone: remove its declaration. The run fails until then",
            Self::Recorded => "no source settles it; it is as the golden of that tool and version says",
            Self::Changed => "it is not as the golden of that tool and version says. The run fails",
            Self::New => "there is no golden for these versions yet; `--deny new` makes the run fail",
        }
    }

    /// Whether the verdict makes a run fail.
    pub fn unexpected(self) -> bool {
        matches!(self, Self::Fail | Self::Fixed | Self::Changed)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
