//! Fixed turns of phrase of promising: bare consent, commitments without a plain verb, and all that only sounds like one.

use super::Patterns;
use crate::text::{Word, has};
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

/// Words of consent. One of them, among nothing but them and `FILLERS`, is a bare yes.
const YES: [&str; 84] = [
    "ок", "окей", "окейчик", "оке", "ok", "okay", "okey", "да", "ага", "угу", "хорошо", "договорились", "договор", "принято", "принял", "приняла",
    "приняли", "понял", "поняла", "поняли", "понятно", "+", "++", "+1", "👍", "👌", "🤝", "✅", "🆗", "💯", "✔", "конечно", "обязательно",
    "легко", "разумеется", "безусловно", "yes", "yep", "yeah", "yup", "sure", "absolutely", "certainly", "deal", "agreed", "подходит", "удобно",
    "согласен", "согласна", "согласны", "устраивает", "идет", "годится", "норм", "отлично", "супер", "давайте", "давай", "сможем", "смогу", "успеем",
    "успею", "будет", "можем", "плюс", "ладно", "добро", "лады", "np", "works", "perfect", "great", "confirmed", "подтверждаю", "подтверждаем", "roger",
    "noted", "по", "океюшки", "хор", "окк", "дадада", "итс", "верно",
];

const FILLERS: [&str; 70] = [
    "спасибо", "и", "тогда", "вам", "вас", "добрый", "день", "доброе", "утро", "здравствуйте", "привет", "меня", "нам", "мне", "все", "а", "так", "точно",
    "thanks", "thank", "you", "that", "it", "это", "me", "for", "вопрос", "вопросов", "не", "проблем", "проблема", "без", "problem", "no", "of", "course",
    "sounds", "good", "the", "to", "us", "is", "fine", "с", "удовольствием", "ну", "тоже", "очень", "рукам", "до", "встречи", "связи", "полностью", "will",
    "do", "got", "у", "же", "буду", "будем", "we", "i", "can", "всё", "в", "то", "время", "done", "then", "can't",
];

/// Whether the words are consent and nothing else.
pub fn is_bare_yes(words: &[Word]) -> bool {
    let consent = |w: &Word| YES.contains(&w.norm.as_str());
    let phrase = idioms_of_yes().any(words);
    let plain = |w: &Word| FILLERS.contains(&w.norm.as_str()) || (w.capital && super::names::is_name(&w.norm));
    !words.is_empty()
        && words.len() <= 7
        && words.iter().all(|w| consent(w) || plain(w))
        && (phrase || words.iter().any(consent))
        && !has(words, &["can't"])
        && !negated_yes(words)
}

fn negated_yes(words: &[Word]) -> bool {
    let rows = words.windows(2).map(|w| (crate::text::at(w, 0), crate::text::at(w, 1)));
    rows.into_iter().any(|(a, b)| a == "не" && matches!(b, "удобно" | "подходит" | "устраивает" | "согласен" | "согласны" | "согласна" | "могу" | "можем" | "смогу" | "успею" | "идет" | "годится" | "успеем" | "сможем" | "будет" | "буду" | "понял" | "поняла"))
}

patterns!(idioms_of_yes: () = [
    ((), "без проблем; не вопрос; нет проблем; с удовольствием; no problem; of course; sounds good; will do; works for me; got it; that works; до встречи; по рукам; не проблема; without problem; i can; we can; с радостью"),
]);

/// Begins with consent: «да, удобно завтра», «ок, тогда в 11».
pub fn opens_with_yes(words: &[Word]) -> bool {
    let first = words.iter().find(|w| !has(std::slice::from_ref(w), &["ну", "добрый", "день", "привет", "спасибо", "здравствуйте", "so", "oh"]));
    let sure = first.is_some_and(|w| YES.contains(&w.norm.as_str()) && !matches!(w.norm.as_str(), "понятно" | "будет" | "по" | "noted" | "договор"));
    (sure && !negated_yes(words)) || idioms_of_yes().first(words).is_some_and(|h| h.at == 0)
}

patterns!(
    /// Consent to a time, anywhere in the message: «завтра в 11 удобно», "3pm works".
    fits: () = [
        ((), "удобно; подходит; подойдет; устраивает; устроит; мне ок; нам ок; договорились; works; suits; see you; до встречи; до завтра; буду в; буду на; жду ссылку; буду ждать; присылайте ссылку; кидайте ссылку; жду вас; ждем вас; увидимся; созвонимся; встретимся; встречаемся; созваниваемся; invite sent; договорено; забились; ставлю в календарь; поставил* в календарь; записал* ; talk then; talk to you; can do; fine by me; good for me; i'm free; я свобод*; мы свобод*; свободен; свободна; забронирую переговорку; speak then"),
    ]
);

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
        (Who::Many, "берем|возьмем|взяли ~ в работу; приняли ~ в работу; принято в работу; в работу взяли|берем|приняли|принято; взято в работу; берем|возьмем|взяли на себя; берем|возьмем|взяли на контроль; берем под контроль; с нас; за нами; на нас; беремся; возьмем в"),
        (Who::One, "on it; i'm on it; am on it; will do; consider it done; leave it with me; leave it to me; i've got this; i got this; count on me; you have my word; my word; looking into it; looking into this; i'm taking this; taking this on; i own this; on my plate; on my list; let me take; i'm gonna; will get back to you; will revert; will keep you posted; will circle back; will follow up; will look into; will check and; will ping you; will send; will share; will let you know; will come back to you; will confirm; will update; will get it; will have it; will fix; will forward; will prepare; will call; will try to; will add; will review; will take a look; will ask; will email; will be sent; will be ready; will be done; will be fixed; will be delivered; will be deployed; will be shipped; will be live; will be with you; will be there; will be available by"),
        (Who::Many, "we're on it; we are on it; team is on it; will be in touch; count on us"),
    ]
);

patterns!(
    /// The other side gets it then; a promise with a date only.
    arrives: Who = [
        (Who::One, "получите; получишь; увидите; увидишь; you'll have; you'll get; you'll receive; you will have; you will get; you will receive; you'll see; you should have; you should get; you should receive; expect it; expect the; expect a; expect an; expect my; expect our; i can have; i can get; can have it; i should have; we should have; we can have; можете ждать; ждите"),
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

patterns!(
    /// Futures that promise nothing: figures of speech, moods, threats, moves of the speaker.
    idioms: () = [
        ((), "скажу честно|сразу|прямо|откровенно|больше|так|по; скажу вам честно|прямо; честно скажу; сразу скажу; так скажу; прямо скажу; не скажу; скажем так; скажем; сразу отвечу; отвечу сразу; напомню что|о; напоминаю; уточню что; добавлю что; поясню что; сообщу что; посмотрим как|что|по|на|кто|куда|чем; там посмотрим; тогда посмотрим; еще посмотрим; ну посмотрим; поживем; увидим; буду рад*|благодар*|призна*|ждать|на|в|весьма|очень|иметь|знать; будем рад*|благодар*|призна*|ждать|на|в|очень|иметь|знать|надеяться|считать|честн*|реалист*; буду надеяться; будем на связи; дадим фору; дам совет; посоветую вам; возьму паузу; возьмем паузу; возьмем|возьму например; допустим; предположим; положим; разберемся|решим по ходу; отдам должное; сделаю вид; найдем общий; подниму бокал; решим|решу позже; дай бог; представим; скажу спасибо; скажем спасибо; передам привет; передадим привет; приму к сведению; успеем еще; начну с того; начнем с того; закончу на этом; решим когда|если"),
        ((), "подам|подадим ~ в суд; напишу|напишем ~ жалобу|претензию|отзыв; оставлю|оставим ~ отзыв; найду|найдем ~ другого|других; уйду|уйдем; расторгнем|расторгну; перейду|перейдем ~ к; верну|вернем деньги ~ через; закрою|закроем ~ договор|вопрос с вами; обратимся|обращусь; откажусь|откажемся; будем|буду ~ жаловаться|вынуждены|искать|разбираться|судиться|рассматривать; дернем ~ юрист*; позвоню|напишу|напишем|позвоним ~ в роспотреб*|прокуратур*|директору|руководству"),
        ((), "задержусь; опоздаю; освобожусь; задержимся; опоздаем; освободимся; заболею; подожду; подождем; потерплю; поеду; пойду; пойдем; поедем; уеду; выйду; проснусь; соглашусь; согласимся; поверю; повторюсь; извинюсь; попрошу; попросим; побегу; признаюсь; замечу; отмечу; подчеркну; предположу; поспорю; пожалуюсь; обижусь; застрелюсь; повешусь; умру; помру; убью; поседею; потребую; потребуем; потеряем; потеряю; останусь; останемся; пропущу; пропустим; прилечу; прилетим; полечу; полетим; получу; получим; пойму; поймем; станем; стану; смогу; сможем; захочу; захотим; выиграем; проиграем; заработаем; понадобим*; нуждаюсь; оставлю; оставим; уважим; позволю; позволим; предлагаем; порадуюсь; порадуемся; съем; поживу; увидимся; пересечемся; вздремну; поужинаю; пообедаю; покурю; перекушу; отдохну; отдохнем; возражаю; поблагодарю; поздравлю"),
    ]
);

patterns!(
    /// The sentence speaks of a habit or a rule of the firm.
    habits: () = [
        ((), "обычно; как правило; всегда; каждый; каждую; каждое; каждые; ежедневно; ежемесячно; еженедельно; регулярно; usually; normally; typically; generally; always; every; as a rule; стандартно; в среднем; по понедельникам; по вторникам; по средам; по четвергам; по пятницам; раз в неделю|месяц|квартал|год; on average; по регламенту; в таких случаях; по умолчанию; by default; в теории; теоретически"),
    ]
);

patterns!(
    /// An offer, a wish, a doubt: no commitment.
    offers: () = [
        ((), "могу; можем; мог; могла; могли; хочу; хотим; хотел*; бы; вряд ли; готов; готова; готовы; would; could; might; may; can; happy to; glad to; shall; should; want me to; maybe; надо; нужно; предлагаю; предлагаем; если что; if you want; if you'd like; if needed; при желании; при необходимости; если хотите; если нужно; если надо; можно"),
    ]
);

patterns!(
    /// Weakens a promise.
    doubts: () = [
        ((), "постараюсь; постараемся; попробую; попробуем; наверное; наверно; наверн; скорее всего; возможно; может; может быть; надеюсь; надеемся; думаю; думаем; планирую; планируем; должен успеть; должны успеть; должна успеть; по идее; вроде; вероятно; видимо; ориентировочно; предварительно; если получится; если успею; если успеем; try; probably; hopefully; hope; should; likely; aim; aiming; i think; we think; do my best; do our best; perhaps; плюс-минус; постараемсь; постраюсь; попытаюсь; попытаемся; рассчитываю; рассчитываем; как получится; по возможности; сделаю все возможное"),
    ]
);

patterns!(
    /// The whole message is not meant.
    jokes: () = [
        ((), "шучу; шутка; шутим; шуткую; joke; joking; jk; kidding; после дождичка в четверг; когда рак; на горе свистнет; ага щас; ага щаз; lol; лол; ржу; в следующей жизни; ровно никогда; when pigs fly; никогда :); сарказм; ха-ха; хаха; ахах*; аха*; with a magic wand; волшебн* палочк*; телепорт*; съем свою шляпу; за бутылку; на марсе; to the moon; ко второму пришествию; к пенсии; before i die"),
    ]
);

patterns!(
    /// An older word is being told of: «вы обещали, что пришлете», "you said you'd send".
    reports: () = [
        ((), "обещал|обещала|обещали|говорил|говорила|говорили|сказал|сказала|сказали|писал|писала|писали|написал|написали|написала|заявил|заверил|заверили|клялся ~ что; вы|ты писали|писал|обещали|говорили; цитирую; как вы писали; you said; you promised; he said; she said; they said; you wrote; said ~ will; promised ~ would; i said; i promised; told me; told us; сказано было; в прошлый раз; last time; по словам; было написано; была фраза; дословно"),
    ]
);

patterns!(
    /// Taken back.
    withdrawals: () = [
        ((), "не получится; не получается; не сможем; не смогу; не успею; не успеваю; не успеем; не успеваем; отменяем; отменяю; отменяется; отмена; отбой; can't make it; cannot make it; won't be able; not able to; won't make it; have to cancel; need to cancel; cancelled; canceled; снимаем с; не выйдет; не сделаем; не пришлю; не отправлю; вынужден* отменить; придется отменить; придется отказаться; не состоится; call it off; calling off; не актуально; уже не нужно; больше не нужно"),
    ]
);

patterns!(
    /// The thing is there.
    deliveries: () = [
        ((), "готово; готов; готова; готовы; сделано; done; sent; отправлено; выслано; скинуто; исправлено; пофикшено; выставлен; выставлено; подписано; оплачено; отгружено; доставлено; вот; держите; лови; ловите; во вложении; прикрепил*; attached; here's; here is; here you go; here are; shared; delivered; shipped; fixed; deployed; uploaded; submitted; paid; released; resolved; signed; выкатили; выкатил; залил*; в почте; на почте; на почту; у вас на; закрыто; решено; высылаю; отправляю; направляю; прикладываю; прикрепляю; скидываю; присылаю; ушло; ушел; ушли; ушла; уже у вас; just sent; as promised; как обещал*; merged; live; i've sent; i've shared; i've added; updated; completed; booked; confirmed; all set; working now; заработало; работает; починил*; поправил*; устранил*; please find; finished; called"),
    ]
);

/// Things that one side owes the other; with a date and no verb they are a promise.
const DELIVERABLES: [&str; 74] = [
    "договор", "счет", "счета", "кп", "акт", "акты", "график", "отчет", "смета", "смету", "макет", "макеты", "прайс", "презентация", "презентацию",
    "фикс", "хотфикс", "hotfix", "ссылка", "ссылку", "доступ", "доступы", "ответ", "расчет", "правки", "документы", "доки", "видео", "запись", "proposal",
    "invoice", "quote", "draft", "report", "contract", "fix", "update", "mockups", "mockup", "slides", "deck", "спецификация", "спецификацию", "спека",
    "чертеж", "чертежи", "образец", "образцы", "протокол", "план", "тз", "релиз", "патч", "patch", "release", "estimate", "билд", "build", "демо-доступ",
    "доп", "допник", "допсоглашение", "сверка", "сверку", "накладная", "накладные", "упд", "сертификат", "сертификаты", "таблица", "таблицу", "выгрузка", "выгрузку", "specs",
];

pub fn is_deliverable(word: &str) -> bool {
    DELIVERABLES.contains(&word)
}

/// English verbs after "I'll" that are no act for the other side.
const IDLE: [&str; 48] = [
    "be", "see", "miss", "need", "wait", "have", "pass", "think", "stop", "never", "not", "know", "want", "like", "love", "believe", "understand", "regret",
    "lose", "stay", "remain", "assume", "admit", "bet", "say", "be late", "run", "go", "leave", "die", "kill", "eat", "skip", "sue", "complain", "cancel",
    "switch", "escalate this to", "require", "hear", "agree", "appreciate", "cost", "depend", "continue", "end", "hate", "wonder",
];

pub fn is_idle(word: &str) -> bool {
    IDLE.contains(&word)
}
