//! The judge: holds what was observed against what was expected.
//!
//! Owns: giving verdicts. Leaves to others: observing, and where expectations come from. Reads no disk. A verdict has one
//! of two sources and never both: a sentence that says what is right (`pass`, `fail`, `known`, `fixed`), or what
//! was seen before (`recorded`, `changed`, `new`).

use crate::observation::Recorded;
use crate::outcome::Outcome;
use crate::results::CellResult;
use crate::verdict::Verdict;

/// Writes the verdict into a cell that ran and, where it changed, what its golden has.
pub fn judge(cell: &mut CellResult, golden: Option<&Recorded>) {
    let verdict = verdict(cell, golden);
    cell.verdict = Some(verdict);
    cell.was = golden.filter(|_| verdict == Verdict::Changed).cloned();
}

/// The verdict on a cell that ran; `golden` is what was seen before, of these versions.
///
/// A declared deviation is only ever weighed where a source says what is right; a golden only where none does.
pub fn verdict(cell: &CellResult, golden: Option<&Recorded>) -> Verdict {
    if let Some(specified) = cell.specified {
        return match cell.declared {
            None if cell.outcome == specified => Verdict::Pass,
            Some(_) if cell.outcome == specified => Verdict::Fixed,
            Some(declared) if cell.outcome == declared => Verdict::Known,
            _ => Verdict::Fail,
        };
    }
    let Some(golden) = golden else {
        return Verdict::New;
    };
    let within = golden.outcome == Outcome::Flaky
        && cell.outcomes.keys().all(|outcome| golden.among.contains(outcome));
    if cell.recorded() == *golden || within { Verdict::Recorded } else { Verdict::Changed }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cell_id::CellId;
    use crate::observation::{Observation, Summary};

    fn seen(outcomes: &[Outcome]) -> CellResult {
        let runs = outcomes.iter().map(|outcome| Observation::none(*outcome, "")).collect();
        let id = CellId::new("a", Vec::new());
        CellResult::new(id, Summary::of(runs).unwrap(), BTreeSet::new(), Vec::new())
    }

    #[test]
    fn a_source_decides_and_a_declaration_must_go_when_it_is_untrue() {
        let of = |outcome, declared| {
            let specified = Some(Outcome::Seen);
            verdict(&CellResult { specified, declared, ..seen(&[outcome]) }, None)
        };
        assert_eq!(of(Outcome::Seen, None), Verdict::Pass);
        assert_eq!(of(Outcome::Missed, None), Verdict::Fail);
        assert_eq!(of(Outcome::Missed, Some(Outcome::Missed)), Verdict::Known);
        assert_eq!(of(Outcome::Seen, Some(Outcome::Missed)), Verdict::Fixed);
        assert_eq!(of(Outcome::Crash, Some(Outcome::Missed)), Verdict::Fail);
    }

    #[test]
    fn a_golden_only_records() {
        let golden = seen(&[Outcome::Missed]).recorded();
        assert_eq!(verdict(&seen(&[Outcome::Missed]), Some(&golden)), Verdict::Recorded);
        assert_eq!(verdict(&seen(&[Outcome::Seen]), Some(&golden)), Verdict::Changed);
        assert_eq!(verdict(&seen(&[Outcome::Seen]), None), Verdict::New);
        // the outcome is not all
        let other = CellResult { sees: vec!["sbom".to_owned()], ..seen(&[Outcome::Missed]) };
        assert_eq!(verdict(&other, Some(&golden)), Verdict::Changed);
        // where a source says what is right, no golden is asked
        let specified = CellResult { specified: Some(Outcome::Seen), ..seen(&[Outcome::Seen]) };
        assert_eq!(verdict(&specified, Some(&golden)), Verdict::Pass);
    }

    #[test]
    fn a_flaky_golden_allows_what_it_names() {
        let golden = seen(&[Outcome::Seen, Outcome::Missed, Outcome::Seen]).recorded();
        assert_eq!(verdict(&seen(&[Outcome::Seen]), Some(&golden)), Verdict::Recorded);
        assert_eq!(verdict(&seen(&[Outcome::Missed, Outcome::Seen]), Some(&golden)), Verdict::Recorded);
        assert_eq!(verdict(&seen(&[Outcome::Crash]), Some(&golden)), Verdict::Changed);
    }

    #[test]
    fn a_changed_cell_says_what_it_was() {
        let golden = seen(&[Outcome::Missed]).recorded();
        let mut cell = seen(&[Outcome::Seen]);
        judge(&mut cell, Some(&golden));
        assert_eq!((cell.verdict, cell.was.as_ref()), (Some(Verdict::Changed), Some(&golden)));
        let mut same = seen(&[Outcome::Missed]);
        judge(&mut same, Some(&golden));
        assert_eq!((same.verdict, same.was), (Some(Verdict::Recorded), None));
    }
}
