//! Plans: the content of a case with its bytes, and what of it is there before each step.
//!
//! Owns: which step adds what. Leaves to others: bytes and digests ([`referee_writer`]), and who writes them. There is no
//! clock and no randomness here: one case has one plan.

use std::collections::BTreeSet;

use referee_writer::{Contents, Name};

use super::Case;
use crate::operation::Address;

/// All content of a case, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The case's id.
    pub case: String,
    /// The content.
    pub contents: Contents,
    added: Vec<(usize, Name)>,
}

impl Plan {
    /// Computes all bytes and digests of a case.
    pub fn compile(case: &Case) -> Self {
        let contents = Contents::compile(&case.content);
        let mut plan = Self { case: case.id.clone(), contents, added: Vec::new() };
        for (at, step) in case.steps.iter().enumerate() {
            if let Some(content) = &step.adds {
                plan.added.push((at, content.clone()));
            }
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

    /// What is in the layout before the step at `index`, if every earlier step did what it should.
    pub fn before_step(&self, index: usize) -> BTreeSet<Name> {
        let later = |name: &Name| self.added.iter().any(|(at, added)| added == name && *at >= index);
        self.contents.names().into_iter().filter(|name| !later(name)).collect()
    }
}
