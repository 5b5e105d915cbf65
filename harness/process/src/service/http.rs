//! Requests to a registry on loopback.
//!
//! Owns: the few endpoints of the distribution specification that a service is asked by, without retries, redirects are
//! not followed. Leaves to others: what a status means.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::Agent;
use ureq::http::Response;

use super::{Answer, Reply, Unanswered};

/// How much of a body is read.
const BODY: u64 = 16 << 20;

/// How many manifests of a listing are fetched at most.
const MOST: usize = 2000;

/// What a manifest may be (image-spec, media-types.md).
const MANIFESTS: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, \
                         application/vnd.docker.distribution.manifest.v2+json, \
                         application/vnd.docker.distribution.manifest.list.v2+json";

pub(super) struct Client {
    agent: Agent,
    quick: Agent,
    base: String,
}

/// One thing to ask a registry (distribution-spec, API endpoints).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Upload a blob: POST for a place, then PUT.
    Blob {
        /// The repository.
        repository: String,
        /// The blob's digest.
        digest: String,
        /// A file with its content, relative to the working directory.
        file: PathBuf,
    },
    /// PUT a manifest.
    Manifest {
        /// The repository.
        repository: String,
        /// A tag or a digest.
        reference: String,
        /// Its media type.
        media_type: String,
        /// A file with its content, relative to the working directory.
        file: PathBuf,
    },
    /// GET a manifest. Any status is an answer.
    Get {
        /// The repository.
        repository: String,
        /// A tag or a digest.
        reference: String,
    },
    /// DELETE a manifest.
    Delete {
        /// The repository.
        repository: String,
        /// A tag or a digest.
        reference: String,
    },
    /// HEAD a blob. Any status is an answer.
    HasBlob {
        /// The repository.
        repository: String,
        /// The blob's digest.
        digest: String,
    },
    /// GET the referrers of a digest, or the fallback tag where that is no success, and then each manifest that is listed. Any
    /// status is an answer.
    Listing {
        /// The repository.
        repository: String,
        /// The subject.
        digest: String,
        /// Its fallback tag (distribution-spec, Referrers Tag Schema).
        tag: String,
    },
    /// GET the list of tags.
    Tags {
        /// The repository.
        repository: String,
    },
    /// GET the referrers of a digest.
    Referrers {
        /// The repository.
        repository: String,
        /// The subject.
        digest: String,
    },
}

impl Request {
    /// Whether any status is an answer, since that is what is asked for.
    pub(super) fn takes_any_status(&self) -> bool {
        matches!(self, Self::Get { .. } | Self::HasBlob { .. } | Self::Listing { .. })
    }
}

impl Client {
    pub(super) fn new(port: u16, deadline: Duration) -> Self {
        let agent = |limit: Duration| -> Agent {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .proxy(None)
                .timeout_global(Some(limit));
            config.build().into()
        };
        Self {
            agent: agent(deadline),
            quick: agent(deadline.min(Duration::from_secs(2))),
            base: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Whether anything answers at `path`.
    pub(super) fn is_up(&self, path: &str) -> bool {
        self.quick.get(format!("{}{path}", self.base)).call().is_ok()
    }

    /// Makes a request; the last answer is the one that counts.
    pub(super) fn ask(&self, request: &Request) -> Result<Vec<Answer>, Unanswered> {
        match request {
            Request::Listing { repository, digest, tag } => self.listing(repository, digest, tag),
            one => Ok(vec![self.one(one)?]),
        }
    }

    fn listing(&self, repository: &str, digest: &str, tag: &str) -> Result<Vec<Answer>, Unanswered> {
        let mut answers = vec![self.referrers(repository, digest)?];
        if !answers[0].reply.is_success() {
            answers.push(self.manifest(repository, tag)?);
        }
        let listed = answers.last().map(|answer| listed(&answer.reply)).unwrap_or_default();
        for digest in listed.iter().take(MOST) {
            answers.push(self.manifest(repository, digest)?);
        }
        Ok(answers)
    }

    fn referrers(&self, repository: &str, digest: &str) -> Result<Answer, Unanswered> {
        let path = format!("/v2/{repository}/referrers/{digest}");
        let get = self.agent.get(format!("{}{path}", self.base));
        let got = get.header("accept", "application/vnd.oci.image.index.v1+json").call();
        Ok(self.answer(format!("GET {path}"), got)?.0)
    }

    fn manifest(&self, repository: &str, reference: &str) -> Result<Answer, Unanswered> {
        let path = format!("/v2/{repository}/manifests/{reference}");
        let got = self.agent.get(format!("{}{path}", self.base)).header("accept", MANIFESTS).call();
        Ok(self.answer(format!("GET {path}"), got)?.0)
    }

    fn one(&self, request: &Request) -> Result<Answer, Unanswered> {
        match request {
            Request::Listing { repository, digest, .. } | Request::Referrers { repository, digest } => {
                self.referrers(repository, digest)
            }
            Request::Get { repository, reference } => self.manifest(repository, reference),
            Request::HasBlob { repository, digest } => {
                let path = format!("/v2/{repository}/blobs/{digest}");
                let head = self.agent.head(format!("{}{path}", self.base)).call();
                Ok(self.answer(format!("HEAD {path}"), head)?.0)
            }
            Request::Blob { repository, digest, file } => {
                let path = format!("/v2/{repository}/blobs/uploads/");
                let begun = self.agent.post(format!("{}{path}", self.base)).send_empty();
                let (begun, place) = self.answer(format!("POST {path}"), begun)?;
                let accepted = matches!(begun.reply, Reply::Http { status: 202, .. });
                let Some(place) = place.filter(|_| accepted) else {
                    return Ok(begun);
                };
                let separator = if place.contains('?') { '&' } else { '?' };
                let url = if place.starts_with('/') { format!("{}{place}", self.base) } else { place };
                let what = format!("PUT {path}{digest}");
                let put = self.agent.put(format!("{url}{separator}digest={digest}"));
                let put =
                    put.header("content-type", "application/octet-stream").send(&read(&what, file)?[..]);
                Ok(self.answer(what, put)?.0)
            }
            Request::Manifest { repository, reference, media_type, file } => {
                let path = format!("/v2/{repository}/manifests/{reference}");
                let what = format!("PUT {path}");
                let put = self.agent.put(format!("{}{path}", self.base)).header("content-type", media_type);
                let put = put.send(&read(&what, file)?[..]);
                Ok(self.answer(what, put)?.0)
            }
            Request::Delete { repository, reference } => {
                let path = format!("/v2/{repository}/manifests/{reference}");
                let deleted = self.agent.delete(format!("{}{path}", self.base)).call();
                Ok(self.answer(format!("DELETE {path}"), deleted)?.0)
            }
            Request::Tags { repository } => {
                let path = format!("/v2/{repository}/tags/list");
                Ok(self
                    .answer(format!("GET {path}"), self.agent.get(format!("{}{path}", self.base)).call())?
                    .0)
            }
        }
    }

    /// The answer, and its `Location`.
    fn answer(
        &self,
        request: String,
        response: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<(Answer, Option<String>), Unanswered> {
        let failed = |error| match error {
            ureq::Error::Timeout(_) => Unanswered::InTime(request.clone()),
            other => Unanswered::Broken(request.clone(), other.to_string()),
        };
        let mut response = response.map_err(failed)?;
        let place = response.headers().get("location").and_then(|value| value.to_str().ok());
        let place = place.map(str::to_owned);
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(BODY).read_to_vec().map_err(failed)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok((Answer::to(request, Reply::Http { status, body }), place))
    }
}

/// The digests that an index lists.
fn listed(reply: &Reply) -> Vec<String> {
    let Reply::Http { status: 200, body } = reply else {
        return Vec::new();
    };
    let index: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let entries = index.pointer("/manifests").and_then(|list| list.as_array());
    let digest = |entry: &serde_json::Value| Some(entry.get("digest")?.as_str()?.to_owned());
    entries.into_iter().flatten().filter_map(digest).collect()
}

fn read(request: &str, file: &Path) -> Result<Vec<u8>, Unanswered> {
    std::fs::read(file).map_err(|error| Unanswered::Broken(request.to_owned(), error.to_string()))
}
