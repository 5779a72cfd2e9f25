//! The screens of trust in the real window: what changed, evidence, self-check, backup and restore, holds, forgetting, log.

use crate::PASSPHRASE;
use crate::drive::Driver;
use std::path::Path;
use std::time::Duration;

const FEED: &str = "document.querySelector('[data-testid=screen-changes] [role=group][aria-label]:not([role=radiogroup])')";
/// Long enough for a loaded machine to paint what the page already holds.
const PAINT: Duration = Duration::from_millis(600);
const TABS: [&str; 6] = ["archive", "security", "background", "looks", "keeping", "access"];

async fn painted(window: &Driver, name: &str) {
    tokio::time::sleep(PAINT).await;
    window.shot(name).await;
}

/// The feed, a message opened from deep inside it, and back to the very place.
pub async fn changes_and_back(window: &Driver) {
    window.click("nav-changes").await;
    window.until("changes are listed", "document.querySelectorAll('[data-testid=change]').length > 5").await;
    window.until("a mass event stands first", "document.querySelector('[data-testid=change]').dataset.sort === 'mass'").await;
    painted(window, "50-changes").await;
    window.script(&format!("{FEED}.scrollTop = 700")).await;
    tokio::time::sleep(PAINT).await;
    let before = window.script(&format!("return {FEED}.scrollTop")).await;
    assert!(before.as_f64().unwrap() > 300.0, "the feed scrolls: {before}");
    // The row in the middle of what is seen.
    window
        .script(
            "const rows = [...document.querySelectorAll('[data-testid=change]')].filter(r => { const b = r.getBoundingClientRect(); return b.top > 260 && b.bottom < innerHeight; }); rows[1].querySelector('[data-testid=change-open]').click()",
        )
        .await;
    window.until("the message is open", "document.querySelectorAll('[data-testid=message]').length > 1").await;
    window.until("the reader is the screen", "!document.querySelector('[data-testid=screen-chats]').inert").await;
    painted(window, "51-change-in-place").await;
    window.find("body").await.send_keys("\u{e00c}").await.unwrap(); // Escape
    window.until("Esc leads back", "!document.querySelector('[data-testid=screen-changes]').inert").await;
    let after = window.script(&format!("return {FEED}.scrollTop")).await;
    assert_eq!(before, after, "to exactly the same place");
    window.until("to the very row", "document.activeElement?.dataset.testid === 'change-open'").await;
}

/// Evidence of two rows, one of them a mass event. `folder` is new and outside everything the program writes itself.
pub async fn evidence(window: &Driver, folder: &Path) {
    window.script(&format!("{FEED}.scrollTop = 0")).await;
    tokio::time::sleep(PAINT).await;
    window.script("[...document.querySelectorAll('[data-testid=change-tick]')].slice(0, 2).forEach(box => box.click())").await;
    window.id("changes-chosen").await;
    window.click("changes-evidence").await;
    window.fill("evidence-folder", &folder.display().to_string()).await;
    window.fill("evidence-why", "спор о скидке").await;
    painted(window, "52-evidence").await;
    window.click("evidence-write").await;
    window.id("evidence-done").await;
    painted(window, "53-evidence-done").await;
    for file in ["index.html", "evidence.json", "VERIFY.md"] {
        assert!(folder.join(file).exists(), "{file} is written");
    }
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("evidence.json")).unwrap()).unwrap();
    let messages = told["messages"].as_array().unwrap().len();
    assert!(messages > 50, "every message of the mass event is in it, not only those listed: {messages}");
    window.click("dialog-close").await;
}

pub async fn tab(window: &Driver, name: &str) {
    window.click("nav-settings").await;
    window.id("settings-tabs").await;
    window.script(&format!("document.querySelector('[data-testid=settings-tabs] input[value={name}]').click()")).await;
}

pub async fn check_and_back_up(window: &Driver, backup: &Path) {
    tab(window, "archive").await;
    window.click("verify").await;
    window.id("verify-result").await;
    let head = window.text("[data-testid=verify-head]").await;
    window.fill("head-known", &head).await;
    window.click("head-compare").await;
    window.find("[data-testid=head-verdict].fits").await;
    window.fill("backup-file", &backup.display().to_string()).await;
    window.click("backup").await;
    window.id("backup-done").await;
    painted(window, "54-archive").await;
    assert!(backup.exists(), "the backup is written");
}

pub async fn keeping_and_log(window: &Driver) {
    tab(window, "keeping").await;
    window.click("retention-change").await;
    window.fill("retention-days", "30").await;
    window.click("retention-weigh").await;
    window.id("retention-preview").await;
    painted(window, "55-retention").await;
    window.click("dialog-close").await;
    window.script("const s = document.querySelector('[data-testid=hold-chat]'); s.selectedIndex = 1; s.dispatchEvent(new Event('change', { bubbles: true }))").await;
    window.fill("hold-why", "спор о поставке").await;
    window.click("hold-place").await;
    window.id("hold").await;
    painted(window, "56-keeping").await;
    window.click("hold-lift").await;
    tab(window, "access").await;
    window.until("the log is listed", "document.querySelectorAll('[data-testid=access-row]').length > 5").await;
    window
        .until(
            "it tells of the evidence and of the search",
            "['спор о скидке', 'договорами'].every(w => document.querySelector('[data-testid=screen-settings]').textContent.includes(w))",
        )
        .await;
    painted(window, "57-access").await;
}

/// The chat that shows the hostile messages, forgotten in two steps.
pub async fn forget_the_hostile_chat(window: &Driver) {
    window.search_for("script", "<script>").await;
    window.find("[data-testid=hit]").await.click().await.unwrap();
    let wide = "document.querySelector('[data-testid=card-toggle]')?.offsetParent === null";
    if window.script(&format!("return {wide}")).await == false {
        window.click("card-toggle").await;
    }
    window.click("card-forget").await;
    window.id("forget-code").await;
    painted(window, "58-forget").await;
    let told = window.text("[data-testid=forget]").await;
    let code = told.split_whitespace().find(|word| word.len() == 8 && word.chars().all(|c| c.is_ascii_hexdigit()));
    window.fill("forget-why", "просьба клиента").await;
    window.fill("forget-code", code.expect("the code is shown")).await;
    window.click("forget-yes").await;
    window.id("forget-done").await;
    painted(window, "59-forgotten").await;
    window.click("dialog-close").await;
    tab(window, "keeping").await;
    window.id("erasure").await;
    painted(window, "60-erased").await;
}

/// Every section of the settings, for people to look at.
pub async fn see_settings(window: &Driver, suffix: &str) {
    for name in TABS {
        tab(window, name).await;
        tokio::time::sleep(PAINT).await;
        window.shot(&format!("21-settings-{name}-{suffix}")).await;
    }
    tab(window, "archive").await;
}

/// Another computer: nothing there but the backup.
pub async fn restore(home: &Path, shots: &Path, backup: &Path) {
    let window = Driver::window(home, shots).await;
    window.click("restore-open").await;
    window.fill("restore-file", &backup.display().to_string()).await;
    window.fill("restore-passphrase", PASSPHRASE).await;
    painted(&window, "61-restore").await;
    window.click("restore").await;
    window.until("the chats are back", "document.querySelectorAll('[data-testid=chat-row]').length > 5").await;
    painted(&window, "62-restored").await;
    assert_eq!(window.count("[data-testid=rolled-back]").await, 0, "a restored archive is the one it was");
    window.close().await;
}
