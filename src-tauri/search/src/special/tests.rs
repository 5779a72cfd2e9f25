use super::*;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let mut got: Vec<String> = find(text).into_iter().map(|s| s.term).collect();
    got.sort();
    let mut expected: Vec<&str> = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(got, expected, "{text:?}");
}

#[test]
fn phones_in_any_spelling() {
    for spelling in [
        "+7 916 123-45-67",
        "8 (916) 123-45-67",
        "89161234567",
        "8-916-123-45-67",
        "+7(916)1234567",
        "916 123 45 67",
        "7 916 123 45 67",
        "+7\u{a0}916\u{a0}123‑45‑67",
        "тел. 8 916 123 45 67, звоните",
    ] {
        check(spelling, &["+79161234567"]);
    }
    check("+375 29 123-45-67", &["+375291234567"]);
    check("+44 20 7946 0958", &["+442079460958"]);
    check("+7 916 123-45-67 15 штук", &["+79161234567"]);
    check("ИНН 7712345678", &["=7712345678"]);
    check("р/с 40702810900000012345", &[]);
    check("счёт 47 8 916 123-45-67", &["+79161234567"]);
}

#[test]
fn sums_in_any_spelling() {
    for spelling in [
        "90 тыс",
        "90 000",
        "90k",
        "90тыс.",
        "90к",
        "90 тысяч",
        "90 т.р.",
        "90\u{a0}000 ₽",
        "90,000",
        "90'000",
        "90000",
        "90000,00 руб.",
    ] {
        check(spelling, &["=90000"]);
    }
    check("1,5 млн", &["=1500000"]);
    check("$1.5M", &["=1500000"]);
    check("2 миллиона рублей", &["=2000000"]);
    check("150 руб", &["=150"]);
    check("€99.90", &["=99.90"]);
    check("90 к пятнице", &[]);
    check("90кг и 5 штук", &[]);
    check("47", &[]);
    check("12 345 678,50 р.", &["=12345678.50"]);
}

#[test]
fn days_in_any_spelling() {
    check("15.03.2026", &["~03-15", "~2026-03-15"]);
    check("до 15 марта", &["~03-15"]);
    check("15 марта 2026 г.", &["~03-15", "~2026-03-15"]);
    check("2026-03-15", &["~03-15", "~2026-03-15"]);
    check("March 15, 2026", &["~03-15", "~2026-03-15"]);
    check("15 March", &["~03-15"]);
    check("15.03", &["~03-15"]);
    check("1/5/26", &["~05-01", "~2026-05-01"]);
    check("32.03", &[]);
    check("15.13", &[]);
    check("3 марта и 4 мая", &["~03-03", "~05-04"]);
    check("1 марафон", &[]);
}

#[test]
fn addresses_names_and_emoji() {
    check("https://www.Site.ru/path?x=1", &["site.ru"]);
    check("см. site.ru.", &["site.ru"]);
    check("anna@firm.ru", &["anna@firm.ru", "firm.ru"]);
    check("Пишите @anna_belova или #срочно", &["@anna_belova", "#срочно"]);
    check("Договор_47.pdf", &["договор_47.pdf"]);
    check("пост.рф", &["пост.рф"]);
    check("да.нет", &[]);
    check("👍🏻 спасибо ❤️", &["👍", "❤"]);
    check("@ # . .. a.", &[]);
}

#[test]
fn strangers_texts_do_no_harm() {
    for text in [
        "+",
        "8 (",
        "++7+",
        "1.",
        ".1",
        "9".repeat(5000).as_str(),
        "1 000 000 000 000 000 000",
        "т.р",
        "🙂1",
        "15.03.",
        "15 \u{300}марта",
    ] {
        for one in find(text) {
            assert!(text.get(one.start..one.end).is_some_and(|t| !t.is_empty()), "{text:?} {one:?}");
        }
    }
}
