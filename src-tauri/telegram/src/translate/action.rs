//! Things done in a chat, under the names that the JSON export gives them: the name of the action is part of a version's
//! identity, its fields are not. An action that the export does not know keeps Telegram's name.

use super::{Context, peer_id};
use grammers_tl_types as tl;
use letopis_model::{PeerId, ReplyTo, Service};
use serde_json::{Value, json};
use tl::enums::MessageAction as A;

pub fn service(action: &A, reply: Option<&ReplyTo>, context: &Context<'_>) -> Service {
    let (name, fields) = named(action, reply, context);
    Service { action: name.to_owned(), fields: fields.to_string() }
}

fn names(users: &[i64], context: &Context<'_>) -> Value {
    json!(users.iter().map(|id| context.peers.name(PeerId::user(*id))).collect::<Vec<_>>())
}

fn named(action: &A, reply: Option<&ReplyTo>, context: &Context<'_>) -> (&'static str, Value) {
    let nothing = json!({});
    match action {
        A::ChatCreate(a) => ("create_group", json!({"title": a.title, "members": names(&a.users, context)})),
        A::ChatEditTitle(a) => ("edit_group_title", json!({"title": a.title})),
        A::ChatEditPhoto(_) => ("edit_group_photo", nothing),
        A::ChatDeletePhoto => ("delete_group_photo", nothing),
        A::ChatAddUser(a) => ("invite_members", json!({"members": names(&a.users, context)})),
        A::ChatDeleteUser(a) => ("remove_members", json!({"members": names(&[a.user_id], context)})),
        A::ChatJoinedByLink(a) => ("join_group_by_link", json!({"inviter": context.peers.name(PeerId::user(a.inviter_id))})),
        A::ChatJoinedByRequest => ("join_group_by_request", nothing),
        A::ChannelCreate(a) => ("create_channel", json!({"title": a.title})),
        A::ChatMigrateTo(_) => ("migrate_to_supergroup", nothing),
        A::ChannelMigrateFrom(a) => ("migrate_from_group", json!({"title": a.title})),
        A::PinMessage => ("pin_message", json!({"message_id": reply.map(|reply| reply.message.0)})),
        A::HistoryClear => ("clear_history", nothing),
        A::PhoneCall(a) => {
            ("phone_call", json!({"duration_seconds": a.duration, "discard_reason": a.reason.as_ref().map(hang_up)}))
        }
        A::ConferenceCall(a) => ("conference_call", json!({"duration_seconds": a.duration, "is_missed": a.missed})),
        A::ScreenshotTaken => ("take_screenshot", nothing),
        A::CustomAction(a) => ("custom", json!({"information_text": a.message})),
        A::BotAllowed(a) => (if a.attach_menu { "attach_menu_bot_allowed" } else { "allow_sending_messages" }, nothing),
        A::ContactSignUp => ("joined_telegram", nothing),
        A::GeoProximityReached(a) => {
            let fields = json!({"from_id": peer_id(&a.from_id).to_string(), "to_id": peer_id(&a.to_id).to_string(), "distance": a.distance});
            ("proximity_reached", fields)
        }
        A::GroupCall(a) => ("group_call", json!({"duration": a.duration})),
        A::InviteToGroupCall(a) => ("invite_to_group_call", json!({"members": names(&a.users, context)})),
        A::SetMessagesTtl(a) => ("set_messages_ttl", json!({"period": a.period})),
        A::GroupCallScheduled(a) => ("group_call_scheduled", json!({"schedule_date": a.schedule_date})),
        A::SetChatTheme(_) => ("edit_chat_theme", nothing),
        A::WebViewDataSent(a) => ("send_webview_data", json!({"text": a.text})),
        A::WebViewDataSentMe(a) => ("send_webview_data", json!({"text": a.text})),
        A::TopicCreate(a) => ("topic_created", json!({"title": a.title})),
        A::TopicEdit(a) => ("topic_edit", json!({"new_title": a.title, "closed": a.closed})),
        A::PaymentSent(a) => ("send_payment", json!({"amount": a.total_amount, "currency": a.currency})),
        A::PaymentRefunded(a) => ("refunded_payment", json!({"amount": a.total_amount, "currency": a.currency})),
        A::GameScore(a) => ("score_in_game", json!({"score": a.score})),
        other => (rare(other), nothing),
    }
}

fn hang_up(reason: &tl::enums::PhoneCallDiscardReason) -> &'static str {
    match reason {
        tl::enums::PhoneCallDiscardReason::Missed => "missed",
        tl::enums::PhoneCallDiscardReason::Disconnect => "disconnect",
        tl::enums::PhoneCallDiscardReason::Hangup => "hangup",
        tl::enums::PhoneCallDiscardReason::Busy => "busy",
        _ => "other",
    }
}

/// Gifts, boosts and the like: that it happened is what a work chat needs.
fn rare(action: &A) -> &'static str {
    match action {
        A::SecureValuesSent(_) => "send_passport_values",
        A::GiftPremium(_) => "send_premium_gift",
        A::SuggestProfilePhoto(_) => "suggest_profile_photo",
        A::RequestedPeer(_) | A::RequestedPeerSentMe(_) => "requested_peer",
        A::SetChatWallPaper(a) => {
            if a.same {
                "set_same_chat_wallpaper"
            } else {
                "set_chat_wallpaper"
            }
        }
        A::GiftCode(_) => "gift_code_prize",
        A::GiveawayLaunch(_) => "giveaway_launch",
        A::GiveawayResults(_) => "giveaway_results",
        A::BoostApply(_) => "boost_apply",
        A::GiftStars(_) => "send_stars_gift",
        A::GiftTon(_) => "send_ton_gift",
        A::PrizeStars(_) => "stars_prize",
        A::StarGift(_) | A::StarGiftUnique(_) => "send_star_gift",
        A::PaidMessagesRefunded(_) => "paid_messages_refund",
        A::PaidMessagesPrice(_) => "paid_messages_price_change",
        A::TodoCompletions(_) => "todo_completions",
        A::TodoAppendTasks(_) => "todo_append_tasks",
        A::SuggestedPostApproval(_) => "process_suggested_post",
        A::SuggestedPostSuccess(_) => "suggested_post_success",
        A::SuggestedPostRefund(_) => "suggested_post_refund",
        A::SuggestBirthday(_) => "suggest_birthday",
        A::NewCreatorPending(_) => "new_creator_pending",
        A::ChangeCreator(_) => "change_creator",
        _ => "unknown",
    }
}
