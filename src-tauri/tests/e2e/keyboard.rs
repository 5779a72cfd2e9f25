//! The search with the keyboard alone: no click, no focus set from outside. Keys go to whatever has the focus.

use crate::drive::Driver;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::Value;

/// Tab steps before the test says that a thing cannot be reached.
const REACH: usize = 80;

impl Driver {
    /// Presses keys together: the last one while the others are held.
    pub async fn chord(&self, keys: &[char]) {
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        let actions = down.chain(up).fold(KeyActions::new("keyboard".into()), |all, action| all.then(action));
        self.client.perform_actions(actions).await.unwrap();
    }

    pub async fn press(&self, key: Key) {
        self.chord(&[key.into()]).await;
    }

    pub async fn write(&self, text: &str) {
        for letter in text.chars() {
            self.chord(&[letter]).await;
        }
    }

    /// What has the focus, as a script's value.
    async fn at(&self, what: &str) -> Value {
        self.script(&format!("return document.activeElement{what}")).await
    }

    /// Walks by Tab (or back) until the focus stands on what fits.
    async fn reach(&self, css: &str, back: bool) {
        for _ in 0..REACH {
            if back {
                self.chord(&[Key::Shift.into(), Key::Tab.into()]).await
            } else {
                self.press(Key::Tab).await
            }
            if self.at(&format!(".matches({css:?})")).await == true {
                return;
            }
        }
        self.shot("failed").await;
        panic!("Tab never reaches {css}");
    }
}

const FIELD: &str = "document.activeElement?.dataset.testid === 'search-input'";
/// The hits are of what stands in the field, and counted.
const ANSWERED: &str = "document.querySelector('.hits[aria-busy=false]') && document.querySelector('[data-testid=search-total] b') && document.querySelectorAll('[data-testid=hit]').length > 3";
const CHOSEN: &str = "document.querySelector('[data-testid=search-input]').getAttribute('aria-activedescendant')";
const PLACE: &str = "document.querySelector('[data-testid=find-place]')?.textContent";
const CURRENT: &str = "document.querySelector('[data-testid=reader] article[aria-current]')";

/// Search, open, next hit, back: the same place, the same focus.
pub async fn search_open_next_and_back(window: &Driver) {
    window.chord(&[Key::Control.into(), 'k']).await;
    window.until("the field has the focus", FIELD).await;
    window.write("договор").await;
    window.until("hits are there", ANSWERED).await;
    for _ in 0..4 {
        window.press(Key::Down).await;
    }
    window.press(Key::PageDown).await;
    window.press(Key::Up).await;
    let chosen = window.script(&format!("return {CHOSEN}")).await;
    assert!(chosen.as_str().is_some_and(|id| id.ends_with("-hit-11")), "4 down, 8 down, 1 up: {chosen}");
    window.shot("41-keyboard-chosen").await;
    window.press(Key::Enter).await;
    window.until("its place among the hits of the chat is told", &format!("/^\\d+ из \\d+/.test({PLACE})")).await;
    window.until("the words are marked in it", &format!("{CURRENT}?.querySelector('mark')")).await;
    let (opened, place) =
        (window.script(&format!("return {CURRENT}.dataset.link")).await, window.text("[data-testid=find-place]").await);
    window.shot("42-keyboard-opened").await;

    window.press(Key::F3).await;
    let other = format!("{PLACE} !== {place:?} && {CURRENT}?.dataset.link !== {opened} && {CURRENT}?.querySelector('mark')");
    window.until("the next hit of the chat", &other).await;
    let in_sight = format!(
        "(() => {{ const [mark, rows] = [{CURRENT}.querySelector('mark').getBoundingClientRect(), document.querySelector('[data-testid=reader] .rows').getBoundingClientRect()];
                 return mark.top >= rows.top && mark.bottom <= rows.bottom }})()"
    );
    window.until("its mark is in sight", &in_sight).await;
    window.shot("43-keyboard-next").await;
    window.chord(&[Key::Control.into(), Key::Shift.into(), 'g']).await;
    window.until("and back to the first one", &format!("{PLACE} === {place:?} && {CURRENT}?.dataset.link === {opened}")).await;

    window.press(Key::Escape).await;
    window.until("Esc takes the marks away", "!document.querySelector('[data-testid=find], [data-testid=reader] mark')").await;
    window.press(Key::Escape).await;
    window.until("the field has the focus again", FIELD).await;
    window.until("the same hit is chosen", &format!("{CHOSEN} === {chosen}")).await;
    let seen = "(() => { const [hit, list] = [document.querySelector('[data-testid=hit][aria-selected=true]'), document.querySelector('.hits')].map(e => e.getBoundingClientRect());
                return hit.top >= list.top && hit.bottom <= list.bottom + 1 })()";
    window.until("and stands in sight", seen).await;
}

/// Ctrl+F inside a chat: across all of it, not only what is loaded.
pub async fn find_in_the_chat(window: &Driver) {
    window.press(Key::Enter).await;
    window.until("a chat is open", &format!("/из/.test({PLACE})")).await;
    window.press(Key::Escape).await;
    window.press(Key::Home).await;
    window.chord(&[Key::Control.into(), 'f']).await;
    window.until("a field is there", "document.activeElement?.dataset.testid === 'find-input'").await;
    window.write("вфьдл").await;
    window.until("nothing like it", &format!("{PLACE} === 'в этом чате нет'")).await;
    window.shot("44-find-nothing").await;
    window.chord(&[Key::Control.into(), 'a']).await;
    window.write("договор").await;
    window.until("hits", &format!("/^\\d+ из \\d+/.test({PLACE}) && {CURRENT}?.querySelector('mark')")).await;
    window.press(Key::Up).await;
    window.shot("45-find").await;
    window.press(Key::Escape).await;
    window.until("the marks are gone", "!document.querySelector('[data-testid=find], [data-testid=reader] mark')").await;
    window.chord(&[Key::Control.into(), 'k']).await;
}

/// A misspelled word is understood and said; a wrong operator is explained, and the answer that stays is no answer to it.
pub async fn write_wrongly(window: &Driver) {
    const INSTEAD: &str = "document.querySelector('[data-testid=search-instead]')";
    window.until("the field has the focus", FIELD).await;
    window.chord(&[Key::Control.into(), 'a']).await;
    window.write("дагавор").await;
    window.until("what was meant is said", &format!("{INSTEAD}?.textContent.includes('договор') && {ANSWERED}")).await;
    window.chord(&[Key::Control.into(), 'a']).await;
    window.write("before:32.13 цена").await;
    window.until("it is explained", "document.querySelector('[data-testid=search-wrong]')?.textContent.includes('32.13')").await;
    let old = format!(
        "!{INSTEAD} && !document.querySelector('[data-testid=search-total] b') && document.querySelector('.hits.stale [data-testid=hit]')"
    );
    window.until("the hits below are those of before", &old).await;
    window.shot("46-wrong").await;
    window.chord(&[Key::Control.into(), 'a']).await;
    window.write("документы есть:файл ").await;
    let marked = "document.querySelector('[data-testid=search-preview] [aria-current] .kind mark')";
    window.until("the name of the file is marked beside the hits, too", &format!("{ANSWERED} && {marked}")).await;
    window.shot("47-file").await;
}

/// Operators are completed, shown as chips and taken out; facets narrow; a search is kept and found again.
pub async fn narrow_and_keep(window: &Driver) {
    window.until("the field has the focus", FIELD).await;
    window.chord(&[Key::Control.into(), 'a']).await;
    window.write("договор от:Анн").await;
    window.until("Anna is offered", "document.querySelector('[data-testid=completions]')?.textContent.includes('Анна')").await;
    window.press(Key::Down).await;
    window.press(Key::Enter).await;
    window.until("she is a chip", "document.querySelector('[data-testid=chip]')?.textContent.includes('Анна')").await;
    window.shot("46-chip").await;
    window.reach("[data-testid=chip] button", false).await;
    window.press(Key::Delete).await;
    window.until("the chip is gone", "!document.querySelector('[data-testid=chip]')").await;
    window.until("the field takes the focus", FIELD).await;

    window.until("facets", ANSWERED).await;
    window.reach("[data-testid=facet-chats] input", true).await;
    let line = window.at(".closest('[data-facet]').dataset.facet").await;
    window.write(" ").await;
    let narrowed =
        format!("document.activeElement.checked && document.activeElement.closest('[data-facet]')?.dataset.facet === {line}");
    window.until("the line is chosen and keeps the focus", &narrowed).await;
    window.write(" ").await;
    window.until("and is let go", "document.activeElement.checked === false").await;
    window.chord(&['/']).await;
    window.until("the slash leads to the field", FIELD).await;

    window.reach("[data-testid=save-search]", false).await;
    window.press(Key::Enter).await;
    window.until("a name is asked for", "document.activeElement?.dataset.testid === 'save-name'").await;
    window.chord(&[Key::Control.into(), 'a']).await;
    window.write("Про договоры").await;
    window.press(Key::Enter).await;
    window.until("the field has the focus", FIELD).await;
    window.press(Key::Escape).await;
    window
        .until("it is kept", "document.querySelector('[data-testid=saved-searches]')?.textContent.includes('Про договоры')")
        .await;
    window.press(Key::Down).await;
    window.until("arrows reach it", "document.activeElement?.textContent.includes('Про договоры')").await;
    window.shot("47-kept").await;
    window.press(Key::Enter).await;
    window.until("it is asked again", "document.querySelectorAll('[data-testid=hit]').length > 3").await;
    window.until("the field has the focus", FIELD).await;
    window.press(Key::Escape).await;
    window.until("the last ones are listed", "document.querySelector('[data-testid=search-history]')").await;
    window.press(Key::Down).await;
    window.press(Key::Down).await;
    window.until("arrows reach them", "document.activeElement?.closest('[data-testid=search-history]')").await;
    window.press(Key::Enter).await;
    window.until("the last one is asked again", "document.querySelectorAll('[data-testid=hit]').length > 3").await;
}
