//! What clients ask and object to, one line each.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jiff::tz::TimeZone;
use letopis_insights::{Findings, find};
use letopis_model::{ChatId, Content, Direction, Message, MessageId, MessageLink, PeerId, Timestamp};

fn message(id: i64, direction: Direction, text: &str) -> Message {
    Message {
        link: MessageLink::new(ChatId::new(None, PeerId::user(3)), MessageId(id)),
        sender: None,
        sender_name: "Игорь".into(),
        direction,
        sent_at: Some(Timestamp(1_783_497_600 + id * 60)),
        edited_at: None,
        content: Content::text(text),
        deleted: None,
        versions: 1,
        reactions: Vec::new(),
    }
}

/// Lines «> …» are the manager's, others the client's.
fn findings(lines: &[&str]) -> Findings {
    let messages: Vec<Message> = lines
        .iter()
        .enumerate()
        .map(|(id, line)| match line.strip_prefix("> ") {
            Some(text) => message(id as i64, Direction::Out, text),
            None => message(id as i64, Direction::In, line),
        })
        .collect();
    find(&messages, Timestamp(1_783_500_000), &TimeZone::UTC)
}

#[test]
fn questions() {
    let asks = [
        "Сколько стоит?",
        "когда отгрузка",
        "пришлите договор",
        "скиньте счет пж",
        "можно перенести на среду?",
        "подскажите срок поставки",
        "а гарантия есть?",
        "где мой заказ",
        "какие условия оплаты",
        "не могли бы вы проверить акт",
        "нужен акт сверки за июнь",
        "прошу выслать реквизиты",
        "Есть ли скидка от объема",
        "будет ли поддержка API?",
        "жду от вас счет",
        "хотелось бы узнать стоимость",
        "интересует цена на 50 мест",
        "дайте знать когда будет готово",
        "почему не работает вход",
        "как настроить интеграцию",
        "could you send the invoice",
        "Can you check this please",
        "when will it be ready",
        "how much is it",
        "please send the contract",
        "any update on this?",
        "what's the ETA",
        "need the report by Friday",
        "is it possible to add users?",
        "let me know if it works for you",
        "Добрый день! Вы получили оплату?",
        "перезвоните мне",
        "посмотрите пожалуйста файл",
        "удалось проверить?",
        "что по срокам",
        "что с нашим заказом",
        "исправьте ошибку в счете",
        "а можно дешевле?",
        "does it support SSO?",
        "у вас есть доставка в Омск?",
        "кто будет вести проект?",
        "мне бы счет на 5 шт, сделаете?",
        "готово?",
        "оплату увидели?",
        "во сколько завтра встреча?",
        "какой у вас инн?",
        "сможете сегодня?",
        "выставьте счет",
        "добавьте нас в рассылку",
        "давайте созвонимся завтра?",
    ];
    let idle = [
        "спасибо!",
        "ок",
        "Добрый день",
        "привет, как дела?",
        "понял вас",
        "хорошо, ждем",
        "оплатили",
        "отправил вам файл",
        "how are you?",
        "thanks, got it",
        "вы серьезно?",
        "?",
        "ау",
        "мы подумаем",
        "договорились",
        "завтра оплатим",
        "все работает, спасибо",
        "good morning",
        "Received, thank you",
        "подписали, скан отправили",
        "нам подходит",
        "приеду в 12",
        "мне нужно подумать",
        "нужно согласовать с директором",
        "дорого",
        "👍",
        "see you tomorrow",
        "это не срочно",
        "файл во вложении",
        "я на месте",
    ];
    let found = |text: &&&str| !findings(&[text]).questions.is_empty();
    let missed: Vec<_> = asks.iter().filter(|t| !found(t)).collect();
    let heard: Vec<_> = idle.iter().filter(found).collect();
    assert!(missed.is_empty() && heard.is_empty(), "missed {missed:#?} heard {heard:#?}");
}

#[test]
fn answers_and_holds() {
    let cases: [(&[&str], Option<i64>, Option<i64>); 14] = [
        (&["сколько стоит лицензия?", "> 890 рублей"], Some(1), None),
        (&["сколько стоит лицензия?", "> уточню"], None, Some(1)),
        (&["сколько стоит лицензия?", "> сек", "> 890 рублей"], Some(2), Some(1)),
        (&["пришлите акт", "> ок"], Some(1), None),
        (&["пришлите акт", "> сейчас скину"], Some(1), None),
        (&["когда отгрузите?", "> уточню у склада и вернусь"], None, Some(1)),
        (&["когда отгрузите?", "> в пятницу"], Some(1), None),
        (&["when will it ship?", "> let me check"], None, Some(1)),
        (&["when will it ship?", "> on Friday"], Some(1), None),
        (&["есть доставка в Омск?", "> добрый день!"], None, None),
        (&["есть доставка в Омск?", "> да, 5 дней"], Some(1), None),
        (&["сделаете скидку?", "> к сожалению, нет"], Some(1), None),
        (&["можно оплатить картой?", "> да"], Some(1), None),
        (&["кто наш менеджер?", "спасибо"], None, None),
    ];
    for (lines, answered, held) in cases {
        let findings = findings(lines);
        let question = &findings.questions[0];
        let ids = (question.answered_by.map(|l| l.message.0), question.held_by.map(|l| l.message.0));
        assert_eq!(ids, (answered, held), "{lines:?}");
    }
}

#[test]
fn an_answer_goes_to_the_question_it_speaks_of() {
    let lines = ["сколько стоит монтаж?", "а гарантия на оборудование какая?", "> гарантия на оборудование 2 года"];
    let answered: Vec<bool> = findings(&lines).questions.iter().map(|q| q.answered_by.is_some()).collect();
    assert_eq!(answered, [false, true]);
}

#[test]
fn requests() {
    let cases = [
        ("не работает вход в кабинет", "bug"),
        ("приложение вылетает", "bug"),
        ("выдает ошибку 500", "bug"),
        ("the export is broken", "bug"),
        ("page doesn't load", "bug"),
        ("не приходят уведомления", "bug"),
        ("система зависла", "bug"),
        ("отчет считает неправильно, пишет ошибка", "bug"),
        ("can't log in since morning", "bug"),
        ("кнопка не нажимается", "bug"),
        ("добавьте темную тему", "feature"),
        ("было бы здорово видеть остатки", "feature"),
        ("нам не хватает выгрузки в эксель", "feature"),
        ("would be great to have dark mode", "feature"),
        ("можно ли добавить поле ИНН?", "feature"),
        ("планируете ли мобильное приложение?", "feature"),
        ("есть ли интеграция с 1С?", "feature"),
        ("do you support SSO?", "feature"),
        ("до сих пор нет ответа", "complaint"),
        ("вы обещали вчера", "complaint"),
        ("третий раз одно и то же", "complaint"),
        ("безобразие", "complaint"),
        ("this is unacceptable", "complaint"),
        ("still waiting for the refund confirmation", "complaint"),
        ("сколько можно ждать", "complaint"),
        ("никто не отвечает", "complaint"),
        ("мы очень недовольны", "complaint"),
        ("сколько стоит внедрение?", "price"),
        ("пришлите прайс", "price"),
        ("какая цена за тонну?", "price"),
        ("how much for 10 seats?", "price"),
        ("дайте скидку", "price"),
        ("what's the pricing?", "price"),
        ("пришлите договор", "documents"),
        ("скиньте акт сверки", "documents"),
        ("нужны закрывающие за май", "documents"),
        ("please send the invoice", "documents"),
        ("можно сертификат?", "documents"),
        ("вышлите реквизиты", "documents"),
        ("нужна счет-фактура", "documents"),
        ("could you share the contract", "documents"),
        ("давайте созвонимся завтра", "meeting"),
        ("можем встретиться в четверг?", "meeting"),
        ("перезвоните мне", "meeting"),
        ("can we schedule a call?", "meeting"),
        ("хотим демо", "meeting"),
        ("когда отгрузите?", "status"),
        ("что с нашим заказом?", "status"),
        ("есть новости по заявке?", "status"),
        ("any update?", "status"),
        ("where is my order?", "status"),
        ("отправили?", "status"),
        ("на каком этапе согласование?", "status"),
        ("как настроить права?", "howto"),
        ("где посмотреть историю?", "howto"),
        ("how do I reset the password?", "howto"),
        ("как выгрузить отчет?", "howto"),
        ("отмените заказ", "cancel"),
        ("хотим расторгнуть договор", "cancel"),
        ("верните деньги", "cancel"),
        ("please cancel the subscription", "cancel"),
        ("I want a refund", "cancel"),
        ("отключите подписку", "cancel"),
    ];
    let of = |text: &str| -> Vec<&str> {
        findings(&[text]).requests.iter().flat_map(|r| r.classes.iter().map(|c| c.name())).collect()
    };
    let wrong: Vec<_> = cases.iter().filter(|(text, class)| !of(text).contains(class)).map(|(t, c)| (t, c, of(t))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for text in [
        "спасибо, все получили",
        "ок, договор подписали",
        "все работает",
        "оплатили счет",
        "добрый день",
        "цена устроила",
        "до встречи",
    ] {
        assert_eq!(of(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn objections() {
    let cases = [
        ("дорого для нас", "price"),
        ("не укладываемся в бюджет", "price"),
        ("too expensive", "price"),
        ("у других дешевле", "price"),
        ("давайте вернемся к этому в следующем году", "timing"),
        ("сейчас не до этого", "timing"),
        ("not now, maybe next quarter", "timing"),
        ("сроки слишком долго", "timing"),
        ("конкуренты предложили лучше", "competitor"),
        ("уже работаем с другим поставщиком", "competitor"),
        ("we're comparing with another vendor", "competitor"),
        ("надо согласовать с директором", "authority"),
        ("решаю не я", "authority"),
        ("I need to run it by my boss", "authority"),
        ("нам это не нужно", "need"),
        ("не видим смысла", "need"),
        ("we don't need it", "need"),
        ("не интересно", "need"),
        ("есть сомнения, отзывы плохие", "trust"),
        ("какие гарантии?", "trust"),
        ("we got burned before", "trust"),
        ("100% предоплата нас не устраивает", "terms"),
        ("нужна отсрочка 30 дней", "terms"),
        ("payment terms are too strict", "terms"),
        ("минимальная партия большая для нас", "terms"),
    ];
    let of = |text: &str| -> Vec<&str> {
        findings(&[text]).objections.iter().flat_map(|o| o.classes.iter().map(|c| c.name())).collect()
    };
    let wrong: Vec<_> = cases.iter().filter(|(text, class)| !of(text).contains(class)).map(|(t, c)| (t, c, of(t))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for text in ["спасибо, нас все устроило по цене", "оплатили", "недорого, берем", "договорились", "сколько стоит?", "no doubt"]
    {
        assert_eq!(of(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn agreements_need_figures_and_both_sides() {
    let cases: [(&[&str], &[&str]); 9] = [
        (&["> Можем дать 12%", "12% нас устраивает, фиксируем"], &["12%"]),
        (&["отгрузка 15 декабря?", "> договорились, 15 декабря"], &["15 декабря"]),
        (&["> предлагаю 90 000 руб за партию", "согласны"], &["90 000 руб"]),
        (&["> How about $7,200 a year?", "deal"], &["7,200"]),
        (&["> скидка 5%, устроит?", "ок"], &["5%"]),
        (&["> хорошего дня", "договорились"], &[]),
        (&["> можем 10%", "10% не устраивает"], &[]),
        (&["> пришлите 2 фото", "ок"], &[]),
        (&["12% устроит?"], &[]),
    ];
    for (lines, expected) in cases {
        let figures: Vec<String> = findings(lines).agreements.into_iter().flat_map(|a| a.figures).collect();
        assert_eq!(figures, expected, "{lines:?}");
    }
}
