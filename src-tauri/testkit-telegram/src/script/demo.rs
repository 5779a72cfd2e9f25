//! A small office that talks: for trying the app by hand and for the end-to-end test. The same every time.

use crate::script::draft::Draft;
use crate::telegram::Telegram;
use crate::world::{Chat, UserId};

/// The office after [`demo`].
#[derive(Clone, Copy, Debug)]
pub struct Office {
    pub anna: UserId,
    pub igor: UserId,
    pub kirill: UserId,
    /// A supergroup with the client, in Anna's work folder.
    pub project: Chat,
    /// A basic group of the team, in the folder too.
    pub team: Chat,
    /// Anna's private chat with the client.
    pub client: Chat,
    /// Private life: outside any folder.
    pub family: Chat,
}

/// Anna (+79990000001, password «ромашка») and Igor (+79990000002) work, Kirill is a client, mother is none of our business.
pub fn demo(tg: &Telegram) -> Office {
    let anna = tg.account("Анна Белова", "+79990000001");
    let igor = tg.account("Игорь Смирнов", "+79990000002");
    let (kirill, mother) = (tg.user("Кирилл Промстрой"), tg.user("Мама"));
    let project = tg.supergroup("Промстрой · внедрение", &[anna, igor, kirill]);
    let team = tg.group("Отдел продаж", &[anna, igor]);
    let (client, family) = (tg.private(anna, kirill), tg.private(anna, mother));
    tg.folder(anna, "Работа", &[project, team]);
    tg.folder(igor, "Клиенты", &[project]);
    talk(tg, anna, igor, kirill, project);
    tg.say(team, igor, "Планёрка завтра в 9:30");
    tg.say(client, kirill, "Анна, добрый день! Посмотрите договор, пожалуйста");
    tg.say(client, anna, "Посмотрю до четверга");
    tg.say(family, mother, "Купи хлеб");
    tg.set_password(anna, "ромашка", "цветок");
    Office { anna, igor, kirill, project, team, client, family }
}

fn talk(tg: &Telegram, anna: UserId, igor: UserId, kirill: UserId, project: Chat) {
    tg.say(project, kirill, "Когда будет счёт за второй этап?");
    let promise = tg.say(project, anna, "Пришлю счёт в пятницу");
    let price = tg.say(project, kirill, "Договорились на 120 000 ₽");
    tg.pass(60);
    tg.edit(price, "Договорились на 125 000 ₽");
    let contract = tg.file("договор.pdf", "application/pdf", "%PDF-1.4 договор".repeat(500).as_bytes(), 4);
    tg.send(project, igor, Draft::text("Договор с правками").media(contract).reply(promise));
}
