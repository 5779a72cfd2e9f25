//! The page around the payload. The viewer stands before the payload: a file cut short on its way still gets to say
//! that it is cut short. Nothing of the content is in clear: the page of any two packs differs in the payload alone.

use crate::Viewer;

const TEMPLATE: &str = include_str!("page.html");

/// What the payload and its checksum stand between; `open` finds them by these.
pub(crate) const PAYLOAD_START: &str = "<script type=\"text/plain\" id=\"payload\">\n";
pub(crate) const CHECKSUM_START: &str = "</script>\n<script type=\"text/plain\" id=\"payload-sha256\">";
pub(crate) const CHECKSUM_END: &str = "</script>";

/// Everything before the payload.
pub(crate) fn head(viewer: &Viewer) -> String {
    let (head, _) = around("{payload}");
    let (before_policy, rest) = head.split_once("{policy}").unwrap_or((head, ""));
    let (before_style, rest) = rest.split_once("{style}").unwrap_or((rest, ""));
    let (before_script, end) = rest.split_once("{script}").unwrap_or((rest, ""));
    [before_policy, &viewer.content_policy(), before_style, viewer.style(), before_script, viewer.script(), end].concat()
}

/// Everything after the payload; `checksum` is SHA-256 of the armour in hex.
pub(crate) fn tail(checksum: &str) -> String {
    let (_, tail) = around("{payload}");
    tail.replace("{checksum}", checksum)
}

fn around(slot: &str) -> (&'static str, &'static str) {
    TEMPLATE.split_once(slot).unwrap_or((TEMPLATE, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn template_has_every_slot_in_order_and_agrees_with_the_marks() {
        let viewer = Viewer::new("SCRIPT", "STYLE").unwrap();
        let page = head(&viewer) + "PAYLOAD\n" + &tail("SUM");
        let mut rest = page.as_str();
        let marks = [
            "charset",
            "default-src 'none'",
            "STYLE",
            "<script>SCRIPT</script>",
            PAYLOAD_START,
            "PAYLOAD\n",
            CHECKSUM_START,
            "SUM",
            CHECKSUM_END,
        ];
        for mark in marks {
            rest = rest.split_once(mark).unwrap_or_else(|| panic!("{mark}")).1;
        }
        for slot in ["{policy}", "{style}", "{script}", "{payload}", "{checksum}"] {
            assert!(!page.contains(slot), "{slot}");
        }
        assert_eq!(page.matches(PAYLOAD_START).count(), 1);
        assert!(page.find("charset").unwrap() < 1024, "browsers look for the charset in the first kilobyte");
    }
}
