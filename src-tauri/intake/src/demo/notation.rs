//! The notations of one number that people really use: «1 250 000 руб.», «1,25 млн», «90к», «12,5%».

use super::rng::Rng;

/// «1 200 шт.», or "1 200 pcs".
pub fn amount(n: i64, unit: &str, english: bool) -> String {
    let unit = match unit {
        _ if !english => unit,
        "шт." => "pcs",
        "т" => "t",
        "кг" => "kg",
        "м" => "m",
        "рул." => "rolls",
        "бухт" => "coils",
        "лист." => "sheets",
        "упак." => "packs",
        "секц." => "sections",
        "компл." => "sets",
        other => other,
    };
    format!("{} {unit}", grouped(n))
}

/// 1250000 → «1 250 000», with spaces that do not break.
pub fn grouped(n: i64) -> String {
    let digits: Vec<char> = n.to_string().chars().collect();
    let mut out = String::new();
    for (i, c) in digits.iter().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) && digits.len() > 4 {
            out.push('\u{a0}');
        }
        out.push(*c);
    }
    out
}

/// The notations people really use for one sum.
pub fn money(sum: i64, rng: &mut Rng) -> String {
    let plain = grouped(sum);
    let mut forms = vec![format!("{plain} руб."), format!("{plain} руб"), format!("{plain} ₽"), format!("{sum}р")];
    if sum % 1_000 == 0 && sum < 1_000_000 {
        forms.extend([format!("{}к", sum / 1_000), format!("{} тыс.", sum / 1_000), format!("{} т.р.", sum / 1_000)]);
    }
    if sum >= 1_000_000 && sum % 10_000 == 0 {
        let cents = format!("{},{:02}", sum / 1_000_000, sum / 10_000 % 100);
        let short = cents.trim_end_matches('0').trim_end_matches(',');
        forms.extend([format!("{short} млн"), format!("{short} млн руб.")]);
    }
    rng.pick(&forms).cloned().unwrap_or(plain)
}

/// «12,5%» from tenths.
pub fn percent(tenths: i64, rng: &mut Rng) -> String {
    let number = if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{},{}", tenths / 10, tenths % 10) };
    number + rng.word(&["%", "%", "%", " %"])
}
