//! What the customer booked before, and what was noted.

use domain::customer::CustomerData;
use leptos::prelude::*;

use crate::{
    format,
    texts::{t, texts},
};

#[component]
pub fn CustomerHistory(#[prop(into)] customer: Signal<Option<CustomerData>>) -> impl IntoView {
    let texts = texts();
    let list = move || {
        customer.get().map(|customer| {
        let bookings = customer.bookings.into_iter().map(|booking| {
            let state = booking.state;
            let when = format::date(booking.at.date());
            let guests = (booking.adults, booking.children);
            view! {
                <li>
                    <div class="line"><b>{booking.restaurant}</b>
                        <span class=format!("chip {}", format::booking_state(state, texts.get_untracked()).1)>{move || format::booking_state(state, texts.get()).0}</span></div>
                    <span class="dim num">{when} " · " {move || (texts.get().guests)(guests.0, guests.1)}</span>
                </li>
            }
        });
        let notes = customer.notes.into_iter().map(|note| view! {
            <li><span class="dim">{t(|t| t.note)} " " {format::day_and_time(note.at)} " · " {note.author}</span><span>{note.text}</span></li>
        });
        view! { <ol class="hist">{bookings.collect_view()}{notes.collect_view()}</ol> }
    })
    };
    let empty =
        move || customer.with(Option::is_none).then(|| view! { <p class="empty">{t(|t| t.customer_history_hint)}</p> });
    view! {
        <aside class="panel" aria-label=t(|t| t.customer_history)>
            <header><h2>{t(|t| t.customer_history)}</h2></header>
            {list}{empty}
        </aside>
    }
}
