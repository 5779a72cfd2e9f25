//! One message object as it came: decoded, repaired if the exporting program wrote illegal JSON, nothing interpreted.
//! A field leaves it only in the form its reader knows; whatever is left is kept as it is.

use super::repair::repair;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Value};
use std::fmt;

/// The fields of one object. Of a repeated key the last value counts, as in every browser; earlier ones that differ are
/// kept aside, because `send_star_gift` and `send_webview_data` wrote their own `text` before the message's empty one.
#[derive(Default)]
pub(super) struct Row {
    pub fields: Map<String, Value>,
    pub repeated: Map<String, Value>,
    /// Some bytes were no UTF-8.
    pub is_lossy: bool,
}

impl Row {
    /// `None`: not JSON, even when repaired.
    pub fn read(raw: &[u8]) -> Option<Row> {
        match serde_json::from_slice(raw) {
            Ok(row) => Some(row),
            Err(_) => {
                let row: Row = serde_json::from_slice(&repair(raw)).ok()?;
                Some(Row { is_lossy: std::str::from_utf8(raw).is_err(), ..row })
            }
        }
    }

    /// Takes the field if `known` recognises its form; otherwise leaves it.
    pub fn take<T>(&mut self, key: &str, known: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let found = known(self.fields.get(key)?)?;
        self.fields.shift_remove(key);
        Some(found)
    }

    pub fn take_str(&mut self, key: &str) -> Option<String> {
        self.take(key, |v| v.as_str().map(str::to_owned))
    }

    pub fn take_i64(&mut self, key: &str) -> Option<i64> {
        self.take(key, Value::as_i64)
    }

    pub fn take_u64(&mut self, key: &str) -> Option<u64> {
        self.take(key, Value::as_u64)
    }

    pub fn take_u32(&mut self, key: &str) -> Option<u32> {
        self.take(key, |v| v.as_u64().and_then(|n| u32::try_from(n).ok()))
    }

    pub fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    /// Removes a field whose absence says the same.
    pub fn drop_null(&mut self, key: &str) {
        self.take(key, |v| v.is_null().then_some(()));
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Rows)
    }
}

struct Rows;

impl<'de> Visitor<'de> for Rows {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut row = Row::default();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            match row.fields.entry(key) {
                Entry::Vacant(place) => drop(place.insert(value)),
                Entry::Occupied(mut place) => {
                    let key = place.key().clone();
                    let earlier = place.insert(value);
                    if earlier != *place.get() {
                        row.repeated.insert(key, earlier);
                    }
                }
            }
        }
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_a_repeated_key_counts_and_the_first_is_kept() {
        let row = Row::read(br#"{"text": "gift", "width": 5, "text": "", "width": 5}"#).unwrap();
        assert_eq!(row.fields["text"], "");
        assert_eq!(row.repeated.get("text").unwrap(), "gift");
        assert_eq!(row.repeated.len(), 1);
    }

    #[test]
    fn a_field_of_unknown_form_is_left() {
        let mut row = Row::read(br#"{"author": 5, "n": -1, "s": "a", "big": 9223372036854775807}"#).unwrap();
        assert_eq!(row.take_str("author"), None);
        assert_eq!(row.take_u32("n"), None);
        assert_eq!(row.take_str("s").as_deref(), Some("a"));
        assert_eq!(row.take_i64("big"), Some(i64::MAX));
        assert_eq!(Value::Object(row.fields).to_string(), r#"{"author":5,"n":-1}"#);
    }

    #[test]
    fn what_is_not_an_object_is_refused() {
        for bad in ["null", "[]", "5", "", "{", r#"{"a":}"#, r#"{"a" 1}"#] {
            assert!(Row::read(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
