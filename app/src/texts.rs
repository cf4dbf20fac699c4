//! Every word on screen, in Vietnamese and in English. A text that one language lacks does not
//! compile.

mod en;
mod preferred;
mod vi;

use leptos::prelude::*;

/// The languages. Vietnamese is that of whoever says nothing of theirs: the call centres that this
/// is made for are in Vietnam.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Vi,
    En,
}

impl Lang {
    /// As in `<html lang>` and in the cookie.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "vi" => Some(Self::Vi),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    pub fn texts(self) -> &'static Texts {
        match self {
            Self::Vi => &vi::TEXTS,
            Self::En => &en::TEXTS,
        }
    }

    /// The one that the button offers.
    pub fn other(self) -> Self {
        match self {
            Self::Vi => Self::En,
            Self::En => Self::Vi,
        }
    }
}

/// The texts of the page's language, in any component.
pub fn texts() -> Signal<&'static Texts> {
    let lang = use_context::<RwSignal<Lang>>().unwrap_or_default();
    Signal::derive(move || lang.get().texts())
}

/// A text of the page's language, as a reactive view: `t(|t| t.desk)`.
pub fn t(pick: fn(&'static Texts) -> &'static str) -> impl Fn() -> &'static str + Copy + Send + 'static {
    let texts = texts();
    move || pick(texts.get())
}

/// One language.
pub struct Texts {
    // the bar
    pub desk: &'static str,
    pub calls: &'static str,
    pub floor: &'static str,
    pub sign_out: &'static str,
    pub still_signed_in: &'static str,
    pub light_or_dark: &'static str,
    /// The other language, in that language; both texts are read by somebody who knows only that.
    pub other_language: &'static str,
    pub to_other_language: &'static str,
    pub alerts: &'static str,
    pub alerts_hint: &'static str,
    pub alerts_silent: &'static str,
    pub alerts_silent_hint: &'static str,
    pub sound_only: &'static str,
    pub sound_only_framed: &'static str,
    pub sound_only_blocked: &'static str,
    pub own_tab: &'static str,
    pub own_tab_hint: &'static str,
    // the link and the agent
    pub connecting: &'static str,
    pub authenticating: &'static str,
    pub online: &'static str,
    pub reconnecting: &'static str,
    pub replaced: &'static str,
    pub refused: &'static str,
    pub offline: &'static str,
    pub available: &'static str,
    pub ringing: &'static str,
    pub on_call: &'static str,
    pub wrap_up: &'static str,
    // signing in
    pub sign_in: &'static str,
    pub account: &'static str,
    pub password: &'static str,
    pub extension: &'static str,
    pub extension_hint: &'static str,
    pub take_over: &'static str,
    pub wrong_credentials: &'static str,
    pub too_many: fn(u64) -> String,
    pub not_yours: fn(&str) -> String,
    pub extension_needed: &'static str,
    pub held_by: fn(&str, &str) -> String,
    pub sign_in_unavailable: &'static str,
    // one's own account
    pub my_account: &'static str,
    pub supervisor: &'static str,
    pub administrator: &'static str,
    pub change_password: &'static str,
    pub current_password: &'static str,
    pub new_password: &'static str,
    pub new_password_again: &'static str,
    pub at_least: fn(usize) -> String,
    pub password_changed: &'static str,
    pub passwords_differ: &'static str,
    pub wrong_current: &'static str,
    pub password_too_long: &'static str,
    pub password_same: &'static str,
    // banners
    pub pbx_down: &'static str,
    pub pbx_replaced: &'static str,
    pub link_down: &'static str,
    pub taken_over: &'static str,
    pub signed_in_elsewhere: &'static str,
    pub continue_here: &'static str,
    pub came_over: &'static str,
    pub new_version: &'static str,
    pub reload: &'static str,
    pub page_did_not_come: &'static str,
    pub signed_out: &'static str,
    // the card
    pub phase_waiting: &'static str,
    pub phase_ringing: &'static str,
    pub phase_talking: &'static str,
    pub phase_held: &'static str,
    pub phase_ended: &'static str,
    pub phase_calling: &'static str,
    pub parked: &'static str,
    pub parked_at: fn(&str) -> String,
    pub in_queue: &'static str,
    pub voicemail: &'static str,
    pub hidden_number: &'static str,
    pub unknown_customer: &'static str,
    pub add_customer: &'static str,
    pub caller_number: &'static str,
    pub customer_name: &'static str,
    pub city: &'static str,
    pub add: &'static str,
    pub cancel: &'static str,
    pub looking: &'static str,
    pub lookup_failed: &'static str,
    pub retry: &'static str,
    pub copy_number: &'static str,
    pub copied: &'static str,
    pub customer_since: &'static str,
    pub last_booking: &'static str,
    pub no_booking: &'static str,
    pub total_bookings: &'static str,
    pub total_cancellations: &'static str,
    pub latest: &'static str,
    pub details: &'static str,
    pub phones_of_call: &'static str,
    pub you: &'static str,
    pub you_answered: &'static str,
    pub answered_by: fn(&str, Option<&str>) -> String,
    pub answered_outside: fn(&str) -> String,
    pub answered_elsewhere: &'static str,
    pub caller_gave_up: &'static str,
    pub moved_on: &'static str,
    pub transferred_to: fn(&str) -> String,
    pub several_customers: &'static str,
    pub close: &'static str,
    pub stale: &'static str,
    pub your_calls: &'static str,
    pub open_card: &'static str,
    pub no_calls: &'static str,
    pub no_calls_hint: &'static str,
    // notes
    pub note: &'static str,
    pub to_note: &'static str,
    pub to_ring: &'static str,
    pub note_hint: &'static str,
    pub save: &'static str,
    pub save_and_close: &'static str,
    pub to_wrap_up: &'static str,
    pub colleague_writes: fn(&str) -> String,
    pub talked: &'static str,
    pub only_on_page: &'static str,
    pub kept_in_browser: &'static str,
    pub kept_on_server: &'static str,
    pub saving: &'static str,
    pub saved: &'static str,
    pub waiting_for_database: &'static str,
    pub sign_in_to_save: &'static str,
    pub not_saved: &'static str,
    pub conflict: &'static str,
    pub mine: &'static str,
    pub theirs: &'static str,
    pub keep_mine: &'static str,
    pub take_theirs: &'static str,
    // history
    pub recent: &'static str,
    pub all: &'static str,
    pub all_calls: &'static str,
    pub part_mine: &'static str,
    pub part_missed: &'static str,
    pub today: &'static str,
    pub past_call: &'static str,
    pub to_customer: &'static str,
    pub ended: &'static str,
    pub transferred: &'static str,
    pub declined: &'static str,
    pub lost: &'static str,
    pub no_matches: &'static str,
    pub customer_history: &'static str,
    pub customer_history_hint: &'static str,
    pub nothing_yet: &'static str,
    pub answered: &'static str,
    pub abandoned: &'static str,
    pub missed: &'static str,
    pub busy: &'static str,
    pub failed: &'static str,
    pub in_progress: &'static str,
    pub inbound: &'static str,
    pub not_answered: &'static str,
    pub outbound: &'static str,
    pub internal: &'static str,
    pub direction: &'static str,
    pub outcome: &'static str,
    pub search: &'static str,
    pub day: &'static str,
    pub seven_days: &'static str,
    pub from_day: &'static str,
    pub to_day: &'static str,
    pub count_of_calls: fn(u64) -> String,
    pub rang_at: &'static str,
    pub any: &'static str,
    pub time: &'static str,
    pub caller: &'static str,
    pub duration: &'static str,
    pub previous: &'static str,
    pub next: &'static str,
    pub bookings: &'static str,
    pub calls_and_notes: &'static str,
    pub guests: fn(u16, u16) -> String,
    /// So many days, months or years from today; less than 0 for those that are past.
    pub days_away: fn(i32) -> String,
    pub months_away: fn(i32) -> String,
    pub years_away: fn(i32) -> String,
    // the floor
    pub talking: &'static str,
    pub longest_ring: &'static str,
    pub agents_in: &'static str,
    pub answered_today: &'static str,
    pub missed_today: &'static str,
    pub abandoned_today: &'static str,
    pub busy_today: &'static str,
    pub average_wait: &'static str,
    pub phone: &'static str,
    pub phone_idle: &'static str,
    pub phone_in_use: &'static str,
    pub search_agents: &'static str,
    pub nobody_matches: &'static str,
    pub agent: &'static str,
    pub client: &'static str,
    pub with: &'static str,
    pub since: &'static str,
    pub no_client: &'static str,
    pub registered: &'static str,
    pub not_registered: &'static str,
    pub calls_in_progress: &'static str,
    pub endpoints: &'static str,
    pub waits_long: &'static str,
    pub waits_too_long: &'static str,
    pub dialled: &'static str,
    pub state: &'static str,
    pub no_live_calls: &'static str,
    // bookings
    pub pending: &'static str,
    pub confirmed: &'static str,
    pub served: &'static str,
    pub cancelled: &'static str,
    pub no_show: &'static str,
    // errors
    pub not_found: &'static str,
    pub not_allowed: &'static str,
    pub not_understood: &'static str,
    pub unavailable: &'static str,
    pub no_connection: &'static str,
    pub yesterday: &'static str,
    pub weekdays: [&'static str; 7],
}
