//! The steps of the walk, each as a person would do it.

use crate::drive::Driver;
use crate::media::{picture, recording};
use crate::{PACK_PASSPHRASE, PASSPHRASE};
use fantoccini::key::Key;
use letopis_testkit::{Attachment, Export, hostile_chat};
use std::path::Path;

pub async fn create_and_load_demo(window: &Driver) {
    window.id("welcome-create").await;
    window.script("localStorage.setItem('letopis.lang','ru')").await;
    window.client.refresh().await.unwrap();
    window.id("welcome-create").await;
    window.shot("01-welcome").await;
    window.fill("passphrase", PASSPHRASE).await;
    window.fill("passphrase-again", PASSPHRASE).await;
    window.click("welcome-create").await;
    let key = window.text("[data-testid=recovery-key]").await;
    assert!(key.len() >= 56, "a recovery key is shown");
    window.click("recovery-saved").await;
    window.click("recovery-continue").await;
    window.click("demo").await;
    window.id("import-report").await;
    window.shot("02-demo-loaded").await;
    window.click("import-read").await;
    window.until("chats are listed", "document.querySelectorAll('[data-testid=chat-row]').length > 8").await;
}

pub async fn search_and_open(window: &Driver) {
    window.click("nav-search").await;
    window.fill("search-input", "договорами ").await;
    window.until("forms of the word are found", "document.querySelectorAll('[data-testid=hit] mark').length > 3").await;
    let forms = window
        .script(
            "return [...new Set([...document.querySelectorAll('[data-testid=hit] mark')].map(m => m.textContent.toLowerCase()))]",
        )
        .await;
    let forms: Vec<&str> = forms.as_array().unwrap().iter().filter_map(|v| v.as_str()).collect();
    assert!(forms.iter().all(|form| form.starts_with("договор")), "{forms:?}");
    assert!(forms.len() > 1, "more than the typed form: {forms:?}");
    window.shot("03-search").await;
    let link = window.find("[data-testid=hit]").await;
    link.click().await.unwrap();
    window.until("the message is open in its chat", "document.querySelectorAll('[data-testid=message]').length > 3").await;
    window.until("its words are marked", "document.querySelector('[data-testid=message][aria-current] mark')").await;
    window.shot("04-hit-in-place").await;
    for _ in 0..2 {
        window.press(Key::Escape).await; // the marks; then the chat
    }
    window.id("screen-search").await;
    window
        .until(
            "Esc leads back to the same search",
            "document.querySelector('[data-testid=search-input]').value.startsWith('договорами')",
        )
        .await;
}

pub async fn read_a_deleted_original(window: &Driver) {
    window.click("nav-search").await;
    window.fill("search-input", "\"Ок, 12% нас устраивает\" is:deleted").await;
    window.until("the deleted message is found", "document.querySelectorAll('[data-testid=hit]').length === 1").await;
    window.find("[data-testid=hit]").await.click().await.unwrap();
    window.until(
        "its original is readable in place",
        "[...document.querySelectorAll('[data-testid=message-deleted]')].some(m => m.textContent.includes('Ок, 12% нас устраивает, фиксируем'))",
    )
    .await;
    window.until("the card is there", "document.querySelector('[data-testid=chat-card] h2')").await;
    window.shot("05-deleted-original").await;
    window.click("versions-open").await;
    window
        .until("both versions are shown", "document.querySelector('[data-testid=versions] del, [data-testid=versions] ins')")
        .await;
    window.shot("06-versions").await;
}

pub async fn open_a_cited_message(window: &Driver) {
    window.click("nav-summaries").await;
    window
        .until("lines with citations", "document.querySelectorAll('[data-testid=summary-line] [data-testid=cite]').length > 2")
        .await;
    window.shot("07-summary").await;
    window.find("[data-testid=summary-line] [data-testid=cite]").await.click().await.unwrap();
    window.until("the cited message is open", "document.querySelectorAll('[data-testid=message]').length > 1").await;
    window.shot("08-cited-message").await;
    window.click("nav-promises").await;
    window.find("[data-testid=promise]").await;
    window.shot("09-promises").await;
}

pub async fn hand_over(window: &Driver, file: &Path) {
    window.click("nav-handover").await;
    window.id("handover-prepare").await;
    window.shot("10-handover-choose").await;
    window.click("handover-prepare").await;
    window.find("[data-testid=handover-client]").await;
    window.fill("handover-note", "Начните с Промстроя: там спорят о скидке.").await;
    window.shot("11-handover-draft").await;
    window.click("handover-seal").await;
    window.fill("passphrase", PACK_PASSPHRASE).await;
    window.fill("passphrase-again", PACK_PASSPHRASE).await;
    window.fill("handover-file", &file.display().to_string()).await;
    window.click("handover-write").await;
    window.id("handover-done").await;
    window.shot("12-handover-done").await;
    assert!(file.exists(), "the pack is written");
}

/// Markup, scripts, links, direction characters, a line of 100,000 characters, a name of a megabyte.
pub async fn import_hostile_messages(window: &Driver, home: &Path) {
    let path = home.join("hostile.json");
    std::fs::write(&path, hostile_chat(777).to_json()).unwrap();
    window.click("nav-import").await;
    window.fill("import-path", &path.display().to_string()).await;
    window.click("import-look").await;
    window.id("import-preview").await;
    window.click("import-run").await;
    window.id("import-report").await;
    window.shot("13-import-report").await;
    window.click("import-read").await;
    window.search_for("script", "<script>").await;
    window.find("[data-testid=hit]").await.click().await.unwrap();
    window.until("it is shown", "document.querySelectorAll('[data-testid=message]').length > 1").await;
    window.shot("14-hostile").await;
    for danger in
        ["[data-testid=message] script", "[data-testid=message] img", "[data-testid=message] iframe", "a[href^='javascript']"]
    {
        assert_eq!(window.count(danger).await, 0, "{danger}");
    }
    let wide = window.script("return document.documentElement.scrollWidth > innerWidth + 1").await;
    assert_eq!(wide, false, "nothing pushes the window sideways");
}

fn export_with_files() -> Export {
    let account = Export::account().owner(4100, "Ольга Крамер");
    let chat = account.chat("personal_chat", "Лаборатория «Вектор»", 881).incoming("Фото стенда в лаборатории");
    let chat = chat.attach(Attachment::Photo, "photo_1.png", &picture(640, 480)).outgoing("");
    let chat = chat.attach(Attachment::Voice, "audio_1.ogg", &recording(3)).outgoing("");
    let chat = chat.attach(Attachment::Voice, "audio_2.ogg", &recording(2)).incoming("Смета во вложении");
    let chat = chat.attach(Attachment::File, "Смета.txt", "12 позиций".as_bytes());
    chat.chat("private_group", "Снабжение", 882).incoming("Завтра привезут трубы").outgoing("Хорошо")
}

/// A photo, a voice message, a file, and one that is missing: looked into, imported, seen, heard. The export itself is
/// gone by then: what is shown comes from the archive.
pub async fn import_an_export_with_files(window: &Driver, home: &Path) {
    let folder = home.join("export");
    export_with_files().to_folder(&folder).unwrap();
    std::fs::remove_file(folder.join("chats/chat_1/voice_messages/audio_2.ogg")).unwrap();
    window.click("nav-import").await;
    window.id("import-drop").await;
    window.shot("15-import-choose").await;
    window.fill("import-path", &folder.display().to_string()).await;
    window.click("import-look").await;
    window.id("import-preview").await;
    window.until("both chats are offered", "document.querySelectorAll('[data-testid=choice-chat]').length === 2").await;
    window.shot("16-import-preview").await;
    window.click("import-run").await;
    window.id("import-report").await;
    window.shot("17-import-files").await;
    std::fs::remove_dir_all(&folder).unwrap();
    window.click("import-read").await;
    window.search_for("стенда ", "стенда").await;
    window.find("[data-testid=hit]").await.click().await.unwrap();
    window.until("the photo shows", "document.querySelector('[data-testid=photo] img')?.naturalWidth === 640").await;
    window.until("the missing one says why", "document.body.textContent.includes('файла не было рядом с выгрузкой')").await;
    window.click("media-play").await;
    window
        .until(
            "it sounds, or says what is missing for that",
            "document.querySelector('audio')?.currentTime > 0 || document.querySelector('[data-testid=media-trouble]')",
        )
        .await;
    window.shot("18-media").await;
    window.click("photo-open").await;
    window.until("the photo is large", "document.querySelector('[data-testid=photo-whole]')?.naturalWidth === 640").await;
    window.shot("19-photo-large").await;
    window.click("dialog-close").await;
}

/// Every screen, in two languages, two themes and two sizes, for people to look at; the program must not break on the way.
pub async fn see_every_screen(window: &Driver) {
    for (language, theme, width, height) in
        [("ru", "light", 1440, 860), ("en", "light", 1100, 700), ("ru", "dark", 1100, 700), ("en", "dark", 1440, 860)]
    {
        window
            .script(&format!("localStorage.setItem('letopis.lang','{language}');localStorage.setItem('letopis.theme','{theme}')"))
            .await;
        window.client.refresh().await.unwrap();
        window.client.set_window_size(width, height).await.unwrap();
        window.until("the window is back", "document.querySelectorAll('[data-testid=chat-row]').length > 5").await;
        window.search_for("скидка ", "кидк").await;
        for screen in ["search", "changes", "promises", "summaries", "handover", "accounts", "import", "settings"] {
            window.click(&format!("nav-{screen}")).await;
            window.id(&format!("screen-{screen}")).await;
            tokio::time::sleep(std::time::Duration::from_millis(600)).await;
            window.shot(&format!("20-{screen}-{language}-{theme}-{width}")).await;
        }
        crate::trust::see_settings(window, &format!("{language}-{theme}-{width}")).await;
        window.search_for("\"устраивает, фиксируем. Счёт на Промстрой\"", "фиксируем. Счёт").await;
        window.find("[data-testid=hit]").await.click().await.unwrap();
        window.id("message-deleted").await;
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        window.shot(&format!("20-chats-{language}-{theme}-{width}")).await;
        window.chord(&[Key::Control.into(), 'f']).await;
        window.id("find-input").await;
        window.write("договор").await;
        window
            .until(
                "hits in the chat",
                "[...document.querySelectorAll('[data-testid=reader] mark')].some(m => /договор/i.test(m.textContent))",
            )
            .await;
        // The list settles on the hit in the frames after.
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        window.shot(&format!("20-find-{language}-{theme}-{width}")).await;
        assert_eq!(window.count("[data-testid=error]").await, 0, "no error on any screen");
    }
}

pub async fn lock_and_unlock(window: &Driver) {
    window.click("lock").await;
    window.fill("passphrase", "совсем не тот пароль").await;
    window.click("unlock").await;
    window.find("[data-testid=error], [role=alert]").await;
    window.shot("30-wrong-passphrase").await;
    window.fill("passphrase", PASSPHRASE).await;
    window.click("unlock").await;
    window.until("chats are back", "document.querySelectorAll('[data-testid=chat-row]').length > 5").await;
}

impl Driver {
    /// Searches and waits for hits of this query: those of the one before stay until the new ones come.
    pub async fn search_for(&self, query: &str, shown: &str) {
        self.click("nav-search").await;
        self.fill("search-input", query).await;
        let first = format!("document.querySelector('[data-testid=hit]')?.textContent.includes('{shown}')");
        self.until(&format!("hits for {query}"), &first).await;
    }
}
