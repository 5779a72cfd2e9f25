//! The viewer as the page carries it: one script and one style, both named in the content policy by their hash.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// The script and style that open a pack in a browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Viewer {
    script: String,
    style: String,
}

impl Viewer {
    /// The viewer built into this program, or `None` if it was compiled without one (`npm run build:viewer` makes it).
    pub fn built_in() -> Option<Viewer> {
        Viewer::new(include_str!(concat!(env!("OUT_DIR"), "/viewer.js")), include_str!(concat!(env!("OUT_DIR"), "/viewer.css")))
    }

    /// `None` if a part is empty or could end its own element in the page.
    pub fn new(script: &str, style: &str) -> Option<Viewer> {
        let (script, style) = (as_parsed(script), as_parsed(style));
        let fits = !script.trim().is_empty() && !style.trim().is_empty();
        (fits && stays_inside(&script) && stays_inside(&style)).then_some(Viewer { script, style })
    }

    pub(crate) fn script(&self) -> &str {
        &self.script
    }

    pub(crate) fn style(&self) -> &str {
        &self.style
    }

    /// What only this page may do: run its own script, use its own style. No network at all.
    pub(crate) fn content_policy(&self) -> String {
        format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
            source_hash(&self.script),
            source_hash(&self.style)
        )
    }
}

/// The text as an HTML parser sees it, because that is what the browser hashes: line ends are LF.
fn as_parsed(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// True if nothing in the text leaves a script or style element, or enters the "double escaped" state of one.
fn stays_inside(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    !["</script", "<script", "</style", "<!--", "\0"].iter().any(|end| text.contains(end))
}

fn source_hash(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_names_the_hash_of_each_part() {
        let viewer = Viewer::new("alert(1)\r\n", "p{}").unwrap();
        assert_eq!(viewer.script(), "alert(1)\n");
        assert!(viewer.content_policy().contains("script-src 'sha256-"));
        assert_eq!(source_hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert!(!viewer.content_policy().contains("unsafe"));
    }

    #[test]
    fn a_part_that_ends_its_element_is_refused() {
        for script in ["", " ", "'</script>'", "'</SCRIPT '", "'<!--'", "'<Script'", "'\0'"] {
            assert!(Viewer::new(script, "p{}").is_none(), "{script:?}");
        }
        assert!(Viewer::new("1", "p{}</style>").is_none());
        assert!(Viewer::new("a < b", "p > a{}").is_some());
    }
}
