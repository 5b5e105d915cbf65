//! One blob, from its bytes to what is kept of it.
//!
//! Owns: which bytes are read and hashed, in one pass. Leaves to others: where the bytes come from.

use std::io::Read;

use super::node::{Node, Verified};
use super::visit::Visitor;
use super::{Blob, BlobContent, Limits};
use crate::Digest;
use crate::dir::{FileKind, ReadError};
use crate::document::BlobText;
use crate::input::Input;
use crate::json::Tree;

/// How much of a blob is read before it is known what it may be.
const PEEK: u64 = 32 << 10;
/// How much of a blob is read and hashed at a time: it stays in the processor's cache between reading and hashing.
pub(super) const PIECE: usize = 128 << 10;
/// Larger documents are only parsed if they can hold a descriptor.
const SEARCHED: usize = 1 << 20;

/// Byte order marks of UTF-8 and UTF-16: what follows may be meant as JSON.
const MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];

/// One blob, read.
pub(crate) struct Examined<K> {
    pub(crate) digest: Digest,
    pub(crate) blob: Blob,
    /// In a box: most blobs have none, and these are moved.
    pub(crate) node: Option<Box<Node>>,
    pub(crate) visited: Option<K>,
}

impl<K> Examined<K> {
    /// A blob of which nothing is known but that it is there.
    pub(crate) fn unread(digest: Digest, kind: FileKind) -> Self {
        let blob = Blob { size: 0, content: BlobContent::Opaque, verified: Verified::Unknown, kind };
        Self { digest, blob, node: None, visited: None }
    }

    /// Notes that it cannot be read.
    pub(crate) fn cannot_be_read(&mut self, size: u64, error: ReadError) {
        (self.node, self.visited) = (None, None);
        self.blob.size = size;
        self.blob.content = BlobContent::Unreadable(Box::new(error));
        self.blob.verified = Verified::Unknown;
    }

    /// Reads it. `buffer` holds the beginning, or nothing.
    pub(crate) fn read<V: Visitor<Kept = K>, R: Read>(
        &mut self,
        input: &mut Input<R>,
        limits: &Limits,
        buffer: &mut Vec<u8>,
        visitor: &V,
    ) {
        match content(input, &self.digest, limits, buffer, visitor) {
            Ok(read) => {
                self.blob.size = input.size;
                (self.blob.content, self.blob.verified) = (read.content, read.verified);
                (self.node, self.visited) = (read.node, read.visited);
            }
            Err(error) => self.cannot_be_read(input.size, error),
        }
    }
}

struct Content<K> {
    content: BlobContent,
    verified: Verified,
    node: Option<Box<Node>>,
    visited: Option<K>,
}

impl<K> Content<K> {
    fn plain(content: BlobContent, verified: Verified) -> Self {
        Self { content, verified, node: None, visited: None }
    }
}

fn content<V: Visitor, R: Read>(
    input: &mut Input<R>,
    digest: &Digest,
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
        return Ok(Content::plain(content, verified));
    }
    input.read_all(buffer, limits.document)?;
    let verify =
        |wanted: bool| match Some(digest).filter(|_| wanted).and_then(|digest| digest.matches(buffer)) {
            Some(true) => Verified::Yes,
            Some(false) => Verified::No,
            None => Verified::Unknown,
        };
    if buffer.len() > SEARCHED && !contains(buffer, b"\"digest\"") {
        return Ok(Content::plain(BlobContent::Json, verify(limits.hash_everything)));
    }
    let parsed = Tree::parse(buffer);
    let (tree, text) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            let visited = visitor.blob(&BlobText::broken(digest, buffer), None);
            let content = BlobContent::Broken(Box::new(error));
            return Ok(Content { content, verified: verify(true), node: None, visited });
        }
    };
    let text = BlobText::new(digest, text, &tree);
    let verified = verify(text.kind.is_some() || limits.hash_everything);
    let node = Node::read(&text, verified).map(Box::new);
    let content = if node.is_some() { BlobContent::Node } else { BlobContent::Json };
    let visited = visitor.blob(&text, node.as_deref());
    Ok(Content { content, verified, node, visited })
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
