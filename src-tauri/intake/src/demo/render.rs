//! Turns a sentence of a table into a message: picks `[one|of]`, fills `{slots}`, remembers links, phones and addresses.

use super::calendar;
use super::deal::Deal;
use super::notation;
use super::notation::{grouped, money, percent};
use super::people::{Client, Gender, Person, Product};
use super::rng::Rng;
use letopis_model::{Entity, EntityKind};

/// Who says it, to whom, about what.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub deal: &'a Deal,
    pub client: &'a Client,
    pub speaker: &'a Person,
    pub listener: &'a Person,
    /// Days since 1970-01-01 of the message.
    pub today: i64,
    pub english: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub text: String,
    /// Stretches that Telegram would underline.
    pub marks: Vec<(EntityKind, String)>,
}

impl Line {
    /// Where the marks are in the text, in `char`s.
    pub fn entities(&self) -> Vec<Entity> {
        let count = |s: &str| u32::try_from(s.chars().count()).unwrap_or(0);
        let place = |(kind, mark): &(EntityKind, String)| {
            let (before, _) = self.text.split_once(mark.as_str())?;
            Some(Entity { kind: *kind, start: count(before), len: count(mark), value: None })
        };
        let mut entities: Vec<Entity> = self.marks.iter().filter_map(place).collect();
        entities.sort_by_key(|e| e.start);
        entities
    }
}

pub fn render(template: &str, scope: &Scope<'_>, rng: &mut Rng) -> Line {
    let chosen = choose(template, rng);
    let mut line = Line::default();
    let mut rest = chosen.as_str();
    while let Some((before, tail)) = rest.split_once('{') {
        let (name, after) = tail.split_once('}').unwrap_or((tail, ""));
        let value = slot(name, scope, rng).unwrap_or_default();
        line.marks.extend(mark(name).map(|kind| (kind, value.clone())));
        line.text.push_str(before);
        line.text.push_str(&value);
        rest = after;
    }
    line.text.push_str(rest);
    line.text = tidy(&line.text);
    line
}

fn choose(template: &str, rng: &mut Rng) -> String {
    let mut chosen = String::new();
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('[') {
        let (options, after) = tail.split_once(']').unwrap_or((tail, ""));
        let options: Vec<&str> = options.split('|').collect();
        chosen.push_str(before);
        chosen.push_str(rng.word(&options));
        rest = after;
    }
    chosen + rest
}

/// Removes the gaps that empty choices leave, and opens sentences with a capital.
fn tidy(text: &str) -> String {
    let single = |word: &str| match word.strip_suffix("..") {
        Some(bare) if !bare.is_empty() && !bare.ends_with('.') => format!("{bare}."),
        _ => word.to_owned(),
    };
    let text = text.split_whitespace().map(single).collect::<Vec<_>>().join(" ");
    let text = text.replace(" ,", ",").replace(" .", ".").replace(" ?", "?").replace(" !", "!");
    let mut opens = true;
    let mut out = String::new();
    for c in text.chars() {
        if opens && c.is_alphanumeric() {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        opens = matches!(c, '!' | '?') || (opens && !c.is_alphanumeric());
    }
    if text.starts_with("http") { text } else { out }
}

fn mark(slot: &str) -> Option<EntityKind> {
    match slot {
        "phone" => Some(EntityKind::Phone),
        "email" | "our_email" => Some(EntityKind::Email),
        "link" => Some(EntityKind::Link),
        _ => None,
    }
}

/// `None` for a name that is not a slot.
pub fn slot(name: &str, scope: &Scope<'_>, rng: &mut Rng) -> Option<String> {
    if let Some((who, forms)) = name.split_once(':') {
        return agreed(who, forms, scope);
    }
    names(name, scope, rng).or_else(|| numbers(name, scope, rng)).or_else(|| dates(name, scope, rng))
}

/// `{s:отправил/отправила}` by the speaker, `{l:…}` by the listener, `{p:дорожает/дорожают}` and `{o:…}` by the number of the goods.
fn agreed(who: &str, forms: &str, scope: &Scope<'_>) -> Option<String> {
    let (one, other) = forms.split_once('/')?;
    let first = match who {
        "s" => scope.speaker.gender == Gender::Man,
        "l" => scope.listener.gender == Gender::Man,
        "p" => !scope.deal.product.is_plural(),
        "o" => !scope.deal.other.is_plural(),
        _ => return None,
    };
    Some(if first { one } else { other }.to_owned())
}

fn names(name: &str, scope: &Scope<'_>, rng: &mut Rng) -> Option<String> {
    let deal = scope.deal;
    let peer = scope.client.person.peer;
    let of = |words: &[&str], salt: i64| {
        words.get(usize::try_from((peer / salt) % 8).unwrap_or(0)).copied().unwrap_or_default().to_owned()
    };
    Some(match name {
        "name" => scope.listener.first.clone(),
        "me" => scope.speaker.first.clone(),
        "firm" => scope.client.firm.to_owned(),
        "p" => deal.product.nominative.to_owned(),
        "p_gen" => deal.product.genitive.to_owned(),
        "p_acc" => deal.product.accusative.to_owned(),
        "p_en" => deal.product.english.to_owned(),
        "o" => deal.other.nominative.to_owned(),
        "o_gen" => deal.other.genitive.to_owned(),
        "o_acc" => deal.other.accusative.to_owned(),
        "o_en" => deal.other.english.to_owned(),
        "to" => of(&["в Подольск", "в Тулу", "в Химки", "в Рязань", "в Тверь", "в Калугу", "в Клин", "во Владимир"], 7),
        "in" => of(&["в Подольске", "в Туле", "в Химках", "в Рязани", "в Твери", "в Калуге", "в Клину", "во Владимире"], 7),
        "p_dat" => format!("позиции «{}»", deal.product.nominative),
        "boss_gen" => {
            of(&["директора", "шефа", "руководителя", "собственника", "гендира", "коммерческого", "начальника", "директора"], 11)
        }
        "boss_dat" => {
            of(&["директору", "шефу", "руководителю", "собственнику", "гендиру", "коммерческому", "начальнику", "директору"], 11)
        }
        "boss" => of(&["директор", "шеф", "руководитель", "собственник", "гендир", "коммерческий", "начальник", "директор"], 11),
        "helper" => of(&["Сергей", "Наталья", "Вадим", "Татьяна", "Павел", "Юлия", "Денис", "Ирина"], 13),
        "helper_dat" => of(&["Сергею", "Наталье", "Вадиму", "Татьяне", "Павлу", "Юлии", "Денису", "Ирине"], 13),
        "helper_acc" => of(&["Сергея", "Наталью", "Вадима", "Татьяну", "Павла", "Юлию", "Дениса", "Ирину"], 13),
        "o_dat" => format!("позиции «{}»", deal.other.nominative),
        "clerk" => rng.word(&["Людмила", "Светлана", "Галина", "Елена", "Нина"]).to_owned(),
        "clerk_dat" => rng.word(&["Людмиле", "Светлане", "Галине", "Елене", "Нине"]).to_owned(),
        "clerk_gen" => rng.word(&["Людмилы", "Светланы", "Галины", "Елены", "Нины"]).to_owned(),
        "driver_gen" => rng.word(&["Николая", "Алексея", "Виктора", "Олега", "Руслана"]).to_owned(),
        "driver" => rng.word(&["Николай", "Алексей", "Бахтиёр", "Виктор", "Александр", "Олег", "Руслан", "Геннадий"]).to_owned(),
        "email" => format!(
            "{}@{}.example",
            rng.word(&["zakaz", "snab", "buh", "office", "info"]),
            of(&["sklad", "firma", "snab", "torg", "opt", "zakup", "centr", "group"], 17)
        ),
        "our_email" => rng.word(&["sales@versta.example", "docs@versta.example", "sklad@versta.example"]).to_owned(),
        "link" => format!(
            "https://{}/{}",
            rng.word(&["disk.example/d", "files.example/s", "versta.example/kp", "track.example/t"]),
            token(rng)
        ),
        "phone" => format!("+7 999 000-{:02}-{:02}", rng.range(10, 99), rng.range(10, 99)),
        "short_phone" => rng.range(101, 199).to_string(),
        _ => return None,
    })
}

fn token(rng: &mut Rng) -> String {
    let letters: Vec<char> = "abcdefghkmnpqrstuvwxyz23456789".chars().collect();
    (0..7).filter_map(|_| rng.pick(&letters).copied()).collect()
}

fn numbers(name: &str, scope: &Scope<'_>, rng: &mut Rng) -> Option<String> {
    let deal = scope.deal;
    let amount = |n, product: &Product| notation::amount(n, product.unit, scope.english);
    let price = |p: &Product, value: i64| format!("{} руб./{}", grouped(value), p.unit.trim_end_matches('.'));
    let english = |value: i64| format!("{} RUB", grouped(value).replace('\u{a0}', ","));
    let share = deal.discount;
    Some(match name {
        "qty" => amount(deal.amount, &deal.product),
        "qty2" => amount((deal.amount * 3 / 2).max(deal.amount + 1), &deal.product),
        "half" => amount((deal.amount / 2).max(1), &deal.product),
        "oqty" => amount(deal.other_amount, &deal.other),
        "n" => deal.amount.to_string(),
        "price" => price(&deal.product, deal.price),
        "price_low" => price(&deal.product, deal.discounted()),
        "price_rival" => price(&deal.product, (deal.price * rng.range(86, 95) / 100).max(1)),
        "price_en" => english(deal.price),
        "low_en" => english(deal.discounted()),
        "sum" => money(deal.total(), rng),
        "sum_low" => money(deal.amount * deal.discounted(), rng),
        "sum_half" => money(deal.total() / 2, rng),
        "sum_en" => english(deal.total()),
        "small" => money(rng.range(6, 95) * 1_000, rng),
        "disc" if scope.english => percent(share, rng).replace(',', "."),
        "disc" => percent(share, rng),
        "disc_less" => percent((share / 2 / 10).max(1) * 10, rng),
        "disc_more" => percent(share + 30, rng),
        "prepay" => rng.word(&["30%", "50%", "50 %", "70%"]).to_owned(),
        "days" => format!("{} рабочих дней", deal.days),
        "days_en" => format!("{} working days", deal.days),
        "inv" => deal.invoice.to_string(),
        "bad" => deal.bad.to_string(),
        "time" => format!("{}:{:02}", deal.hour / 60, deal.hour % 60),
        "plate" => format!(
            "{} {} {} {}",
            rng.word(&["А", "К", "М", "Т", "Х"]),
            deal.plate,
            rng.word(&["ОР", "КМ", "ТТ", "ЕН", "УХ"]),
            rng.word(&["750", "799", "71", "62", "40"])
        ),
        "small_n" => rng.range(2, 9).to_string(),
        "minutes" => (rng.range(2, 11) * 5).to_string(),
        "task" => rng.range(3_100, 4_900).to_string(),
        _ => return None,
    })
}

fn dates(name: &str, scope: &Scope<'_>, rng: &mut Rng) -> Option<String> {
    let deal = scope.deal;
    let contract = scope.client.person.peer / 7 % 180 + 12;
    let soon = deal.delivery + rng.range(3, 6);
    Some(match name {
        "when" => deal.promise.words.clone(),
        "due" => calendar::day_month(deal.delivery),
        "due_dot" => calendar::dotted(deal.delivery),
        "due_en" => calendar::day_month_en(deal.delivery),
        "due_later" => calendar::day_month(soon),
        "today" => calendar::day_month(scope.today),
        "today_dot" => calendar::dotted(scope.today),
        "ago" => calendar::day_month(scope.today - rng.range(5, 14)),
        "wd" => calendar::on_weekday(deal.delivery).to_owned(),
        "wd_soon" => rng.word(&calendar::soon(scope.today)).to_owned(),
        "num" => contract.to_string(),
        "spec" => (deal.invoice % 7 + 2).to_string(),
        _ => return None,
    })
}
