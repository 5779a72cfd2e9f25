//! What the owner of an account agrees to, word for word. Changed words are a new version; old records keep theirs.

use crate::Lang;

pub const CONSENT_VERSION: &str = "1";

pub fn consent_text(lang: Lang) -> &'static str {
    match lang {
        Lang::Ru => {
            "Я владелец этого аккаунта Telegram и согласен, чтобы Летопись вела запись моих рабочих чатов из списка ниже: \
             сообщения, файлы, правки, удаления и отметки о прочтении. Запись хранится в зашифрованном архиве на компьютере \
             руководителя. Личные чаты вне списка не записываются. Летопись только читает: она ничего не отправляет, не \
             отмечает прочитанным и не показывает меня в сети. Я могу отозвать согласие в любой момент, и запись сразу \
             прекратится; записанное раньше останется в архиве."
        }
        Lang::En => {
            "I own this Telegram account and agree that Letopis records my work chats named below: messages, files, edits, \
             deletions and read marks. The record is kept in an encrypted archive on the lead's computer. Private chats that \
             are not named are not recorded. Letopis only reads: it sends nothing, marks nothing as read and does not show me \
             online. I may withdraw this consent at any time, and recording stops at once; what was recorded before stays in \
             the archive."
        }
    }
}
