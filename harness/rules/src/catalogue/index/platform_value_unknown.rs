//! `platform-value-unknown`: a platform has a value that Go does not know.

use crate::doc::Doc;
use crate::finding::Findings;
use crate::rule::{Check, SHOULD};

declare_rule! {
    /// ## What it does
    /// Finds values of `architecture` and `os` that are neither a GOARCH nor a GOOS.
    ///
    /// ## Why it matters
    /// Readers compare them as strings: x86_64 is no amd64. BuildKit marks its attestations with unknown/unknown.
    ///
    /// ## Example
    /// ```json
    /// {"platform": {"architecture": "x86_64", "os": "linux"}}
    /// ```
    ///
    /// ## What to do
    /// Write the name that Go uses.
    {
        id: "platform-value-unknown",
        summary: "a platform has a value that Go does not know",
        requirements: &["INDEX-013"],
        levels: SHOULD,
        source: "image-spec image-index.md, Image Index Property Descriptions",
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.objects() {
        let Some(platform) = place.value.get("platform") else { continue };
        for (name, known) in [("architecture", ARCHITECTURES), ("os", SYSTEMS)] {
            if let Some(value) = platform.get(name)
                && let Some(text) = value.as_str()
                && !known.contains(&&*text)
            {
                findings.at(doc, value, format!("{text} is no {name} that Go knows"));
            }
        }
    }
}

/// The values of GOARCH (Go 1.26, and those that were there before).
const ARCHITECTURES: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];
/// The values of GOOS (Go 1.26, and those that were there before).
const SYSTEMS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];
