//! Answers: what a tool said to a question, read.
//!
//! Owns: their kinds. Leaves to others: reading them out of what was printed ([`crate::backend`]), and whether they are right
//! (each operation).

use referee_results::observation::Answered;

/// What an operation answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Descriptors of referrers.
    Referrers,
    /// Words: digests, or tags.
    Words,
}

/// An answer, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Descriptors of referrers.
    Referrers(Vec<Answered>),
    /// Words, in the order of the answer.
    Words(Vec<String>),
}

impl Answer {
    /// The words; none of an answer of another kind.
    pub fn words(&self) -> &[String] {
        match self {
            Self::Words(words) => words,
            Self::Referrers(_) => &[],
        }
    }
}
