//! Fields without a place in a `Content`, as one JSON object under the names of the JSON export.

use grammers_tl_types as tl;
use letopis_model::MessageKind;
use serde_json::{Map, Value, json};

#[derive(Default)]
pub struct Extra(Map<String, Value>);

impl Extra {
    pub fn put(&mut self, key: &str, value: Value) {
        self.0.insert(key.to_owned(), value);
    }

    pub fn flag(&mut self, key: &str, set: bool) {
        if set {
            self.put(key, json!(true));
        }
    }

    pub fn word(&mut self, key: &str, word: Option<&str>) {
        if let Some(word) = word.filter(|word| !word.is_empty()) {
            self.put(key, json!(word));
        }
    }

    pub fn into_json(self) -> Option<String> {
        (!self.0.is_empty()).then(|| Value::Object(self.0).to_string())
    }

    pub fn place(&mut self, geo: &tl::enums::GeoPoint) -> MessageKind {
        let point = match geo {
            tl::enums::GeoPoint::Point(at) => json!({"latitude": at.lat, "longitude": at.long}),
            tl::enums::GeoPoint::Empty => Value::Null,
        };
        self.put("location_information", point);
        MessageKind::Location
    }

    pub fn poll(&mut self, poll: &tl::enums::Poll, results: &tl::enums::PollResults) {
        let tl::enums::Poll::Poll(poll) = poll;
        let tl::enums::PollResults::Results(results) = results;
        let voters = |option: &[u8]| {
            let all = results.results.iter().flatten();
            all.map(|tl::enums::PollAnswerVoters::Voters(answer)| answer).find(|answer| answer.option == option)
        };
        let answers: Vec<Value> = poll.answers.iter().filter_map(|answer| {
            let tl::enums::PollAnswer::Answer(answer) = answer else { return None };
            let found = voters(&answer.option);
            Some(json!({"text": words(&answer.text), "voters": found.and_then(|a| a.voters), "chosen": found.is_some_and(|a| a.chosen)}))
        }).collect();
        let question = words(&poll.question);
        self.put(
            "poll",
            json!({"question": question, "closed": poll.closed, "total_voters": results.total_voters, "answers": answers}),
        );
    }

    pub fn todo(&mut self, todo: &tl::enums::TodoList) {
        let tl::enums::TodoList::List(todo) = todo;
        let answers: Vec<Value> =
            todo.list.iter().map(|tl::enums::TodoItem::Item(item)| json!({"text": words(&item.title), "id": item.id})).collect();
        self.put("todo_list", json!({"title": words(&todo.title), "answers": answers}));
    }
}

fn words(text: &tl::enums::TextWithEntities) -> &str {
    let tl::enums::TextWithEntities::Entities(text) = text;
    &text.text
}
