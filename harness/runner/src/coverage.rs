//! What decides a requirement: rules, cases, or the reason why neither does.
//!
//! Owns: putting the two together. Leaves to others: the requirements, the rules, and the cases.

use referee_rules::catalogue::RULES;
use referee_rules::requirement::{DecidedBy, Requirement};

use crate::case::Case;
use crate::conformance::Base;

/// What decides one requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coverage {
    /// Ids of the rules that find what breaks it.
    pub rules: Vec<&'static str>,
    /// Ids of the interop cases that rest on it, and of the conformance bases that make use of it, as in `base/empty`.
    pub cases: Vec<String>,
    /// Why there is neither, as a sentence fragment.
    pub reason: Option<String>,
}

impl Coverage {
    /// What decides the requirement or open question of that id.
    pub fn of(id: &str, cases: &[Case], bases: &[Base]) -> Self {
        let rules = RULES.iter().filter(|rule| rule.requirements.contains(&id)).map(|rule| rule.id).collect();
        let resting = cases.iter().filter(|case| case.req.iter().any(|req| req == id));
        let using = bases.iter().filter(|base| base.req.iter().any(|req| req == id));
        let cases = resting.map(|case| case.id.clone());
        let cases = cases.chain(using.map(|base| format!("base/{}", base.id))).collect();
        Self { rules, cases, reason: None }
    }

    /// What decides a requirement, with the reason where nothing does.
    pub fn of_requirement(requirement: &Requirement, cases: &[Case], bases: &[Base]) -> Self {
        let mut coverage = Self::of(&requirement.id, cases, bases);
        if coverage.is_empty() {
            let reason = match (&requirement.why_not, requirement.decided_by) {
                (Some(why), _) => Some(why.clone()),
                (None, DecidedBy::Files | DecidedBy::Partly) => None,
                (None, other) => Some(other.reason().to_owned()),
            };
            coverage.reason = reason;
        }
        coverage
    }

    /// Whether there is neither a rule nor a case.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.cases.is_empty()
    }
}
