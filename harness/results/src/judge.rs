//! The judge: holds what was observed against what was expected.
//!
//! Owns: verdicts. Leaves to others: observing, and where expectations come from. Reads no disk. A verdict has one
//! of two sources and never both: a sentence that says what is right (`pass`, `fail`, `known`, `fixed`), or what
//! was seen before (`recorded`, `changed`, `new`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::golden::Line;
use crate::outcome::{Observation, Outcome};

/// An outcome held against what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

    /// What a golden would record of it.
    pub fn line(&self, with: BTreeSet<String>) -> Line {
        let flaky = self.outcome == Outcome::Flaky;
        Line {
            outcome: self.outcome,
            with,
            sees: if flaky { Vec::new() } else { self.shown.sees.clone() },
            altered: if flaky { Vec::new() } else { self.shown.altered.clone() },
            among: if flaky { self.outcomes.keys().copied().collect() } else { BTreeSet::new() },
        }
    }
}

/// What is known beforehand about a cell.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expectation<'a> {
    /// What a specification, or the convention itself, says.
    pub right: Option<Outcome>,
    /// A declared deviation from that.
    pub known: Option<Outcome>,
    /// What was seen before, of these versions.
    pub golden: Option<&'a Line>,
}

/// The verdict on a cell that ran.
///
/// A declared deviation is only ever weighed where a source says what is right; a golden only where none does.
pub fn judge(summary: &Summary, expectation: Expectation<'_>) -> Verdict {
    if let Some(right) = expectation.right {
        return match expectation.known {
            _ if summary.outcome == right => {
                if expectation.known.is_some() {
                    Verdict::Fixed
                } else {
                    Verdict::Pass
                }
            }
            Some(known) if summary.outcome == known => Verdict::Known,
            _ => Verdict::Fail,
        };
    }
    let Some(golden) = expectation.golden else {
        return Verdict::New;
    };
    let within = golden.outcome == Outcome::Flaky
        && summary.outcomes.keys().all(|outcome| golden.among.contains(outcome));
    let same = summary.line(golden.with.clone()) == *golden;
    if same || within { Verdict::Recorded } else { Verdict::Changed }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(outcomes: &[Outcome]) -> Summary {
        let runs = outcomes.iter().map(|outcome| Observation::none(*outcome, "")).collect();
        Summary::of(runs).unwrap()
    }

    #[test]
    fn a_source_decides_and_a_declaration_must_go_when_it_is_untrue() {
        let right = Expectation { right: Some(Outcome::Seen), ..Expectation::default() };
        let known = Expectation { known: Some(Outcome::Missed), ..right };
        assert_eq!(judge(&seen(&[Outcome::Seen]), right), Verdict::Pass);
        assert_eq!(judge(&seen(&[Outcome::Missed]), right), Verdict::Fail);
        assert_eq!(judge(&seen(&[Outcome::Missed]), known), Verdict::Known);
        assert_eq!(judge(&seen(&[Outcome::Seen]), known), Verdict::Fixed);
        assert_eq!(judge(&seen(&[Outcome::Crash]), known), Verdict::Fail);
    }

    #[test]
    fn a_golden_only_records() {
        let once = seen(&[Outcome::Missed]);
        let line = once.line(BTreeSet::new());
        let golden = Expectation { golden: Some(&line), ..Expectation::default() };
        assert_eq!(judge(&once, golden), Verdict::Recorded);
        assert_eq!(judge(&seen(&[Outcome::Seen]), golden), Verdict::Changed);
        assert_eq!(judge(&once, Expectation::default()), Verdict::New);
    }

    #[test]
    fn a_flaky_golden_allows_what_it_names() {
        let flaky = seen(&[Outcome::Seen, Outcome::Missed, Outcome::Seen]);
        assert_eq!(flaky.outcome, Outcome::Flaky);
        assert_eq!(flaky.outcomes[&Outcome::Seen], 2);
        let line = flaky.line(BTreeSet::new());
        let golden = Expectation { golden: Some(&line), ..Expectation::default() };
        assert_eq!(judge(&seen(&[Outcome::Seen]), golden), Verdict::Recorded);
        assert_eq!(judge(&seen(&[Outcome::Crash]), golden), Verdict::Changed);
    }
}
