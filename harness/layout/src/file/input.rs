//! Bytes of known length from anywhere, read in bounded pieces.
//!
//! Owns: reading no more than was announced, and telling when less came. Leaves to others: where the bytes come
//! from (a file of a directory, a member of an archive) and what they mean.

use std::io::{self, Read};

use crate::file::ReadError;

/// How much capacity is reserved at once, whatever size was announced.
const RESERVE: usize = 16 << 20;

/// Something to read, with the size it has by its own account.
#[derive(Debug)]
pub(crate) struct Input<R> {
    from: R,
    /// Its size in bytes when it was opened.
    pub(crate) size: u64,
}

impl<R: Read> Input<R> {
    pub(crate) fn new(from: R, size: u64) -> Self {
        Self { from, size }
    }

    /// Fills as much of `piece` as there are bytes left: fewer only at the end.
    pub(crate) fn fill(&mut self, piece: &mut [u8]) -> Result<usize, ReadError> {
        let mut done = 0;
        while done < piece.len() {
            match self.from.read(&mut piece[done..]) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ReadError::from_io(error)),
            }
        }
        Ok(done)
    }

    /// Appends up to `want` further bytes; fewer only at the end.
    pub(crate) fn read_some(&mut self, bytes: &mut Vec<u8>, want: u64) -> Result<(), ReadError> {
        if want == 0 {
            return Ok(());
        }
        // an archive may announce any size: only so much is reserved before bytes have come
        bytes.reserve(usize::try_from(want).unwrap_or(usize::MAX).min(RESERVE));
        self.from.by_ref().take(want).read_to_end(bytes).map_err(ReadError::from_io)?;
        Ok(())
    }

    /// Appends the rest to `bytes`, if the whole has at most `limit` bytes. What is written to the file meanwhile is not read.
    pub(crate) fn read_all(&mut self, bytes: &mut Vec<u8>, limit: u64) -> Result<(), ReadError> {
        if self.size > limit {
            return Err(ReadError::Large { size: self.size, limit });
        }
        self.read_some(bytes, self.size.saturating_sub(bytes.len() as u64))?;
        let read = bytes.len() as u64;
        if read < self.size { Err(ReadError::Short { read, size: self.size }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_was_announced() {
        for (size, wanted) in [(0, ""), (3, "abc"), (6, "abcdef")] {
            let (mut input, mut bytes) = (Input::new(&b"abcdef"[..], size), Vec::new());
            input.read_some(&mut bytes, size.min(1)).unwrap();
            input.read_all(&mut bytes, 6).unwrap();
            assert_eq!(bytes, wanted.as_bytes());
        }
        let short = Input::new(&b"abc"[..], 4).read_all(&mut Vec::new(), 6);
        assert_eq!(short, Err(ReadError::Short { read: 3, size: 4 }));
        let large = Input::new(&b"abc"[..], 7).read_all(&mut Vec::new(), 6);
        assert_eq!(large, Err(ReadError::Large { size: 7, limit: 6 }));
    }
}
