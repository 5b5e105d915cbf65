//! The scripted fake tool: `fake-tool BEHAVIOUR OPERATION ARGUMENT...`.
//!
//! Owns: every way of a tool to misbehave that the trust tests need, over an honest tool that keeps referrers as entries
//! of index.json; how any process misbehaves is in `behaviours`. Leaves to others: what the harness says about it. Never
//! built but for tests.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit, clippy::disallowed_methods, missing_docs)]

#[path = "../../harness/process/fake-program/behaviours.rs"]
mod behaviours;
mod daemon;
mod honest;
mod mutate;
mod server;

use std::fs;
use std::path::Path;

use behaviours::{Done, sleep};

fn main() -> Done {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["version"] => println!("fake-tool 1.2.3"),
        ["version-hangs"] => sleep(),
        ["version-silent"] => {}
        [behaviour] if behaviours::behave(behaviour, &|| Ok(()))? => {}
        [behaviour, "daemon", socket] => daemon::serve(behaviour, Path::new(socket))?,
        [behaviour, "ask", socket, words @ ..] => daemon::ask(behaviour, Path::new(socket), words)?,
        [behaviour, "serve", root, port] => server::serve(behaviour, Path::new(root), port)?,
        [behaviour, op, arguments @ ..] => misbehave(behaviour, op, arguments)?,
        _ => return Err("usage: fake-tool BEHAVIOUR OPERATION ARGUMENT...".into()),
    }
    Ok(())
}

fn misbehave(behaviour: &str, op: &str, arguments: &[&str]) -> Done {
    let layout = Path::new(arguments.first().copied().unwrap_or_default());
    if behaviours::behave(behaviour, &|| honest::run(op, arguments))? {
        return Ok(());
    }
    match behaviour {
        "honest" => honest::run(op, arguments)?,
        "nothing" => {}
        "fail" => return Err("this tool always fails".into()),
        "refuse" => return Err("unsupported: this tool refuses".into()),
        "broken-json" => println!("{{\"manifests\": [{{\"digest\": "),
        "no-list" => println!("{{\"answer\": 42}}"),
        "no-digest" => println!("{{\"manifests\": [{{\"digest\": \"sha256:short\"}}]}}"),
        "empty-list" => println!("{{\"manifests\": []}}"),
        "wrong-digests" => {
            let digest = format!("sha256:{}", "0".repeat(64));
            println!("{{\"manifests\": [{{\"digest\": \"{digest}\"}}]}}");
        }
        "made-up" => {
            let mut answer = honest::referrers(layout, arguments[1])?;
            let mut made_up = answer[0].clone();
            made_up["digest"] = format!("sha256:{}", "1".repeat(64)).into();
            answer.push(made_up);
            println!("{}", serde_json::json!({ "manifests": answer }));
        }
        "strip" => {
            let mut answer = honest::referrers(layout, arguments[1])?;
            for referrer in &mut answer {
                referrer["artifactType"] = serde_json::Value::Null;
            }
            println!("{}", serde_json::json!({ "manifests": answer }));
        }
        "twice" => {
            let answer = honest::referrers(layout, arguments[1])?;
            let answer: Vec<_> = answer.iter().chain(&answer).collect();
            println!("{}", serde_json::json!({ "manifests": answer }));
        }
        "tamper-index" | "tamper-blobs" | "tamper-marker" | "tamper-link" => {
            honest::run(op, arguments)?;
            tamper(behaviour, layout)?;
        }
        "no-file" | "no-config" | "drops-subject" | "damages-subject" | "drops-tag" | "drops-entries" => {
            honest::run(op, arguments)?;
            honest::spoil(behaviour, layout, arguments[1])?;
        }
        "copies-no-blobs" => {
            honest::run(op, arguments)?;
            honest::keep_manifests(Path::new(arguments[1]))?;
        }
        "write-outside" => {
            honest::run(op, arguments)?;
            fs::write(layout.join("../../outside"), "not here")?;
            fs::write(layout.join("../neighbour"), "nor here")?;
        }
        "write-far" => {
            honest::run(op, arguments)?;
            // the folder that holds all cells: only a sandbox can prevent it
            fs::write(layout.join("../../../fake-tool-was-here"), "nor here")?;
        }
        "delete-layout" => {
            honest::run(op, arguments)?;
            fs::remove_dir_all(layout)?;
        }
        lie if mutate::lie(lie, layout, arguments)? => {}
        "no-permission" => {
            use std::os::unix::fs::PermissionsExt as _;
            honest::run(op, arguments)?;
            let closed = layout.join("closed");
            fs::create_dir_all(closed.join("inner"))?;
            fs::set_permissions(closed, fs::Permissions::from_mode(0o0))?;
        }
        "wrong-subject" => honest::attach(layout, &format!("sha256:{}", "2".repeat(64)), arguments[2], None)?,
        "wrong-type" => {
            honest::attach(layout, arguments[1], "application/vnd.example.other", Some(arguments[3]))?;
        }
        "other-file" => honest::attach(layout, arguments[1], arguments[2], None)?,
        "corrupt" => {
            honest::run(op, arguments)?;
            honest::flip_referrers(layout, arguments[1])?;
        }
        "drop-referrers" => {
            honest::run(op, arguments)?;
            honest::drop_referrers(Path::new(arguments[1]))?;
        }
        "drop-with-warning" => {
            eprintln!("Warning: no referrers");
            honest::run(op, arguments)?;
            honest::drop_referrers(Path::new(arguments[1]))?;
        }
        _ => return Err(format!("no behaviour is named {behaviour}").into()),
    }
    Ok(())
}

/// What a reader has no business to do.
fn tamper(behaviour: &str, layout: &Path) -> Done {
    match behaviour {
        "tamper-index" => fs::write(layout.join("index.json"), "{\"schemaVersion\":2,\"manifests\":[]}")?,
        "tamper-blobs" => {
            fs::remove_dir_all(layout.join("blobs"))?;
            fs::create_dir_all(layout.join("blobs/sha256"))?;
            fs::write(layout.join("blobs/sha256/new"), "new")?;
        }
        "tamper-marker" => fs::remove_file(layout.join("oci-layout"))?,
        _ => {
            let moved = layout.with_file_name("moved");
            fs::rename(layout, &moved)?;
            std::os::unix::fs::symlink(moved, layout)?;
        }
    }
    Ok(())
}
