//! Finds the rules: each file of a folder of `src/catalogue` is one, and its stem is the rule's id.
//!
//! Owns: writing the modules and the list of all rules, which `catalogue.rs` includes. Nobody keeps a list by hand, so
//! a new rule touches no file that another new rule touches.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders in the environment")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/catalogue");
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let (mut modules, mut list) = (String::new(), String::new());
    for folder in sorted(&variable("CARGO_MANIFEST_DIR")?.join("src/catalogue"))? {
        let about = stem(&folder);
        let _ = writeln!(modules, "mod {about} {{");
        for file in sorted(&folder)? {
            let rule = stem(&file);
            let _ = writeln!(modules, "    #[path = {file:?}]\n    pub(super) mod {rule};");
            let id = rule.replace('_', "-");
            let _ = writeln!(list, "    {about}::{rule}::RULE.named({id:?}),");
        }
        modules.push_str("}\n");
    }
    let text = format!("{modules}\npub(crate) static DECLARED: &[Declared] = &[\n{list}];\n");
    fs::write(variable("OUT_DIR")?.join("catalogue.rs"), text)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
