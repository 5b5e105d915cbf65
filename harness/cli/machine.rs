//! What the environment says about this machine. The only place that reads it.
//!
//! Owns: PATH, caches, the scratch folder, the sandbox. Leaves to others: using them.
#![expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use referee::process::{self, Sandbox};
use referee::results::report::wrap::Page;
use referee::runner::tools::Machine;

use crate::exit::Failed;

/// Whether the user asks for text without colour.
pub(crate) fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// How a report is set: as wide as the terminal and with colours, or 80 columns without, where it goes elsewhere.
pub(crate) fn page() -> Page {
    let out = std::io::stdout();
    let size = terminal_size::terminal_size_of(&out).filter(|_| out.is_terminal());
    let page = size.map_or(Page::FULL, |(columns, _)| Page::of(columns.0.into()));
    let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    if out.is_terminal() && !is_dumb && !no_color() { page.coloured() } else { page }
}

/// Words after a head, as wide as the terminal within what can be read; further lines are indented.
pub(crate) fn wrapped(head: &str, body: &str, indent: usize) -> String {
    page().wrapped(head, body, indent)
}

/// This machine. `cache` replaces the folder of built tools.
///
/// # Errors
/// There is no home to keep built tools in, and none was named.
pub(crate) fn machine(cache: Option<&Path>) -> Result<Machine, Failed> {
    let var = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let path: Vec<PathBuf> =
        var("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let cache = cache
        .map(Path::to_owned)
        .or_else(|| var("REFEREE_CACHE").map(PathBuf::from))
        .or_else(|| var("XDG_CACHE_HOME").map(|cache| Path::new(&cache).join("referee")))
        .or_else(|| var("HOME").map(|home| Path::new(&home).join(".cache/referee")))
        .ok_or_else(|| {
            Failed::usage("there is no HOME to keep built tools in; name a folder with --cache")
        })?;
    let cache = std::path::absolute(cache)?;
    let bwrap = path.iter().map(|folder| folder.join("bwrap")).find(|path| path.is_file());
    Ok(Machine {
        env: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect(),
        path,
        cache,
        sandbox: Sandbox::detect(bwrap),
        helper: std::env::current_exe()?,
        scratch: process::scratch_root(&[Path::new("/dev/shm"), &std::env::temp_dir()]),
    })
}
