//! One blob, from its bytes to what is kept of it.
//!
//! Owns: which bytes are read and hashed, in one pass. Leaves to others: where the bytes come from.

use std::io::Read;

use super::foreign::Foreign;
use super::node::{Node, Verified};
use super::visit::Visitor;
use super::{Blob, BlobContent, Limits};
use crate::document::BlobText;
use crate::file::input::Input;
use crate::file::{FileKind, ReadError};
use crate::json::Tree;
use referee_spec::Digest;

/// How much of a blob is read before it is known what it may be.
const PEEK: u64 = 32 << 10;
/// How much of a blob is read and hashed at a time: little enough to stay in the processor's cache in between.
const PIECE: usize = 128 << 10;
/// Larger documents are only parsed if they can hold a descriptor.
const SEARCHED: usize = 1 << 20;

/// Byte order marks of UTF-8 and UTF-16: what follows may be meant as JSON.
const MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];

/// Empties the buffer of the last blob, and gives it the capacity that most blobs need.
pub(crate) fn reset(buffer: &mut Vec<u8>) {
    buffer.clear();
    buffer.shrink_to(PIECE);
    buffer.reserve(PIECE);
}

/// What one blob holds, and what the visitor kept of it. `buffer` has the beginning of it, or nothing.
pub(crate) fn examine<V: Visitor, R: Read>(
    digest: &Digest,
    kind: FileKind,
    input: &mut Input<R>,
    limits: &Limits,
    buffer: &mut Vec<u8>,
    visitor: &V,
) -> (Blob, Option<V::Kept>) {
    match content(digest, input, limits, buffer, visitor) {
        Ok((content, verified, visited)) => (Blob { size: input.size, content, verified, kind }, visited),
        Err(error) => (Blob::cannot_be_read(kind, input.size, error), None),
    }
}

type Content<K> = (BlobContent, Verified, Option<K>);

fn content<V: Visitor, R: Read>(
    digest: &Digest,
    input: &mut Input<R>,
    limits: &Limits,
    buffer: &mut Vec<u8>,
    visitor: &V,
) -> Result<Content<V::Kept>, ReadError> {
    input.read_some(buffer, PEEK.min(input.size).saturating_sub(buffer.len() as u64))?;
    let first = buffer.iter().find(|b| !b" \t\r\n".contains(b));
    let object =
        first.map_or(input.size > PEEK, |b| *b == b'{') || MARKS.iter().any(|mark| buffer.starts_with(mark));
    if !object || input.size > limits.document {
        let verified = hash_rest(input, digest, limits, buffer)?;
        let content = if object { BlobContent::Large } else { BlobContent::Opaque };
        return Ok((content, verified, None));
    }
    input.read_all(buffer, limits.document)?;
    let verify =
        |wanted: bool| match Some(digest).filter(|_| wanted).and_then(|digest| digest.matches(buffer)) {
            Some(true) => Verified::Yes,
            Some(false) => Verified::No,
            None => Verified::Unknown,
        };
    if buffer.len() > SEARCHED && !contains(buffer, b"\"digest\"") {
        return Ok((BlobContent::Json(None), verify(limits.hash_everything), None));
    }
    let (tree, text) = match Tree::parse(buffer) {
        Ok(parsed) => parsed,
        Err(error) => {
            let visited = visitor.blob(&BlobText::broken(digest, buffer), None);
            return Ok((BlobContent::Broken(Box::new(error)), verify(true), visited));
        }
    };
    let text = BlobText::new(digest, text, &tree);
    let foreign = text.kind.is_none().then(|| Foreign::read(&text)).flatten().map(Box::new);
    let verified = verify(text.kind.is_some() || foreign.is_some() || limits.hash_everything);
    let node = Node::read(&text, verified).map(Box::new);
    let visited = visitor.blob(&text, node.as_deref());
    Ok((node.map_or(BlobContent::Json(foreign), BlobContent::Node), verified, visited))
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

/// Hashes a blob of which `buffer` holds the beginning, if that was asked for.
fn hash_rest<R: Read>(
    input: &mut Input<R>,
    digest: &Digest,
    limits: &Limits,
    buffer: &mut Vec<u8>,
) -> Result<Verified, ReadError> {
    let Some(algorithm) = digest.registered().filter(|_| limits.hash_everything) else {
        return Ok(Verified::Unknown);
    };
    let mut hasher = algorithm.hasher();
    hasher.update(buffer);
    let mut read = buffer.len() as u64;
    if read < input.size {
        buffer.resize(PIECE, 0);
        loop {
            let n = input.fill(buffer)?;
            hasher.update(&buffer[..n]);
            read += n as u64;
            if n < buffer.len() {
                break;
            }
        }
    }
    if read < input.size {
        return Err(ReadError::Short { read, size: input.size });
    }
    Ok(if hasher.finish() == *digest { Verified::Yes } else { Verified::No })
}
