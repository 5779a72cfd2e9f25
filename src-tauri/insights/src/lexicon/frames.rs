//! Fixed turns of phrase of promising: bare consent, commitments without a plain verb, and all that only sounds like one.

use super::Patterns;
use std::sync::OnceLock;

/// Expands to a function that builds its pattern list once.
macro_rules! patterns {
    ($(#[$doc:meta])* $name:ident: $label:ty = $table:expr) => {
        $(#[$doc])*
        pub fn $name() -> &'static Patterns<$label> {
            static LIST: OnceLock<Patterns<$label>> = OnceLock::new();
            LIST.get_or_init(|| Patterns::new(&$table))
        }
    };
}
pub(crate) use patterns;

/// Who commits, by a phrase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    One,
    Many,
}

patterns!(
    /// Commitments whose verb is no plain future.
    commits: Who = [
        (Who::One, "беру|возьму|взял|взяла ~ в работу; принял|приняла ~ в работу; в работу беру|взял|взяла|принял|приняла; беру|возьму|взял|взяла на себя; беру|возьму|взял|взяла на контроль; беру|возьму под контроль; держу на контроле; под мою ответственность; с меня; за мной|мною; на мне; будет сделано; уже берусь; берусь за; будет исполнено; в работе, ; займемся-ка"),
        (Who::Many, "берем|возьмем|взяли ~ в работу; приняли ~ в работу; принято в работу; в работу взяли|берем|приняли|принято; взято в работу; берем|возьмем|взяли на себя; берем|возьмем|взяли на контроль; берем под контроль; с нас; за нами; на нас; беремся; возьмем в; встречу|встретим вас|тебя"),
        (Who::One, "on it; i'm on it; am on it; will do; consider it done; leave it with me; leave it to me; i've got this; i got this; count on me; you have my word; my word; looking into it; looking into this; i'm taking this; taking this on; i own this; on my plate; on my list; let me take; i'm gonna; will get back to you; will revert; will keep you posted; will circle back; will follow up; will look into; will check and; will ping you; will send; will share; will let you know; will come back to you; will confirm; will update; will get it; will have it; will fix; will forward; will prepare; will call; will try to; will add; will review; will take a look; will ask; will email; will be sent; will be ready; will be done; will be fixed; will be delivered; will be deployed; will be shipped; will be live; will be with you; will be there; will be available by"),
        (Who::Many, "we're on it; we are on it; team is on it; will be in touch; count on us"),
    ]
);

patterns!(
    /// The other side gets it then; a promise with a date only.
    arrives: Who = [
        (Who::One, "получите; получишь; увидите; увидишь; you'll have; you'll get; you'll receive; you will have; you will get; you will receive; you'll see; you should have; you should get; you should receive; on its way; on the way; expect it; expect the; expect a; expect an; expect my; expect our; i can have; i can get; can have it; i should have; we should have; we can have; можете ждать; ждите"),
        (Who::One, "будет|будут готов*; готов* будет|будут; будет|будут у вас; будет|будут на почте; should be ready; should be done; should be with you; должен|должна|должно|должны быть готов*; готовность"),
    ]
);

patterns!(
    /// Presents that mean the future when a date stands beside them.
    presents: Who = [
        (Who::One, "отправляю; высылаю; присылаю; скидываю; кидаю; шлю; делаю; доделываю; готовлю; звоню; перезваниваю; набираю; выставляю; передаю; отдаю; возвращаюсь; подписываю; привожу; запускаю; выкатываю; сдаю; закрываю; оплачиваю; провожу; приезжаю; выезжаю к вам; подключаю; публикую; i'm sending; am sending; i'm sharing; i'm calling; i'm submitting; sending ~ tomorrow|monday|tuesday|wednesday|thursday|friday|today|by|tonight|eod; отгружаю; выкладываю"),
        (Who::Many, "отправляем; высылаем; присылаем; скидываем; шлем; делаем; доделываем; готовим; звоним; выставляем; передаем; отдаем; возвращаемся; подписываем; привозим; отгружаем; запускаем; выкатываем; релизим; сдаем; закрываем; доставляем; оплачиваем; начинаем; приступаем; приезжаем; завершаем; заканчиваем; везем; монтируем; поставляем; we're sending; we're shipping; we are sending; we are shipping; we're releasing; we ship; we deploy; we deliver; shipping ~ tomorrow|monday|tuesday|wednesday|thursday|friday|today|by; проводим; включаем; выпускаем; деплоим; публикуем; подключаем"),
    ]
);

patterns!(
    /// Said plainly.
    vows: Who = [
        (Who::One, "обещаю; гарантирую; даю слово; клянусь; обязуюсь; торжественно обещаю; i promise; i guarantee; i commit; отвечаю головой"),
        (Who::Many, "обещаем; гарантируем; обязуемся; we promise; we guarantee; we commit"),
    ]
);

/// Things that one side owes the other; with a date and no verb they are a promise.
const DELIVERABLES: [&str; 86] = [
    "договор",
    "счет",
    "счета",
    "кп",
    "акт",
    "акты",
    "график",
    "отчет",
    "смета",
    "смету",
    "макет",
    "макеты",
    "прайс",
    "презентация",
    "презентацию",
    "фикс",
    "хотфикс",
    "hotfix",
    "ссылка",
    "ссылку",
    "доступ",
    "доступы",
    "ответ",
    "расчет",
    "правки",
    "документы",
    "доки",
    "видео",
    "запись",
    "proposal",
    "invoice",
    "quote",
    "draft",
    "report",
    "contract",
    "fix",
    "update",
    "mockups",
    "mockup",
    "slides",
    "deck",
    "спецификация",
    "спецификацию",
    "спека",
    "чертеж",
    "чертежи",
    "образец",
    "образцы",
    "протокол",
    "план",
    "тз",
    "релиз",
    "патч",
    "patch",
    "release",
    "estimate",
    "билд",
    "build",
    "демо-доступ",
    "доп",
    "допник",
    "допсоглашение",
    "сверка",
    "сверку",
    "накладная",
    "накладные",
    "упд",
    "сертификат",
    "сертификаты",
    "таблица",
    "таблицу",
    "выгрузка",
    "выгрузку",
    "specs",
    "отгрузка",
    "отправка",
    "доставка",
    "монтаж",
    "выезд",
    "подключение",
    "бланк",
    "фотоотчет",
    "дс",
    "фото",
    "доверенность",
    "каталог",
];

/// Works rather than papers: the firm does them.
pub fn is_work(word: &str) -> bool {
    matches!(
        word,
        "отгрузка"
            | "отправка"
            | "доставка"
            | "монтаж"
            | "выезд"
            | "подключение"
            | "релиз"
            | "release"
            | "билд"
            | "build"
            | "фикс"
            | "хотфикс"
            | "hotfix"
    )
}

pub fn is_deliverable(word: &str) -> bool {
    DELIVERABLES.contains(&word)
}

/// English verbs after "I'll" that are no act for the other side.
const IDLE: [&str; 49] = [
    "be",
    "see",
    "miss",
    "need",
    "wait",
    "have",
    "pass",
    "think",
    "stop",
    "never",
    "not",
    "know",
    "want",
    "like",
    "love",
    "believe",
    "understand",
    "regret",
    "lose",
    "stay",
    "remain",
    "assume",
    "admit",
    "bet",
    "say",
    "be late",
    "run",
    "go",
    "leave",
    "die",
    "kill",
    "eat",
    "skip",
    "sue",
    "complain",
    "cancel",
    "switch",
    "cover",
    "escalate this to",
    "require",
    "hear",
    "agree",
    "appreciate",
    "cost",
    "depend",
    "continue",
    "end",
    "hate",
    "wonder",
];

pub fn is_idle(word: &str) -> bool {
    IDLE.contains(&word)
}
