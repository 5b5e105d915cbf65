//! The vocabulary: every word that a report prints of its own.
//!
//! Owns: their list, and what is said of each. Reports take their words from here, so that `referee explain` knows them all. Leaves to
//! others: ids of cases, tools and conventions, which explain themselves.

use crate::cell_id::BUILTIN;
use crate::fate::Fate;
use crate::outcome::Outcome;
use crate::results::{Network, Status};
use crate::role::Role;
use crate::verdict::Verdict;

/// A word that a report prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// In the id of a cell: what somebody did.
    Role(Role),
    /// In the id of a cell: no tool.
    Builtin,
    /// In a table of bystanders: not disturbed.
    Same,
    /// What became of referrers on their way.
    Fate(Fate),
    /// What was observed in a cell.
    Outcome(Outcome),
    /// An outcome held against what was expected.
    Verdict(Verdict),
    /// How time grows with a number.
    Growth(Growth),
    /// Something that a tool did besides.
    Surprise(Surprise),
    /// Whether there is a program behind a column.
    Status(Status),
    /// What network a tool could reach.
    Network(Network),
    /// In a table: no cell ran there.
    Nothing,
}

/// How good it is for somebody who stores referrers, which is what colours tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither.
    Plain,
    /// As one would wish.
    Good,
    /// Not lost, and not as one would wish.
    Doubtful,
    /// Lost, or wrong.
    Bad,
}

/// What a tool did besides what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surprise {
    /// It wrote beside its layout.
    Outside,
    /// It changed what it was to read.
    Changed,
    /// It listed something twice.
    Repeated,
    /// It left a process behind.
    Leak,
}

/// How the time of a reader grows with the number of referrers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Growth {
    /// Hardly.
    Flat,
    /// As the number does, or less.
    Linear,
    /// Faster than the number.
    Quadratic,
}

impl Growth {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Flat, Self::Linear, Self::Quadratic];
}

impl Surprise {
    /// All surprises, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Outside, Self::Changed, Self::Repeated, Self::Leak];
}

impl Word {
    /// The whole vocabulary.
    pub fn all() -> impl Iterator<Item = Self> {
        let outcomes = Outcome::ALL.into_iter().map(Self::Outcome);
        let fates = Fate::ALL.into_iter().map(Self::Fate);
        let growths = Growth::ALL.into_iter().map(Self::Growth);
        let verdicts = Verdict::ALL.into_iter().map(Self::Verdict);
        let surprises = Surprise::ALL.into_iter().map(Self::Surprise);
        let statuses = [Status::Ok, Status::Unavailable].into_iter().map(Self::Status);
        let networks = [Network::Loopback, Network::Open].into_iter().map(Self::Network);
        let roles = Role::ALL.into_iter().map(Self::Role);
        let signs = [Self::Builtin, Self::Same, Self::Nothing];
        outcomes
            .chain(fates)
            .chain(growths)
            .chain(verdicts)
            .chain(surprises)
            .chain(statuses)
            .chain(networks)
            .chain(roles)
            .chain(signs)
    }

    /// The word.
    pub fn text(self) -> &'static str {
        match self {
            Self::Outcome(outcome) => outcome.word(),
            Self::Fate(Fate::Kept) => "kept",
            Self::Fate(Fate::Unlisted) => "unlisted",
            Self::Fate(Fate::Lost) => "lost",
            Self::Verdict(verdict) => verdict.word(),
            Self::Growth(Growth::Flat) => "flat",
            Self::Growth(Growth::Linear) => "linear",
            Self::Growth(Growth::Quadratic) => "quadratic",
            Self::Surprise(Surprise::Outside) => "outside",
            Self::Surprise(Surprise::Changed) => "changed",
            Self::Surprise(Surprise::Repeated) => "repeated",
            Self::Surprise(Surprise::Leak) => "leak",
            Self::Status(Status::Ok) => "ok",
            Self::Status(Status::Unavailable) => "unavailable",
            Self::Network(Network::Loopback) => "loopback",
            Self::Network(Network::Open) => "open",
            Self::Role(role) => role.name(),
            Self::Builtin => BUILTIN,
            Self::Same => "same",
            Self::Nothing => "-",
        }
    }

    /// How good it is.
    pub fn tone(self) -> Tone {
        match self {
            Self::Same
            | Self::Fate(Fate::Kept)
            | Self::Outcome(Outcome::Seen)
            | Self::Growth(Growth::Flat) => Tone::Good,
            Self::Fate(Fate::Unlisted)
            | Self::Growth(Growth::Quadratic)
            | Self::Outcome(Outcome::Altered | Outcome::Partial | Outcome::Refused | Outcome::Flaky) => {
                Tone::Doubtful
            }
            Self::Fate(Fate::Lost)
            | Self::Outcome(
                Outcome::Missed
                | Outcome::Extra
                | Outcome::Error
                | Outcome::Crash
                | Outcome::Hang
                | Outcome::Garbled,
            ) => Tone::Bad,
            Self::Outcome(Outcome::Unsupported | Outcome::Unavailable)
            | Self::Growth(Growth::Linear)
            | Self::Verdict(_)
            | Self::Surprise(_)
            | Self::Status(_)
            | Self::Network(_)
            | Self::Role(_)
            | Self::Builtin
            | Self::Nothing => Tone::Plain,
        }
    }

    /// What kind of word it is.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Outcome(_) => "outcome",
            Self::Fate(_) => "what became of referrers",
            Self::Verdict(_) => "verdict",
            Self::Growth(_) => "growth of time",
            Self::Surprise(_) => "surprise",
            Self::Status(_) => "status of a tool",
            Self::Network(_) => "network of a tool",
            Self::Role(_) => "role in a cell",
            Self::Builtin => "who plays a role",
            Self::Same | Self::Nothing => "sign in a table",
        }
    }

    /// What it means, as sentences without the last full stop.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Outcome(outcome) => outcome.meaning(),
            Self::Fate(Fate::Kept) => {
                "the convention by which the referrers were stored still leads to all of them"
            }
            Self::Fate(Fate::Unlisted) => {
                "the referrers are all there, but the convention by which they were stored does not lead to all of them any more"
            }
            Self::Fate(Fate::Lost) => "not all of the referrers are there any more, not even as blobs",
            Self::Verdict(verdict) => verdict.meaning(),
            Self::Growth(Growth::Flat) => "the largest number takes at most twice as long as the smallest",
            Self::Growth(Growth::Linear) => {
                "up to the largest number, the time grows about as the number does, or less, beyond what the smallest takes"
            }
            Self::Growth(Growth::Quadratic) => {
                "up to the largest number, the time grows about as the square of the number, or more, beyond what the smallest takes"
            }
            Self::Surprise(Surprise::Outside) => "the tool wrote beside the layout that it was given",
            Self::Surprise(Surprise::Changed) => {
                "the tool was to read a layout, and changed it. Readers work on copies of their own, so its outcome stands"
            }
            Self::Surprise(Surprise::Repeated) => {
                "an answer lists a referrer more than once. Answers are compared as sets, so its outcome stands"
            }
            Self::Surprise(Surprise::Leak) => {
                "the tool left a process behind when it ended; the harness ended it"
            }
            Self::Status(Status::Ok) => "there is a program, and it told its version",
            Self::Status(Status::Unavailable) => "there is no such program on this machine",
            Self::Network(Network::Loopback) => "the tool could reach its own loopback alone, in a sandbox",
            Self::Network(Network::Open) => {
                "there was no sandbox: the tool could reach what this machine can"
            }
            Self::Role(role) => role.meaning(),
            Self::Builtin => {
                "no tool but referee itself: its writer and its reader follow any convention to the letter"
            }
            Self::Same => "the bystander did what it does where the image has no referrers",
            Self::Nothing => {
                "no cell ran here: the driver does not claim the operation, a tool is not on this machine, or only `--readers all` asks"
            }
        }
    }
}

impl From<Outcome> for Word {
    fn from(outcome: Outcome) -> Self {
        Self::Outcome(outcome)
    }
}

impl From<Result<Fate, Outcome>> for Word {
    fn from(fate: Result<Fate, Outcome>) -> Self {
        fate.map_or_else(Self::Outcome, Self::Fate)
    }
}

impl From<Verdict> for Word {
    fn from(verdict: Verdict) -> Self {
        Self::Verdict(verdict)
    }
}

impl From<Surprise> for Word {
    fn from(surprise: Surprise) -> Self {
        Self::Surprise(surprise)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_word_of_one_kind_means_one_thing() {
        let all: Vec<_> = Word::all().map(|word| (word.kind(), word.text())).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        assert!(Word::all().all(|word| !word.meaning().is_empty() && !word.meaning().ends_with('.')));
    }
}
