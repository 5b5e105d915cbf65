//! All values of a document.
//!
//! Owns: the walk. Leaves to others: what is looked for.

use referee_layout::json::{Kind, Value};

/// Calls `see` with a value, and with all values and member names in it. The parser has limited the depth.
pub(crate) fn visit<'a>(value: Value<'a>, see: &mut impl FnMut(Value<'a>)) {
    see(value);
    match value.kind() {
        Kind::Array => value.items().for_each(|item| visit(item, see)),
        Kind::Object => value.members().for_each(|(name, value)| {
            see(name);
            visit(value, see);
        }),
        _ => {}
    }
}
