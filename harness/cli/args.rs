//! The command line's arguments; their doc comments are the help.
//!
//! Owns: parsing. Leaves to others: doing.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use referee::runner::case::cell;

/// Who can see whose referrers?
///
/// Runs released OCI tools against each other over OCI Image Layouts, and shows who finds the referrers
/// (signatures, SBOMs) that another one stored.
#[derive(Debug, Parser)]
#[command(name = "referee", version, max_term_width = 80)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What `run` says of its end (`referee explain CODE`), and of where it finds tools.
const AFTER_RUN: &str = "Exit codes:
    0  nothing unexpected
    1  something cannot be written or started, or a bug in referee
    2  the command line, or what it names, is wrong
    4  nothing was selected, or one of the filters selects nothing
  100  an unexpected verdict: fail, fixed or changed
  102  a required tool is missing, or nothing ran because every selected tool is
  104  a case, driver, convention or golden is invalid
  130  interrupted; what was finished is written

Where a tool is looked for, in this order: at the path that its driver names; beside a driver file of one's own; in PATH; in the \
cache (`referee tools --help`). With --install the cache comes before PATH. Older releases, such as oras+old, come from the \
cache alone.

Colours are for terminals alone, and not with NO_COLOR.";

/// What `check` says of its end.
const AFTER_CHECK: &str = "Exit codes:
    0  no finding is as bad as --fail-on says
    1  something cannot be written or started, or a bug in referee
    2  the command line is wrong, or a layout cannot be opened
   10  a finding is as bad as --fail-on says, or worse
  104  the profile is invalid, or its convention";

/// What `view` says of its end.
const AFTER_VIEW: &str = "Exit codes:
    0  it was shown, also where nothing refers to the subject
    1  something cannot be written or started, or a bug in referee
    2  the command line is wrong, or there is no such layout or subject
  104  the convention is invalid";

/// What `tools` says of the cache and of its end.
const AFTER_TOOLS: &str = "Where built tools are kept: in the folder that --cache names, or else REFEREE_CACHE, or else in \
XDG_CACHE_HOME/referee, or else in ~/.cache/referee. A tool is looked for at the path that its driver names, beside a driver \
file of one's own, in PATH, and then there.

Exit codes:
    0  all is well
    1  something cannot be written or started, or a bug in referee
    2  the command line, or what it names, is wrong
  100  `check`: a tool does not do what its driver claims
  102  `install`, `check`: a tool that is named is not there, or cannot be built
  104  a driver is invalid
  130  interrupted";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run cells of all cases and print who finds what.
    #[command(after_help = AFTER_RUN)]
    Run(RunArgs),
    /// Hold layouts against the specifications, and name what is wrong with them.
    #[command(after_help = AFTER_CHECK)]
    Check(CheckArgs),
    /// Show who refers to a subject in a layout, and by which convention; or all that refers to anything.
    #[command(after_help = AFTER_VIEW)]
    View(ViewArgs),
    /// Explain a rule, requirement, open question, profile, case, convention, driver, operation, exit code, or word of a
    /// report.
    Explain {
        /// Its id.
        id: String,
    },
    /// List cases, cells, rules, requirements, profiles, conventions or tools.
    List {
        /// What to list.
        #[arg(value_enum, ignore_case = true, default_value_t = What::Cases)]
        what: What,
        #[command(flatten)]
        files: Files,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// List, build or check the tools under test.
    #[command(after_help = AFTER_TOOLS)]
    Tools {
        #[command(subcommand)]
        command: ToolsCommand,
    },
    /// Print the JSON Schema of a file format, or of what a command prints with `--format json`.
    Schema {
        /// Which: case, conformance, conformance-base, convention, driver and profile are files that people write; results (of `run`),
        /// check, view and view-all, list-cases and so on, tools-list and tools-check are what commands print. (`check --format sarif` has
        /// a schema of its own, that of SARIF 2.1.0.)
        name: String,
    },
    /// Print what has a shell complete options, ids and files: `eval "$(referee completions bash)"`.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Run a service and ask it; reads what to do from standard input. Not for people.
    #[command(name = "__service", hide = true)]
    Service,
}

/// Files of one's own, beside the shipped ones.
#[derive(Debug, Clone, Args)]
pub(crate) struct Files {
    /// Only cells with this driver; a TOML file is added, and replaces a shipped one of the same id.
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) driver: Vec<String>,
    /// Only cells with this convention; a TOML file is added, and replaces a shipped one of the same id.
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) convention: Vec<String>,
    /// A folder of cases to add; each replaces a shipped one of the same id.
    #[arg(long, value_name = "DIR")]
    pub(crate) cases: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Globs over cell ids (`referee list cells`), or case ids.
    pub(crate) filter: Vec<String>,
    #[command(flatten)]
    pub(crate) files: Files,
    /// Build the pinned releases of the small tools once, into a cache, and use them; with `=all`, also of the large
    /// ones, which takes a quarter of an hour.
    #[arg(
        long,
        value_enum,
        value_name = "WHICH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "small"
    )]
    pub(crate) install: Option<Builds>,
    /// Fail (exit 102) without this tool; `all` for every one that can be installed.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) require: Vec<String>,
    /// How many cells run at once; by default twice the number of processors, since tools also wait.
    #[arg(short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Who takes part where something happened to the layout between writing and reading: no older releases, each tool
    /// reading once, and the built-in reader by the writer's own convention and by `raw`; or all.
    #[arg(long, value_enum, value_name = "WHO", default_value_t = Readers::Few)]
    pub(crate) readers: Readers,
    /// How often each cell runs; outcomes that differ are reported as flaky.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) repeat: u16,
    /// Also fail on cells of which nothing was recorded yet.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) deny: Vec<Deny>,
    /// Write what was seen as goldens into this folder, to be reviewed and committed.
    #[arg(long, value_name = "DIR")]
    pub(crate) bless: Option<PathBuf>,
    /// Where built tools are kept; without it REFEREE_CACHE, or else the user's folder of caches.
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Also write the results as JSON to this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

/// Who reads at the end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Readers {
    /// Those that tell what happened.
    Few,
    /// Variants and all conventions, too.
    All,
}

impl From<Readers> for cell::Readers {
    fn from(readers: Readers) -> Self {
        match readers {
            Readers::Few => Self::Few,
            Readers::All => Self::All,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Layouts: directories, tar archives (plain, gzip or zstd), or - for an archive from standard input.
    #[arg(required = true, value_name = "LAYOUT")]
    pub(crate) layouts: Vec<PathBuf>,
    /// The texts to hold them against, by id (`referee list profiles`) or TOML file.
    #[arg(long, value_name = "ID|FILE", default_value = "image-spec")]
    pub(crate) profile: String,
    /// Picks a reading of an open question (`referee explain AMB-06`); may be repeated.
    #[arg(long, value_name = "QUESTION=READING")]
    pub(crate) reading: Vec<String>,
    /// Exit with 10 if there is a finding that is at least this bad.
    #[arg(long, value_enum, default_value_t = FailOn::Error)]
    pub(crate) fail_on: FailOn,
    /// How to print findings. Several layouts give one JSON document each, one after the other, and one SARIF log.
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
    /// How many threads read and hash; by default one for each processor.
    #[arg(short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    /// The layout: a directory, or a tar archive (plain, gzip or zstd).
    pub(crate) layout: PathBuf,
    /// Whose referrers: a digest or the beginning of one, or a ref.name of index.json. Without it, all subjects as trees.
    pub(crate) subject: Option<String>,
    /// Read by this convention only, by id or TOML file; may be repeated. All by default.
    #[arg(long, value_name = "ID|FILE")]
    pub(crate) convention: Vec<String>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ToolsCommand {
    /// List the tools with what was found of them on this machine.
    List(ToolsArgs),
    /// Build the pinned releases into the cache: of the tools that are named, or else of all small ones.
    Install {
        /// Also of the large ones, which takes a quarter of an hour.
        #[arg(long, conflicts_with = "tools")]
        all: bool,
        #[command(flatten)]
        args: ToolsArgs,
    },
    /// Probe each claimed capability, and a made-up one.
    Check(ToolsArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ToolsArgs {
    /// Drivers, by id or TOML file; all by default.
    #[arg(value_name = "TOOL")]
    pub(crate) tools: Vec<String>,
    /// Where built tools are kept; without it REFEREE_CACHE, or else the user's folder of caches.
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

/// What `--install` builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Builds {
    Small,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Human,
    Json,
    /// SARIF 2.1.0, for code scanning and editors.
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    New,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    Cases,
    Cells,
    Rules,
    Requirements,
    Profiles,
    Conventions,
    Tools,
}
