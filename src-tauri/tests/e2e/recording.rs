//! An account in the real window against a Telegram server on loopback: added, consented to, recorded as people talk,
//! edit and delete, cut off, locked, signed out. What the server was asked for is read in its log.

use crate::drive::Driver;
use crate::{PASSPHRASE, desktop, nothing_readable, shots};
use letopis_testkit_telegram::{Chat, Office, Said, Telegram, demo};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

const PHONE: &str = "+79990000001";
const HASH: &str = "0123456789abcdef0123456789abcdef";
const SAID: &str = "Отгрузим на склад в Твери";
const EDITED: &str = "Отгрузим на склад в Калуге";
const GONE: &str = "Скидку двадцать обещаю лично";
/// Long enough for a loaded machine to paint what the page already holds.
const PAINT: Duration = Duration::from_millis(600);
const SIZES: [(&str, &str, u32, u32); 4] =
    [("ru", "light", 1440, 860), ("en", "light", 1100, 700), ("ru", "dark", 1100, 700), ("en", "dark", 1440, 860)];

/// The server, and the file by which the program finds it.
struct Stage {
    tg: Telegram,
    office: Office,
    _folder: tempfile::TempDir,
    file: String,
}

impl Stage {
    fn new() -> Self {
        let tg = Telegram::start();
        let office = demo(&tg);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("server.json");
        let devices: Vec<serde_json::Value> = (0..4).map(|_| serde_json::from_str(&tg.provision().to_json()).unwrap()).collect();
        std::fs::write(&file, json!({ "devices": devices }).to_string()).unwrap();
        Stage { tg, office, file: file.display().to_string(), _folder: folder }
    }

    async fn window(&self, home: &Path) -> Driver {
        let window = Driver::window_with(home, &shots(), &[("LETOPIS_TELEGRAM_SERVER", &self.file)]).await;
        window.client.set_window_size(1440, 860).await.unwrap();
        window
    }

    /// The client says something in the project's group; the window shows it by itself.
    async fn heard(&self, window: &Driver, text: &str) -> Said {
        let said = self.tg.say(self.office.project, self.office.kirill, text);
        window.until(&format!("«{text}» arrives"), &message_with(text)).await;
        said
    }
}

fn message_with(text: &str) -> String {
    format!("[...document.querySelectorAll('[data-testid=message]')].find(m => m.textContent.includes('{text}'))")
}

async fn painted(window: &Driver, name: &str) {
    tokio::time::sleep(PAINT).await;
    window.shot(name).await;
}

pub async fn the_whole_way() {
    let (home, stage) = (tempfile::tempdir().unwrap(), Stage::new());
    let desktop = desktop::Desktop::start();
    let window = stage.window(home.path()).await;
    create(&window).await;
    begin_to_sign_in(&window).await;
    window.close().await;

    let window = stage.window(home.path()).await;
    unlock(&window).await;
    finish_signing_in(&stage, &window).await;
    choose_and_agree(&stage, &window).await;
    watch_it_happen(&stage, &window).await;
    wipe(&stage, &window, &desktop).await;
    locked_and_still_recorded(&stage, &window, home.path()).await;
    add_another_by_qr(&stage, &window).await;
    check_in_full(&stage, &window).await;
    read_by_export(&stage, &window).await;
    cut(&stage, &window, &desktop).await;
    live_without_the_window(&window, &desktop).await;
    nothing_readable(
        home.path(),
        Path::new(""),
        &[PHONE, HASH, "9990000001", SAID, GONE, "Кирилл", "ромашка", "Мама"],
        "while open",
    );
    sign_out(&stage, &window).await;
    silent(&stage);
    window.quit().await;
    nothing_readable(home.path(), Path::new(""), &[PHONE, HASH, "9990000001", SAID, GONE, "Кирилл", "ромашка", "Мама"], "after");
}

async fn create(window: &Driver) {
    window.id("welcome-create").await;
    window.script("localStorage.setItem('letopis.lang','ru');localStorage.setItem('letopis.theme','light')").await;
    window.client.refresh().await.unwrap();
    window.fill("passphrase", PASSPHRASE).await;
    window.fill("passphrase-again", PASSPHRASE).await;
    window.click("welcome-create").await;
    window.click("recovery-saved").await;
    window.click("recovery-continue").await;
    window.click("start-skip").await;
    window.click("nav-accounts").await;
    painted(window, "60-no-account").await;
}

async fn unlock(window: &Driver) {
    window.fill("passphrase", PASSPHRASE).await;
    window.click("unlock").await;
    window.click("nav-accounts").await;
}

/// As far as the code, by keyboard alone; the rest comes after a restart.
async fn begin_to_sign_in(window: &Driver) {
    window.click("account-first").await;
    window.until("the first field has the focus", "document.activeElement?.dataset.testid === 'api-id'").await;
    painted(window, "61-add-account").await;
    let keys = format!("12345\t{HASH}\t\t{PHONE}\u{e007}");
    window.find("[data-testid=api-id]").await.send_keys(&keys).await.unwrap();
    window.id("code").await;
    painted(window, "62-code").await;
}

async fn finish_signing_in(stage: &Stage, window: &Driver) {
    window.until("the code is still asked for", "document.activeElement?.dataset.testid === 'code'").await;
    window.fill("code", "00000").await;
    window.click("code-ok").await;
    window
        .until("a wrong code is said", "document.querySelector('[data-testid=error]')?.textContent.includes('Код не подходит')")
        .await;
    window.until("and can be typed again", "document.activeElement?.dataset.testid === 'code'").await;
    painted(window, "63-code-wrong").await;
    window.fill("code", &stage.tg.code(stage.office.anna)).await;
    window.click("code-ok").await;
    window.fill("two-step", "не та").await;
    window.click("password-ok").await;
    window
        .until(
            "a wrong password is said",
            "document.querySelector('[data-testid=error]')?.textContent.includes('пароль не подходит')",
        )
        .await;
    painted(window, "64-password-wrong").await;
    window.fill("two-step", "ромашка").await;
    window.click("password-ok").await;
    window.id("setup").await;
}

/// The folder «Работа» without the team's group, all of the past, and the owner's consent.
async fn choose_and_agree(stage: &Stage, window: &Driver) {
    window.id("folder").await;
    assert_eq!(stage.tg.count("messages.getHistory"), 0, "before the consent no chat is read");
    window.script("document.querySelector('[data-testid=folder]').click()").await;
    let team = "[...document.querySelectorAll('[data-testid=scan-chat]')].find(b => b.closest('label')?.textContent.includes('Отдел продаж'))";
    window.until("the team's group is offered", team).await;
    window.script(&format!("{team}.click()")).await;
    window.script("const s = document.querySelector('[data-testid=setup-depth]'); s.value = '0'; s.dispatchEvent(new Event('change', { bubbles: true }))").await;
    painted(window, "65-scope").await;
    window.script("document.querySelector('[data-testid=consent-present]').click()").await;
    painted(window, "66-consent").await;
    window.click("setup-save").await;
    window
        .until("the account is recorded", "document.querySelector('[data-testid=account]')?.textContent.includes('записывается')")
        .await;
    window.until("its past is read", "document.querySelector('[data-testid=coverage]')?.textContent.includes('всё с')").await;
    assert_eq!(window.count("[data-testid=coverage]").await, 1, "what was taken out of the folder is not recorded");
    painted(window, "67-recorded").await;
    window.click("nav-chats").await;
    window.until("one chat, not the private life", "document.querySelectorAll('[data-testid=chat-row]').length === 1").await;
    window.click("chat-row").await;
    window.until("the past is there", &message_with("Пришлю счёт в пятницу")).await;
}

async fn watch_it_happen(stage: &Stage, window: &Driver) {
    let said = stage.heard(window, SAID).await;
    painted(window, "68-arrived").await;
    stage.tg.edit(said, EDITED);
    window.until("the edit is shown", &message_with("Калуге")).await;
    window.until("with both versions", "document.querySelector('[data-testid=versions-open]')").await;
    let gone = stage.heard(window, GONE).await;
    stage.tg.delete(&[gone]);
    let deleted =
        format!("[...document.querySelectorAll('[data-testid=message-deleted]')].find(m => m.textContent.includes('{GONE}'))");
    window.until("the original stays", &deleted).await;
    painted(window, "69-original").await;
    window.click("nav-changes").await;
    let row = |word: &str| {
        format!("[...document.querySelectorAll('[data-testid=change]')].find(c => c.textContent.includes('{word}'))")
    };
    window.until("the deletion is among the changes", &row(GONE)).await;
    window.until("the edit is, too", &row("Калуге")).await;
    painted(window, "70-changes").await;
}

async fn step_aside(window: &Driver) {
    window.script("return window.__TAURI_INTERNALS__.invoke('hide_window')").await;
}

/// Thirty messages are wiped at once: the window says it, the desktop too, and every original is there.
async fn wipe(stage: &Stage, window: &Driver, desktop: &desktop::Desktop) {
    window.click("nav-chats").await;
    let mut said = Vec::new();
    for n in 1..=30 {
        said.push(stage.tg.say(stage.office.project, stage.office.kirill, &format!("Позиция {n} из списка")));
    }
    window.until("all have arrived", &message_with("Позиция 30 из")).await;
    // Nobody looks: the window hides in the icon.
    desktop.icon_says("всё записывается").await;
    step_aside(window).await;
    stage.tg.delete(&said);
    let told = desktop.told("Массовое удаление").await;
    assert!(!told.contains("Промстрой") && !told.contains("Позиция"), "{told}");
    desktop.choose("Открыть Летопись").await;
    let alert = window.text("[data-testid=alert]").await;
    assert!(alert.contains("Массовое удаление") && alert.contains("Промстрой"), "{alert}");
    painted(window, "71-mass-deletion").await;
    window.click("alert-show").await;
    window.until("a mass event stands first", "document.querySelector('[data-testid=change]')?.dataset.sort === 'mass'").await;
    let mass = window.text("[data-testid=change]").await;
    // The one deleted just before belongs to it when less than a minute lies between.
    assert!(mass.contains("30 сообщений") || mass.contains("31 сообщение"), "{mass}");
    window.until("the alert was heard", "!document.querySelector('[data-testid=alert]')").await;
    painted(window, "72-mass-in-changes").await;
}

/// Behind the lock everything is refused and recorded all the same.
async fn locked_and_still_recorded(stage: &Stage, window: &Driver, home: &Path) {
    window.click("lock").await;
    window.id("records").await;
    painted(window, "73-locked-recording").await;
    let refused =
        window.script("return window.__TAURI_INTERNALS__.invoke('chats').then(() => 'given', failure => failure.code)").await;
    assert_eq!(refused, "locked", "no chat behind the lock");
    let before = stage.tg.truth(stage.office.anna).len();
    stage.tg.say(stage.office.project, stage.office.kirill, "Сказано при запертом архиве");
    stage.tg.until(|tg| tg.truth(tg_anna(stage)).len() > before).await;
    // Deleted before anybody comes back: only who listened meanwhile can have it.
    let brief = stage.tg.say(stage.office.project, stage.office.kirill, "Удалено при запертом архиве");
    tokio::time::sleep(Duration::from_secs(4)).await;
    stage.tg.delete(&[brief]);
    nothing_readable(home, Path::new(""), &["Сказано при запертом", "Удалено при запертом"], "behind the lock");
    window.fill("passphrase", "совсем не тот пароль").await;
    window.click("unlock").await;
    window.find("[role=alert]").await;
    window.fill("passphrase", PASSPHRASE).await;
    window.click("unlock").await;
    window.until("chats are back", "document.querySelector('[data-testid=chat-row]')").await;
    window.click("chat-row").await;
    window.until("what was said meanwhile is there", &message_with("Сказано при запертом архиве")).await;
    let deleted = "[...document.querySelectorAll('[data-testid=message-deleted]')].find(m => m.textContent.includes('Удалено при запертом архиве'))";
    window.until("and the original of what was deleted", deleted).await;
}

fn tg_anna(stage: &Stage) -> letopis_testkit_telegram::UserId {
    stage.office.anna
}

async fn add_another_by_qr(stage: &Stage, window: &Driver) {
    window.click("nav-accounts").await;
    window.click("account-add").await;
    window.fill("api-id", "12345").await;
    window.fill("api-hash", HASH).await;
    window.click("use-qr").await;
    window.id("qr").await;
    painted(window, "74-qr").await;
    assert!(stage.tg.scan(stage.office.igor), "the code is shown to the phone");
    window.id("setup").await;
    window.id("folder").await;
    window.click("setup-later").await;
    window.until("two accounts stand there", "document.querySelectorAll('[data-testid=account]').length === 2").await;
    painted(window, "75-two-accounts").await;
}

/// One chat read again as a whole, from the line that tells how much of it is known.
async fn check_in_full(stage: &Stage, window: &Driver) {
    let asked = stage.tg.count("messages.getHistory");
    let legend = window.text("[data-testid=legend]").await;
    assert!(legend.contains("записано вживую") && legend.contains("перерыв"), "{legend}");
    let pieces = "[...document.querySelectorAll('[data-testid=coverage] title')].map(title => title.textContent)";
    window.until("the bar tells what is live", &format!("{pieces}.some(one => one.startsWith('Записано вживую: '))")).await;
    window.click("sweep").await;
    let done = window.text("[data-testid=sweep-done]").await;
    assert!(done.contains("сверено целиком: сегодня"), "{done}");
    assert!(stage.tg.count("messages.getHistory") > asked, "its pages were read again");
    assert_eq!(window.count("[data-testid=sweep-runs]").await, 0);
    painted(window, "76-checked-in-full").await;
}

/// Telegram's export is seen by the owner: that is said before, and nothing is asked of Telegram until it was agreed to.
async fn read_by_export(stage: &Stage, window: &Driver) {
    window.click("takeout").await;
    let warning = window.text("[data-testid=takeout-warning]").await;
    assert!(warning.contains("на все устройства владельца") && warning.contains("целые сутки"), "{warning}");
    for language in ["ru", "en"] {
        for theme in ["light", "dark"] {
            for (width, height) in [(1440, 860), (1100, 700)] {
                look(window, language, theme, width, height).await;
                window.click("nav-accounts").await;
                window.click("takeout").await;
                window.id("takeout-warning").await;
                painted(window, &format!("77-accounts-{language}-{theme}-{width}")).await;
            }
        }
    }
    look(window, "ru", "light", 1440, 860).await;
    window.click("nav-accounts").await;
    window.click("takeout").await;
    window.click("takeout-cancel").await;
    window.id("takeout").await;
    assert_eq!(stage.tg.count("account.initTakeoutSession"), 0, "a warning begins nothing");
    window.click("takeout").await;
    window.click("takeout-sure").await;
    let state = window.text("[data-testid=takeout-state]").await;
    assert!(state.contains("Экспорт Telegram включён"), "{state}");
    painted(window, "78-export-on").await;
    window.click("takeout-off").await;
    window.id("takeout").await;
}

/// The line is cut for more than two minutes; meanwhile every state is looked at in four looks.
async fn cut(stage: &Stage, window: &Driver, desktop: &desktop::Desktop) {
    stage.tg.faults(stage.office.anna).offline();
    let rail = window.text("[data-testid=dead-feed]").await;
    let card = window.text("[data-testid=account]").await;
    assert!(card.contains("кроме: Отдел продаж"), "what is left out has a name without a connection too: {card}");
    assert!(rail.contains("1 аккаунт не записывается"), "{rail}");
    for (language, theme, width, height) in SIZES {
        look(window, language, theme, width, height).await;
        for screen in ["accounts", "chats", "changes"] {
            window.click(&format!("nav-{screen}")).await;
            painted(window, &format!("80-{screen}-{language}-{theme}-{width}")).await;
        }
        for tab in ["background", "security"] {
            window.click("nav-settings").await;
            let choose = format!("document.querySelector('[data-testid=settings-tabs] input[value={tab}]').click()");
            window.script(&choose).await;
            painted(window, &format!("80-{tab}-{language}-{theme}-{width}")).await;
        }
        window.click("nav-accounts").await;
        window.script("document.querySelector('[data-testid=account-setup]').click()").await;
        window.id("setup").await;
        painted(window, &format!("80-setup-{language}-{theme}-{width}")).await;
        window.click("setup-later").await;
        window.click("account-add").await;
        painted(window, &format!("80-add-{language}-{theme}-{width}")).await;
        window.click("login-cancel").await;
    }
    look(window, "ru", "light", 1440, 860).await;
    step_aside(window).await;
    let told = desktop.told("связи").await;
    desktop.choose("Открыть Летопись").await;
    assert!(!told.contains("Анна"), "{told}");
    let alert = window.text("[data-testid=alert]").await;
    assert!(alert.contains("Анна Белова"), "{alert}");
    painted(window, "81-dead-feed").await;
    window.click("alert-heard").await;
    stage.tg.say(stage.office.project, stage.office.kirill, "Сказано, пока связи не было");
    stage.tg.faults(stage.office.anna).online();
    window.until("the rail is calm again", "!document.querySelector('[data-testid=dead-feed]')").await;
    window.click("nav-chats").await;
    window.click("chat-row").await;
    window.until("what was missed is caught up", &message_with("Сказано, пока связи не было")).await;
    assert_eq!(desktop.count("связи"), 1, "one outage, one notice");
}

async fn look(window: &Driver, language: &str, theme: &str, width: u32, height: u32) {
    let set = format!("localStorage.setItem('letopis.lang','{language}');localStorage.setItem('letopis.theme','{theme}')");
    window.script(&set).await;
    window.client.refresh().await.unwrap();
    window.client.set_window_size(width, height).await.unwrap();
    window.until("the window is back", "document.querySelector('[data-testid=chat-row]')").await;
}

/// The icon by the clock: closing hides the window, the icon tells how things stand and brings it back.
async fn live_without_the_window(window: &Driver, desktop: &desktop::Desktop) {
    desktop.icon_says("всё записывается").await;
    window.click("nav-settings").await;
    window.script("document.querySelector('[data-testid=settings-tabs] input[value=background]').click()").await;
    window.id("close-to-tray").await;
    assert_eq!(window.count("[data-testid=no-tray]").await, 0, "there is a place for the icon");
    window.script("document.querySelector('[data-testid=close-to-tray]').click()").await;
    window.until("the setting is kept", "document.querySelector('[data-testid=close-to-tray]').checked").await;
    desktop.choose("Приостановить запись").await;
    desktop.icon_says("приостановлена").await;
    desktop.choose("Продолжить запись").await;
    desktop.icon_says("всё записывается").await;
}

async fn sign_out(stage: &Stage, window: &Driver) {
    window.click("nav-accounts").await;
    window.until("accounts are listed", "document.querySelectorAll('[data-testid=account]').length === 2").await;
    let devices = stage.tg.devices(stage.office.anna);
    let card = "[...document.querySelectorAll('[data-testid=account]')].find(a => a.textContent.includes('Анна'))";
    window.script(&format!("{card}.querySelector('[data-testid=sign-out]').click()")).await;
    window.click("sign-out-sure").await;
    window.until("it is signed out", &format!("{card}?.textContent.includes('вышел')")).await;
    assert_eq!(stage.tg.devices(stage.office.anna), devices - 1, "the session ended on the server");
    window.until("nobody calls that a dead feed", "!document.querySelector('[data-testid=dead-feed]')").await;
    painted(window, "82-signed-out").await;
    window.click("nav-chats").await;
    window.until("the record stays", "document.querySelector('[data-testid=chat-row]')").await;
}

/// Nothing was ever sent that a read-only program has no business to send.
fn silent(stage: &Stage) {
    let allowed = letopis_engine::capture::methods();
    let strange: Vec<String> =
        stage.tg.rpcs().into_iter().map(|rpc| rpc.method).filter(|method| !allowed.contains(&method.as_str())).collect();
    assert!(strange.is_empty(), "{strange:?}");
    let _: Chat = stage.office.family;
}
