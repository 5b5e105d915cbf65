//! Builds again when a file that is embedded was added or changed.

fn main() {
    for folder in ["cases", "tools/under-test", "golden/interop"] {
        println!("cargo::rerun-if-changed=../../{folder}");
    }
}
