//! JSON pointers ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)), both ways.
//!
//! Owns: the pointer of a value and the value of a pointer, one or many of one text. Leaves to others: all else.

use referee_spec::pointer::{escape, position, unescape};

use super::{Kind, Value};

/// Finds many places of one text, each from where the last one was: in document order, all of them cost one pass, and not one
/// pass each.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The way to the last place, by depth. What is deeper than the last place is of an earlier one.
    way: Vec<Step>,
}

/// A child of an array or object.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// The slot of the array or object.
    parent: usize,
    /// The position of the child in it.
    number: usize,
    /// The slot of the child; of a member, that of its name.
    at: usize,
}

impl<'a> Value<'a> {
    /// The value at `pointer` below this one; of duplicate names the first, as [`Value::get`] says.
    pub fn at_pointer(&self, pointer: &str) -> Option<Value<'a>> {
        Places::default().find(self, pointer)
    }

    /// The pointer of this value or member name from the outermost value: a name has its value's pointer.
    pub fn pointer(&self) -> String {
        Places::default().pointer(self)
    }
}

impl Places {
    /// The same as [`Value::at_pointer`], where all values are of one text.
    pub fn find<'a>(&mut self, root: &Value<'a>, pointer: &str) -> Option<Value<'a>> {
        let mut value = *root;
        let mut tokens = pointer.split('/');
        if tokens.next() != Some("") {
            return None;
        }
        for (depth, token) in tokens.enumerate() {
            value = match value.kind() {
                Kind::Object => value.get(&unescape(token))?,
                Kind::Array => self.item(depth, &value, position(token)?)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The same as [`Value::pointer`], where all values are of one text.
    pub fn pointer(&mut self, value: &Value<'_>) -> String {
        let mut pointer = String::new();
        let mut parent = Value::new(value.text, value.slots, 0);
        let mut depth = 0;
        while parent.at != value.at {
            let is_object = parent.kind() == Kind::Object;
            let mut step = self.from(depth, &parent, |step| step.at <= value.at);
            let child = loop {
                if step.at >= parent.after() {
                    return pointer;
                }
                // a name has one slot
                let child = Value::new(value.text, value.slots, step.at + usize::from(is_object));
                if value.at < child.after() {
                    break child;
                }
                step = Step { number: step.number + 1, at: child.after().max(step.at + 1), ..step };
            };
            self.keep(depth, step);
            pointer.push('/');
            if is_object {
                let name = Value::new(value.text, value.slots, step.at);
                pointer.push_str(&escape(&name.as_str().unwrap_or_default()));
                if value.at == name.at {
                    return pointer;
                }
            } else {
                pointer.push_str(&step.number.to_string());
            }
            parent = child;
            depth += 1;
        }
        pointer
    }

    fn item<'a>(&mut self, depth: usize, array: &Value<'a>, number: usize) -> Option<Value<'a>> {
        let mut step = self.from(depth, array, |step| step.number <= number);
        while step.at < array.after() {
            let item = Value::new(array.text, array.slots, step.at);
            if step.number == number {
                self.keep(depth, step);
                return Some(item);
            }
            step = Step { number: step.number + 1, at: item.after().max(step.at + 1), ..step };
        }
        None
    }

    /// The child to go on from: the last one in that array or object, if it is not too far already.
    fn from(&self, depth: usize, parent: &Value<'_>, is_before: impl Fn(&Step) -> bool) -> Step {
        let last = self.way.get(depth).filter(|step| step.parent == parent.at && is_before(step));
        last.copied().unwrap_or(Step { parent: parent.at, number: 0, at: parent.at + 1 })
    }

    fn keep(&mut self, depth: usize, step: Step) {
        // at depths between are objects, whose members are found by name
        self.way.resize(self.way.len().max(depth + 1), step);
        self.way[depth] = step;
    }
}
