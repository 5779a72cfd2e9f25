//! Calendar dates without a calendar library: exports write both seconds and a local date.

/// `2025-05-16T00:39:56` of seconds since 1970, in UTC. By Howard Hinnant's `civil_from_days`.
pub fn local(seconds: i64) -> String {
    let (day, second) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let date = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn dates() {
        assert_eq!(local(0), "1970-01-01T00:00:00");
        assert_eq!(local(1_582_934_400), "2020-02-29T00:00:00");
        assert_eq!(local(1_747_345_196), "2025-05-15T21:39:56");
    }
}
