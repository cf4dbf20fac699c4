//! The numbers people compare: last booking, bookings, cancellations.

use domain::customer::{CustomerData, is_safe_link};
use leptos::prelude::*;

use crate::{
    format,
    texts::{t, texts},
};

#[component]
pub fn Facts(customer: CustomerData) -> impl IntoView {
    let texts = texts();
    let last = customer.last_booking.clone();
    let link = customer.total_booking_times.link_details.clone().filter(|link| is_safe_link(link));
    let latest = customer.total_canceling_times.last.map(format::date);
    view! {
        <dl class="facts">
            <div>
                <dt>{t(|t| t.last_booking)}</dt>
                {match last {
                    None => view! { <dd class="dim">{t(|t| t.no_booking)}</dd> }.into_any(),
                    Some(last) => match last.booking {
                        // The CRM has only the sentence.
                        None => view! { <dd>{last.info}</dd><dd class="dim"><span class="chip">{last.state}</span></dd> }.into_any(),
                        Some(booking) => {
                            let (when, state) = (booking.clone(), booking.state);
                            view! {
                                <dd>{move || format::booking(&when, texts.get())}</dd>
                                <dd class="dim">
                                    {booking.restaurant} " "
                                    <span class=format!("chip {}", format::booking_state(state, texts.get_untracked()).1)>
                                        {move || format::booking_state(state, texts.get()).0}
                                    </span>
                                </dd>
                            }.into_any()
                        }
                    },
                }}
            </div>
            <div>
                <dt>{t(|t| t.total_bookings)}</dt>
                <dd class="big num">{customer.total_booking_times.info}</dd>
                {link.map(|href| view! { <dd><a href=href target="_blank" rel="noopener noreferrer">{t(|t| t.details)}</a></dd> })}
            </div>
            <div>
                <dt>{t(|t| t.total_cancellations)}</dt>
                <dd class="big num">{customer.total_canceling_times.info}</dd>
                {latest.map(|date| view! { <dd class="faint">{t(|t| t.latest)} " " {date}</dd> })}
            </div>
        </dl>
    }
}
