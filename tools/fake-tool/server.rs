//! The fake tool as a registry over a layout, which only lists referrers.
//!
//! Owns: ways of a server to misbehave. Leaves to others: finding referrers ([`super::honest`]).

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use super::{Done, honest, sleep};

pub(super) fn serve(behaviour: &str, root: &Path, port: &str) -> Done {
    match behaviour {
        "server-never-ready" => sleep(),
        "server-ends-early" => return Ok(()),
        "server-crashes-early" => std::process::abort(),
        "server-ignores-term" => ctrlc::set_handler(|| {})?,
        "server-floods" => {
            let line = [b'x'; 65536];
            for _ in 0..512 {
                std::io::stdout().write_all(&line)?;
                std::io::stderr().write_all(&line)?;
            }
        }
        "server-removes-layout" => std::fs::remove_dir_all(root.join("repo"))?,
        "server-changes-layout" => std::fs::write(root.join("repo/new"), "new")?,
        "server-leaves-child" => {
            let own = std::env::current_exe()?;
            std::process::Command::new(own)
                .args(["sleep-in-own-session", &root.display().to_string()])
                .spawn()?;
        }
        _ => {}
    }
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    for stream in listener.incoming() {
        answer(behaviour, root, stream?)?;
    }
    Ok(())
}

fn answer(behaviour: &str, root: &Path, mut stream: TcpStream) -> Done {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::from("-");
    while !header.trim().is_empty() {
        header.clear();
        if reader.read_line(&mut header)? == 0 {
            break;
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match path.strip_prefix("/v2/repo/referrers/") {
        None => ("200 OK", "{}".to_owned()),
        Some(subject) => match behaviour {
            "server-crashes-serving" => std::process::abort(),
            "server-kills-the-asker" => {
                let asker = rustix::process::getppid().ok_or("no parent")?;
                return Ok(rustix::process::kill_process(asker, rustix::process::Signal::KILL)?);
            }
            "server-ends-serving" => std::process::exit(3),
            "server-never-answers" => {
                sleep();
                return Ok(());
            }
            "server-speaks-no-http" => {
                stream.write_all(b"220 fake.example ESMTP\r\n")?;
                return Ok(());
            }
            "server-answers-404" => ("404 Not Found", "{}".to_owned()),
            "server-answers-500" => ("500 Internal Server Error", "{}".to_owned()),
            "server-breaks-json" => ("200 OK", "{\"manifests\": [".to_owned()),
            "server-answers-empty" => ("200 OK", "{\"manifests\": []}".to_owned()),
            _ => {
                let manifests = honest::referrers(&root.join("repo"), subject)?;
                ("200 OK", serde_json::json!({ "manifests": manifests }).to_string())
            }
        },
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")?;
    Ok(())
}
