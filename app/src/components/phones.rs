//! Who else rings, or who answered.

use domain::{
    call::{CallPhase, ChannelState, Direction},
    ids::Extension,
    view::CallState,
};
use leptos::prelude::*;

use crate::texts::{t, texts};

/// Phones that are shown one by one; the rest is counted.
const SHOWN: usize = 8;

#[component]
pub fn Phones(#[prop(into)] call: Signal<CallState>, own: Option<Extension>) -> impl IntoView {
    let texts = texts();
    let chips = move || {
        let call = call.get();
        if let Some(by) = call.answered_by.as_ref().filter(|_| call.phase != CallPhase::Ringing) {
            let text = match Some(by) == own.as_ref() {
                true => texts.get().you_answered.to_owned(),
                false => (texts.get().answered_by)(by.as_str(), call.answered_by_name.as_deref()),
            };
            let class = if call.phase == CallPhase::Held { "chip held num" } else { "chip talking num" };
            let others = call.talking.iter().filter(|exten| *exten != by).map(|exten| {
                let mine = (Some(exten) == own.as_ref()).then(|| format!(" · {}", texts.get().you));
                view! { <span class="chip talking num">{exten.to_string()}{mine}</span> }
            });
            return view! { <span class=class>{text}</span> {others.collect_view()} }.into_any();
        }
        if let Some(number) = call.answered_outside.as_ref().filter(|_| call.direction == Direction::Inbound) {
            let text = (texts.get().answered_outside)(number);
            return view! { <span class="chip talking num">{text}</span> }.into_any();
        }
        let mut legs = call.state;
        legs.sort_by_key(|leg| Some(&leg.exten) != own.as_ref());
        let more = legs.len().saturating_sub(SHOWN);
        legs.truncate(SHOWN);
        let chip = |leg: domain::view::LegState| {
            let class = match leg.outbound_channel_state {
                ChannelState::Ringing => "chip ringing num",
                ChannelState::Up => "chip talking num",
                _ => "chip num",
            };
            let mine = (Some(&leg.exten) == own.as_ref()).then(|| format!(" · {}", texts.get().you));
            view! { <span class=class>{leg.exten.to_string()}{mine}</span> }
        };
        view! {
            {legs.into_iter().map(chip).collect_view()}
            {(more > 0).then(|| view! { <span class="chip ringing num">{format!("+{more}")}</span> })}
        }
        .into_any()
    };
    view! { <div class="phones" role="group" aria-label=t(|t| t.phones_of_call)>{chips}</div> }
}
