//! A service under test: a program that is started, asked once it is ready, and stopped.
//!
//! Owns: its life, and asking it by HTTP (a registry) or by running a command beside it (a daemon). Leaves to others:
//! what to ask and what answers mean. This runs in a process of its own, the helper, because the service and whoever
//! asks it have to share one network of loopback inside one sandbox: [`Service`] goes in as JSON on standard input,
//! [`Transcript`] comes out. What the service does is a value in it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

mod child;
mod command;
mod http;

use child::Child;
pub use command::Command;
use http::Client;
pub use http::Request;

/// How long a service that is in trouble already may take to stop.
const IMPATIENT: Duration = Duration::from_secs(1);

/// How long one look whether the service is ready may take.
const LOOK: Duration = Duration::from_secs(2);

/// Stands for the port in all arguments.
pub const PORT: &str = "{port}";

/// What to do with a service. Environment and working directory, of commands too, are the helper's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Service {
    /// The program's absolute path.
    pub program: PathBuf,
    /// Its arguments; [`PORT`] in them becomes the port.
    pub args: Vec<String>,
    /// Files in the working directory in which [`PORT`] becomes the port, such as its configuration.
    pub files: Vec<PathBuf>,
    /// How it shows that it is ready.
    pub ready: Ready,
    /// How long to wait for readiness, and for each answer.
    pub deadline: Duration,
    /// How long it may take to stop at SIGTERM.
    pub grace: Duration,
    /// What to ask, in order. The first that is not answered with success ends the asking, unless any answer is one.
    pub asks: Vec<Ask>,
}

/// How a service shows that it is ready.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// This path answers with any status.
    Http(String),
    /// This command ends with exit code 0.
    Command(Command),
}

/// One thing to ask.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// A request on loopback.
    Http(Request),
    /// A command that talks to the service by itself.
    Command(Command),
    /// Commands that are started together; each has its answer, in this order.
    Together(Vec<Command>),
}

/// What came of a service.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Transcript {
    /// What was answered, in order.
    pub answers: Vec<Answer>,
    /// How many of the asks were begun.
    pub begun: usize,
    /// Why the asking ended early; nothing where all was answered with success.
    pub trouble: Option<Trouble>,
    /// How the service ended.
    pub end: ServiceEnd,
    /// The beginning of what it said on standard error.
    pub stderr: String,
}

/// One answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// Which of the asks it belongs to, counted from 0.
    pub at: usize,
    /// What was asked: method and path, or the command line.
    pub ask: String,
    /// How long all answers to that ask took, in milliseconds.
    pub millis: u64,
    /// What came.
    pub reply: Reply,
}

/// What came as an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// From HTTP.
    Http {
        /// The status.
        status: u16,
        /// The body, up to 16 MiB.
        body: String,
    },
    /// From a command that ended in time.
    Command {
        /// Its exit code; nothing where a signal ended it.
        exit: Option<i32>,
        /// Standard output, up to 16 MiB.
        stdout: String,
        /// The beginning of standard error.
        stderr: String,
        /// Whether standard output was longer than that.
        cut_off: bool,
    },
}

/// Why a service did not give all its answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// The program, or a command that asks it, could not be started.
    NotStarted(String),
    /// It ended before it was ready.
    EndedEarly,
    /// It did not get ready in time.
    NeverReady,
    /// It ended while it was asked.
    Died(String),
    /// There was no answer in time.
    NoAnswer(String),
    /// An answer that is no HTTP, or a connection cut off.
    Broken(String),
    /// The last answer is no success.
    Unsuccessful,
}

/// How a service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceEnd {
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

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Unanswered {
    /// Nothing came in time.
    #[error("{0}: no answer")]
    InTime(String),
    /// What came is no HTTP, or the connection was cut.
    #[error("{0}: {1}")]
    Broken(String, String),
    /// The command that asks could not be started.
    #[error("{0}: {1}")]
    NotStarted(String, std::io::Error),
}

/// The helper's input or output is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The input is no [`Service`].
    #[error("not a service: {0}")]
    Input(#[source] serde_json::Error),
    /// The [`Transcript`] cannot be written.
    #[error("write the transcript: {0}")]
    Output(#[source] serde_json::Error),
}

/// Runs a [`Service`] given as JSON; the answer is a [`Transcript`] as JSON. This is the helper's whole work.
///
/// # Errors
/// The input is no service.
pub fn serve(input: &[u8]) -> Result<Vec<u8>, ServeError> {
    let service: Service = serde_json::from_slice(input).map_err(ServeError::Input)?;
    serde_json::to_vec(&run(&service)).map_err(ServeError::Output)
}

impl Answer {
    /// An answer before its place and its time are known.
    fn to(ask: String, reply: Reply) -> Self {
        Self { at: 0, ask, millis: 0, reply }
    }
}

impl Reply {
    /// Whether it is a success: a status of 2xx, exit code 0.
    pub fn is_success(&self) -> bool {
        match self {
            Self::Http { status, .. } => (200..300).contains(status),
            Self::Command { exit, .. } => *exit == Some(0),
        }
    }
}

fn run(service: &Service) -> Transcript {
    let mut transcript = Transcript {
        answers: Vec::new(),
        begun: 0,
        trouble: None,
        end: ServiceEnd::NotStarted,
        stderr: String::new(),
    };
    let started = free_port().and_then(|port| {
        let args: Vec<String> = service.args.iter().map(|arg| arg.replace(PORT, &port.to_string())).collect();
        for file in &service.files {
            let text = std::fs::read_to_string(file)?;
            std::fs::write(file, text.replace(PORT, &port.to_string()))?;
        }
        Ok((port, Child::start(&service.program, &args, None, None, child::Stdout::Discarded)?))
    });
    let (port, mut child) = match started {
        Ok(started) => started,
        Err(error) => {
            transcript.trouble = Some(Trouble::NotStarted(error.to_string()));
            return transcript;
        }
    };
    let asker = Asker { http: Client::new(port, service.deadline), port, deadline: service.deadline };
    transcript.trouble = wait_until_ready(service, &asker, &mut child).err();
    for (at, ask) in service.asks.iter().enumerate() {
        if transcript.trouble.is_some() {
            break;
        }
        transcript.begun = at + 1;
        let begin = Instant::now();
        transcript.trouble = match asker.ask(ask) {
            Ok(answers) => {
                let millis = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
                let trouble = answers.iter().find_map(|answer| trouble(ask, answer, &mut child));
                transcript.answers.extend(answers.into_iter().map(|answer| Answer { at, millis, ..answer }));
                trouble
            }
            Err(Unanswered::NotStarted(what, error)) => Some(Trouble::NotStarted(format!("{what}: {error}"))),
            Err(why) if child.has_ended() => Some(Trouble::Died(why.to_string())),
            Err(why @ Unanswered::InTime(_)) => Some(Trouble::NoAnswer(why.to_string())),
            Err(why @ Unanswered::Broken(..)) => Some(Trouble::Broken(why.to_string())),
        };
    }
    // a service that did not answer is not waited for as long
    let grace = if transcript.trouble.is_some() { service.grace.min(IMPATIENT) } else { service.grace };
    (transcript.end, transcript.stderr) = child.stop(grace);
    transcript
}

/// What is wrong with an answer. A command fails if the daemon that it asks is gone, which is then what happened.
fn trouble(ask: &Ask, answer: &Answer, child: &mut Child) -> Option<Trouble> {
    let any = matches!(ask, Ask::Http(request) if request.takes_any_status());
    if any || answer.reply.is_success() {
        return None;
    }
    if matches!(answer.reply, Reply::Command { .. }) && child.has_ended() {
        return Some(Trouble::Died(answer.ask.clone()));
    }
    Some(Trouble::Unsuccessful)
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Whoever asks the service.
struct Asker {
    http: Client,
    port: u16,
    deadline: Duration,
}

impl Asker {
    fn ask(&self, ask: &Ask) -> Result<Vec<Answer>, Unanswered> {
        match ask {
            Ask::Http(request) => self.http.ask(request),
            Ask::Command(command) => Ok(vec![command.run(self.port, self.deadline)?]),
            Ask::Together(commands) => std::thread::scope(|scope| {
                let run = |command| scope.spawn(move || Command::run(command, self.port, self.deadline));
                let running: Vec<_> = commands.iter().map(run).collect();
                let lost = |_| Err(Unanswered::Broken("commands".to_owned(), "a thread was lost".to_owned()));
                running.into_iter().map(|one| one.join().unwrap_or_else(lost)).collect()
            }),
        }
    }

    fn finds_ready(&self, ready: &Ready, left: Duration) -> bool {
        match ready {
            Ready::Http(path) => self.http.is_up(path),
            Ready::Command(command) => {
                command.run(self.port, left.min(LOOK)).is_ok_and(|answer| answer.reply.is_success())
            }
        }
    }
}

fn wait_until_ready(service: &Service, asker: &Asker, child: &mut Child) -> Result<(), Trouble> {
    let until = Instant::now() + service.deadline;
    loop {
        if asker.finds_ready(&service.ready, until.saturating_duration_since(Instant::now())) {
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
