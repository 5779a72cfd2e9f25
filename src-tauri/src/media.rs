//! The address under which the window reads kept files, decrypted, in stretches: `media://localhost/<link>?from=0&to=99`.
//! Only the window's own pages may read the answer; nothing is cached. The stretch stands in the address, not in a Range
//! header: a header would need a preflight that not every web view sends alike.

use crate::failure::told;
use crate::state::Shell;
use letopis_engine::{Failure, OpenMedia};
use tauri::http::{Request, Response, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

pub const SCHEME: &str = "media";
/// The longest stretch of one answer.
const MOST: u64 = 8 << 20;
/// Where the window's pages come from: built in, on Windows, and from the development server.
const ORIGINS: [&str; 3] = ["tauri://localhost", "http://tauri.localhost", "http://localhost:5173"];

pub fn serve<R: Runtime>(context: UriSchemeContext<'_, R>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn_blocking(move || {
        let shell = app.state::<Shell>();
        let answer = asked(&request).ok_or(Failure::NotFound).and_then(|asked| read(&shell, &asked));
        responder.respond(respond(answer, &shell, &origin(&request)));
    });
}

/// What an address asks for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    link: String,
    from: u64,
    to: u64,
}

fn asked(request: &Request<Vec<u8>>) -> Option<Asked> {
    parse(request.uri().path(), request.uri().query().unwrap_or_default())
}

fn parse(path: &str, query: &str) -> Option<Asked> {
    let value = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        pair.and_then(|text| text.parse().ok())
    };
    Some(Asked { link: decoded(path.strip_prefix('/')?)?, from: value("from")?, to: value("to")? })
}

/// Percent-decoding of an address's path.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16).and_then(|d| u8::try_from(d).ok());
                bytes.push(digit()? << 4 | digit()?);
            }
            plain => bytes.push(plain),
        }
    }
    String::from_utf8(bytes).ok()
}

struct Stretch {
    bytes: Vec<u8>,
    total: u64,
    mime: &'static str,
}

fn read(shell: &Shell, asked: &Asked) -> Result<Stretch, Failure> {
    let media: OpenMedia = shell.archive()?.open_media(crate::commands::link(&asked.link)?)?;
    let len = asked.to.saturating_sub(asked.from).min(MOST);
    Ok(Stretch { bytes: media.read(asked.from, len)?, total: media.len(), mime: media.mime })
}

/// The window's own origin, or one that no page has.
fn origin(request: &Request<Vec<u8>>) -> String {
    let named = request.headers().get(header::ORIGIN).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ORIGINS.iter().find(|own| **own == named).map_or("null", |own| own).to_owned()
}

fn respond(answer: Result<Stretch, Failure>, shell: &Shell, origin: &str) -> Response<Vec<u8>> {
    let open = Response::builder()
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        .header(header::ACCESS_CONTROL_EXPOSE_HEADERS, "x-total")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let made = match answer {
        Ok(Stretch { bytes, total, mime }) => {
            open.header(header::CONTENT_TYPE, mime).header("x-total", total.to_string()).body(bytes)
        }
        Err(failure) => {
            let words = serde_json::to_vec(&told(&failure, shell.lang())).unwrap_or_default();
            open.status(404).header(header::CONTENT_TYPE, "application/json").body(words)
        }
    };
    // Every header above is well-formed: an answer that cannot be made is an empty one.
    made.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_say_which_file_and_which_stretch() {
        let check = |path: &str, query: &str, expected: Option<(&str, u64, u64)>| {
            let expected = expected.map(|(link, from, to)| Asked { link: link.to_owned(), from, to });
            assert_eq!(parse(path, query), expected, "{path}?{query}");
        };
        check("/letopis%3A4001.user%3A555%2F7", "from=0&to=4096", Some(("letopis:4001.user:555/7", 0, 4096)));
        check("/letopis:channel:5/-9", "to=2&from=1", Some(("letopis:channel:5/-9", 1, 2)));
        check("/%D0%B0", "from=0&to=1", Some(("а", 0, 1)));
        for (path, query) in
            [("/a", ""), ("/a", "from=0"), ("/a", "from=-1&to=5"), ("/%", "from=0&to=1"), ("/%zz", "from=0&to=1")]
        {
            check(path, query, None);
        }
        check("/%FF", "from=0&to=1", None);
        check("a", "from=0&to=1", None);
    }

    #[test]
    fn only_the_windows_own_pages_may_read() {
        let from = |origin: &str| {
            let request = Request::builder().uri("media://localhost/a").header(header::ORIGIN, origin).body(Vec::new()).unwrap();
            super::origin(&request)
        };
        assert_eq!(from("tauri://localhost"), "tauri://localhost");
        assert_eq!(from("https://example.com"), "null");
    }
}
