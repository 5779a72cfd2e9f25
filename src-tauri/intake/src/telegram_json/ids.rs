//! Chats and senders as the export numbers them. Users, basic groups and channels share one number space, and exports
//! made before 2.7.2 (April 2021) pack the kind into the number; modern user ids above 2^32 look the same, so which of
//! the two it is is decided once per file. Never guesses a person from a name.

use letopis_model::{ChatType, PeerId, PeerKind};
use serde_json::Value;

const PACK: i64 = 1 << 32;
/// Bot API style: channels are written as -100 followed by ten digits.
const BOT_API_CHANNEL: i64 = -1_000_000_000_000;

/// A sender as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// `user123`: since 2.7.2.
    Named(PeerId),
    /// A number, bare up to 2.4.0, packed up to 2.7.1.
    Number(i64),
}

impl Sender {
    pub fn read(value: &Value) -> Option<Sender> {
        match value {
            Value::Number(number) => number.as_i64().map(Sender::Number),
            Value::String(text) => named(text).map(Sender::Named),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// `chat` is where it was written: the old packing does not tell basic groups from channels.
    pub fn peer(self, chat: PeerId) -> PeerId {
        match self {
            Sender::Named(peer) => peer,
            Sender::Number(n) if n >= 2 * PACK => {
                let kind = if chat.kind == PeerKind::Group { PeerKind::Group } else { PeerKind::Channel };
                PeerId { kind, id: n % PACK }
            }
            Sender::Number(n) if n > PACK => PeerId::user(n % PACK),
            Sender::Number(n) => PeerId::user(n),
        }
    }
}

fn named(text: &str) -> Option<PeerId> {
    let kinds = [("user", PeerKind::User), ("channel", PeerKind::Channel), ("chat", PeerKind::Group)];
    kinds.into_iter().find_map(|(word, kind)| {
        let digits = text.strip_prefix(word)?;
        let id = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
        Some(PeerId { kind, id })
    })
}

/// The chat's own id. `packed`: the file is from before 2.7.2. `senders` help only when the type is unknown.
pub(super) fn chat_peer(kind: ChatType, id: i64, packed: bool, senders: &[Sender]) -> PeerId {
    let (bare, unpacked_kind) = match id {
        n if n < BOT_API_CHANNEL => (BOT_API_CHANNEL - n, Some(PeerKind::Channel)),
        n if n < 0 => (n.saturating_neg(), Some(PeerKind::Group)),
        n if packed && n >= 2 * PACK => (n % PACK, None),
        n if packed && n > PACK => (n % PACK, Some(PeerKind::User)),
        n => (n, None),
    };
    let kind = match kind {
        ChatType::PersonalChat | ChatType::BotChat | ChatType::SavedMessages => PeerKind::User,
        ChatType::Replies | ChatType::VerificationCodes => PeerKind::User,
        ChatType::PrivateGroup => PeerKind::Group,
        ChatType::PrivateSupergroup | ChatType::PublicSupergroup => PeerKind::Channel,
        ChatType::PrivateChannel | ChatType::PublicChannel => PeerKind::Channel,
        ChatType::Unknown => unpacked_kind.unwrap_or_else(|| kind_by_senders(bare, senders)),
    };
    PeerId { kind, id: bare }
}

/// A chat of unknown type that wrote in itself is of that kind. Otherwise a group: groups belong to one account, so a
/// wrong guess cannot touch what other accounts share.
fn kind_by_senders(id: i64, senders: &[Sender]) -> PeerKind {
    let own = senders.iter().map(|s| s.peer(PeerId::channel(id))).find(|peer| peer.id == id);
    own.map_or(PeerKind::Group, |peer| peer.kind)
}

pub(super) fn chat_type(name: &str) -> ChatType {
    match name {
        "saved_messages" => ChatType::SavedMessages,
        "replies" => ChatType::Replies,
        "verification_codes" => ChatType::VerificationCodes,
        "personal_chat" => ChatType::PersonalChat,
        "bot_chat" => ChatType::BotChat,
        "private_group" => ChatType::PrivateGroup,
        "private_supergroup" => ChatType::PrivateSupergroup,
        // The second is never written by Telegram, but by programs that rewrite its files.
        "public_supergroup" | "public_group" => ChatType::PublicSupergroup,
        "private_channel" => ChatType::PrivateChannel,
        "public_channel" => ChatType::PublicChannel,
        _ => ChatType::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn senders_of_every_age() {
        let check = |value: Value, chat: &str, expected: &str| {
            let peer = Sender::read(&value).map(|s| s.peer(chat.parse().unwrap()).to_string());
            assert_eq!(peer.unwrap_or_default(), expected, "{value}");
        };
        check(json!("user777000"), "user:1", "user:777000");
        check(json!("user5294967296"), "user:1", "user:5294967296");
        check(json!("channel1500"), "channel:1", "channel:1500");
        check(json!("chat15"), "group:1", "group:15");
        check(json!(777000), "user:1", "user:777000");
        check(json!(4295744296_i64), "user:1", "user:777000");
        check(json!(8589934592_i64 + 15), "group:15", "group:15");
        check(json!(8589934592_i64 + 15), "channel:15", "channel:15");
        for bad in
            [json!(null), json!("user"), json!("user-5"), json!("user+5"), json!("bot5"), json!("Анна"), json!(1.5), json!([])]
        {
            check(bad, "user:1", "");
        }
        check(json!("user99999999999999999999"), "user:1", "");
    }

    #[test]
    fn chats_of_every_age() {
        let check = |name: &str, id: i64, packed: bool, expected: &str| {
            assert_eq!(chat_peer(chat_type(name), id, packed, &[]).to_string(), expected, "{name} {id} {packed}");
        };
        check("personal_chat", 555, false, "user:555");
        check("personal_chat", 5_294_967_296, false, "user:5294967296");
        check("personal_chat", 4_295_744_296, true, "user:777000");
        check("personal_chat", 777_000, true, "user:777000");
        check("bot_chat", 9, false, "user:9");
        check("saved_messages", 4001, false, "user:4001");
        check("private_group", 8_589_934_592 + 77, true, "group:77");
        check("private_group", 77, false, "group:77");
        check("private_supergroup", 8_589_934_592 + 77, true, "channel:77");
        check("public_supergroup", 77, false, "channel:77");
        check("public_group", 77, false, "channel:77");
        check("private_channel", 77, false, "channel:77");
        check("public_channel", -1_000_000_000_077, false, "channel:77");
        check("private_group", -77, false, "group:77");
        check("что-то новое", 77, false, "group:77");
        check("", 4_295_744_296, true, "user:777000");
        check("", i64::MIN, false, &format!("channel:{}", BOT_API_CHANNEL - i64::MIN));
    }

    #[test]
    fn a_chat_of_unknown_type_is_what_wrote_in_it() {
        let senders = [Sender::Named(PeerId::user(4001)), Sender::Named(PeerId::channel(77))];
        assert_eq!(chat_peer(ChatType::Unknown, 77, false, &senders), PeerId::channel(77));
        assert_eq!(chat_peer(ChatType::Unknown, 4001, false, &senders), PeerId::user(4001));
    }
}
