//! The engine's sentences in the user's language: what happened, what is safe, what to do. The window's own words live
//! with the window; these are shared by the window and the command line.

use crate::{Failure, ImportReport};
use letopis_intake::{MediaMissing, Reason};
use letopis_vault::SlotKind;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Ru,
    En,
}

impl Lang {
    /// From `ru`, `en_US.UTF-8` and the like; Russian when it says nothing.
    pub fn from_tag(tag: &str) -> Self {
        if tag.to_ascii_lowercase().starts_with("en") { Lang::En } else { Lang::Ru }
    }

    pub(crate) fn pick(self, ru: &'static str, en: &'static str) -> &'static str {
        match self {
            Lang::Ru => ru,
            Lang::En => en,
        }
    }
}

/// Russian plural forms: 1 сообщение, 2 сообщения, 5 сообщений.
pub fn plural_ru<'a>(n: u64, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (n % 10, n % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

pub fn and_more(lang: Lang, n: u64) -> String {
    match lang {
        Lang::Ru => format!("и ещё {n} {}", plural_ru(n, "место", "места", "мест")),
        Lang::En => format!("and {n} more {}", if n == 1 { "place" } else { "places" }),
    }
}

impl Failure {
    /// The whole message for the user.
    pub fn words(&self, lang: Lang) -> String {
        match (self, self.with_path(lang)) {
            (Failure::Query(problem), _) => crate::search::problem_words(problem, lang),
            (Failure::TooSoon(seconds), _) => too_soon(lang, *seconds),
            (_, Some(text)) => text,
            (_, None) => self.plain(lang).to_owned(),
        }
    }

    fn with_path(&self, lang: Lang) -> Option<String> {
        let (path, ru, en) = match self {
            Failure::NoArchive(path) => (
                path,
                "здесь нет архива. Создайте его или укажите другую папку.",
                "there is no archive here. Create one, or name another folder.",
            ),
            Failure::AlreadyExists(path) => (
                path,
                "уже существует. Ничего не изменено: откройте этот архив или выберите другое место.",
                "exists already. Nothing was changed: open that archive, or choose another place.",
            ),
            Failure::NoRights(path) => (
                path,
                "нет прав на эту папку или файл. Ничего не изменено: выберите другое место или дайте права.",
                "you have no rights to this folder or file. Nothing was changed: choose another place, or give yourself the rights.",
            ),
            Failure::FileNotFound(path) => {
                (path, "такого файла или папки нет. Проверьте путь.", "there is no such file or folder. Check the path.")
            }
            Failure::EmptyFile(path) => (
                path,
                "файл пуст. Архив не изменён. Повторите экспорт в Telegram Desktop.",
                "the file is empty. The archive was not changed. Make the export again in Telegram Desktop.",
            ),
            Failure::NotAnExport(path) => (
                path,
                "это не экспорт Telegram. Архив не изменён. Нужен файл result.json: в Telegram Desktop откройте чат, меню ⋮ → «Экспорт истории чата» → формат JSON.",
                "this is not a Telegram export. The archive was not changed. It should be result.json: in Telegram Desktop open the chat, menu ⋮ → Export chat history → format JSON.",
            ),
            Failure::Packed(path) => (
                path,
                "это упакованный файл (zip, rar, gzip…). Архив не изменён. Распакуйте его и выберите папку, которая получится: в ней лежит result.json или messages.html.",
                "this is a packed file (zip, rar, gzip…). The archive was not changed. Unpack it and choose the folder that comes out: result.json or messages.html lies in it.",
            ),
            Failure::NotABackup(path) => (
                path,
                "это не резервная копия Летописи. Ничего не изменено: выберите файл, который сделала команда «Резервная копия».",
                "this is not a Letopis backup. Nothing was changed: choose a file that the backup command made.",
            ),
            Failure::BackupDamaged(path) => (
                path,
                "резервная копия повреждена или обрезана. Ничего не восстановлено и не изменено: возьмите другую копию.",
                "the backup is damaged or cut off. Nothing was restored or changed: take another copy.",
            ),
            Failure::NothingSalvaged(path) => (
                path,
                "файл обрывается раньше первого сообщения, взять из него нечего. Архив не изменён. Повторите экспорт.",
                "the file breaks off before its first message, so there is nothing to take. The archive was not changed. Make the export again.",
            ),
            _ => return None,
        };
        Some(format!("{}: {}", path.display(), lang.pick(ru, en)))
    }

    fn plain(&self, lang: Lang) -> &'static str {
        let (ru, en) = match self {
            Failure::WrongKey => (
                "Пароль не подходит. Архив цел; попробуйте ещё раз или откройте ключом восстановления.",
                "The passphrase does not fit. The archive is safe; try again, or use the recovery key.",
            ),
            Failure::LostSlot(SlotKind::Passphrase) => (
                "Запись пароля в файле ключей повреждена: пароль её не откроет. Архив цел. Откройте его ключом восстановления и задайте пароль заново.",
                "The passphrase entry of the key file is damaged: no passphrase opens it. The archive is safe. Open it with the recovery key and set the passphrase again.",
            ),
            Failure::LostSlot(SlotKind::Recovery) => (
                "Запись ключа восстановления в файле ключей повреждена: этот ключ её не откроет. Архив цел. Откройте его паролем и сделайте новый ключ восстановления.",
                "The recovery entry of the key file is damaged: that key does not open it. The archive is safe. Open it with the passphrase and make a new recovery key.",
            ),
            Failure::LostSlot(SlotKind::Keyring | SlotKind::Previous) => (
                "Запись в файле ключей повреждена. Архив цел. Откройте его паролем или ключом восстановления и включите хранилище паролей заново.",
                "An entry of the key file is damaged. The archive is safe. Open it with the passphrase or the recovery key, and turn the keyring on again.",
            ),
            Failure::NoKeyring => (
                "На этом компьютере нет хранилища паролей системы, или оно не отвечает. Архив цел и открывается паролем.",
                "This computer has no system keyring, or it does not answer. The archive is safe and opens with the passphrase.",
            ),
            Failure::KeyringRefused => (
                "Хранилище паролей системы не открылось или не знает этого архива. Архив цел: откройте его паролем.",
                "The system keyring gave no access, or does not know this archive. The archive is safe: open it with the passphrase.",
            ),
            Failure::RekeyUnfinished => (
                "Прошлая смена главного ключа не закончена. Архив цел и открывается; сначала закончите её.",
                "An earlier change of the master key is not finished. The archive is safe and opens; finish that first.",
            ),
            Failure::NothingToFinish => (
                "Заканчивать нечего: главный ключ не меняется. Архив цел.",
                "There is nothing to finish: the master key is not being changed. The archive is safe.",
            ),
            Failure::TooSoon(_) => ("Подождите и попробуйте снова. Архив цел.", "Wait, then try again. The archive is safe."),
            Failure::MistypedRecoveryKey => (
                "В ключе восстановления опечатка: 14 групп по 4 знака. Архив цел, проверьте запись.",
                "The recovery key has a typing error: it is 14 groups of 4 signs. The archive is safe; check what you wrote down.",
            ),
            Failure::WeakPassphrase => (
                "Пароль короче 8 знаков: такой подбирают. Возьмите несколько слов подряд.",
                "The passphrase is shorter than 8 characters and would be guessed. Take several words.",
            ),
            Failure::Locked => ("Архив закрыт. Откройте его паролем.", "The archive is locked. Open it with the passphrase."),
            Failure::OpenElsewhere => (
                "Архив уже открыт в другом окне или программе. Закройте её и повторите; ничего не изменено.",
                "The archive is open in another window or program. Close it and try again; nothing was changed.",
            ),
            Failure::NewerVersion => (
                "Архив записан более новой версией Летописи. Он цел и не тронут; обновите программу.",
                "The archive was written by a newer version of Letopis. It is safe and untouched; update the program.",
            ),
            Failure::Damaged(_) => (
                "Архив повреждён и оставлен как есть: ничего не удалено и не исправлено наугад. Спасите уцелевшее в новый архив или возьмите резервную копию.",
                "The archive is damaged and was left as it is: nothing was deleted or guessed. Salvage what is whole into a new archive, or take a backup.",
            ),
            Failure::DiskFull => (
                "На диске нет места. Всё записанное раньше цело; освободите место и повторите: продолжится с того же места.",
                "The disk is full. Everything written before is safe; free some space and repeat: it goes on from there.",
            ),
            Failure::NotFound => ("Такого чата или сообщения нет в архиве.", "There is no such chat or message in the archive."),
            Failure::NoSuchManager => ("Такого менеджера нет в архиве.", "There is no such manager in the archive."),
            Failure::AmbiguousManager => (
                "Под это имя подходят несколько менеджеров. Назовите имя полностью или номер аккаунта.",
                "Several managers have such a name. Give the full name or the account's number.",
            ),
            Failure::NothingToHandOver => (
                "За этот срок передавать нечего: нет ни одного выбранного чата с сообщениями. Файл не создан.",
                "There is nothing to hand over: no chosen chat has messages in this period. No file was written.",
            ),
            Failure::NotADate(_) => {
                ("Дата не читается. Пишите так: 2026-11-19.", "The date does not read. Write it like this: 2026-11-19.")
            }
            Failure::NotEmpty => (
                "В архиве уже есть чаты, и убрать из него ничего нельзя. Для демонстрационной компании создайте отдельный архив.",
                "The archive holds chats already, and nothing can be taken out of it. Make a separate archive for the demo company.",
            ),
            Failure::OnHold => (
                "Чат на удержании: его нельзя стереть, пока удержание не снято. Ничего не стёрто.",
                "The chat is on hold and cannot be erased until the hold is lifted. Nothing was erased.",
            ),
            Failure::NotConfirmed => (
                "Код подтверждения не подходит: состав удаляемого изменился или код набран с ошибкой. Ничего не стёрто; посмотрите отчёт ещё раз.",
                "The confirmation code does not fit: what would be erased has changed, or the code is mistyped. Nothing was erased; look at the report again.",
            ),
            Failure::Busy => {
                ("Уже идёт другая работа. Дождитесь её конца или отмените.", "Another job is running. Wait for it, or cancel it.")
            }
            Failure::Cancelled => ("Отменено. Сделанное до отмены сохранено.", "Cancelled. What was done before is kept."),
            Failure::ViewerMissing => (
                "Эта сборка без просмотрщика пакетов: соберите её командой cargo xtask run.",
                "This build has no pack viewer: build it with cargo xtask run.",
            ),
            Failure::PackRefused => {
                ("Пароль пакета не подходит, или файл изменён.", "The pack's passphrase does not fit, or the file was changed.")
            }
            Failure::NoLogin => ("Вход не начат или уже отменён. Начните заново.", "No sign-in is under way. Begin anew."),
            Failure::SignedOut => (
                "Этот аккаунт вышел: сеанс завершён на другом устройстве или самим Telegram. Записанное цело; войдите ещё раз.",
                "This account is signed out: the session was ended on another device or by Telegram. What was recorded is safe; sign in again.",
            ),
            Failure::TelegramRefused(name) => crate::capture::refusal(name),
            Failure::TelegramWait(_) => (
                "Telegram просит подождать: запросов было слишком много. Ничего не потеряно, повторите позже.",
                "Telegram asks to wait: there were too many requests. Nothing is lost, try again later.",
            ),
            Failure::TelegramOffline(_) => (
                "Telegram не отвечает. Записанное цело. Проверьте сеть и прокси; дальше всё продолжится само.",
                "Telegram does not answer. What was recorded is safe. Check the network and the proxy; it goes on by itself.",
            ),
            Failure::Other(_)
            | Failure::Query(_)
            | Failure::NoArchive(_)
            | Failure::AlreadyExists(_)
            | Failure::NoRights(_)
            | Failure::FileNotFound(_)
            | Failure::EmptyFile(_)
            | Failure::NotAnExport(_)
            | Failure::Packed(_)
            | Failure::NotABackup(_)
            | Failure::BackupDamaged(_)
            | Failure::NothingSalvaged(_) => (
                "Не получилось из-за ошибки программы. Архив цел. Повторите или сообщите разработчикам.",
                "It failed because of an error in the program. The archive is safe. Try again, or tell the developers.",
            ),
        };
        lang.pick(ru, en)
    }
}

fn too_soon(lang: Lang, seconds: u64) -> String {
    match lang {
        Lang::Ru => {
            let unit = plural_ru(seconds, "секунду", "секунды", "секунд");
            format!(
                "Несколько неверных паролей подряд. Следующая попытка через {seconds} {unit}. Архив цел; ключ восстановления можно ввести сразу."
            )
        }
        Lang::En => {
            let unit = if seconds == 1 { "second" } else { "seconds" };
            format!(
                "Several wrong passphrases in a row. The next try is in {seconds} {unit}. The archive is safe; the recovery key may be used at once."
            )
        }
    }
}

/// Why a part of an export was not taken.
pub fn reason(lang: Lang, why: Reason) -> &'static str {
    let (ru, en) = match why {
        Reason::Truncated => {
            ("файл здесь обрывается; всё до этого места взято", "the file breaks off here; everything before was taken")
        }
        Reason::BrokenSyntax => ("сообщение записано с ошибкой и пропущено", "the message is not valid JSON and was skipped"),
        Reason::BrokenSection => {
            ("часть между сообщениями испорчена и пропущена", "a part between messages is broken and was skipped")
        }
        Reason::RestUnreadable => {
            ("остаток файла не разобрать; взято всё до него", "the rest of the file cannot be read; everything before was taken")
        }
        Reason::NotAnObject => (
            "на месте сообщения или чата стоит что-то другое; пропущено",
            "something else stands where a message or chat must be; skipped",
        ),
        Reason::TooLarge => ("сообщение больше 64 МБ; пропущено", "a message larger than 64 MB; skipped"),
        Reason::TooDeep => ("слишком большая вложенность; пропущено", "nested too deeply; skipped"),
        Reason::NoId => ("у сообщения нет номера; пропущено", "the message has no id; skipped"),
        Reason::NoDate => ("у сообщения не читается дата; пропущено", "the message has no readable date; skipped"),
        Reason::WrongText => ("текст в неизвестном виде; пропущено", "the text has an unknown form; skipped"),
        Reason::CutMessage => {
            ("файл обрывается внутри этого сообщения; пропущено", "the file breaks off inside this message; skipped")
        }
        Reason::UnknownChat => (
            "файл не говорит, какой это чат; ему дан свой номер, пока другая выгрузка не скажет",
            "the file does not say which chat this is; it has a number of its own until another export tells",
        ),
        Reason::PageMissing => {
            ("этой страницы выгрузки нет; остальные прочитаны", "this page of the export is missing; the others were read")
        }
        Reason::WrongEncoding => (
            "часть букв не прочитана: файл пересохранён в другой кодировке; сообщение взято с � на их месте",
            "some characters could not be read: the file was saved in another encoding; the message was taken with � in their place",
        ),
        Reason::UnsafePath => (
            "путь к вложению ведёт за пределы выгрузки; файл не взят, сообщение сохранено",
            "the path of the attached file leads out of the export; the file was not taken, the message was kept",
        ),
        Reason::ManagerUnknown => (
            "имя менеджера не использовано: по файлу не видно, чей это аккаунт, и под этим именем никто (или не один) не писал",
            "the manager's name was not used: the file does not say whose account it is, and nobody (or not one person) writes under it",
        ),
        Reason::TimezoneAssumed => {
            ("в файле нет часового пояса; даты прочитаны как UTC", "the file has no time zone; dates are read as UTC")
        }
    };
    lang.pick(ru, en)
}

/// Why a file that an export names was not taken.
pub fn missing_file(lang: Lang, why: &MediaMissing) -> &'static str {
    let (ru, en) = match why {
        MediaMissing::NotThere => ("файла нет рядом с выгрузкой", "the file is not beside the export"),
        MediaMissing::Outside => ("путь ведёт за пределы выгрузки; файл не взят", "the path leads out of the export; not taken"),
        MediaMissing::NotAFile => ("это не файл; не взято", "this is not a file; not taken"),
        MediaMissing::NoAccess => ("нет прав читать этот файл", "you have no rights to read this file"),
        MediaMissing::Io(_) => {
            ("файл не читается: диск или сеть отвечают ошибкой", "the file cannot be read: the disk or network fails")
        }
    };
    lang.pick(ru, en)
}

/// The counts of an import, a line each.
pub fn report_lines(lang: Lang, report: &ImportReport) -> Vec<String> {
    let ImportReport { chats, messages, new_versions, unchanged, media, media_new, lost, .. } = report;
    let mut lines = vec![match lang {
        Lang::Ru => format!(
            "чатов {chats}, сообщений {messages}, новых версий {new_versions}, без изменений {unchanged}, пропущено {lost}"
        ),
        Lang::En => {
            format!("chats {chats}, messages {messages}, new versions {new_versions}, unchanged {unchanged}, skipped {lost}")
        }
    }];
    let mut add = |n: u64, ru: String, en: String| {
        if n > 0 {
            lines.push(if lang == Lang::Ru { ru } else { en });
        }
    };
    add(*media, format!("файлов {media}, из них новых {media_new}"), format!("files {media}, of them new {media_new}"));
    let n = report.media_missing;
    add(n, format!("файлов не оказалось рядом с выгрузкой: {n}"), format!("files not beside the export: {n}"));
    let n = report.media_left_out;
    add(n, format!("файлов Telegram в выгрузку не положил: {n}"), format!("files left out of the export by Telegram: {n}"));
    let n = report.not_in_export;
    add(
        n,
        format!("сообщений в архиве, которых нет в этой выгрузке: {n}; они сохранены"),
        format!("messages of the archive that are not in this export: {n}; they are kept"),
    );
    let n = report.refused;
    add(n, format!("не взято из забытых чатов: {n}"), format!("not taken, of chats that were forgotten: {n}"));
    if report.salvaged {
        lines.push(
            lang.pick("файл обрывается: взято всё, что читается", "the file breaks off: everything readable was taken").into(),
        );
    }
    if report.cancelled {
        lines.push(lang.pick("остановлено: прочитанное сохранено", "stopped: what was read is kept").into());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::plural_ru;

    #[test]
    fn russian_plurals() {
        for (n, expected) in
            [(1, "а"), (2, "б"), (4, "б"), (5, "в"), (11, "в"), (14, "в"), (21, "а"), (22, "б"), (111, "в"), (0, "в")]
        {
            assert_eq!(plural_ru(n, "а", "б", "в"), expected, "{n}");
        }
    }
}
