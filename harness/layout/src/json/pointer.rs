//! JSON pointers ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)), both ways.
//!
//! Owns: the pointer of a value and the value of a pointer. Leaves to others: all else.

use referee_spec::pointer::{escape, position, unescape};

use super::{Kind, Value};

impl<'a> Value<'a> {
    /// The value at `pointer` below this one; of duplicate names the first, as [`Value::get`] says.
    pub fn at_pointer(&self, pointer: &str) -> Option<Value<'a>> {
        let mut value = *self;
        let mut tokens = pointer.split('/');
        if tokens.next() != Some("") {
            return None;
        }
        for token in tokens {
            value = match value.kind() {
                Kind::Object => value.get(&unescape(token))?,
                Kind::Array => value.items().nth(position(token)?)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The pointer of this value or member name from the outermost value: a name has its value's pointer.
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        let mut value = Value::new(self.text, self.slots, 0);
        while value.at != self.at {
            let mut children = value.children(value.kind());
            let object = value.kind() == Kind::Object;
            let mut at = 0;
            let step = loop {
                let Some(first) = children.next() else {
                    return pointer;
                };
                if object {
                    let Some(member) = children.next() else {
                        return pointer;
                    };
                    if self.at < member.after() {
                        let name = first.as_str().unwrap_or_default();
                        pointer.push('/');
                        pointer.push_str(&escape(&name));
                        if self.at == first.at {
                            return pointer;
                        }
                        break member;
                    }
                } else if self.at < first.after() {
                    pointer.push('/');
                    pointer.push_str(&at.to_string());
                    break first;
                }
                at += 1;
            };
            value = step;
        }
        pointer
    }
}
