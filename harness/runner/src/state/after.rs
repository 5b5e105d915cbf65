//! A layout after a step, held against what it was before and what the step was to do.
//!
//! Owns: the checks that operations share. A tool that does nothing fails them, and a tool's chatter is never read. Leaves
//! to others: what each operation had to do ([`crate::operation`]), and what hangs together ([`Before`]).

use std::collections::BTreeSet;
use std::fmt::Display;

use referee_layout::facts::Verified;
use referee_layout::{Facts, Referrer};
use referee_results::Outcome;
use referee_spec::Digest;
use referee_writer::{ContentNode, Contents, Name};

use super::before::{listed, whole};
use super::{Before, Failure, Free, State};

/// A layout after a step.
#[derive(Debug, Clone, Copy)]
pub struct After<'a> {
    /// The driver.
    pub who: &'a str,
    /// The layout.
    pub state: &'a State,
    /// All content of the case.
    pub contents: &'a Contents,
    /// The content that the tool was given to make a layout of, where there was none.
    pub base: &'a BTreeSet<Name>,
    /// What the layout held before the step.
    pub before: &'a Before,
    /// Whether the tool was given the bytes of all manifests, and had none to make.
    pub exact: bool,
    /// Whether what the tool attaches is of its own making.
    pub own: bool,
}

impl<'a> After<'a> {
    /// What the layout holds.
    ///
    /// # Errors
    /// It is no layout.
    pub fn facts(&self) -> Result<&'a Facts, Failure> {
        self.state.facts().map_err(|why| self.failed_to(format!("{} left no layout: {why}", self.who)))
    }

    /// The tool claimed a success that the disk does not show.
    pub fn failed(&self, what: impl Display) -> Failure {
        self.failed_to(format!("{} ended well, but {what}", self.who))
    }

    /// The tool failed, for this reason.
    pub fn failed_to(&self, reason: impl Into<String>) -> Failure {
        Failure::new(Outcome::Error, reason)
    }

    /// The content is there byte for byte, with its blobs.
    ///
    /// # Errors
    /// It is not.
    pub fn stored(&self, planned: &ContentNode) -> Result<Referrer, Failure> {
        let facts = self.facts()?;
        let node = facts.node(&planned.digest).ok_or_else(|| self.missing(planned))?;
        if node.verified == Verified::No {
            return Err(self.failed(format!("the blob of `{}` does not match its digest", planned.name)));
        }
        match planned.blobs.iter().find(|blob| !whole(facts, &blob.digest)) {
            None => Ok(node.referrer()),
            Some(blob) => {
                let (name, digest) = (&planned.name, blob.digest.short());
                Err(self.failed(format!("a blob of `{name}` ({digest}) is gone or damaged")))
            }
        }
    }

    /// The content is not there.
    pub fn missing(&self, planned: &ContentNode) -> Failure {
        let (name, digest) = (&planned.name, planned.digest.short());
        self.failed(format!("`{name}` ({digest}) is not in the layout"))
    }

    /// The tag names this digest.
    ///
    /// # Errors
    /// It does not.
    pub fn resolves(&self, tag: &str, digest: &Digest) -> Result<(), Failure> {
        let facts = self.facts()?;
        match facts.resolve(tag) {
            Ok(found) if found == *digest => match facts.node(digest) {
                Some(_) => Ok(()),
                None => Err(self.failed(format!("the blob that tag {tag} names is not in the layout"))),
            },
            Ok(found) => {
                Err(self.failed(format!("tag {tag} names {}, not {}", found.short(), digest.short())))
            }
            Err(why) => Err(self.failed(format!("tag {tag} does not resolve: {why}"))),
        }
    }

    /// All content that was there still is, but for what the tag `moved` named; where there was none, all that the tool
    /// was given to begin with is.
    ///
    /// # Errors
    /// It is not.
    pub fn keeps_all(&self, moved: Option<&str>) -> Result<(), Failure> {
        if self.before.is_empty() {
            return self.stored_base();
        }
        self.keeps_all_but(&Free { moved, ..Free::default() })
    }

    /// All content that was there still is, but for what the step may touch.
    ///
    /// # Errors
    /// It is not.
    pub fn keeps_all_but(&self, free: &Free<'_>) -> Result<(), Failure> {
        match self.before.lost(self.state, self.facts()?, self.contents, free) {
            Some(lost) => Err(self.failed(lost)),
            None => Ok(()),
        }
    }

    /// Content that was there is not where readers look any more: no entry names it, and index.json does not lead to its
    /// blob. Where it did not do so before, the blob itself is gone.
    ///
    /// # Errors
    /// It is not gone.
    pub fn is_gone(&self, name: &Name, digest: &Digest) -> Result<(), Failure> {
        if !self.before.manifests.contains(digest) {
            return Err(self.failed_to(format!("there was no `{name}` to delete")));
        }
        let facts = self.facts()?;
        if facts.entries().iter().any(|entry| entry.digest() == Some(digest)) {
            return Err(self.failed(format!("an entry of index.json still names `{name}`")));
        }
        if facts.node(digest).is_none() {
            return Ok(());
        }
        if listed(facts).contains(digest) {
            return Err(self.failed(format!("index.json still leads to `{name}`")));
        }
        if self.before.led_to(digest) {
            return Ok(());
        }
        Err(self.failed(format!("the blob of `{name}` is still there")))
    }

    /// In a copy, index.json leads to content that was there before, and all below it is there and whole.
    ///
    /// # Errors
    /// It does not, or there was nothing to copy.
    pub fn has_arrived(&self, name: &Name) -> Result<(), Failure> {
        let digest = self.state.digest(self.contents, name.as_str());
        let Some(digest) = digest.filter(|digest| self.before.manifests.contains(digest)) else {
            return Err(self.failed_to(format!("there was no `{name}` to copy")));
        };
        let facts = self.facts()?;
        if !listed(facts).contains(&digest) {
            return Err(self.failed(format!("index.json of the copy does not lead to `{name}`")));
        }
        match self.before.lost_below(facts, &digest) {
            None => Ok(()),
            Some(lost) => Err(self.failed(format!("the copy lacks {} of `{name}`", lost.short()))),
        }
    }

    /// What a tool was given to make a layout of, besides the content of the step.
    fn stored_base(&self) -> Result<(), Failure> {
        let facts = self.facts()?;
        let base = |node: &&ContentNode| self.base.contains(&node.name) && !node.absent;
        for planned in self.contents.nodes().iter().filter(base) {
            self.stored(planned)?;
            let Some(tag) = &planned.tag else { continue };
            // a registry that is given bytes for a tag chooses the algorithm of their digest
            // (distribution-spec, Pushing Manifests)
            let same = |digest: &Digest| digest.matches(&planned.bytes) == Some(true) && whole(facts, digest);
            if !facts.resolve(tag).is_ok_and(|digest| same(&digest)) {
                self.resolves(tag, &planned.digest)?;
            }
        }
        Ok(())
    }
}
