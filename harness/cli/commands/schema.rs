//! `referee schema`: the JSON Schema of a file format, generated from the types that parse it.

use referee::runner::schema;

use crate::exit::{Exit, Failed};

pub(super) fn run(name: &str) -> Result<Exit, Failed> {
    let Some(text) = schema::schema(name) else {
        return Err(Failed::usage(format!(
            "no schema is named `{name}`; there are {}",
            schema::NAMES.join(", ")
        )));
    };
    super::print(&text)?;
    Ok(Exit::Success)
}
