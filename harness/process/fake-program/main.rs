//! The program that the tests of this crate run: `fake-program BEHAVIOUR ARGUMENT...`. Never built but for tests.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods, missing_docs)]

mod behaviours;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use behaviours::Done;
use referee_process::tree;

fn main() -> Done {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["nothing"] => {}
        ["echo"] => {
            let mut input = Vec::new();
            std::io::stdin().read_to_end(&mut input)?;
            std::io::stdout().write_all(&input)?;
            eprintln!("echoed {} bytes", input.len());
        }
        ["environment"] => {
            for (name, value) in std::env::vars() {
                println!("{name}={value}");
            }
        }
        ["exit", code] => std::process::exit(code.parse()?),
        ["write", path] => std::fs::write(path, "written")?,
        // for a user without rights, as everything can be read by root
        ["unreadable", path] => println!("{:?}", tree::unreadable(path.as_ref())),
        ["remove", path] => tree::remove(path.as_ref())?,
        ["connect", address] => drop(TcpStream::connect(address)?),
        [behaviour] if behaviours::behave(behaviour, &|| Ok(()))? => {}
        _ => return Err("usage: fake-program BEHAVIOUR ARGUMENT...".into()),
    }
    Ok(())
}
