//! The calls of the last ten days, so that the history has something to list and cards have
//! notes of earlier calls.

use domain::{
    call::{Answer, Call, CallPhase, ChannelState, Direction, Leg, LegEnd, Outcome, Party},
    history::CallRecord,
    ids::{AccountId, CallId, ChannelId, CustomerId, Endpoint, Extension, PbxName, SaveId, TabId},
    note::{Draft, SaveNote},
};
use jiff::{SignedDuration, Timestamp, ToSpan, ZonedDateTime};
use rand::{RngExt, seq::IndexedRandom};
use sqlx::{Sqlite, Transaction};
use uuid::Uuid;

use super::{Random, people::pick};
use crate::store::{StoreError, calls, customers::NewCustomer, notes};

const DAYS: i32 = 10;
const A_DAY: usize = 30;
/// Ring groups of the demo ring this many phones.
const RINGING: usize = 4;

const NOTES: [&str; 10] = [
    "Khách muốn bàn gần cửa sổ, tầng 2.",
    "Đổi giờ từ 18:30 sang 19:15, đã báo nhà hàng.",
    "Sinh nhật con gái, nhờ chuẩn bị bánh và nến.",
    "Dị ứng hải sản, đã ghi chú cho bếp.",
    "Hỏi chỗ để ô tô, đã gửi địa chỉ bãi xe.",
    "Xin hóa đơn công ty, mã số thuế gửi qua tin nhắn.",
    "Cần ghế trẻ em cho hai bé.",
    "Hủy vì bận đột xuất, hẹn gọi lại tuần sau.",
    "Khách quen, hay ngồi phòng riêng tầng 3.",
    "Hỏi thực đơn chay, đã tư vấn.",
];

/// An agent: where they sit, who they are.
type Agent = (Extension, AccountId, &'static str);

/// Writes the calls of the days before `now`, and notes on some of the answered ones.
pub(super) async fn seed(
    tx: &mut Transaction<'static, Sqlite>,
    random: &mut Random,
    now: &ZonedDateTime,
    customers: &[(CustomerId, &NewCustomer)],
    agents: &[Agent],
) -> Result<(), StoreError> {
    for days in (1..=DAYS).rev() {
        let date = now.date().saturating_sub(days.days());
        let mut minutes: Vec<i32> = (0..A_DAY).map(|_| random.random_range(9 * 60..21 * 60)).collect();
        minutes.sort_unstable();
        for minute in minutes {
            // In a zone whose clocks change, a time may not exist: then that call did not.
            let begun = date.at(0, 0, 0, 0).saturating_add(minute.minutes()).to_zoned_datetime(now.time_zone().clone());
            let Ok(begun) = begun else { continue };
            let Some((record, agent)) = call(random, begun.timestamp(), customers, agents) else { continue };
            calls::put_call(tx, &record).await?;
            if let Some(account) = agent.filter(|_| random.random_bool(0.4)) {
                let note = note(random, &record);
                let at = record.call.ended_at.unwrap_or(record.call.started_at);
                // The call was written a line above and the customer is the call's own.
                let _saved = notes::save_within(tx, account, &note, at).await?;
            }
        }
    }
    Ok(())
}

/// One inbound call, and the account of whoever answered.
fn call(
    random: &mut Random,
    begun: Timestamp,
    customers: &[(CustomerId, &NewCustomer)],
    agents: &[Agent],
) -> Option<(CallRecord, Option<AccountId>)> {
    let pbx = PbxName::from("demo");
    let root = ChannelId::new(format!("{}.{}", begun.as_second(), random.random_range(0..1000)));
    let (customer, known) = customers.choose(random)?;
    let (number, _) = known.phones.first()?;
    let after = |seconds: i64| begun + SignedDuration::from_secs(seconds);
    let outcome = match random.random_range(0..20) {
        0..15 => Outcome::Answered,
        15..18 => Outcome::Abandoned,
        _ => Outcome::Missed,
    };
    let rang = random.random_range(3..25);
    let talked = random.random_range(20..400);
    let ended_at = after(rang + if outcome == Outcome::Answered { talked } else { 0 });
    let ringing: Vec<&Agent> = agents.sample(random, RINGING).collect();
    let winner = ringing.first().filter(|_| outcome == Outcome::Answered);
    let legs = ringing
        .iter()
        .enumerate()
        .map(|(index, (exten, ..))| {
            let won = index == 0 && winner.is_some();
            Leg {
                channel: ChannelId::new(format!("{root}-{exten}")),
                endpoint: Endpoint::new(format!("PJSIP/{exten}")),
                exten: Some(exten.clone()),
                state: if won { ChannelState::Up } else { ChannelState::Ringing },
                number: None,
                held: false,
                talking: false,
                handed_on: false,
                created_at: begun,
                ringing_at: Some(after(1)),
                answered_at: won.then(|| after(rang)),
                ended_at: Some(if won { ended_at } else { after(rang) }),
                end: Some(match outcome {
                    Outcome::Answered if won => LegEnd::Completed,
                    Outcome::Answered => LegEnd::AnsweredElsewhere,
                    Outcome::Abandoned => LegEnd::Abandoned,
                    _ => LegEnd::NoAnswer,
                }),
                cause: None,
            }
        })
        .collect::<Vec<_>>();
    let answer = winner.and_then(|(exten, ..)| {
        legs.first().map(|leg| Answer { channel: leg.channel.clone(), exten: Some(exten.clone()), number: None })
    });
    let call = Call {
        id: CallId::of(&pbx, &root),
        direction: Direction::Inbound,
        phase: CallPhase::Ended,
        caller_channel: root.clone(),
        root,
        root_endpoint: "PJSIP/trunk".into(),
        root_exten: None,
        caller: Party::new("", number.as_str().trim_start_matches('+').to_owned()),
        dialled: "1900".to_owned(),
        legs,
        answer,
        started_at: begun,
        answered_at: winner.map(|_| after(rang)),
        ended_at: Some(ended_at),
        outcome: Some(outcome),
        place: None,
        caller_left_at: None,
        aliases: Vec::new(),
        stale: false,
    };
    let record = CallRecord {
        call,
        caller_phone: Some(number.as_str().to_owned()),
        customer: Some(*customer),
        answered_by_name: winner.map(|(.., name)| (*name).to_owned()),
        known: None,
    };
    Some((record, winner.map(|(_, account, _)| *account)))
}

fn note(random: &mut Random, record: &CallRecord) -> SaveNote {
    SaveNote {
        save_id: SaveId(Uuid::from_u128(random.random())),
        draft: Draft {
            call_id: record.call.id.clone(),
            customer_id: record.customer,
            base_version: 0,
            text: pick(random, &NOTES).to_owned(),
            tab: TabId(Uuid::nil()),
            revision: 1,
        },
        follows: None,
    }
}
