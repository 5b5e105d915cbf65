//! What is around a tar.
//!
//! Owns: telling gzip and zstd from a plain stream by their first bytes, and how much may be read at once. Leaves to
//! others: the tar.

use std::cell::Cell;
use std::io::{self, BufRead as _, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// The bytes of `from`, unpacked if they are gzip or zstd.
pub(super) fn uncompressed<'r>(from: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    let mut from = BufReader::with_capacity(1 << 18, from);
    let first = from.fill_buf()?;
    if first.starts_with(GZIP) {
        return Ok(Box::new(MultiGzDecoder::new(from)));
    }
    if first.starts_with(ZSTD) {
        return Ok(Box::new(Frames { from: Some(from), frame: None }));
    }
    Ok(Box::new(from))
}

/// All frames of a zstd stream, one after the other.
struct Frames<R: Read> {
    from: Option<BufReader<R>>,
    frame: Option<StreamingDecoder<BufReader<R>, ruzstd::decoding::FrameDecoder>>,
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.from = self.frame.take().map(StreamingDecoder::into_inner);
            }
            let Some(mut from) = self.from.take() else {
                return Ok(0);
            };
            if from.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(StreamingDecoder::new(from).map_err(io::Error::other)?);
        }
    }
}

/// A stream that gives no more than it may at a time, whatever asks for more.
pub(super) struct Rationed<'c, R> {
    from: R,
    left: &'c Cell<u64>,
}

impl<'c, R: Read> Rationed<'c, R> {
    /// Gives of `from` as many bytes as `left` has, which goes down with them.
    pub(super) fn new(from: R, left: &'c Cell<u64>) -> Self {
        Self { from, left }
    }
}

impl<R: Read> Read for Rationed<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            return Err(io::Error::other("what describes a member is too large"));
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.from.read(&mut buffer[..most])?;
        self.left.set(left - read as u64);
        Ok(read)
    }
}
