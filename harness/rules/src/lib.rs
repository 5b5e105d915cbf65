//! What the specifications ask of an OCI Image Layout: opinions on the facts of [`referee_layout`].
//!
//! Owns: the rules, one file each ([`catalogue`]), the requirements they decide ([`requirement`]), profiles, and
//! findings. Leaves to others: reading (rules get facts and documents, and touch no file) and printing.

#[macro_use]
mod declare;

pub mod catalogue;
pub mod check;
mod doc;
mod evidence;
mod finding;
pub mod profile;
mod report;
pub mod requirement;
mod rule;

pub use check::Checker;
pub use finding::{Excerpt, Finding, Related};
pub use profile::Profile;
pub use report::Report;
pub use rule::{Level, Reading, Rule, Severity, Since};
