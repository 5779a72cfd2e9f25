//! Files: at once, whole or not at all, from any data centre, with references that die.

use crate::stage::Stage;
use letopis_engine::model::MessageLink;
use letopis_testkit_telegram::{Draft, RpcFault};

fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 31 % 251) as u8).collect()
}

#[test]
fn a_file_comes_whole_through_everything() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    let account = stage.live(&[chat]);
    let content = bytes(1_300_000);
    let faults = stage.tg.faults(stage.anna);
    let near = stage.tg.file("счёт.pdf", "application/pdf", &content, 2);
    faults.on("upload.getFile", RpcFault::Error(400, "FILE_REFERENCE_EXPIRED"), 1);
    faults.on("upload.getFile", RpcFault::Silent, 1);
    stage.tg.send(chat, kirill, Draft::text("").media(near));
    let far = stage.tg.file("договор.pdf", "application/pdf", &content[..700_000], 4);
    stage.tg.send(chat, kirill, Draft::text("").media(far));
    let sizes = || {
        let Ok(page) = stage.archive().page(stage.chat(chat), letopis_engine::Anchor::Last, 10) else { return Vec::new() };
        let kept =
            page.messages.iter().flat_map(|m| stage.archive().media(MessageLink::new(stage.chat(chat), m.link.message)).unwrap());
        kept.map(|kept| kept.size).collect::<Vec<_>>()
    };
    stage.until("both files", || sizes() == [1_300_000, 700_000]);
    let page = stage.archive().page(stage.chat(chat), letopis_engine::Anchor::Last, 10).unwrap();
    let kept = stage.archive().media(page.messages[0].link).unwrap().remove(0);
    let blob = stage.archive().blobs().open(&kept.sha256).unwrap();
    assert_eq!(blob.read_at(0, 1_300_000).unwrap(), content);
    assert_eq!(stage.archive().accounts().unwrap()[0].media, (0, 0));
    let pieces = stage.tg.count("upload.getFile");
    stage.capture().check_all(account).unwrap();
    stage.wait_idle(account);
    stage.tg.say(chat, kirill, "ещё раз");
    stage.wait_text(chat, "ещё раз");
    assert_eq!(stage.tg.count("upload.getFile"), pieces, "a file that is kept is not fetched again");
}

#[test]
fn a_self_destructing_file_is_never_fetched() {
    let stage = Stage::new();
    let kirill = stage.tg.user("Кирилл");
    let chat = stage.tg.private(stage.anna, kirill);
    let account = stage.live(&[chat]);
    let photo = stage.tg.photo(&bytes(5000), 2);
    stage.tg.send(chat, kirill, Draft::text("").once(photo, 10));
    stage.tg.say(chat, kirill, "видел?");
    stage.wait_text(chat, "видел?");
    stage.wait_idle(account);
    assert_eq!(stage.tg.count("upload.getFile"), 0);
    let page = stage.archive().page(stage.chat(chat), letopis_engine::Anchor::Last, 10).unwrap();
    assert!(page.messages[0].content.extra.as_deref().unwrap().contains("self_destruct"));
}
