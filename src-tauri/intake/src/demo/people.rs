//! Who works here and who the clients are, read from `people.txt` and `goods.txt`. All people and firms are invented.

use std::collections::BTreeMap;

const PEOPLE: &str = include_str!("people.txt");
const GOODS: &str = include_str!("goods.txt");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    Man,
    Woman,
}

pub struct Employee {
    pub id: i64,
    pub key: &'static str,
    pub name: &'static str,
    pub first: &'static str,
    pub gender: Gender,
    /// Answers so many times slower than the quickest; in percent.
    pub pace: i64,
}

pub const EMPLOYEES: [Employee; 4] = [
    Employee { id: 4_001_001, key: "anna", name: "Анна Белова", first: "Анна", gender: Gender::Woman, pace: 130 },
    Employee { id: 4_001_002, key: "igor", name: "Игорь Савин", first: "Игорь", gender: Gender::Man, pace: 220 },
    Employee {
        id: 4_001_003, key: "olga", name: "Ольга Крамер", first: "Ольга", gender: Gender::Woman, pace: 80
    },
    Employee {
        id: 4_001_004, key: "rustam", name: "Рустам Галеев", first: "Рустам", gender: Gender::Man, pace: 110
    },
];

/// How somebody types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    Neat,
    Plain,
    Lower,
    Smiling,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    Russian,
    English,
    Mixed,
}

#[derive(Clone)]
pub struct Person {
    pub name: String,
    /// How others address them in a chat.
    pub first: String,
    pub gender: Gender,
    pub peer: i64,
}

/// One line of `people.txt`: a chat with a client.
pub struct Client {
    pub employees: Vec<&'static Employee>,
    pub title: &'static str,
    pub person: Person,
    /// A second voice on the client's side, in groups.
    pub colleague: Option<Person>,
    pub firm: &'static str,
    pub trade: &'static str,
    pub speech: Speech,
    pub hand: Hand,
    /// How many messages to aim at.
    pub size: usize,
    /// Numbers of the first and the last working day of the talk.
    pub first_day: i64,
    pub last_day: i64,
    pub tags: Vec<&'static str>,
}

impl Client {
    pub fn has(&self, tag: &str) -> bool {
        self.tags.contains(&tag)
    }

    pub fn tag(&self, key: &str) -> Option<&'static str> {
        self.tags.iter().find_map(|t| t.strip_prefix(key)?.strip_prefix('='))
    }

    pub fn is_group(&self) -> bool {
        self.employees.len() > 1
    }
}

/// The roster in the order of the file.
pub fn clients() -> Vec<Client> {
    let mut peers: BTreeMap<&str, i64> = BTreeMap::new();
    let mut all = Vec::new();
    for (number, line) in (0i64..).zip(PEOPLE.lines().filter(|l| l.contains('|'))) {
        let mut client = client(line, 710_000_000 + number * 7_919);
        if let Some(peer) = client.tag("as").and_then(|title| peers.get(title.replace('_', " ").as_str())) {
            client.person.peer = *peer;
        }
        peers.insert(client.title, client.person.peer);
        all.push(client);
    }
    all
}

fn client(line: &'static str, peer: i64) -> Client {
    let mut fields = line.split('|').map(str::trim);
    let mut field = || fields.next().unwrap_or_default();
    let (keys, title, name, first, gender) = (field(), field(), field(), field(), field());
    let (firm, trade, speech, hand) = (field(), field(), field(), field());
    let (size, days, tags) = (field(), field(), field());
    let (first_day, last_day) = days.split_once('-').unwrap_or_default();
    let person = Person { name: name.to_owned(), first: first.to_owned(), gender: self::gender(gender), peer };
    let tags: Vec<&str> = tags.split_whitespace().collect();
    Client {
        employees: keys.split('+').filter_map(|key| EMPLOYEES.iter().find(|e| e.key == key)).collect(),
        title: if title == "-" { name } else { title },
        colleague: colleague(&tags, peer + 1),
        person,
        firm,
        trade,
        speech: match speech {
            "en" => Speech::English,
            "mix" => Speech::Mixed,
            _ => Speech::Russian,
        },
        hand: match hand {
            "neat" => Hand::Neat,
            "lower" => Hand::Lower,
            "smile" => Hand::Smiling,
            _ => Hand::Plain,
        },
        size: size.parse().unwrap_or(0),
        first_day: first_day.parse().unwrap_or(0),
        last_day: last_day.parse().unwrap_or(0),
        tags,
    }
}

fn gender(word: &str) -> Gender {
    if word == "f" { Gender::Woman } else { Gender::Man }
}

fn colleague(tags: &[&str], peer: i64) -> Option<Person> {
    let (name, sex) = tags.iter().find_map(|t| t.strip_prefix("with="))?.split_once('/')?;
    let name = name.replace('_', " ");
    let first = name.split_once(' ').map_or(name.as_str(), |(first, _)| first).to_owned();
    Some(Person { first, gender: gender(sex), peer, name })
}

/// What a trade buys: names in three cases, unit, and the usual amounts.
#[derive(Clone, Copy)]
pub struct Product {
    pub nominative: &'static str,
    pub genitive: &'static str,
    pub accusative: &'static str,
    pub english: &'static str,
    pub unit: &'static str,
    pub amount: (i64, i64),
    /// Roubles for a unit.
    pub price: (i64, i64),
}

impl Product {
    /// The first word tells: «панели», «щиты», «угловые» against «профлист», «труба», «ЛДСП».
    pub fn is_plural(&self) -> bool {
        self.nominative.split(' ').next().is_some_and(|word| word.ends_with(['и', 'ы', 'е']))
    }
}

/// Products by trade.
pub fn goods() -> BTreeMap<&'static str, Vec<Product>> {
    let mut all: BTreeMap<&str, Vec<Product>> = BTreeMap::new();
    let mut trade = "";
    for line in GOODS.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            trade = name.trim();
        } else if let Some(product) = product(line) {
            all.entry(trade).or_default().push(product);
        }
    }
    all
}

fn product(line: &'static str) -> Option<Product> {
    let mut fields = line.split('|').map(str::trim);
    Some(Product {
        nominative: fields.next()?,
        genitive: fields.next()?,
        accusative: fields.next()?,
        english: fields.next()?,
        unit: fields.next()?,
        amount: span(fields.next()?)?,
        price: span(fields.next()?)?,
    })
}

fn span(text: &str) -> Option<(i64, i64)> {
    let (low, high) = text.split_once('-')?;
    Some((low.parse().ok()?, high.parse().ok()?))
}
