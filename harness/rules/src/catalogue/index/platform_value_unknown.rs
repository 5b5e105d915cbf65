use crate::declare::{Canonical, Check, SHOULD};
use crate::doc::{Doc, is_unknown_platform, prescribes_platform};
use crate::finding::Findings;

declare_rule! {
    /// a platform has an architecture or os that Go does not define
    ///
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
        check: Check::Document(check),
        requirements: &["INDEX-013"],
        levels: SHOULD,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        let Some(platform) = place.value.get("platform").filter(|platform| !is_unknown_platform(*platform))
        else {
            continue;
        };
        let foreign = |(name, known): &(&str, &[&str])| {
            let text = platform.get(name)?.as_str()?;
            (!known.contains(&&*text)).then(|| format!("{text:?} is not an {name} that Go defines"))
        };
        let all = [("architecture", ARCHITECTURES), ("os", SYSTEMS)];
        let wrong: Vec<_> = all.iter().filter_map(foreign).collect();
        if !wrong.is_empty() && !prescribes_platform(doc.profile, place.value) {
            findings.at(doc, platform, wrong.join(", and "));
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
