//! Links that were not followed.
//!
//! Owns: where one leads, as far as that can be told without following it out of the layout. Leaves to others: following
//! those that stay inside (a directory has the system do that, an archive its table of members).

use std::fmt;

use referee_source::plain;

/// A symbolic or hard link that was not followed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Link {
    /// What it names, as it is written, with escapes in place of control characters.
    pub to: String,
    /// Whether it is a hard link, which only an archive has as such.
    pub hard: bool,
    /// Why it was not followed.
    pub end: LinkEnd,
}

/// Why a link was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LinkEnd {
    /// It leads out of the layout, or leaves it on its way, as one does whose target is absolute.
    Outside,
    /// Nothing is where it leads to, or it leads back to itself.
    Nothing,
    /// What it leads to came earlier in a stream that cannot be read a second time.
    Passed,
}

impl Link {
    pub(crate) fn new(to: &str, hard: bool, end: LinkEnd) -> Self {
        Self { to: plain(to), hard, end }
    }

    /// Whether it leads out of the layout or leaves it on its way, so that nothing can be said of what it stands for.
    pub fn is_outside(&self) -> bool {
        self.end == LinkEnd::Outside
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { to, hard, end } = self;
        let kind = if *hard { "hard" } else { "symbolic" };
        write!(f, "a {kind} link to {to}, ")?;
        f.write_str(match (end, hard) {
            (LinkEnd::Outside, _) if to.starts_with('/') => "whose target is absolute",
            (LinkEnd::Outside, _) => "which leaves the layout on its way",
            (LinkEnd::Nothing, true) => "which no earlier member of the archive is",
            (LinkEnd::Nothing, false) => "which leads to nothing",
            (LinkEnd::Passed, _) => {
                "a member of an archive from a pipe, which can be read only once (give it as a file)"
            }
        })
    }
}
