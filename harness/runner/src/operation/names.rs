//! Operations and capabilities by their names, in files and in results.
//!
//! Owns: order, equality, parsing and JSON Schema, all of them by the table. Leaves to others: the table.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Capability, Operation, TABLE};

macro_rules! known_by_name {
    ($type:ident, $what:literal, $title:literal, $all:expr, $means:expr) => {
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.name == other.name
            }
        }

        impl Eq for $type {}

        impl PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $type {
            fn cmp(&self, other: &Self) -> Ordering {
                self.place().cmp(&other.place())
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name)
            }
        }

        impl<'de> Deserialize<'de> for &'static $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                $type::named(&name).ok_or_else(|| {
                    let known: Vec<_> = $all.map(|known| format!("`{known}`")).collect();
                    D::Error::custom(format!("unknown {} `{name}`, expected one of {}", $what, known.join(", ")))
                })
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let one = |known: &$type| {
                    serde_json::json!({ "description": $means(known), "type": "string", "const": known.name })
                };
                let all: Vec<_> = $all.map(one).collect();
                json_schema!({ "description": $title, "oneOf": all })
            }
        }
    };
}

known_by_name!(
    Operation,
    "operation",
    "What a driver has command lines for.",
    TABLE.iter().copied(),
    |one: &Operation| one.does.to_owned()
);
known_by_name!(
    Capability,
    "capability",
    "Something a tool can do.",
    Capability::all(),
    |one: &Capability| sentence(one.means)
);

/// A fragment as a sentence.
pub(super) fn sentence(fragment: &str) -> String {
    let mut letters = fragment.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
