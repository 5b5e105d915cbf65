//! The hidden helper that runs a service and asks it, inside one sandbox.

use std::io::{Read as _, Write as _};

use referee::process::service;

use crate::exit::{Exit, Failed};

pub(super) fn run() -> Result<Exit, Failed> {
    let mut input = Vec::new();
    std::io::stdin().read_to_end(&mut input)?;
    let transcript = service::serve(&input).map_err(|why| Failed::usage(why.to_string()))?;
    std::io::stdout().write_all(&transcript)?;
    Ok(Exit::Success)
}
