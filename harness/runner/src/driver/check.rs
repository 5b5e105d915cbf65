//! What the types of a driver file do not say.
//!
//! Owns: checks across keys, with the text that each mistake is shown at. Leaves to others: syntax (serde) and whether
//! the tool can do what is claimed ([`crate::tools::check`]).

use semver::VersionReq;

use super::{Manifest, Operation};

/// A mistake is a text to point at and a message.
pub(super) fn check(manifest: &Manifest) -> Result<(), (String, String)> {
    let fail = |needle: &str, message: String| Err((needle.to_owned(), message));
    if manifest.schema != 1 {
        return fail("schema", format!("schema {} is not known, expected 1", manifest.schema));
    }
    if !referee_layout::source::is_id(&manifest.id) || manifest.id.contains('+') {
        return fail(
            &manifest.id,
            format!("`{}` is not an id: lower case letters, digits and `-`", manifest.id),
        );
    }
    if manifest.id == "builtin" {
        return fail(&manifest.id, "`builtin` is the in-crate writer and reader".to_owned());
    }
    for pattern in manifest.refused.iter().chain([&manifest.version.pattern]) {
        if let Err(error) = regex::Regex::new(pattern) {
            return fail(pattern, format!("not a regular expression: {error}"));
        }
    }
    for capability in &manifest.can {
        if manifest.server.is_none() && !manifest.op.contains_key(&capability.op()) {
            let (name, op) = (capability.name(), capability.op().name());
            return fail(name, format!("`{name}` is claimed, but there is no [op.{op}]"));
        }
    }
    for op in manifest.op.keys() {
        if !manifest.can.iter().any(|capability| capability.op() == *op) {
            return fail(&format!("[op.{}]", op.name()), format!("`{}` is not in `can`", op.name()));
        }
    }
    for (op, call) in manifest.op.iter().chain(manifest.when.iter().flat_map(|when| &when.op)) {
        if *op == Operation::Discover && call.view.is_none() {
            return fail("argv", "`discover` needs `view`, where in the answer the list is".to_owned());
        }
        if let Some(view) = call.view.as_ref().filter(|view| !view.is_empty() && !view.starts_with('/')) {
            return fail(view, format!("`{view}` is not a JSON pointer: it begins with `/`"));
        }
    }
    let requirements = manifest.when.iter().map(|when| &when.version);
    for requirement in requirements.chain(manifest.known.iter().filter_map(|known| known.versions.as_ref())) {
        if let Err(error) = VersionReq::parse(requirement) {
            return fail(requirement, format!("not a version requirement such as `<1.3`: {error}"));
        }
    }
    for (name, variant) in &manifest.variant {
        let known = |release: &String| manifest.releases().any(|pinned| pinned.version == *release);
        if let Some(release) = variant.release.as_ref().filter(|release| !known(release)) {
            return fail(release, format!("variant `{name}` names a release that is not pinned"));
        }
    }
    Ok(())
}
