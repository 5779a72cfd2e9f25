//! The line that a terminal shows of long work, in the user's language. Drawn to stderr, never into a file or a pipe.

use letopis_engine::{Lang, Paced, Stage, plural_ru};
use std::io::Write;

pub fn draw(paced: Paced, lang: Lang) {
    let end = if paced.progress.done >= paced.progress.total { "\n" } else { "" };
    let mut err = std::io::stderr().lock();
    // A progress line that cannot be drawn is no reason to stop.
    let _ = write!(err, "\r{}\x1b[K{end}", line(paced, lang));
    let _ = err.flush();
}

fn line(paced: Paced, lang: Lang) -> String {
    let progress = paced.progress;
    let percent = (progress.done * 100).checked_div(progress.total).unwrap_or(0);
    let mut parts = vec![format!("{} {percent:>3}%", stage(progress.stage, lang))];
    if matches!(progress.stage, Stage::Reading | Stage::Indexing) {
        parts.push(messages(progress.messages, lang));
    }
    if paced.rate > 0 {
        parts.push(match lang {
            Lang::Ru => format!("{} в секунду", paced.rate),
            Lang::En => format!("{} a second", paced.rate),
        });
    }
    parts.extend(paced.left.map(|seconds| match lang {
        Lang::Ru => format!("осталось {}", clock(seconds)),
        Lang::En => format!("{} left", clock(seconds)),
    }));
    parts.join("  ")
}

fn stage(stage: Stage, lang: Lang) -> &'static str {
    let (ru, en) = match stage {
        Stage::Reading => ("чтение", "reading"),
        Stage::Indexing => ("индекс", "indexing"),
        Stage::Sealing => ("шифрование", "sealing"),
        Stage::Checking => ("проверка", "checking"),
        Stage::Copying => ("копирование", "copying"),
        Stage::Rekeying => ("смена ключа", "rekeying"),
    };
    match lang {
        Lang::Ru => ru,
        Lang::En => en,
    }
}

fn messages(n: u64, lang: Lang) -> String {
    match lang {
        Lang::Ru => format!("{n} {}", plural_ru(n, "сообщение", "сообщения", "сообщений")),
        Lang::En => format!("{n} {}", if n == 1 { "message" } else { "messages" }),
    }
}

/// `0:42`, `1:02:03`: no unit to be put into words.
fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use letopis_engine::Progress;

    #[test]
    fn a_line_in_both_languages() {
        let paced = |stage, messages, rate, left| Paced {
            progress: Progress { stage, done: 1, total: 4, messages, chats: 0 },
            rate,
            left,
        };
        let check = |paced: Paced, ru: &str, en: &str| {
            assert_eq!((line(paced, Lang::Ru).as_str(), line(paced, Lang::En).as_str()), (ru, en));
        };
        check(paced(Stage::Reading, 1, 0, None), "чтение  25%  1 сообщение", "reading  25%  1 message");
        check(
            paced(Stage::Indexing, 5, 900, Some(42)),
            "индекс  25%  5 сообщений  900 в секунду  осталось 0:42",
            "indexing  25%  5 messages  900 a second  0:42 left",
        );
        check(paced(Stage::Copying, 0, 0, Some(3723)), "копирование  25%  осталось 1:02:03", "copying  25%  1:02:03 left");
    }
}
