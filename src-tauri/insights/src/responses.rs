//! Next response time by the clock: from the oldest unanswered client message to the manager's next message.
//! Calendar time; working hours are laid over it by the metrics. See Chatwoot's and Zendesk's definition of NRT.

use letopis_model::{Direction, Message, MessageKind, MessageLink, Timestamp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTime {
    /// The oldest client message that waited.
    pub asked: MessageLink,
    pub answered: MessageLink,
    pub seconds: u32,
}

/// One entry for each time the manager answered; what still waits has none.
pub fn response_times(messages: &[Message]) -> Vec<ResponseTime> {
    let mut waiting: Option<(MessageLink, Timestamp)> = None;
    let mut times = Vec::new();
    for message in messages.iter().filter(|m| m.content.kind != MessageKind::Service) {
        let Some(at) = message.sent_at else { continue };
        match message.direction {
            Direction::In => waiting = waiting.or(Some((message.link, at))),
            Direction::Out => {
                if let Some((asked, since)) = waiting.take() {
                    let seconds = u32::try_from(at.0.saturating_sub(since.0).max(0)).unwrap_or(u32::MAX);
                    times.push(ResponseTime { asked, answered: message.link, seconds });
                }
            }
        }
    }
    times
}
