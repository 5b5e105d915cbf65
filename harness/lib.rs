//! `referee`: who can see whose referrers?
//!
//! The front page of the library: facts about layouts ([`layout`]), what the specifications ask of them
//! ([`rules`]), and everything that runs tools over them ([`runner`]). It holds nothing of its own; the command line is in `harness/cli`.

pub use referee_convention as convention;
pub use referee_fixtures as fixtures;
pub use referee_layout as layout;
pub use referee_process as process;
pub use referee_results as results;
pub use referee_rules as rules;
pub use referee_runner as runner;
pub use referee_source as source;
pub use referee_spec as spec;
pub use referee_writer as writer;
