//! Several layouts of one cell: one is at hand, the others are put aside.
//!
//! Owns: which is at hand, and where the others are. Leaves to others: which step works on which ([`crate::operation::Step`]).

use std::path::{Path, PathBuf};

use referee_process::HarnessError;
use referee_process::tree;

use super::State;

impl State {
    fn aside(&self, name: &str) -> PathBuf {
        self.folder.join("aside").join(if name.is_empty() { "first" } else { name })
    }

    /// Whether that layout is the one at hand.
    pub fn is_at_hand(&self, name: &str) -> bool {
        self.at_hand == name
    }

    /// Goes on with another layout; there may be nothing in it yet.
    ///
    /// # Errors
    /// A folder cannot be moved.
    pub fn select(&mut self, name: &str) -> Result<(), HarnessError> {
        if self.at_hand == name {
            return Ok(());
        }
        let (before, now) = (self.aside(&self.at_hand), self.aside(name));
        moved(self.layout.path(), &before)?;
        moved(&now, self.layout.path())?;
        name.clone_into(&mut self.at_hand);
        self.changed();
        Ok(())
    }

    /// Makes ready a copy from the layout at hand to the layout `to`: what that holds already is where the copy goes to, and
    /// the layout at hand stays what it is.
    ///
    /// # Errors
    /// A folder cannot be copied or moved.
    pub(crate) fn begin_copy(&mut self, to: &str) -> Result<(), HarnessError> {
        let at_hand = self.aside(&self.at_hand);
        if self.layout.exists() {
            tree::copy(self.layout.path(), &at_hand)?;
        }
        moved(&self.aside(to), self.copy_target().path())?;
        to.clone_into(&mut self.at_hand);
        Ok(())
    }
}

/// Moves what is at `from`, if anything is there, in the place of nothing.
fn moved(from: &Path, to: &Path) -> Result<(), HarnessError> {
    let fail = |error| HarnessError::new("put a layout aside", error);
    if !from.exists() {
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent).map_err(fail)?;
    }
    std::fs::rename(from, to).map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_layout_is_what_it_was_when_it_is_at_hand_again() {
        let scratch = tempfile::tempdir().unwrap();
        let mut state = State::new(scratch.path()).unwrap();
        let write = |state: &State, text: &str| {
            std::fs::create_dir_all(state.layout().path()).unwrap();
            std::fs::write(state.layout().path().join("index.json"), text).unwrap();
        };
        let read = |state: &State| std::fs::read_to_string(state.layout().path().join("index.json")).ok();
        write(&state, "first");
        state.select("two").unwrap();
        assert_eq!(read(&state), None);
        write(&state, "second");
        state.begin_copy("three").unwrap();
        let mut fork = state.fork(scratch.path()).unwrap();
        fork.select("two").unwrap();
        assert_eq!(read(&fork).as_deref(), Some("second"));
        fork.select("").unwrap();
        assert_eq!(read(&fork).as_deref(), Some("first"));
    }
}
