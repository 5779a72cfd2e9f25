//! Files of captured messages.

use super::desk::Desk;
use letopis_telegram::Error;
use std::sync::Arc;

pub async fn run(desk: Arc<Desk>) -> Error {
    loop {
        desk.media.notified().await;
    }
}
