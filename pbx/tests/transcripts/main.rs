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
    let (recording, story) = as_it_is(name);
    let told = story.to_string();
    same(&Story::of(&recording.without_linkedid()).to_string(), &told, &format!("{name}: linked by Dial alone"));
    same(&Story::of(&recording.doubled()).to_string(), &told, &format!("{name}: every event twice"));
    for seed in 0..20 {
        let shuffled = Story::of(&recording.reordered(seed));
        let what = format!("{name}: reordered across channels, seed {seed}");
        same(&shuffled.endings(), &story.endings(), &what);
    }
    for (recording, linked) in [(&recording, "with linkedid"), (&recording.without_linkedid(), "linked by Dial alone")]
    {
        let steps = recording.steps.len();
        for after in (1..RESTARTS).map(|part| steps * part / RESTARTS) {
            let restarted = Story::of(&recording.restarted(after));
            let what = format!("{name}: Ringside restarted after step {after}, {linked}");
            same(&restarted.endings(), &story.endings(), &what);
        }
    }
}

/// Plays a recording as it is.
#[track_caller]
fn as_it_is(name: &str) -> (Recording, Story) {
    let recording = Recording::load(name);
    let story = Story::of(&recording);
    expect_file![format!("{}/tests/transcripts/{name}.expected", env!("CARGO_MANIFEST_DIR"))]
        .assert_eq(&story.to_string());
    (recording, story)
}

/// Two tellings of one story are the same, or the lines that differ are shown.
#[track_caller]
fn same(told: &str, expected: &str, what: &str) {
    let missing = |one: &str, other: &str| {
        one.lines().filter(|line| !other.lines().any(|it| it == *line)).collect::<Vec<_>>().join("\n")
    };
    assert!(told == expected, "{what}\ntold:\n{}\nexpected:\n{}", missing(told, expected), missing(expected, told));
}

/// Each recording is also told with a restart of ours after each of so many parts of it.
const RESTARTS: usize = 12;

macro_rules! transcripts {
    ($($name:ident)*) => { transcripts! { in "" $($name)* } };
    (in $folder:literal $($name:ident)*) => { $(
        #[test]
        fn $name() {
            check(concat!($folder, stringify!($name)));
        }
    )* };
}

transcripts! {
    abandoned agent_hangs attended attended_early click_to_dial early_media killed all_busy answer_caller_hangs blind_refer devices devices_lost hold internal
    ivr local local_abandoned no_answer no_stasis number_forms outbound pickup queue queue_abandoned
    reconnect_midcall redirect two utf8
}

/// PBXs that told wrong stories once.
mod reported {
    use super::check;

    transcripts! { in "reported/"
        ami_callback_customer_busy ami_callback_local ami_callback_unanswered analog_without_channelvars ari_click_to_dial asyncgoto
        atxfer_feature atxfer_noanswer atxfer_refused blind_to_group blind_to_mobile callback_local
        callerid_normalised_at_once callerid_replaced callerid_unhidden channel_id_with_slash confbridge conference
        conference_redirect confirm_abandoned confirm_not_pressed confirm_pressed destroyed_never_told followme_confirm
        followme_outside page_local_nolink park_comeback park_retrieve parking pickup_group
        presentation pri_outbound queue_callback queue_callback_local queue_nobody_vm restart_after_blind_nolink restart_callback_nolink
        snoop voicemail voicemail_after_no_answer
    }
}

/// Events written after the sources of Asterisk and the recordings, for lines and ways that are not on
/// the rig.
mod written {
    use super::check;

    transcripts! { in "written/"
        callback_customer_congestion callback_customer_unknown click_group_answer
        click_two_devices_answer click_two_devices_busy click_two_devices_first
        click_two_devices_noanswer dahdi_callback_answered dahdi_callback_busy dahdi_phone_click
        dahdi_wait_click dongle_click forward_outside_own_cli held_to_end
        hidden_restart iax_numeric name_then_number numeric_trunk_click numeric_trunk_mobile
        presentation_back pri_callback pri_outbound_reserved sccp_outbound
    }

    /// The call was answered and handed on while the link was down. Without linkedid nobody can know
    /// whose phones those were that are there when it is back.
    #[test]
    fn gap_blind_to_mobile() {
        super::as_it_is("written/gap_blind_to_mobile");
    }
}

/// An Asterisk in the shape of FreePBX: `pbx/rig` records it. A `NAME.truth` says what happened.
mod freepbx {
    use super::check;

    transcripts! { in "freepbx/"
        abandoned_before_ring agent_login ami_bridge_from_ivr ami_hangup ami_park ami_redirect_agent_leg
        ami_redirect_to_group anonymous_carrier answer_announcement ari_bridge asterisk_restarted
        attended_back attended_cancelled attended_feature_blond attended_feature_complete
        attended_feature_customer_leaves attended_feature_declined attended_refer attended_refer_ringing
        attended_to_outside blind_feature blind_noanswer blind_refer_outside blind_refer_queue
        blind_refer_voicemail call_waiting callback_customer_noanswer callfile_agent_first
        callfile_customer_first click_ami_agent_refuses click_ami_application click_ami_context
        click_ami_phone_first click_ari_failover click_ari_local click_hunt_then_customer closed_announcement conference_agents_leave
        conference_announced conference_refer conference_two_customers devices_race dnd_in_group dnd_voicemail early_media_group
        followme_confirmed followme_declined followme_inside_first followme_outside_plain
        followme_prompt_abandoned forward_302_inside forward_302_outside_group forward_always_outside
        forward_busy_inside forward_noanswer_inside group_all_refuse group_hunt group_nobody_voicemail
        group_to_group hangup_by_feature hangup_by_time_limit iax_inbound iax_outbound intercom
        internal_noanswer ivr_after_ring ivr_hangup ivr_queue ivr_timeout_extension link_lost_in_conference
        link_lost_in_transfer link_lost_to_the_end link_lost_while_parked link_lost_while_ringing
        mailbox_asked number_replaced_1s number_replaced_50ms number_replaced_first number_replaced_ringing
        outbound_answered outbound_busy outbound_cancelled outbound_congestion outbound_failover
        outbound_noanswer outbound_prefix_early_media outbound_transferred outbound_unknown_number
        page_group park_abandoned park_comeback_group park_comeback_picked_up park_taken_by_other phone_gone
        pickup_directed_queue pickup_star8 queue_callback_nobody queue_empty queue_exit_digit
        queue_fewestcalls_abandoned queue_leastrecent_voicemail queue_linear_timeout queue_many
        queue_member_forwards_outside queue_members_as_phones queue_penalty_device queue_random_between
        queue_ringall queue_rrmemory queue_rrordered_busy queue_wrandom_held second_device_answers
        second_trunk_hold_by_customer slash_in_ids snoop_and_mixmonitor spy_then_barge stasis_hop survey_after_talk
        two_customers_one_number unknown_number voice_bot voicemail_message withheld_presentation
        withheld_reset_by_dialplan withheld_without_num_pres
    }
}
