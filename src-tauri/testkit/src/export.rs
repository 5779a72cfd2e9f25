//! An export, built message by message: one chat or a whole account, of today or from before 2021.

use crate::local;
use serde_json::{Map, Value, json};

/// Somebody who writes.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    pub id: i64,
    pub name: &'static str,
}

const START: i64 = 1_747_345_196;
const PACK: i64 = 1 << 32;

struct Chat {
    title: Value,
    kind: String,
    id: i64,
    left: bool,
    messages: Vec<Value>,
}

/// A builder: every message goes to the chat named last, a minute after the one before it.
pub struct Export {
    single: bool,
    identity: bool,
    packed: bool,
    owner: Option<(i64, String)>,
    chats: Vec<Chat>,
    minutes: i64,
    /// Paths in the export and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// A chat as it was built.
pub(crate) struct ChatView<'a> {
    pub title: &'a Value,
    pub kind: &'a str,
    pub messages: &'a [Value],
}

impl Export {
    /// One personal chat, as "Export chat history" writes it.
    pub fn single_chat(title: &str, id: i64) -> Self {
        Export::empty(true).chat("personal_chat", title, id)
    }

    /// A whole account, as "Export Telegram data" writes it.
    pub fn account() -> Self {
        Export::empty(false)
    }

    fn empty(single: bool) -> Self {
        Export { single, identity: true, packed: false, owner: None, chats: Vec::new(), minutes: 0, files: Vec::new() }
    }

    /// Whose account it is; in an account export it also stands in `personal_information`.
    pub fn owner(mut self, id: i64, name: &str) -> Self {
        self.owner = Some((id, name.to_owned()));
        self
    }

    /// The user left "account information" unticked.
    pub fn without_identity(mut self) -> Self {
        self.identity = false;
        self
    }

    /// The form of before 2.7.2: packed numbers for ids, local dates only. Say it before the first message.
    pub fn packed(mut self) -> Self {
        self.packed = true;
        self
    }

    /// Starts a chat; `kind` as the export names it.
    pub fn chat(mut self, kind: &str, title: &str, id: i64) -> Self {
        let title = if title.is_empty() { Value::Null } else { json!(title) };
        self.chats.push(Chat { title, kind: kind.to_owned(), id, left: false, messages: Vec::new() });
        self
    }

    /// Starts a chat among `left_chats`.
    pub fn left_chat(self, kind: &str, title: &str, id: i64) -> Self {
        let mut export = self.chat(kind, title, id);
        if let Some(chat) = export.chats.last_mut() {
            chat.left = true;
        }
        export
    }

    /// Forgets the chats named so far.
    pub(crate) fn drop_chats(mut self) -> Self {
        self.chats.clear();
        self
    }

    /// Changes the type of the chat named last.
    pub fn kind(mut self, kind: &str) -> Self {
        if let Some(chat) = self.chats.last_mut() {
            chat.kind = kind.to_owned();
        }
        self
    }

    /// The other one of a personal chat writes.
    pub fn incoming(self, text: &str) -> Self {
        let chat = self.chats.last().map(|c| (c.id, c.title.clone()));
        let (id, title) = chat.unwrap_or_default();
        self.message(id, title.as_str().unwrap_or_default(), text)
    }

    /// The owner writes.
    pub fn outgoing(self, text: &str) -> Self {
        let (id, name) = self.owner.clone().unwrap_or((4001, "Анна Белова".to_owned()));
        self.message(id, &name, text)
    }

    /// A user writes.
    pub fn message(self, sender: i64, name: &str, text: &str) -> Self {
        let from = if self.packed { json!(PACK + sender) } else { json!(format!("user{sender}")) };
        let mut fields = self.dated("message");
        fields.insert("from".to_owned(), json!(name));
        fields.insert("from_id".to_owned(), from);
        fields.insert("text".to_owned(), json!(text));
        if !self.packed {
            let parts = if text.is_empty() { json!([]) } else { json!([{"type": "plain", "text": text}]) };
            fields.insert("text_entities".to_owned(), parts);
        }
        self.raw(Value::Object(fields))
    }

    /// Something done by a user.
    pub fn action(self, actor: Person, action: &str, own: Value) -> Self {
        let from = if self.packed { json!(PACK + actor.id) } else { json!(format!("user{}", actor.id)) };
        let mut fields = self.dated("service");
        fields.insert("actor".to_owned(), json!(actor.name));
        fields.insert("actor_id".to_owned(), from);
        fields.insert("action".to_owned(), json!(action));
        if let Value::Object(own) = own {
            fields.extend(own);
        }
        fields.insert("text".to_owned(), json!(""));
        fields.insert("text_entities".to_owned(), json!([]));
        self.raw(Value::Object(fields))
    }

    /// Any element of `messages`, as it is.
    pub fn raw(mut self, message: Value) -> Self {
        self.minutes += 1;
        if let Some(chat) = self.chats.last_mut() {
            chat.messages.push(message);
        }
        self
    }

    /// Sets a field of the message named last; `null` is set, not removed.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        let last = self.chats.last_mut().and_then(|c| c.messages.last_mut()).and_then(Value::as_object_mut);
        if let Some(fields) = last {
            fields.insert(key.to_owned(), value);
        }
        self
    }

    pub(crate) fn is_single(&self) -> bool {
        self.single
    }

    pub(crate) fn chats(&self) -> impl Iterator<Item = ChatView<'_>> {
        self.chats.iter().map(|c| ChatView { title: &c.title, kind: &c.kind, messages: &c.messages })
    }

    pub(crate) fn owner_name(&self) -> Option<&str> {
        self.owner.as_ref().filter(|_| self.identity).map(|(_, name)| name.as_str())
    }

    /// Where the files of the chat named last lie: chats of an account have a folder each.
    pub(crate) fn folder_of_last(&self) -> String {
        if self.single { String::new() } else { format!("chats/chat_{}/", self.chats.len()) }
    }

    /// How many elements all `messages` lists hold.
    pub fn count(&self) -> usize {
        self.chats.iter().map(|chat| chat.messages.len()).sum()
    }

    /// The file, one space for each level, as Telegram writes it.
    pub fn to_json(&self) -> String {
        pretty(&self.to_value(), 0)
    }

    /// The file on one line, as other programs rewrite it.
    pub fn to_minified(&self) -> String {
        self.to_value().to_string()
    }

    pub fn to_value(&self) -> Value {
        match self.chats.first() {
            Some(chat) if self.single => self.chat_value(chat),
            _ => self.account_value(),
        }
    }

    fn account_value(&self) -> Value {
        let mut root = Map::new();
        root.insert("about".to_owned(), json!("Here is the data you requested."));
        if let Some((id, name)) = self.owner.as_ref().filter(|_| self.identity) {
            let (first, last) = name.split_once(' ').unwrap_or((name, ""));
            let who = json!({"user_id": id, "first_name": first, "last_name": last, "phone_number": "+7 000 000 00 00"});
            root.insert("personal_information".to_owned(), who);
        }
        for (section, left) in [("chats", false), ("left_chats", true)] {
            let list: Vec<Value> = self.chats.iter().filter(|c| c.left == left).map(|c| self.chat_value(c)).collect();
            root.insert(section.to_owned(), json!({"about": "This page lists all chats.", "list": list}));
        }
        Value::Object(root)
    }

    fn chat_value(&self, chat: &Chat) -> Value {
        let pack = match chat.kind.as_str() {
            "personal_chat" | "bot_chat" | "saved_messages" => PACK,
            _ => 2 * PACK,
        };
        let id = if self.packed { pack + chat.id } else { chat.id };
        let mut fields = Map::new();
        if chat.kind != "saved_messages" {
            fields.insert("name".to_owned(), chat.title.clone());
        }
        fields.insert("type".to_owned(), json!(chat.kind));
        fields.insert("id".to_owned(), json!(id));
        fields.insert("messages".to_owned(), Value::Array(chat.messages.clone()));
        Value::Object(fields)
    }

    /// The fields that every message has. Ids count through the whole export.
    fn dated(&self, kind: &str) -> Map<String, Value> {
        let at = START + self.minutes * 60;
        let mut fields = Map::new();
        fields.insert("id".to_owned(), json!(self.minutes + 1));
        fields.insert("type".to_owned(), json!(kind));
        fields.insert("date".to_owned(), json!(local(at)));
        if !self.packed {
            fields.insert("date_unixtime".to_owned(), json!(at.to_string()));
        }
        fields
    }
}

/// One space for each level; `level` is that of the value itself, whose first line is not indented.
pub(crate) fn pretty(value: &Value, level: usize) -> String {
    // The alternate form indents by two.
    let mut out = String::new();
    for (number, line) in format!("{value:#}").lines().enumerate() {
        let text = line.trim_start();
        if number > 0 {
            out.push('\n');
            out.push_str(&" ".repeat(level + (line.len() - text.len()) / 2));
        }
        out.push_str(text);
    }
    out
}
