//! The table of operations: what a step of a case can be, and what a driver can have command lines for.
//!
//! Owns: the table, and finding things in it. Everything about one operation is in its own file below: its keys, its
//! capabilities, its placeholders, what it must leave on disk, its probe. Leaves to others: how a tool is run
//! ([`crate::backend`]).
//!
//! A new operation is a file in its role's folder, its `mod` line, and its line in [`TABLE`].

mod answer;
mod bystander;
mod consumer;
mod copier;
mod given;
mod mutator;
mod names;
pub mod placeholder;
mod probe;
mod producer;
mod reader;
mod registry;
mod step;

use std::fmt;
use std::sync::Arc;

use referee_layout::Referrer;
use referee_process::HarnessError;
use referee_process::service::Request;
use referee_process::tree::Snapshot;
use referee_results::observation::Observation;
use referee_results::{Outcome, Role, StepRecord};
use referee_source::SourceError;
use referee_writer::{Contents, Name};

use crate::state::{After, Arrived, Failure, State};
pub use answer::{Answer, Answers};
pub use consumer::discover::{Address, Question};
pub(crate) use given::{pushes, save};
pub use placeholder::{Placeholder, Values};
pub use reader::{Axes, StepReader};
pub use step::{Step, StepFile};

/// All operations, in the order in which lists show them.
#[rustfmt::skip] // a line each, so that one more changes no other
pub static TABLE: &[&Operation] = &[
    &producer::attach::OPERATION,
    &producer::push::OPERATION,
    &producer::build::OPERATION,
    &producer::registry_attach::OPERATION,
    &copier::copy::OPERATION,
    &copier::upload::OPERATION,
    &copier::download::OPERATION,
    &registry::answer::OPERATION,
    &mutator::tag::OPERATION,
    &mutator::gc::OPERATION,
    &mutator::delete::OPERATION,
    &mutator::write::OPERATION,
    &mutator::serve::OPERATION,
    &consumer::discover::OPERATION,
    &consumer::registry_discover::OPERATION,
    &bystander::resolve::OPERATION,
    &bystander::tags::OPERATION,
    &bystander::inspect::OPERATION,
];

/// One operation: a line of the table.
pub struct Operation {
    /// The word for it in cases, drivers and results.
    pub name: &'static str,
    /// Who does it.
    pub role: Role,
    /// What it does, as a sentence.
    pub does: &'static str,
    /// The keys of its steps, besides `role` and `op`.
    pub keys: &'static [Key],
    /// The key that names the content which a step adds to the layout.
    pub adds: Option<&'static str>,
    /// The key that names the content which a step takes out of the layout.
    pub removes: Option<&'static str>,
    /// What a driver can claim of it. The first is the operation in its plainest form.
    pub capabilities: &'static [Capability],
    /// The placeholders that can have a value in its command lines, besides [`Placeholder::EVERYWHERE`].
    pub placeholders: &'static [Placeholder],
    /// What it answers, if it asks and changes nothing.
    pub answer: Option<Answers>,
    /// Where its result is.
    pub result: ResultIn,
    /// What must be on disk when it is done, as a sentence.
    pub leaves: &'static str,
    /// What else must still be there, as a sentence.
    pub keeps: &'static str,
    /// Reads a step from its keys.
    read: fn(&StepReader<'_>) -> Result<Arc<dyn Action>, SourceError>,
}

/// A key of a step in a case file.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What its value is, as a fragment.
    pub means: &'static str,
    /// The form of its value.
    pub form: Form,
    /// Whether a step needs it.
    pub required: bool,
}

/// The form of a key's value.
#[derive(Debug)]
pub enum Form {
    /// The name of a content.
    Name,
    /// A list of names of contents.
    Names,
    /// A text.
    Text,
    /// One of these words; each with what it means.
    Word(&'static [(&'static str, &'static str)]),
}

/// Something that a driver can claim of an operation.
#[derive(Debug)]
pub struct Capability {
    /// As a driver's `can` spells it.
    pub name: &'static str,
    /// What a tool with it does, as a fragment.
    pub means: &'static str,
    /// A case in which it is used once: its content and its steps, as TOML. Its producer may be any, if the operation has
    /// another role.
    pub probe: &'static [&'static str],
}

/// Where the result of an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultIn {
    /// In the layout that the step began with.
    Layout,
    /// In [`Placeholder::Out`], which then takes the layout's place.
    Out,
}

/// What one step of a case does: its keys, checked and resolved.
pub trait Action: fmt::Debug + Send + Sync {
    /// What a driver has to claim.
    fn needs(&self) -> &'static Capability;

    /// The question that is asked, of a step that changes nothing.
    fn question(&self) -> Option<&Question> {
        None
    }

    /// The values of a command line, besides those that every one has. Files that they name are written.
    ///
    /// # Errors
    /// The harness's own trouble only.
    fn values(&self, state: &State, contents: &Contents, values: Values) -> Result<Values, HarnessError> {
        let _ = (state, contents);
        Ok(values)
    }

    /// What a registry is asked to do; nothing where there is no request for it. Files that they name are written.
    ///
    /// # Errors
    /// The harness's own trouble only.
    fn requests(&self, state: &State, contents: &Contents) -> Result<Vec<Request>, HarnessError> {
        let _ = (state, contents);
        Ok(Vec::new())
    }

    /// What the harness asks a registry when the step on it is done. Any status is an answer.
    fn afterwards(&self, state: &State, contents: &Contents) -> Vec<Request> {
        let _ = (state, contents);
        Vec::new()
    }

    /// Holds a registry against what was asked for: the referrers that the step has made, by the case's names.
    ///
    /// # Errors
    /// What is not as it had to be.
    fn arrived(&self, arrived: &Arrived<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let _ = arrived;
        Ok(Vec::new())
    }

    /// Holds an answer against what is there, of a step that asks.
    fn observe(&self, state: &State, contents: &Contents, answer: &Answer) -> Observation {
        let _ = (state, contents, answer);
        Observation::none(Outcome::Error, "the step asks nothing")
    }

    /// Holds the layout against what was asked for: the referrers that the step has made, by the case's names.
    ///
    /// # Errors
    /// What is not as it had to be.
    fn check(&self, after: &After<'_>) -> Result<Vec<(Name, Referrer)>, Failure> {
        let _ = after;
        Ok(Vec::new())
    }

    /// Completes the record of a step that ended well: what it did to the layout besides, which was so `before`.
    fn note(&self, state: &State, before: &Snapshot, record: &mut StepRecord) {
        let _ = (state, before, record);
    }
}

impl Operation {
    /// The operation of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TABLE.iter().copied().find(|operation| operation.name == name)
    }

    /// The operations of a role.
    pub fn of(role: Role) -> impl Iterator<Item = &'static Self> {
        TABLE.iter().copied().filter(move |operation| operation.role == role)
    }

    /// Whether its steps ask and change nothing.
    pub fn reads(&self) -> bool {
        self.answer.is_some()
    }

    /// Whether its steps are done on a registry, in one life of it with the steps beside them.
    pub fn on_registry(&self) -> bool {
        self.role == Role::Registry || self.placeholders.contains(&Placeholder::Registry)
    }

    /// The placeholders that can have a value in its command lines.
    pub fn placeholders(&self) -> impl Iterator<Item = Placeholder> {
        Placeholder::EVERYWHERE.iter().chain(self.placeholders).copied()
    }

    fn place(&self) -> usize {
        TABLE.iter().position(|known| known.name == self.name).unwrap_or(TABLE.len())
    }
}

impl Capability {
    /// All that drivers can claim, in the order of the table.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        TABLE.iter().copied().flat_map(|operation| operation.capabilities)
    }

    /// The capability of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|capability| capability.name == name)
    }

    /// The operation that it is about.
    pub fn operation(&self) -> &'static Operation {
        let has = |operation: &&&Operation| operation.capabilities.iter().any(|one| one.name == self.name);
        TABLE.iter().find(has).copied().expect("a capability stands in the table with its operation")
    }

    /// A whole case, as TOML, that uses it once.
    pub fn probe(&self) -> String {
        probe::case(self)
    }

    fn place(&self) -> usize {
        Self::all().position(|known| known.name == self.name).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Two lines with one word would hide each other, and what is not explained is not understood.
    #[test]
    fn the_table_is_sound() {
        let names: BTreeSet<_> = TABLE.iter().map(|operation| operation.name).collect();
        assert_eq!(names.len(), TABLE.len());
        let capabilities: BTreeSet<_> = Capability::all().map(|capability| capability.name).collect();
        assert_eq!(capabilities.len(), Capability::all().count());
        for operation in TABLE {
            let first = operation.capabilities.first().map(|capability| capability.name);
            assert_eq!(first, Some(operation.name));
            for text in [operation.does, operation.leaves, operation.keeps] {
                assert!(text.ends_with('.'), "{}: `{text}` is no sentence", operation.name);
            }
            for named in [operation.adds, operation.removes].into_iter().flatten() {
                assert!(operation.keys.iter().any(|key| key.name == named && key.required), "{named}");
            }
            let out = operation.placeholders.contains(&Placeholder::Out);
            assert_eq!(operation.result == ResultIn::Out, out, "{}", operation.name);
        }
    }
}
