//! The fake tool as a daemon behind a Unix socket, and as the client that asks it.
//!
//! Owns: ways of both to misbehave. Leaves to others: what is done to layouts ([`super::honest`]).

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use serde_json::{Value, json};

use super::{Done, honest, sleep};

/// Whether it is up; the only question of the harness itself.
const READY: &str = "ready";

pub(super) fn serve(behaviour: &str, socket: &Path) -> Done {
    match behaviour {
        "daemon-never-ready" => sleep(),
        "daemon-ends-early" => return Ok(()),
        "daemon-crashes-early" => std::process::abort(),
        "daemon-ignores-term" => ctrlc::set_handler(|| {})?,
        "daemon-leaves-child" => {
            let own = std::env::current_exe()?;
            std::process::Command::new(own)
                .args(["sleep-in-own-session", &socket.display().to_string()])
                .spawn()?;
        }
        _ => {}
    }
    for stream in UnixListener::bind(socket)?.incoming() {
        answer(behaviour, stream?)?;
    }
    Ok(())
}

fn answer(behaviour: &str, mut stream: UnixStream) -> Done {
    let mut line = String::new();
    BufReader::new(stream.try_clone()?).read_line(&mut line)?;
    let words: Vec<String> = serde_json::from_str(&line)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words != [READY] {
        match behaviour {
            "daemon-crashes-at-call" => std::process::abort(),
            "daemon-ends-at-call" => std::process::exit(3),
            "daemon-hangs-at-call" => sleep(),
            _ => {}
        }
    }
    let answer = match words.as_slice() {
        [READY] => Ok(Value::Null),
        ["discover", layout, subject] => {
            honest::referrers(Path::new(layout), subject).map(|list| json!({ "manifests": list }))
        }
        ["attach", ..] if behaviour == "daemon-does-nothing" => Ok(Value::Null),
        ["attach", arguments @ ..] => honest::run("attach", arguments).map(|()| Value::Null),
        _ => Err("unsupported by the daemon".into()),
    };
    let answer = match answer {
        Ok(value) => json!({ "ok": value }),
        Err(error) => json!({ "error": error.to_string() }),
    };
    Ok(stream.write_all(answer.to_string().as_bytes())?)
}

/// Asks the daemon and prints its answer.
pub(super) fn ask(behaviour: &str, socket: &Path, words: &[&str]) -> Done {
    if words != [READY] {
        match behaviour {
            "daemon-client-fails" => return Err("this client always fails".into()),
            "daemon-client-refuses" => return Err("unsupported: this client refuses".into()),
            "daemon-client-crashes" => std::process::abort(),
            "daemon-client-prints-garbage" => {
                println!("{{\"manifests\": [");
                return Ok(());
            }
            "daemon-client-floods" => {
                let line = [b'x'; 65536];
                for _ in 0..512 {
                    std::io::stdout().write_all(&line)?;
                }
                return Ok(());
            }
            _ => {}
        }
    }
    let mut stream = UnixStream::connect(socket)?;
    writeln!(stream, "{}", json!(words))?;
    stream.shutdown(Shutdown::Write)?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let answer: Value = serde_json::from_str(&text)?;
    match answer.get("error") {
        Some(error) => Err(error.to_string().into()),
        None => {
            println!("{}", answer["ok"]);
            Ok(())
        }
    }
}
