//! A session with a registry: start it, wait until it is ready, ask, stop it.
//!
//! Owns: the life of a server and plain HTTP requests. Leaves to others: what to ask and what answers mean. A session runs in a process of its own, the helper, because server and requests have to share
//! one network of loopback inside one sandbox: [`Session`] goes in as JSON on standard input, [`Transcript`] comes
//! out. What the server does is a value in it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

mod child;
mod http;

use child::Child;
use http::Client;

/// How long a server that is in trouble already may take to stop.
const IMPATIENT: Duration = Duration::from_secs(1);

/// Stands for the port in the server's arguments.
pub const PORT: &str = "{port}";

/// What to do with a server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Session {
    /// The server's absolute path. Its environment and working directory are the helper's own.
    pub program: PathBuf,
    /// Its arguments; [`PORT`] in them becomes the port.
    pub args: Vec<String>,
    /// A path that answers with any status once the server is ready.
    pub ready: String,
    /// How long to wait for readiness, and for each request.
    pub deadline: Duration,
    /// How long the server may take to stop at SIGTERM.
    pub grace: Duration,
    /// What to ask, in order. The first that is not answered with success ends the asking.
    pub requests: Vec<Request>,
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
    /// GET the referrers of a digest.
    Referrers {
        /// The repository.
        repository: String,
        /// The subject.
        digest: String,
    },
}

/// What came of a session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Transcript {
    /// The requests that were answered, in order.
    pub answers: Vec<Answer>,
    /// Why the asking ended early: a sentence; nothing where all was answered with success.
    pub trouble: Option<Trouble>,
    /// How the server ended.
    pub end: ServerEnd,
    /// The beginning of what the server said on standard error.
    pub stderr: String,
}

/// One answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// Method and path.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// The body, up to 16 MiB.
    pub body: String,
}

/// Why a session did not get all its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The program could not be started.
    NotStarted(String),
    /// It ended before it was ready.
    EndedEarly,
    /// It did not get ready in time.
    NeverReady,
    /// It ended while it was asked.
    Died(String),
    /// A request was not answered in time.
    NoAnswer(String),
    /// An answer that is no HTTP, or a connection cut off.
    Broken(String),
    /// The last answer's status is no success.
    Status,
}

/// How a server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerEnd {
    /// When asked to.
    Stopped,
    /// By SIGKILL, having ignored SIGTERM.
    Killed,
    /// By itself, before it was asked to, with this code.
    Exited(i32),
    /// By a signal that the harness did not send.
    Signalled(i32),
    /// It never ran.
    NotStarted,
}

/// Runs a session given as JSON; the answer is a [`Transcript`] as JSON. This is the helper's whole work.
///
/// # Errors
/// A sentence on what is wrong with the input.
pub fn serve(input: &[u8]) -> Result<Vec<u8>, String> {
    let session: Session =
        serde_json::from_slice(input).map_err(|error| format!("not a session: {error}"))?;
    serde_json::to_vec(&run(&session)).map_err(|error| format!("write the transcript: {error}"))
}

fn run(session: &Session) -> Transcript {
    let mut transcript =
        Transcript { answers: Vec::new(), trouble: None, end: ServerEnd::NotStarted, stderr: String::new() };
    let started = free_port().and_then(|port| {
        let args: Vec<String> = session.args.iter().map(|arg| arg.replace(PORT, &port.to_string())).collect();
        Ok((port, Child::start(&session.program, &args)?))
    });
    let (port, mut child) = match started {
        Ok(started) => started,
        Err(error) => {
            transcript.trouble = Some(Trouble::NotStarted(error.to_string()));
            return transcript;
        }
    };
    let client = Client::new(port, session.deadline);
    transcript.trouble = wait_until_ready(session, &client, &mut child).err();
    if transcript.trouble.is_none() {
        for request in &session.requests {
            let answer = client.ask(request);
            transcript.trouble = match answer {
                Ok(answer) => {
                    let well = (200..300).contains(&answer.status);
                    transcript.answers.push(answer);
                    (!well).then_some(Trouble::Status)
                }
                Err(why) if child.has_ended() => Some(Trouble::Died(why.to_string())),
                Err(why @ http::Unanswered::InTime(_)) => Some(Trouble::NoAnswer(why.to_string())),
                Err(why) => Some(Trouble::Broken(why.to_string())),
            };
            if transcript.trouble.is_some() {
                break;
            }
        }
    }
    // a server that did not answer is not waited for as long
    let grace = if transcript.trouble.is_some() { session.grace.min(IMPATIENT) } else { session.grace };
    (transcript.end, transcript.stderr) = child.stop(grace);
    transcript
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

fn wait_until_ready(session: &Session, client: &Client, child: &mut Child) -> Result<(), Trouble> {
    let until = Instant::now() + session.deadline;
    loop {
        if client.is_up(&session.ready) {
            return Ok(());
        }
        if child.has_ended() {
            return Err(Trouble::EndedEarly);
        }
        if Instant::now() >= until {
            return Err(Trouble::NeverReady);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
