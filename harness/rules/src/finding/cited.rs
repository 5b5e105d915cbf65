//! Who says so: the requirements that a finding breaks, and their sources.
//!
//! Owns: choosing those of a rule that are about the place of the finding and in the texts of the profile. Leaves to others:
//! what a requirement is about ([`crate::requirement`]).

use super::Finding;
use crate::profile::Profile;
use crate::requirement::{self, Citation, Texts};
use crate::rule::Since;

impl Finding {
    /// Ids of the requirements that it breaks under that profile; none where a proposal asks for it whose sentences they do not
    /// have. A rule may decide several, of which one is about image manifests and another about image indexes, say; tests hold
    /// that one at least is left.
    pub fn requirements(&self, profile: &Profile) -> Vec<&'static str> {
        if self.own {
            return Vec::new();
        }
        let ids = self.only.unwrap_or(self.rule.requirements);
        requirement::applicable(ids, self.kind, &self.pointer, texts(profile))
    }

    /// The sections of the specifications on which it rests, the first one first.
    pub fn citations(&self, profile: &Profile) -> Vec<&'static Citation> {
        let ids = self.requirements(profile);
        requirement::applicable_citations(&ids, self.kind, texts(profile))
    }

    /// The same in one line, as in `image-spec v1.1.1 image-layout.md, Blobs`; of a proposal of one's own, where its profile says
    /// that it is written down.
    pub fn source(&self, profile: &Profile) -> String {
        let sections: Vec<_> = self.citations(profile).into_iter().map(Citation::section).collect();
        // what only another proposal leaves open, no text of this profile speaks of
        if sections.is_empty() { profile.source.clone() } else { sections.join("; ") }
    }
}

fn texts(profile: &Profile) -> Texts {
    Texts { head: profile.has(Since::Head), proposed: profile.has(Since::Text) }
}
