//! The handover file in Chromium, from file://, as a newcomer opens it.

use crate::PACK_PASSPHRASE;
use crate::drive::Driver;
use std::path::Path;

pub async fn open_in_chromium(file: &Path, home: &Path, shots: &Path) {
    let browser = Driver::chromium(&home.join("chromium"), shots).await;
    open(&browser, file, "не тот пароль").await;
    browser.until("a wrong passphrase is said plainly", "document.querySelector('#fault').textContent.length > 20").await;
    browser.shot("40-pack-wrong-passphrase").await;
    open(&browser, file, PACK_PASSPHRASE).await;
    browser.until("clients are listed", "document.body.textContent.includes('Промстрой')").await;
    browser.script("[...document.querySelectorAll('button')].find(b => b.textContent === 'Русский').click()").await;
    browser.until("its words are Russian", "document.documentElement.lang === 'ru'").await;
    browser.shot("41-pack-contents").await;
    let requests =
        browser.script("return performance.getEntriesByType('resource').filter(r => !r.name.startsWith('data:')).length").await;
    assert_eq!(requests, 0, "no request leaves the file");
    browser.script("[...document.querySelectorAll('a, button')].find(e => e.textContent.includes('Промстрой')).click()").await;
    browser.until("the chat is below", "document.body.textContent.includes('Ок, 12% нас устраивает, фиксируем')").await;
    browser.shot("42-pack-client").await;

    let changed = home.join("changed.html");
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() * 3 / 4;
    let byte = bytes.iter_mut().skip(middle).find(|b| b.is_ascii_alphabetic()).unwrap();
    *byte = if *byte == b'A' { b'B' } else { b'A' };
    std::fs::write(&changed, bytes).unwrap();
    open(&browser, &changed, PACK_PASSPHRASE).await;
    browser.until("the change is said plainly", "/измен|changed/.test(document.querySelector('#fault').textContent)").await;
    assert_eq!(
        browser.script("return document.body.textContent.includes('Промстрой')").await,
        false,
        "nothing is shown of a changed file"
    );
    browser.shot("43-pack-changed").await;
    browser.close().await;
}

async fn open(browser: &Driver, file: &Path, passphrase: &str) {
    browser.client.goto(&format!("file://{}", file.display())).await.unwrap();
    browser.find("#passphrase").await.send_keys(passphrase).await.unwrap();
    browser.find("button[type=submit]").await.click().await.unwrap();
}
