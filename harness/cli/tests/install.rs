//! Building pinned releases, with a Go toolchain that is a script: what is built, what is kept, what is said.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::support::{folder, referee};

/// `go`, as far as referee uses it: it notes its words, records checksums, and builds scripts that tell a version.
/// What FAILS names cannot be built; BYSUM is the checksum of the module that replaces another.
const GO: &str = r#"#!/bin/sh
echo "$*" >> "$HOME/go.log"
case "$1 $2" in
"mod download")
  case $3 in
  *@*) echo "${3%@*} ${3#*@} h1:good" >> go.sum ;;
  *) echo "example.com/by v0.1.0 $BYSUM" >> go.sum ;;
  esac ;;
"build "*)
  while [ "$1" != -o ]; do shift; done
  case $3 in *"$FAILS") echo "cannot compile $3" >&2; exit 1 ;; esac
  printf '#!/bin/sh\necho mine 1.0.0\n' > "$2"
  /bin/chmod +x "$2" ;;
esac
"#;

/// A client with its daemon, built from a module that needs tags and a replacement.
const MINE: &str = r#"
schema = 1
id = "mine"
name = "Mine"
program = "mine"
version = { argv = ["version"], match = 'mine (\S+)' }
can = ["copy"]
op.copy = { argv = ["{layout}", "{out}"] }
[install]
module = "example.com/mine"
package = "cmd/mine"
also = { mined = "cmd/mined" }
tags = ["no_one", "no_two"]
version-variable = "example.com/mine/version.Version"
size = "large"
[[install.release]]
version = "v1.0.0"
sum = "h1:good"
replace = [{ module = "example.com/old", by = "example.com/by", version = "v0.1.0", sum = "h1:by" }]
[daemon]
program = "mined"
argv = []
ready = []
"#;

/// Where a fake toolchain builds a driver into a cache of its own.
struct Workshop {
    home: tempfile::TempDir,
}

impl Workshop {
    fn new() -> Self {
        let workshop = Self { home: folder() };
        fs::create_dir(workshop.path("bin")).unwrap();
        program(&workshop.path("bin/go"), GO);
        fs::write(workshop.path("mine.toml"), MINE).unwrap();
        workshop
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Runs referee; gives its exit code and all that it says.
    fn referee(&self, words: &[&str], fails: &str, sum: &str) -> (i32, String) {
        let mut command = referee(self.home.path());
        command.current_dir(self.home.path()).env("PATH", self.path("bin"));
        command.env("REFEREE_CACHE", self.path("cache")).env("FAILS", fails).env("BYSUM", sum);
        let output = command.args(words).output().unwrap();
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        (output.status.code().unwrap(), said.concat())
    }

    /// What is in the cache.
    fn cached(&self) -> Vec<String> {
        let entries = |folder: &Path| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|entry| entry.path()).collect::<Vec<_>>()
        };
        let all = entries(&self.path("cache")).into_iter().flat_map(|folder| {
            let inside = entries(&folder);
            if inside.is_empty() { vec![folder] } else { inside }
        });
        let mut names: Vec<String> =
            all.map(|path| path.strip_prefix(self.path("cache")).unwrap().display().to_string()).collect();
        names.sort();
        names
    }
}

fn program(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

const INSTALL: [&str; 3] = ["tools", "install", "mine.toml"];
const LIST: [&str; 3] = ["tools", "list", "mine.toml"];

#[test]
fn all_programs_of_a_tool_are_built_as_its_driver_says() {
    let workshop = Workshop::new();
    let (code, said) = workshop.referee(&INSTALL, "nothing", "h1:by");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("building mine v1.0.0, 1 of 1 ...\nbuilt mine v1.0.0 in "), "{said}");
    assert_eq!(workshop.cached(), ["mine@v1.0.0/mine", "mine@v1.0.0/mined"]);
    let log = fs::read_to_string(workshop.path("go.log")).unwrap();
    for line in [
        "mod edit -replace=example.com/old=example.com/by@v0.1.0",
        "mod download example.com/old",
        "build -mod=mod -trimpath -tags=no_one,no_two -ldflags=-X=example.com/mine/version.Version=v1.0.0 -o out/mined example.com/mine/cmd/mined",
    ] {
        assert!(log.lines().any(|one| one == line), "no `{line}` in\n{log}");
    }
    // each program is observed
    let (_, list) = workshop.referee(&["tools", "list", "mine.toml", "--format", "json"], "", "");
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert!(list[0]["sha256"].is_string(), "{list}");
    assert_eq!(list[0]["beside"]["mined"], list[0]["sha256"], "the script builds the same for both: {list}");
    let (code, said) = workshop.referee(&INSTALL, "nothing", "h1:by");
    assert_eq!(code, 0);
    assert!(said.starts_with("mine v1.0.0 is installed: "), "{said}");
}

#[test]
fn of_what_is_not_as_pinned_or_not_whole_nothing_is_kept() {
    let workshop = Workshop::new();
    for (fails, sum, why) in [
        ("cmd/mine", "h1:by", "cannot compile example.com/mine/cmd/mine"),
        ("cmd/mined", "h1:by", "cannot compile example.com/mine/cmd/mined"),
        ("nothing", "h1:other", "checksum of example.com/by@v0.1.0 is h1:other, but h1:by is pinned"),
        ("nothing", "", "checksum of example.com/by@v0.1.0 is , but h1:by is pinned"),
    ] {
        let (code, said) = workshop.referee(&INSTALL, fails, sum);
        assert_eq!(code, 102, "{said}");
        assert!(said.contains("cannot build mine v1.0.0: ") && said.contains(why), "{said}");
        assert!(workshop.cached().is_empty(), "{:?}", workshop.cached());
    }
    let log = fs::read_to_string(workshop.path("go.log")).unwrap();
    let last = log.rsplit("mod init").next().unwrap();
    assert!(!last.contains("build "), "something was compiled before its checksum was known:\n{last}");
    // half of it is neither taken for the tool nor in the way of building it
    fs::create_dir_all(workshop.path("cache/mine@v1.0.0")).unwrap();
    program(&workshop.path("cache/mine@v1.0.0/mine"), "#!/bin/sh\necho mine 1.0.0\n");
    let (_, said) = workshop.referee(&LIST, "", "");
    assert!(said.contains("not installed; `referee tools install mine.toml` builds v1.0.0"), "{said}");
    assert_eq!(workshop.referee(&INSTALL, "nothing", "h1:by").0, 0);
    assert_eq!(workshop.cached(), ["mine@v1.0.0/mine", "mine@v1.0.0/mined"]);
}

#[test]
fn a_client_in_path_needs_its_daemon_beside_it() {
    let workshop = Workshop::new();
    program(&workshop.path("bin/mine"), "#!/bin/sh\necho mine 1.2.0\n");
    let (_, said) = workshop.referee(&LIST, "", "");
    let why = format!("no `mined` beside {}", workshop.path("bin/mine").display());
    assert!(said.contains(&format!("{why}; `referee tools install mine.toml` builds v1.0.0")), "{said}");
    assert_eq!(workshop.referee(&INSTALL, "nothing", "h1:by").0, 0);
    assert!(workshop.referee(&LIST, "", "").1.contains("1.0.0"), "the cache has both");
    program(&workshop.path("bin/mined"), "#!/bin/sh\n");
    assert!(workshop.referee(&LIST, "", "").1.contains("1.2.0"), "PATH has both");
}

#[test]
fn large_tools_are_built_on_request_only() {
    let workshop = Workshop::new();
    let run = |install| {
        let words = [
            "run",
            install,
            "--driver",
            "mine.toml",
            "attach-copy-discover[producer=builtin,copier=mine,consumer=builtin,*",
        ];
        workshop.referee(&words, "nothing", "h1:by").1
    };
    let said = run("--install");
    assert!(said.contains("`referee tools install mine.toml` builds v1.0.0"), "{said}");
    assert!(said.contains("`referee run --install=all` builds them; it needs Go."), "{said}");
    assert!(workshop.cached().is_empty());
    let said = run("--install=all");
    assert!(said.contains("built mine v1.0.0 in "), "{said}");
    assert_eq!(workshop.cached(), ["mine@v1.0.0/mine", "mine@v1.0.0/mined"]);
}

/// A program of one's own is found beside its driver; what it cannot be is another release.
#[test]
fn a_program_beside_its_driver_is_found_and_stands_for_no_other_release() {
    let workshop = Workshop::new();
    let variants = "[variant]\nold = { release = \"v1.0.0\" }\nother = { discover = [] }\n";
    let listed = |named: &str| {
        let text = MINE.replacen("program = \"mine\"", &format!("program = \"{named}\""), 1) + variants;
        fs::create_dir_all(workshop.path("own")).unwrap();
        fs::write(workshop.path("own/mine.toml"), text).unwrap();
        let (_, list) = workshop.referee(&["tools", "list", "own/mine.toml", "--format", "json"], "", "");
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        let versions = list.as_array().unwrap().iter();
        let said = |tool: &serde_json::Value| {
            let value = if tool["version"].is_string() { &tool["version"] } else { &tool["reason"] };
            value.as_str().unwrap().to_owned()
        };
        versions.map(said).collect::<Vec<_>>()
    };
    let advice = "`referee tools install own/mine.toml` builds v1.0.0";
    let absent = format!("not installed; {advice}");
    assert_eq!(listed("mine"), [absent.as_str(); 3]);
    for name in ["mine", "mined"] {
        program(&workshop.path("bin").join(name), "#!/bin/sh\necho mine 1.1.0\n");
    }
    assert_eq!(listed("mine"), ["1.1.0", absent.as_str(), "1.1.0"]);
    let missing = format!("{} is no program", workshop.path("own/mine").display());
    let other = format!("`./mine` is a program at a path, and this is another release; {advice}");
    assert_eq!(listed("./mine"), [missing.as_str(), other.as_str(), missing.as_str()]);
    for name in ["mine", "mined"] {
        program(&workshop.path("own").join(name), "#!/bin/sh\necho mine 2.0.0\n");
    }
    // beside its driver before PATH
    assert_eq!(listed("mine"), ["2.0.0", absent.as_str(), "2.0.0"]);
    assert_eq!(listed("./mine"), ["2.0.0", other.as_str(), "2.0.0"]);
    assert_eq!(workshop.referee(&["tools", "install", "own/mine.toml"], "nothing", "h1:by").0, 0);
    assert_eq!(workshop.cached(), ["mine@v1.0.0/mine", "mine@v1.0.0/mined"]);
    assert_eq!(listed("./mine"), ["2.0.0", "1.0.0", "2.0.0"]);
    assert_eq!(listed("mine"), ["2.0.0", "1.0.0", "2.0.0"]);
}

/// `--require all` asks for all of them.
#[test]
fn each_shipped_tool_can_be_had() {
    for driver in referee::runner::catalogue::Catalogue::shipped().unwrap().drivers {
        assert!(driver.pinned().is_some() || driver.file.debian.is_some(), "{}", driver.id);
    }
}

#[test]
fn a_debian_package_is_named_and_never_installed() {
    let workshop = Workshop::new();
    let (from, to) = (MINE.find("[install]").unwrap(), MINE.find("[daemon]").unwrap());
    let text = MINE.replace(&MINE[from..to], "").replace("op.copy", "debian = \"mine-tools\"\nop.copy");
    fs::write(workshop.path("mine.toml"), text).unwrap();
    let how = "; on Debian, `apt-get install mine-tools` installs it";
    let (code, said) = workshop.referee(&INSTALL, "", "");
    assert_eq!(code, 102);
    assert_eq!(said, format!("mine is not built by referee: no `mine` in PATH{how}\n"));
    for name in ["mine", "mined"] {
        program(&workshop.path("bin").join(name), "#!/bin/sh\necho mine 1.0.0\n");
    }
    let (code, said) = workshop.referee(&INSTALL, "", "");
    assert_eq!(code, 0);
    assert!(said.starts_with("mine 1.0.0 is installed: "), "{said}");
    assert!(!workshop.path("go.log").exists());
}
