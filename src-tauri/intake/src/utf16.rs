//! Reads UTF-16 as UTF-8: some editors and shells save a file that way when a person only wanted to look into it. Seeking
//! goes to a mark and reads on from there, so that the memory does not grow with the file.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Bytes of output between two marks.
const MARK_EVERY: u64 = 1 << 18;

/// The byte order of a file that starts like this; `None`: not UTF-16.
pub(crate) fn order(head: &[u8]) -> Option<Order> {
    match head {
        [0xFF, 0xFE, ..] => Some(Order { big: false, mark: 2 }),
        [0xFE, 0xFF, ..] => Some(Order { big: true, mark: 2 }),
        [b'{' | b'[' | b'<', 0, ..] => Some(Order { big: false, mark: 0 }),
        [0, b'{' | b'[' | b'<', ..] => Some(Order { big: true, mark: 0 }),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    big: bool,
    /// Bytes of the byte order mark.
    mark: u64,
}

impl Order {
    /// The whole of a short piece; half a character at its end is dropped.
    pub fn decode(self, head: &[u8]) -> Vec<u8> {
        let skip = usize::try_from(self.mark).unwrap_or(0);
        let units = head.get(skip..).unwrap_or_default().chunks_exact(2).map(|pair| self.unit(pair));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes()
    }

    fn unit(self, pair: &[u8]) -> u16 {
        let pair = [pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0)];
        if self.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    }
}

pub(crate) struct Utf16<R> {
    input: BufReader<R>,
    order: Order,
    /// Decoded and not yet handed out.
    ready: Vec<u8>,
    given: usize,
    /// Positions in the output and in the input, equally far; the first is the start.
    marks: Vec<(u64, u64)>,
    here: (u64, u64),
}

impl<R: Read + Seek> Utf16<R> {
    pub fn new(mut input: R, order: Order) -> io::Result<Self> {
        input.seek(SeekFrom::Start(order.mark))?;
        let here = (0, order.mark);
        Ok(Utf16 { input: BufReader::new(input), order, ready: Vec::new(), given: 0, marks: vec![here], here })
    }

    fn position(&self) -> u64 {
        self.here.0 - (self.ready.len() - self.given) as u64
    }

    /// Decodes the next block; `false` at the end.
    fn decode(&mut self) -> io::Result<bool> {
        self.ready.clear();
        self.given = 0;
        let order = self.order;
        let block = self.input.fill_buf()?;
        if block.is_empty() {
            return Ok(false);
        }
        if block.len() < 4 {
            return self.decode_slowly();
        }
        let mut units: Vec<u16> = block.chunks_exact(2).map(|pair| order.unit(pair)).collect();
        // The first half of a pair waits for its second.
        if units.last().is_some_and(|unit| (0xD800..0xDC00).contains(unit)) {
            units.pop();
        }
        let used = units.len() * 2;
        self.input.consume(used);
        self.hand(&units, used);
        Ok(true)
    }

    /// Near the end of a block: unit by unit.
    fn decode_slowly(&mut self) -> io::Result<bool> {
        let mut bytes = Vec::new();
        self.input.by_ref().take(4).read_to_end(&mut bytes)?;
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| self.order.unit(pair)).collect();
        self.hand(&units, bytes.len());
        // An odd byte at the end of the file is no character.
        Ok(!units.is_empty())
    }

    fn hand(&mut self, units: &[u16], used: usize) {
        let text: String = char::decode_utf16(units.iter().copied()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.ready = text.into_bytes();
        self.here = (self.here.0 + self.ready.len() as u64, self.here.1 + used as u64);
        if self.marks.last().is_none_or(|(out, _)| self.here.0 > out + MARK_EVERY) {
            self.marks.push(self.here);
        }
    }

    fn seek_to(&mut self, target: u64) -> io::Result<u64> {
        let known = self.marks.partition_point(|(out, _)| *out <= target);
        let mark = known.checked_sub(1).and_then(|at| self.marks.get(at)).copied().unwrap_or((0, self.order.mark));
        self.input.seek(SeekFrom::Start(mark.1))?;
        self.here = mark;
        self.ready.clear();
        self.given = 0;
        while self.position() < target {
            if self.given == self.ready.len() && !self.decode()? {
                break;
            }
            let wanted = usize::try_from(target - self.position()).unwrap_or(usize::MAX);
            self.given += wanted.min(self.ready.len() - self.given);
        }
        Ok(self.position())
    }
}

impl<R: Read + Seek> Read for Utf16<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() {
            if !self.decode()? {
                return Ok(0);
            }
        }
        let ready = self.ready.get(self.given..).unwrap_or_default();
        let count = ready.len().min(out.len());
        out.iter_mut().zip(ready).for_each(|(to, from)| *to = *from);
        self.given += count;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for Utf16<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Start(target) => self.seek_to(target),
            SeekFrom::Current(0) => Ok(self.position()),
            SeekFrom::Current(by) => self.seek_to(self.position().saturating_add_signed(by)),
            SeekFrom::End(by) => {
                let end = self.seek_to(u64::MAX)?;
                if by == 0 { Ok(end) } else { self.seek_to(end.saturating_add_signed(by)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn encode(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn both_orders_read_alike_and_can_be_sought() {
        let text = format!("{{\"а\": \"{}\"}}", "Привет 🔥 ".repeat(60_000));
        for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
            let bytes = encode(&text, big, mark);
            let order = order(&bytes).unwrap();
            assert!(order.decode(&bytes[..64]).starts_with("{\"а\": \"Прив".as_bytes()));
            let mut reader = Utf16::new(Cursor::new(bytes), order).unwrap();
            let mut read = String::new();
            reader.read_to_string(&mut read).unwrap();
            assert!(read == text);
            assert_eq!(reader.seek(SeekFrom::End(0)).unwrap(), text.len() as u64);
            for at in [0, 1, 500_001, 300, text.len() - 3] {
                assert_eq!(reader.seek(SeekFrom::Start(at as u64)).unwrap(), at as u64);
                let mut rest = Vec::new();
                reader.by_ref().take(50).read_to_end(&mut rest).unwrap();
                assert_eq!(rest, &text.as_bytes()[at..(at + 50).min(text.len())], "{at}");
            }
        }
    }

    #[test]
    fn half_a_character_at_the_end_is_dropped() {
        let mut bytes = encode("{🔥", false, true);
        bytes.pop();
        let mut read = String::new();
        Utf16::new(Cursor::new(&bytes), order(&bytes).unwrap()).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "{\u{fffd}");
    }

    #[test]
    fn what_is_utf8_is_left_alone() {
        for head in [&b"{\n"[..], b"<!", b"\xEF\xBB\xBF{", b"", b"\0\0\0"] {
            assert_eq!(order(head), None);
        }
    }
}
