//! All rules: one file each, in a folder for what they are about.
//!
//! Owns: the list, from which help, documentation and reports are made. Leaves to others: finding the files, which the
//! build script does (`build.rs`), so that a rule is added by adding its file.

use crate::declare::Declared;
use crate::rule::Rule;

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// All rules, by folder and then by id.
pub fn rules() -> impl ExactSizeIterator<Item = &'static Rule> + Clone {
    DECLARED.iter().map(|declared| &declared.rule)
}

/// The rule of that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}
