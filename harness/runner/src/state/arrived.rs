//! What a registry holds after a step, as it answers plain requests.
//!
//! Owns: finding manifests, blobs and referrers in its answers. Leaves to others: asking ([`crate::backend`]), and what each
//! operation had to do ([`crate::operation`]).

use std::fmt::Display;

use referee_layout::{Layout, Limits, Node, Referrer};
use referee_process::service::{Answer, Reply};
use referee_results::Outcome;
use referee_spec::{Algorithm, Digest};
use referee_writer::Contents;
use serde_json::json;

use super::{Failure, State};

/// What a registry answered after a step.
#[derive(Debug)]
pub struct Arrived<'a> {
    /// The driver that did the step.
    pub who: &'a str,
    /// What is known of the content.
    pub state: &'a State,
    /// All content of the case.
    pub contents: &'a Contents,
    /// Whether what the tool attaches is of its own making.
    pub own: bool,
    /// The answers, in order.
    pub answers: Vec<&'a Answer>,
}

impl<'a> Arrived<'a> {
    /// The tool claimed a success that the registry does not show.
    pub fn failed(&self, what: impl Display) -> Failure {
        Failure::new(Outcome::Error, format!("{} ended well, but {what}", self.who))
    }

    /// The manifest that the registry gives for a tag or a digest.
    pub fn manifest(&self, reference: &str) -> Option<&'a str> {
        let end = format!("/manifests/{reference}");
        self.bodies().find(|(ask, _)| ask.ends_with(&end)).map(|(_, body)| body)
    }

    /// Whether the registry has a manifest or blob with this digest.
    pub fn has(&self, digest: &Digest) -> bool {
        let end = format!("/{digest}");
        self.bodies().any(|(ask, _)| ask.ends_with(&end) && !ask.contains("/referrers/"))
    }

    /// The index that lists the referrers: by the referrers API, or else by the fallback tag.
    pub fn listing(&self) -> Option<&'a str> {
        let mut asked = self.answers.iter().position(|answer| answer.ask.contains("/referrers/")).into_iter();
        let at = asked.next()?;
        let of = |answer: &&'a Answer| body(answer);
        of(&self.answers[at]).or_else(|| self.answers.get(at + 1).and_then(of))
    }

    /// The referrers that are listed, as their manifests describe them.
    pub fn referrers(&self) -> Vec<Referrer> {
        let Ok(folder) = tempfile::tempdir() else {
            return Vec::new();
        };
        let bodies: Vec<&str> =
            self.bodies().filter(|(ask, _)| ask.contains("/manifests/sha")).map(|(_, body)| body).collect();
        let entry = |body: &&str| {
            let media_type = serde_json::from_str::<serde_json::Value>(body).ok()?;
            let media_type = media_type.get("mediaType")?.as_str()?.to_owned();
            let digest = Algorithm::Sha256.digest(body.as_bytes()).to_string();
            Some(json!({ "mediaType": media_type, "digest": digest, "size": body.len() }))
        };
        let entries: Vec<_> = bodies.iter().filter_map(entry).collect();
        let blobs = folder.path().join("blobs").join("sha256");
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&blobs)?;
            std::fs::write(folder.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
            let index = json!({ "schemaVersion": 2, "manifests": entries });
            std::fs::write(folder.path().join("index.json"), index.to_string())?;
            for body in &bodies {
                std::fs::write(blobs.join(Algorithm::Sha256.digest(body.as_bytes()).encoded()), body)?;
            }
            Ok(())
        };
        let facts = write().ok().and_then(|()| Layout::open(folder.path()).ok());
        let facts = facts.map(|layout| layout.facts(&Limits::default()));
        facts
            .iter()
            .flat_map(|facts| facts.nodes().filter(|node| node.subject.is_some()).map(Node::referrer))
            .collect()
    }

    /// Successful answers: what was asked, and the body.
    fn bodies(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.answers.iter().filter_map(|answer| Some((answer.ask.as_str(), body(answer)?)))
    }
}

fn body(answer: &Answer) -> Option<&str> {
    match &answer.reply {
        Reply::Http { status: 200, body } => Some(body),
        _ => None,
    }
}
