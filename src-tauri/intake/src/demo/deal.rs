//! What one scene is about: goods, numbers, dates and papers that stay the same from its first message to its last.

use super::calendar::{self, Calendar, Moment};
use super::people::Product;
use super::rng::Rng;
use super::script::Term;

#[derive(Clone)]
pub struct Deal {
    pub product: Product,
    pub other: Product,
    pub amount: i64,
    pub other_amount: i64,
    /// Roubles for a unit.
    pub price: i64,
    /// Tenths of a percent.
    pub discount: i64,
    /// Working days to make it.
    pub days: i64,
    /// Days since 1970-01-01 of the delivery.
    pub delivery: i64,
    pub invoice: i64,
    /// How many pieces are broken or missing.
    pub bad: i64,
    /// Minutes after midnight of a meeting or an arrival.
    pub hour: i64,
    pub plate: i64,
    pub promise: Promise,
}

#[derive(Clone)]
pub struct Promise {
    pub due: Moment,
    pub words: String,
}

impl Deal {
    pub fn new(products: &[Product], start: Moment, calendar: &Calendar, rng: &mut Rng) -> Option<Self> {
        let product = *rng.pick(products)?;
        let (cheap, dear) = product.price;
        let other = products.iter().filter(|p| p.nominative != product.nominative).copied().collect::<Vec<_>>();
        let other = *rng.pick(&other)?;
        Some(Deal {
            product,
            other,
            amount: amount(&product, rng),
            other_amount: amount(&other, rng),
            price: round(rng.range(cheap, dear)),
            discount: *rng.pick(&[30, 40, 50, 50, 60, 70, 75, 80, 100, 100, 120, 125])?,
            days: *rng.pick(&[5, 7, 10, 12, 14, 15, 20, 25])?,
            delivery: calendar.date(start.day + rng.range(7, 24)),
            invoice: 1_100 + start.day * 9 + rng.range(0, 8),
            bad: rng.range(2, 48),
            hour: rng.range(19, 35) * 30,
            plate: rng.range(100, 999),
            promise: Promise { due: start, words: String::new() },
        })
    }

    /// The same deal with worse numbers: what a silent edit leaves behind.
    pub fn worsened(&self) -> Self {
        Deal {
            price: round(self.price * 107 / 100 + 1),
            discount: (self.discount * 2 / 3 / 10).max(1) * 10,
            days: self.days + 5,
            delivery: self.delivery + 6,
            ..self.clone()
        }
    }

    pub fn total(&self) -> i64 {
        self.amount * self.price
    }

    pub fn discounted(&self) -> i64 {
        round(self.price * (1_000 - self.discount) / 1_000)
    }
}

fn amount(product: &Product, rng: &mut Rng) -> i64 {
    let (low, high) = product.amount;
    let step = if high >= 1_000 {
        100
    } else if high >= 100 {
        10
    } else {
        1
    };
    (rng.range(low, high) / step).max(1) * step
}

fn round(price: i64) -> i64 {
    if price >= 1_000 { price / 10 * 10 } else { price.max(1) }
}

/// Makes a promise at `from`: when it is due and how that is said.
pub fn promise(term: Term, from: Moment, calendar: &Calendar, english: bool, rng: &mut Rng) -> Promise {
    let noon = 12 * 3_600;
    let (day, sec) = match term {
        Term::Today => (from.day, 18 * 3_600),
        Term::Tomorrow => (from.day + 1, 13 * 3_600),
        Term::Weekday => (from.day + rng.range(2, 4), 18 * 3_600),
        Term::Week => (calendar.friday(from.day), 18 * 3_600),
    };
    let due = calendar.date(day);
    let eve = calendar.is_friday(from.day);
    let words: Vec<&str> = match (term, english) {
        (Term::Today, false) if from.sec < noon => {
            vec!["сегодня", "сегодня до обеда", "сегодня к 15:00", "сегодня в течение дня", "до конца дня"]
        }
        (Term::Today, false) => {
            vec!["сегодня", "сегодня вечером", "сегодня до конца дня", "сегодня до 18:00", "через час-полтора"]
        }
        (Term::Tomorrow, false) if eve => {
            vec!["в понедельник", "в понедельник утром", "в понедельник до обеда", "в пн"]
        }
        (Term::Tomorrow, false) => {
            vec!["завтра", "завтра утром", "завтра до обеда", "завтра в первой половине дня", "завтра к 12:00"]
        }
        (Term::Weekday, false) => {
            vec![calendar::on_weekday(due), calendar::until_weekday(due), calendar::by_weekday(due)]
        }
        (Term::Week, false) if eve => vec!["на следующей неделе", "до конца следующей недели"],
        (Term::Week, false) => vec!["до конца недели", "на этой неделе", "до пятницы", "к пятнице"],
        (Term::Today, true) => vec!["today", "by EOD", "by the end of the day", "this afternoon"],
        (Term::Tomorrow, true) if eve => vec!["on Monday", "by Monday noon"],
        (Term::Tomorrow, true) => vec!["tomorrow", "tomorrow morning", "by tomorrow noon"],
        (Term::Weekday, true) => vec!["by {}", "on {}"],
        (Term::Week, true) if eve => vec!["next week", "by the end of next week"],
        (Term::Week, true) => vec!["by Friday", "by the end of the week", "this week"],
    };
    let words = rng.word(&words).replace("{}", calendar::weekday_en(due));
    Promise { due: Moment::new(day, sec.max(from.sec + 1_800)), words }
}
