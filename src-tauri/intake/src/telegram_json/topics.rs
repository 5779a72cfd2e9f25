//! Topics of a forum, rebuilt: the export says only that a topic was created; a message posted in it is a reply to that,
//! or to a message that is (tdesktop#27322). Holds the latest messages only, so that the memory does not grow.

use letopis_model::{Content, Sighting};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Messages that may still be answered; an answer to an older one finds no topic and claims none.
const HELD: usize = 200_000;

#[derive(Default)]
pub(super) struct Topics {
    titles: BTreeMap<i64, String>,
    topic_of: BTreeMap<i64, i64>,
}

impl Topics {
    /// Notes a message, and adds to its `extra` the topic it stands in.
    pub fn place(&mut self, sighting: &mut Sighting) {
        let id = sighting.message.0;
        if let Some(title) = created(&sighting.content) {
            self.titles.insert(id, title);
            return;
        }
        if self.titles.is_empty() {
            return;
        }
        let answered = sighting.content.reply_to.as_ref().filter(|reply| reply.peer.is_none()).map(|reply| reply.message.0);
        let Some(topic) = answered.and_then(|id| self.topic(id)) else { return };
        self.topic_of.insert(id, topic);
        if self.topic_of.len() > HELD {
            self.topic_of.pop_first();
        }
        let title = self.titles.get(&topic).cloned().unwrap_or_default();
        let extra = sighting.content.extra.take().and_then(|extra| serde_json::from_str::<Map<String, Value>>(&extra).ok());
        let mut extra = extra.unwrap_or_default();
        extra.insert("topic".to_owned(), json!({"id": topic, "title": title}));
        sighting.content.extra = Some(Value::Object(extra).to_string());
    }

    fn topic(&self, answered: i64) -> Option<i64> {
        if self.titles.contains_key(&answered) { Some(answered) } else { self.topic_of.get(&answered).copied() }
    }
}

/// The title of the topic that this action creates; the action's message is the topic.
fn created(content: &Content) -> Option<String> {
    let service = content.service.as_ref().filter(|s| s.action == "topic_created")?;
    let fields: Value = serde_json::from_str(&service.fields).ok()?;
    Some(fields.get("title")?.as_str()?.to_owned())
}
