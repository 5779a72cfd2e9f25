use super::*;

fn word(surface: &str) -> Clause {
    Clause::Word { surface: surface.into(), typing: false }
}

#[track_caller]
fn check(typed: &str, expected: &[Clause]) {
    assert_eq!(parse(&format!("{typed} ")).unwrap().clauses, expected, "{typed}");
}

fn any(clauses: &[Clause]) -> Clause {
    Clause::AnyOf(clauses.to_vec())
}

fn exact(term: &str) -> Clause {
    Clause::Exact(term.into())
}

fn phrase(words: &str) -> Clause {
    Clause::Phrase(words.split(' ').map(str::to_owned).collect())
}

#[test]
fn words_phrases_and_patterns() {
    check("", &[]);
    check("Договор ЁЖ", &[word("договор"), word("еж")]);
    check("\"новой редакции\" «да»", &[phrase("новой редакции"), phrase("да")]);
    check("\"срок оплаты\"~3", &[Clause::Near { words: vec!["срок".into(), "оплаты".into()], within: 3 }]);
    check("срок РЯДОМ оплаты", &[Clause::Near { words: vec!["срок".into(), "оплаты".into()], within: 5 }]);
    check("срок NEAR/2 оплаты", &[Clause::Near { words: vec!["срок".into(), "оплаты".into()], within: 2 }]);
    check("Догов* *говор", &[Clause::Pattern("догов*".into()), Clause::Pattern("*говор".into())]);
    check("договор -копия", &[word("договор"), Clause::Without(Box::new(word("копия")))]);
    check("-\"не надо\"", &[Clause::Without(Box::new(phrase("не надо")))]);
    check("счёт OR договор ИЛИ акт", &[any(&[word("счет"), word("договор"), word("акт")])]);
    check("да | нет", &[any(&[word("да"), word("нет")])]);
    check("::: \" - ~ * ( )", &[]);
    check("- минус", &[word("минус")]);
    check("10:30 http://x.ru", &[word("10"), word("30"), any(&[exact("x.ru"), phrase("http x ru")])]);
}

#[test]
fn special_things_are_read_with_their_spaces() {
    check("звонил 8 (916) 123-45-67", &[word("звонил"), any(&[exact("+79161234567"), phrase("8 916 123 45 67")])]);
    check("счёт на 90 тыс", &[word("счет"), word("на"), any(&[exact("=90000"), phrase("90 тыс")])]);
    check("90000", &[any(&[exact("=90000"), word("90000")])]);
    check("15 марта 2026", &[any(&[exact("~2026-03-15"), phrase("15 марта 2026")])]);
    check("anna@firm.ru", &[any(&[exact("anna@firm.ru"), phrase("anna firm ru")])]);
    check("👍", &[exact("👍")]);
    let parts = Clause::Run(vec!["интернет".into(), "магазин".into()]);
    check("интернет-магазин", &[any(&[parts, word("интернетмагазин")])]);
}

#[test]
fn only_the_last_word_is_still_typed() {
    let parsed = parse("новый дого").unwrap();
    assert_eq!(parsed.clauses, [word("новый"), Clause::Word { surface: "дого".into(), typing: true }]);
    assert_eq!(parse("дого ").unwrap().clauses, [word("дого")]);
}

#[test]
fn operators_are_read_in_two_languages() {
    let parsed =
        parse("это:удалено от:\"Анна Белова\" has:(photo голос) после:2026-01-31 during:(last week) -чат:Промстрой договор")
            .unwrap();
    let values = |number: usize| parsed.operators.get(number).map(|o| (o.name, o.values.clone(), o.negated)).unwrap();
    assert_eq!(values(0), (OperatorName::Is, vec![Op::Is(IsValue::Deleted)], false));
    assert_eq!(values(1), (OperatorName::From, vec![Op::Name("Анна Белова".into())], false));
    assert_eq!(values(2), (OperatorName::Has, vec![Op::Has(HasValue::Photo), Op::Has(HasValue::Voice)], false));
    assert_eq!(values(3), (OperatorName::After, vec![Op::Time("2026-01-31".into())], false));
    assert_eq!(values(4), (OperatorName::During, vec![Op::Time("last week".into())], false));
    assert_eq!(values(5), (OperatorName::In, vec![Op::Name("Промстрой".into())], true));
    assert_eq!(parsed.clauses, [Clause::Word { surface: "договор".into(), typing: true }]);
    assert_eq!(parse("есть:удалено ").unwrap().operators.first().unwrap().values, [Op::Is(IsValue::Deleted)]);
    let text = "да от:Анна нет";
    let range = parse(text).unwrap().operators.first().unwrap().range.clone();
    assert_eq!(text.get(range), Some("от:Анна"));
}

#[test]
fn a_wrong_operator_is_explained() {
    let problem = |typed: &str| parse(typed).unwrap_err();
    assert_eq!(problem("form:Анна"), Problem::UnknownOperator { name: "form".into(), nearest: Some("from") });
    assert_eq!(problem("итого:5 "), Problem::UnknownOperator { name: "итого".into(), nearest: None });
    assert!(matches!(problem("is:red "), Problem::UnknownValue { value, .. } if value == "red"));
    assert_eq!(problem("от: Анна"), Problem::NoValue { operator: "от".into() });
    assert_eq!(problem("OR да"), Problem::NothingToJoin { word: "OR".into() });
    assert_eq!(problem("да OR от:Анна"), Problem::NothingToJoin { word: "OR".into() });
}

#[test]
fn an_operator_still_typed_is_no_problem() {
    for typed in ["from:", "да is:del", "да has:ph", "да OR", "да OR "] {
        assert!(parse(typed).unwrap().operators.is_empty(), "{typed}");
    }
}

#[test]
fn no_input_breaks_the_parser() {
    for typed in [
        "\"",
        "от:\"",
        "has:(",
        "-",
        "-*",
        "*",
        "**",
        "a*b*c*",
        "\u{301}",
        "\"~",
        "\"a\"~99999999999",
        "от:()",
        "🙂:🙂",
        "|",
        ":",
    ] {
        let _ = parse(typed);
        let _ = parse(&format!("слово {typed} слово"));
    }
}
