//! What is numbered: the deltas of one desk, or of the floor.
//!
//! A stream keeps its last frames as they were sent, so that a client that comes back with a
//! position gets exactly what it missed. It does not keep a board: snapshots are made from the
//! hub's own tables, which are the truth.

use std::{collections::VecDeque, sync::Arc};

use domain::{
    delta::Delta,
    ids::{Epoch, Seq},
    view::CallState,
};

/// A frame as it goes over the wire, shared by all who get it.
pub type Text = Arc<str>;

/// A delta's JSON without its number, so that twelve streams share one encoding.
#[derive(Clone, Debug)]
pub struct Body(Arc<str>);

impl Body {
    pub fn of(delta: &Delta) -> Self {
        Self(to_json(delta).into())
    }

    /// Of [`Delta::CallState`], without a copy of the state: it is the one that is sent most.
    pub fn of_state(state: &CallState) -> Self {
        #[derive(serde::Serialize)]
        #[serde(tag = "type", rename_all = "camelCase")]
        enum Borrowed<'a> {
            CallState(&'a CallState),
        }
        Self(to_json(&Borrowed::CallState(state)).into())
    }

    /// The frame of this delta in a stream where it is number `seq`.
    fn numbered(&self, seq: Seq) -> Text {
        // Every delta is a JSON object with a `type`, so it opens with a brace and is not empty.
        format!("{{\"seq\":{seq},{}", self.0.get(1..).unwrap_or_default()).into()
    }

    /// The frame of a resend, which has no number.
    pub fn unnumbered(&self) -> Text {
        self.0.clone()
    }
}

/// JSON of a wire type. These have string keys and no failing serializer, so this cannot fail;
/// if it ever did, an empty object would disturb nobody.
pub fn to_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned())
}

/// One numbered sequence of deltas.
#[derive(Debug)]
pub struct Stream {
    epoch: Epoch,
    seq: Seq,
    log: VecDeque<Text>,
    keep: usize,
}

impl Stream {
    /// An empty stream that keeps its last `keep` frames.
    pub fn new(epoch: Epoch, keep: usize) -> Self {
        Self { epoch, seq: Seq::default(), log: VecDeque::new(), keep }
    }

    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Numbers a delta, keeps it and gives the frame to send.
    pub fn push(&mut self, body: &Body) -> Text {
        self.seq = self.seq.next();
        let frame = body.numbered(self.seq);
        if self.log.len() >= self.keep {
            self.log.pop_front();
        }
        self.log.push_back(frame.clone());
        frame
    }

    /// The frames after `seq` of `epoch`, or `None` where only a snapshot will do.
    pub fn since(&self, epoch: Epoch, seq: Seq) -> Option<impl Iterator<Item = Text>> {
        let missed = usize::try_from(self.seq.0.checked_sub(seq.0)?).ok()?;
        let start = self.log.len().checked_sub(missed)?;
        (epoch == self.epoch).then(|| self.log.range(start..).cloned())
    }
}

#[cfg(test)]
mod tests {
    use domain::{protocol::Frame, view::PbxLink};
    use uuid::Uuid;

    use super::*;

    const EPOCH: Epoch = Epoch(Uuid::nil());

    fn delta(up: bool) -> Delta {
        Delta::PbxLink(PbxLink { up, ..PbxLink::default() })
    }

    fn pushed(count: u64, keep: usize) -> Stream {
        let mut stream = Stream::new(EPOCH, keep);
        for _ in 0..count {
            stream.push(&Body::of(&delta(true)));
        }
        stream
    }

    fn missed(stream: &Stream, seq: u64) -> Option<Vec<u64>> {
        let frames = stream.since(EPOCH, Seq(seq))?;
        Some(frames.map(|text| text.parse::<Frame>().unwrap().seq.unwrap().0).collect())
    }

    #[test]
    fn a_frame_is_its_delta_with_a_number() {
        let text = Stream::new(EPOCH, 4).push(&Body::of(&delta(false)));
        assert_eq!(text.parse::<Frame>().unwrap(), Frame::delta(Seq(1), delta(false)));
    }

    #[test]
    fn what_was_missed_comes_in_order_and_without_gaps() {
        let stream = pushed(5, 3);
        assert_eq!(missed(&stream, 5), Some(vec![]));
        assert_eq!(missed(&stream, 3), Some(vec![4, 5]));
        assert_eq!(missed(&stream, 2), Some(vec![3, 4, 5]));
    }

    #[test]
    fn what_is_no_longer_kept_or_of_another_life_needs_a_snapshot() {
        let stream = pushed(5, 3);
        assert_eq!(missed(&stream, 1), None);
        assert_eq!(missed(&stream, 6), None, "a number from the future");
        assert!(stream.since(Epoch(Uuid::max()), Seq(4)).is_none());
    }
}
