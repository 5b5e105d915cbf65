//! Operations of registries that are way stations: they hold what one tool has put there, until another takes it.
//!
//! Owns: what operations on a registry share. Leaves to others: each operation, in its own file; running all steps on a registry
//! in one life of it ([`crate::backend`]).

pub(super) mod answer;

use referee_process::service::Request;
use referee_spec::tag::fallback_tag;
use referee_writer::{Contents, Name};

use crate::state::{REPOSITORY, State};

/// Asks for the referrers of a subject as distribution-spec has it: by the referrers API, or by the fallback tag.
pub(super) fn listing(state: &State, contents: &Contents, subject: &Name) -> Vec<Request> {
    let digest = state.digest(contents, subject.as_str());
    let one = |digest: referee_spec::Digest| Request::Listing {
        repository: REPOSITORY.to_owned(),
        tag: fallback_tag(&digest),
        digest: digest.to_string(),
    };
    digest.map(one).into_iter().collect()
}
