//! Plans: the content of a case with its bytes, and what of it is there before each step.
//!
//! Owns: which step adds what. Leaves to others: bytes and digests ([`referee_writer`]), and who writes them. There is no
//! clock and no randomness here: one case has one plan.

use std::collections::BTreeSet;

use referee_writer::{Contents, Name};

use super::Case;
use crate::operation::Address;
use referee_results::Role;

/// All content of a case, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The case's id.
    pub case: String,
    /// The content.
    pub contents: Contents,
    added: Vec<Added>,
    /// What a step takes out again.
    pub removed: BTreeSet<Name>,
}

/// Content that a step adds to a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Added {
    at: usize,
    name: Name,
    layout: String,
    by: Role,
}

impl Plan {
    /// Computes all bytes and digests of a case.
    pub fn compile(case: &Case) -> Self {
        let contents = Contents::compile(&case.content);
        let (case_id, removed) = (case.id.clone(), BTreeSet::new());
        let mut plan = Self { case: case_id, contents, added: Vec::new(), removed };
        for (at, step) in case.steps.iter().enumerate() {
            if let Some(content) = &step.adds {
                let (name, layout) = (content.clone(), step.layout.clone());
                plan.added.push(Added { at, name, layout, by: step.role() });
            }
            plan.removed.extend(step.removes.clone());
            if let Some(question) = step.question()
                && !matches!(question.by, Address::Tag(_))
            {
                plan.contents = plan.contents.asked_about(question.subject.clone());
            }
        }
        plan
    }

    /// What is in the layout before the first step: all that no step attaches or pushes.
    pub fn base(&self) -> BTreeSet<Name> {
        self.before_step(0)
    }

    /// All that producers write to a layout: what no step adds, and what a step of theirs adds to it.
    pub fn of(&self, layout: &str) -> BTreeSet<Name> {
        let elsewhere = |name: &Name| {
            let mut steps =
                self.added.iter().filter(|added| added.name.as_str() == name.described()).peekable();
            steps.peek().is_some() && steps.all(|added| added.layout != layout || added.by != Role::Producer)
        };
        self.contents.names().into_iter().filter(|name| !elsewhere(name)).collect()
    }

    /// What is in the layout before the step at `index`, if every earlier step did what it should.
    pub fn before_step(&self, index: usize) -> BTreeSet<Name> {
        let later = |name: &Name| {
            self.added.iter().any(|added| added.name.as_str() == name.described() && added.at >= index)
        };
        self.contents.names().into_iter().filter(|name| !later(name)).collect()
    }
}
