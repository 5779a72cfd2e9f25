//! Writes a made-up pack for looking at the viewer: `cargo run -p letopis-handover --example sample_pack -- out.html
//! "passphrase" 5000`. The people are invented; the second chat holds what a hostile client might send.

use letopis_handover::{
    Client, Deleted, Gap, Media, Message, Pack, Person, Promise, PromiseState, Quote, SecretString, Service, Version, Viewer,
    seal,
};
use letopis_model::{Direction, Entity, EntityKind, MessageId, MessageKind, Timestamp};
use std::{env, error::Error, fs::File, ops::ControlFlow};

/// 3 November 2025, 09:00 in Moscow.
const START: i64 = 1_762_149_600;
const DAY: i64 = 86_400;

fn main() -> Result<(), Box<dyn Error>> {
    let usage = "sample_pack OUT PASSPHRASE MESSAGES";
    let mut args = env::args().skip(1);
    let mut arg = || args.next().ok_or(usage);
    let (path, passphrase, messages) = (arg()?, SecretString::from(arg()?), arg()?.parse()?);
    let viewer = Viewer::built_in().ok_or("build the viewer first: npm run build:viewer")?;
    let mut progress = |_, _| ControlFlow::Continue(());
    seal(&pack(messages), &passphrase, &viewer, &mut File::create(path)?, &mut progress)?;
    Ok(())
}

fn pack(messages: i64) -> Pack {
    let quiet = (1..=40).map(|n| Client {
        id: format!("4001.user:{n}"),
        title: format!("Лаборатория «Вектор-{n}»"),
        messages: chat(n % 5 * 3),
        ..Client::default()
    });
    Pack {
        made_at: Timestamp(START + 20 * DAY),
        zone: "Europe/Moscow".into(),
        manager: "Анна Белова".into(),
        from: Timestamp(START),
        to: Timestamp(START + 20 * DAY),
        note: "Привет! Начни с Промстроя: там горит договор.\nПотом «Северный двор», они ждут ответа по срокам.".into(),
        clients: [promstroy(messages), hostile()].into_iter().chain(quiet).collect(),
        ..Pack::default()
    }
}

fn promstroy(count: i64) -> Client {
    let mut messages = chat(count);
    messages.extend(ending(count));
    let quote = |text: &str, sender: &str, offset: i64| Quote {
        text: text.into(),
        sender: sender.into(),
        at: Timestamp(START + 16 * DAY),
        message: MessageId(count + 1 + offset),
    };
    let owed = |text: &str, due_at, state, offset| Promise {
        text: text.into(),
        sender: "Анна Белова".into(),
        at: Timestamp(START + 17 * DAY),
        due_at,
        state,
        message: MessageId(count + 1 + offset),
    };
    Client {
        id: "4001.user:77".into(),
        title: "Кирилл · Промстрой".into(),
        state: "Клиент просит партию 400 шт. к 15 декабря. Скидка менялась: было 12%, стало 8%.\nДоговор не отправлен.".into(),
        next_step: "Отправить договор в новой редакции и подтвердить 8%.".into(),
        people: vec![
            Person { name: "Кирилл".into(), side: Direction::In, messages: 900 },
            Person { name: "Анна Белова".into(), side: Direction::Out, messages: 846 },
        ],
        promises: vec![
            owed("договор сегодня вечером", Some(Timestamp(START + 17 * DAY)), PromiseState::Late, 4),
            owed("скину условия завтра до обеда", Some(Timestamp(START + 900 * DAY)), PromiseState::Open, 4),
            owed("позвоню на неделе", None, PromiseState::Open, 1),
            owed("пришлю прайс", Some(Timestamp(START + 2 * DAY)), PromiseState::Kept, 0),
        ],
        questions: vec![quote("Так что по срокам и цене?", "Кирилл", 3)],
        requests: vec![quote("нужны условия на партию 400 шт.", "Кирилл", 0)],
        agreements: vec![quote("Ок, 12% нас устраивает, фиксируем", "Кирилл", 2)],
        objections: vec![quote("у соседей доставка дешевле", "Кирилл", -20)],
        read_first: vec![
            quote("По 400 шт. сможем дать скидку 8%", "Анна Белова", 1),
            quote("Так что по срокам и цене?", "Кирилл", 3),
            quote("самое начало разговора", "Кирилл", -count),
            quote("этого в файле нет", "Кирилл", 1_000),
        ],
        gaps: vec![Gap { from: Timestamp(START + 16 * DAY + 13_200), to: Timestamp(START + 16 * DAY + 32_700) }],
        messages,
    }
}

/// Small talk over sixteen days, every tenth message something else than text.
fn chat(count: i64) -> Vec<Message> {
    let lines = ["Добрый день!", "Принял, посмотрю.", "А что по доставке в Ёлкино?", "Спасибо, ждём.", "Ок 👍"];
    let mut line = lines.into_iter().cycle();
    (1..=count)
        .map(|n| {
            let (sender, direction) =
                if n % 3 == 0 { ("Анна Белова", Direction::Out) } else { ("Кирилл", Direction::In) };
            let mut message = Message::text(MessageId(n), sender, direction, format!("{} №{n}", line.next().unwrap_or("")));
            message.sent_at = Some(Timestamp(START + n * 16 * DAY / (count + 1)));
            if n % 10 == 0 {
                attach(&mut message, n / 10);
            }
            message
        })
        .collect()
}

fn attach(message: &mut Message, n: i64) {
    let media = Media::default();
    let (kind, media) = match n % 4 {
        0 => (MessageKind::Voice, Media { duration: Some(42), ..media }),
        1 => (MessageKind::File, Media { file_name: Some("договор.pdf".into()), size: Some(245_760), ..media }),
        2 => (MessageKind::Sticker, Media { emoji: Some("👍".into()), ..media }),
        _ => (MessageKind::Service, media),
    };
    message.text.clear();
    message.kind = kind;
    if kind == MessageKind::Service {
        message.service = Some(Service { action: "phone_call".into(), detail: "125".into() });
    } else {
        message.media = Some(media);
    }
}

fn ending(count: i64) -> Vec<Message> {
    let at = |seconds: i64| Some(Timestamp(START + 16 * DAY + seconds));
    let kirill = |n: i64, text: &str| Message::text(MessageId(count + 1 + n), "Кирилл", Direction::In, text);
    let anna = |n: i64, text: &str| Message::text(MessageId(count + 1 + n), "Анна Белова", Direction::Out, text);
    vec![
        Message {
            sent_at: at(4_320), ..kirill(0, "Анна, нам нужны условия на партию 400 шт. к 15 декабря")
        },
        Message {
            sent_at: at(5_460),
            edited_at: at(27_600),
            versions: vec![Version {
                text: "По 400 шт. сможем дать скидку 12%, доставка за наш счёт".into(), at: at(5_460)
            }],
            ..anna(1, "По 400 шт. сможем дать скидку 8%, доставка за наш счёт")
        },
        Message {
            sent_at: at(7_500),
            deleted: Some(Deleted { from: Timestamp(START + 16 * DAY + 13_200), to: Timestamp(START + 16 * DAY + 32_700) }),
            ..kirill(2, "Ок, 12% нас устраивает, фиксируем. Счёт на Промстрой-Юг")
        },
        Message {
            sent_at: at(DAY + 1_200),
            reply_to: Some(MessageId(count + 2)),
            ..kirill(3, "Так что по срокам и цене? И пришлите договор: https://promstroy.example/договор?x=1.")
        },
        Message {
            sent_at: at(DAY + 17_220),
            ..anna(4, "Кирилл, да, помню. Скину условия завтра до обеда, договор сегодня вечером")
        },
    ]
}

fn hostile() -> Client {
    let texts = [
        "</script><script>document.title='pwned'</script><img src=x onerror=alert(1)>".to_owned(),
        "счёт \u{202e}fdp.exe и\u{200b}скрытое, family 👩‍👩‍👧 \u{2066}isolated".to_owned(),
        "שלום, מה שלומך? RTL с русским".to_owned(),
        "x".repeat(100_000),
        "строка\n".repeat(5_000),
        "нажмите здесь и javascript:alert(1) и mailto:a@b.example".to_owned(),
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!".to_owned(),
    ];
    let mut messages: Vec<Message> = (1..)
        .zip(texts)
        .map(|(n, text)| Message {
            sent_at: Some(Timestamp(START + n * 600)),
            ..Message::text(MessageId(n), "Анна\u{202e}авонавИ <b>", Direction::In, text)
        })
        .collect();
    if let Some(message) = messages.get_mut(5) {
        let link = |start, len, value: &str| Entity { kind: EntityKind::TextLink, start, len, value: Some(value.to_owned()) };
        message.entities = vec![link(0, 7, "javascript:alert(2)"), link(8, 5, "https://evil.example/a")];
    }
    let name = "Очень длинное имя ".repeat(30);
    let person = |name: &str, messages| Person { name: name.into(), side: Direction::In, messages };
    Client {
        id: "4001.user:66".into(),
        title: format!("\u{202e}ртсморП <script> {name}"),
        people: vec![person(&name, 5), person("", 2)],
        messages,
        ..Client::default()
    }
}
