//! How long somebody has been kept waiting, and whether that is long.

use domain::Timestamp;
use leptos::prelude::*;

use super::clock::Clock;
use crate::{
    live::Live,
    texts::{Texts, texts},
};

/// Two rings of a phone, five seconds each: most calls are taken by now, and there is still time
/// to see to this one.
pub const WARM_MS: i64 = 10_000;
/// What call centres are measured by: four of five calls answered within twenty seconds.
pub const HOT_MS: i64 = 20_000;

/// A wait that a supervisor should see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    Warm,
    Hot,
}

impl Age {
    /// None while it is short.
    pub fn of(waited_ms: i64) -> Option<Self> {
        match waited_ms {
            HOT_MS.. => Some(Self::Hot),
            WARM_MS.. => Some(Self::Warm),
            _ => None,
        }
    }

    /// As `data-age` says it to the styles.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warm => "warm",
            Self::Hot => "hot",
        }
    }

    fn word(self, texts: &'static Texts) -> &'static str {
        match self {
            Self::Warm => texts.waits_long,
            Self::Hot => texts.waits_too_long,
        }
    }
}

/// A table's cell with the time since `since`; one that `waits` grows warm and hot, in colour and
/// in a word.
#[component]
pub fn AgeCell(live: Live, #[prop(into)] since: Signal<Timestamp>, #[prop(into)] waits: Signal<bool>) -> impl IntoView {
    let texts = texts();
    let age = Memo::new(move |_| waits.get().then(|| Age::of(live.elapsed_ms(since.get()))).flatten());
    view! {
        <td class="age num" data-age=move || age.get().map(Age::name)>
            <Clock live since/>
            {move || age.get().map(|age| view! { " " <small>{age.word(texts.get())}</small> })}
        </td>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_grows_warm_and_then_hot() {
        assert_eq!(Age::of(-1), None, "the server's clock may be a moment behind");
        assert_eq!(Age::of(WARM_MS - 1), None);
        assert_eq!(Age::of(WARM_MS), Some(Age::Warm));
        assert_eq!(Age::of(HOT_MS), Some(Age::Hot));
    }
}
