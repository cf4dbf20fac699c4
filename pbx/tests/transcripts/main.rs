//! Events recorded from a real Asterisk in, the story of the calls out.
//!
//! A `NAME.ndjson` is a recording: its first line says what was done, the others are events as
//! Asterisk sent them, less the fields that nobody reads. `NAME.expected` is the story. To write
//! the stories anew, and read them in the diff: `UPDATE_EXPECT=1 cargo test -p pbx`.

#![allow(clippy::unwrap_used, reason = "a recording that cannot be read fails the test")]

mod chaos;
mod recording;
mod story;

use expect_test::expect_file;
use recording::Recording;
use story::Story;

/// Plays a recording as it is, and as other PBXs and worse networks would have brought it.
#[track_caller]
fn check(name: &str) {
    let recording = Recording::load(name);
    let story = Story::of(&recording);
    let told = story.to_string();
    expect_file![format!("{}/tests/transcripts/{name}.expected", env!("CARGO_MANIFEST_DIR"))].assert_eq(&told);
    assert_eq!(Story::of(&recording.without_linkedid()).to_string(), told, "{name}: linked by Dial alone");
    assert_eq!(Story::of(&recording.doubled()).to_string(), told, "{name}: every event twice");
    for seed in 0..20 {
        let shuffled = Story::of(&recording.reordered(seed));
        assert_eq!(shuffled.endings(), story.endings(), "{name}: reordered across channels, seed {seed}");
    }
}

macro_rules! transcripts {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )* };
}

transcripts! {
    abandoned agent_hangs attended attended_early click_to_dial early_media killed all_busy answer_caller_hangs blind_refer devices devices_lost hold internal
    ivr local local_abandoned no_answer no_stasis number_forms outbound pickup queue queue_abandoned
    reconnect_midcall redirect two utf8
}
