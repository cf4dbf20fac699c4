//! What Ringside says to each event of a recording, learnt by playing it slowly: the floor's task.

use serde::{Deserialize, Serialize};

use crate::recording::Copy;

/// By recording and event.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Plan(pub Vec<Vec<Vec<Frame>>>);

/// A frame to a phone of the group. The call's id stands between the parts.
#[derive(Debug, Serialize, Deserialize)]
pub struct Frame {
    pub phone: usize,
    parts: Vec<String>,
}

impl Plan {
    pub fn frames(&self, recording: usize, event: usize) -> &[Frame] {
        self.0.get(recording).and_then(|events| events.get(event)).map_or(&[], Vec::as_slice)
    }
}

impl Frame {
    /// What `phone` was told when `copy` was played.
    pub fn learnt(phone: usize, text: &str, copy: Copy) -> Self {
        Self { phone, parts: text.split(&call_id(copy)).map(str::to_owned).collect() }
    }

    /// The same, of another copy.
    pub fn text(&self, copy: Copy) -> String {
        self.parts.join(&call_id(copy))
    }
}

fn call_id(copy: Copy) -> String {
    format!("main:{}", copy.root())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_told_of_another_call() {
        let (one, other) = (Copy { number: 1, group: 0 }, Copy { number: 2, group: 0 });
        let frame = Frame::learnt(3, &format!(r#"{{"callId":"{}","x":1}}"#, call_id(one)), one);
        assert_eq!(frame.text(other), format!(r#"{{"callId":"{}","x":1}}"#, call_id(other)));
    }
}
