//! A QR code as rows of squares, dark `#` and light space, with the quiet zone that readers need.

use qrcodegen::{QrCode, QrCodeEcc};

const QUIET: i32 = 4;

/// Empty when the text does not fit a code.
pub fn qr_rows(text: &str) -> Vec<String> {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return Vec::new() };
    let around = -QUIET..code.size() + QUIET;
    let square = |x, y| if code.get_module(x, y) { '#' } else { ' ' };
    around.clone().map(|y| around.clone().map(|x| square(x, y)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_its_margin() {
        let rows = qr_rows("tg://login?token=abcdef");
        assert_eq!(rows.len(), rows[0].len());
        assert!(rows[0].trim().is_empty() && rows[4].starts_with("    #######"));
        assert!(rows[4].trim_end().ends_with("#######") && rows[rows.len() - 5].starts_with("    #######"));
    }
}
