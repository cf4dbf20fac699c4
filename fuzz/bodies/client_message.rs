//! What claims to be a browser's frame: it never panics, and what decodes encodes to a frame that
//! decodes to the same.

use domain::protocol::ClientMessage;

pub fn check(data: &[u8]) {
    let Ok(message) = serde_json::from_slice::<ClientMessage>(data) else { return };
    let frame = serde_json::to_string(&message).expect("a message encodes");
    let again: ClientMessage = serde_json::from_str(&frame).expect("its own frame decodes");
    assert_eq!(again, message, "{frame}");
}
