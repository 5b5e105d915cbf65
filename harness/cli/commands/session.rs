//! The hidden helper that serves a layout and asks, inside one sandbox.

use std::io::{Read as _, Write as _};

use referee::process::session;

use crate::exit::{Exit, Failed};

pub(super) fn run() -> Result<Exit, Failed> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let transcript = session::serve(&input).map_err(|why| Failed::usage(&why))?;
    std::io::stdout().write_all(&transcript)?;
    Ok(Exit::Success)
}
