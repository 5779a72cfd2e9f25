//! Small real files for the walk: a picture and a recording that the web view must be able to show and play.

/// Stands in the picture's own description: it must not be found on the disk.
pub const CANARY: &str = "xyzzy-canary-picture";

/// Stripes as PNG, uncompressed.
pub fn picture(width: u32, height: u32) -> Vec<u8> {
    let row = |y: u32| {
        let shade = |x: u32| [0x2b ^ (x as u8), 0x5c ^ (y as u8), 0x96];
        std::iter::once(0).chain((0..width).flat_map(shade)).collect::<Vec<u8>>()
    };
    let raw: Vec<u8> = (0..height).flat_map(row).collect();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(&mut bytes, b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
    chunk(&mut bytes, b"tEXt", format!("Comment\0{CANARY}").as_bytes());
    chunk(&mut bytes, b"IDAT", &stored(&raw));
    chunk(&mut bytes, b"IEND", b"");
    bytes
}

fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let body = [&kind[..], data].concat();
    out.extend((data.len() as u32).to_be_bytes());
    out.extend(&body);
    out.extend(crc32(&body).to_be_bytes());
}

/// A zlib stream of stored blocks.
fn stored(raw: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut parts = raw.chunks(65_535).peekable();
    while let Some(part) = parts.next() {
        let length = part.len() as u16;
        out.push(u8::from(parts.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(part);
    }
    let (a, b) = raw.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    out.extend((b << 16 | a).to_be_bytes());
    out
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// Seconds of a tone as WAV.
pub fn recording(seconds: u32) -> Vec<u8> {
    const RATE: u32 = 8_000;
    let length = RATE * seconds;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + length).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16u32.to_le_bytes());
    bytes.extend([1u16, 1].map(u16::to_le_bytes).concat());
    bytes.extend([RATE, RATE].map(u32::to_le_bytes).concat());
    bytes.extend([1u16, 8].map(u16::to_le_bytes).concat());
    bytes.extend(b"data");
    bytes.extend(length.to_le_bytes());
    bytes.extend((0..length).map(|n| if n / 9 % 2 == 0 { 112u8 } else { 144 }));
    bytes
}
