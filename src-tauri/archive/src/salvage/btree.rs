//! SQLite's b-tree pages and records (https://www.sqlite.org/fileformat2.html), as far as rows are read out of them.
//! Takes any bytes: what does not fit is `None`, never a panic.

use super::source::big_endian;
use letopis_vault::pages::USABLE;
use rusqlite::types::Value;

/// The four sorts of b-tree pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    TableInner,
    TableLeaf,
    /// Indexes, and tables WITHOUT ROWID: rows stand in inner pages too.
    IndexInner,
    IndexLeaf,
}

impl Kind {
    pub fn is_table(self) -> bool {
        matches!(self, Kind::TableInner | Kind::TableLeaf)
    }
}

/// One cell: the page on its left, the row's number, the row.
pub struct Cell {
    pub child: Option<u32>,
    pub rowid: i64,
    pub payload: Option<Payload>,
}

/// A record, the part of it on this page, and where the rest begins.
pub struct Payload {
    pub len: usize,
    pub local: Vec<u8>,
    pub overflow: Option<u32>,
}

/// A page that is one of a b-tree.
pub struct Node {
    pub kind: Kind,
    pub cells: Vec<Cell>,
    pub right: Option<u32>,
}

/// Reads a page; `None` for one that is no b-tree page: an overflow page, a free one.
pub fn node(number: u32, page: &[u8]) -> Option<Node> {
    let start = if number == 1 { 100 } else { 0 };
    let header = page.get(start..)?;
    let kind = match header.first()? {
        2 => Kind::IndexInner,
        5 => Kind::TableInner,
        10 => Kind::IndexLeaf,
        13 => Kind::TableLeaf,
        _ => return None,
    };
    let is_inner = matches!(kind, Kind::IndexInner | Kind::TableInner);
    let count = usize::from(short(header, 3)?);
    let pointers = header.get(if is_inner { 12 } else { 8 }..)?;
    let mut cells = Vec::with_capacity(count);
    for index in 0..count {
        let at = usize::from(short(pointers, index * 2)?);
        cells.push(cell(kind, page.get(at..)?)?);
    }
    let right = is_inner.then(|| big_endian(header, 8)).filter(|page| *page > 0);
    Some(Node { kind, cells, right })
}

fn cell(kind: Kind, mut bytes: &[u8]) -> Option<Cell> {
    let mut child = None;
    if matches!(kind, Kind::IndexInner | Kind::TableInner) {
        child = Some(big_endian(bytes, 0));
        bytes = bytes.get(4..)?;
    }
    if kind == Kind::TableInner {
        return Some(Cell { child, rowid: 0, payload: None });
    }
    let len = usize::try_from(varint(&mut bytes)?).ok()?;
    let rowid = if kind == Kind::TableLeaf { varint(&mut bytes)? } else { 0 };
    let local = local(kind, len);
    let overflow = (local < len).then(|| bytes.get(local..).map(|rest| big_endian(rest, 0)));
    let overflow = match overflow {
        Some(found) => Some(found?),
        None => None,
    };
    Some(Cell { child, rowid, payload: Some(Payload { len, local: bytes.get(..local)?.to_vec(), overflow }) })
}

/// How many bytes of a record stand on the b-tree page itself.
fn local(kind: Kind, len: usize) -> usize {
    let most = if kind == Kind::TableLeaf { USABLE - 35 } else { (USABLE - 12) * 64 / 255 - 23 };
    if len <= most {
        return len;
    }
    let least = (USABLE - 12) * 32 / 255 - 23;
    let fitting = least + (len - least) % (USABLE - 4);
    if fitting <= most { fitting } else { least }
}

/// The columns of a record; `None` when it is none of ours.
pub fn record(bytes: &[u8]) -> Option<Vec<Value>> {
    let mut header = bytes;
    let header_len = usize::try_from(varint(&mut header)?).ok()?;
    let mut body = bytes.get(header_len..)?;
    let mut kinds = header.get(..header_len.checked_sub(bytes.len() - header.len())?)?;
    let mut values = Vec::new();
    while !kinds.is_empty() {
        values.push(value(varint(&mut kinds)?, &mut body)?);
    }
    Some(values)
}

fn value(kind: i64, body: &mut &[u8]) -> Option<Value> {
    let mut take = |len: usize| {
        let (taken, rest) = body.split_at_checked(len)?;
        *body = rest;
        Some(taken)
    };
    let integer = |bytes: &[u8]| {
        let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1i64 } else { 0 };
        bytes.iter().fold(sign, |sum, byte| sum << 8 | i64::from(*byte))
    };
    Some(match kind {
        0 => Value::Null,
        1..=4 => Value::Integer(integer(take(kind as usize)?)),
        5 => Value::Integer(integer(take(6)?)),
        6 => Value::Integer(integer(take(8)?)),
        7 => Value::Real(f64::from_be_bytes(*take(8)?.first_chunk()?)),
        8 => Value::Integer(0),
        9 => Value::Integer(1),
        even if even >= 12 && even % 2 == 0 => Value::Blob(take(usize::try_from((even - 12) / 2).ok()?)?.to_vec()),
        odd if odd >= 13 => Value::Text(String::from_utf8(take(usize::try_from((odd - 13) / 2).ok()?)?.to_vec()).ok()?),
        _ => return None,
    })
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Up to nine bytes, seven bits each, all eight of the last one.
fn varint(bytes: &mut &[u8]) -> Option<i64> {
    let mut sum = 0u64;
    for nth in 0..9 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if nth == 8 {
            return Some((sum << 8 | u64::from(*byte)) as i64);
        }
        sum = sum << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some(sum as i64);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_reads_as_it_was_written() {
        // header of 7: null, 1 byte, 2 bytes, the constant 1, text of 2 bytes, blob of 1
        let bytes = [7, 0, 1, 2, 9, 17, 14, 0xff, 0x01, 0x00, 0xd0, 0xb4, 7];
        let expected = [
            Value::Null,
            Value::Integer(-1),
            Value::Integer(256),
            Value::Integer(1),
            Value::Text("д".into()),
            Value::Blob(vec![7]),
        ];
        assert_eq!(record(&bytes).unwrap(), expected);
        for cut in 0..bytes.len() {
            assert!(record(bytes.get(..cut).unwrap()).is_none(), "cut at {cut}");
        }
    }

    proptest! {
        #[test]
        fn strange_bytes_are_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..USABLE), number in 1u32..3) {
            record(&bytes);
            node(number, &bytes);
        }
    }
}
