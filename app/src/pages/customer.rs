//! One customer with all bookings: where the card's "Details" leads. Agents see those who
//! called them.

use domain::{
    customer::{Booking, CustomerData},
    history::HistoryFilter,
    ids::CustomerId,
};
use leptos::{prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{Opened, comes_when_opened};
use crate::{
    components::{error_text::error_text, facts::Facts, guarded::Guarded, recent::Row},
    error::AppError,
    format,
    live::use_live,
    patience::patient,
    server_fns::{customers::customer, history::history},
    texts::{t, texts},
};

comes_when_opened!(Customer);

#[wasm_split(customer, wasm_split_path = leptos::wasm_split, preload(fetch), fallible)]
fn page() -> Opened {
    Ok(view! { <Guarded may=|_| true view=|_| view! { <Fetched/> }/> }.into_any())
}

#[component]
fn Fetched() -> impl IntoView {
    let texts = texts();
    let params = use_params_map();
    let id = move || params.with(|params| params.get("id")).and_then(|id| id.parse().ok()).map(CustomerId);
    // Only in the browser: the server draws no customers.
    let answer = LocalResource::new(move || {
        let id = id();
        async move { customer(id.ok_or(AppError::NotFound)?).await }
    });
    view! {
        <Transition>
            {move || answer.get().map(|answer| match answer {
                Ok((customer, bookings)) => view! { <Known customer bookings/> }.into_any(),
                Err(error) => view! { <p class="error" role="alert">{move || error_text(&error, texts.get())}</p> }.into_any(),
            })}
        </Transition>
    }
}

/// The customer's calls with their notes, newest first: an agent's own.
#[component]
fn CallsOf(id: CustomerId) -> impl IntoView {
    let texts = texts();
    let live = use_live();
    let calls = LocalResource::new(move || {
        live.history.track();
        patient(history(HistoryFilter { customer: Some(id), ..HistoryFilter::default() }))
    });
    let list = move || {
        calls.get().map(|answer| match answer {
            Err(error) => {
                view! { <p class="error" role="alert">{move || error_text(&error, texts.get())}</p> }.into_any()
            }
            Ok(page) if page.rows.is_empty() => view! { <p class="empty">{t(|t| t.nothing_yet)}</p> }.into_any(),
            Ok(page) => {
                let mut above = None;
                let rows = page.rows.into_iter().map(|row| {
                    let day = format::day(row.started_at);
                    let heading = (above.replace(day) != Some(day))
                        .then(|| view! { <li class="day num">{format::date(day)}</li> });
                    view! { {heading}<Row row/> }
                });
                view! { <ol class="log">{rows.collect_view()}</ol> }.into_any()
            }
        })
    };
    view! { <Transition>{list}</Transition> }
}

#[component]
fn Known(mut customer: CustomerData, bookings: Vec<Booking>) -> impl IntoView {
    let texts = texts();
    let (id, name) = (customer.id, customer.name.clone());
    // It leads here.
    customer.total_booking_times.link_details = None;
    let phone = domain::phone::E164::try_from(customer.phone.clone()).map_or_else(|it| it.0, |phone| phone.national());
    let rows = bookings.into_iter().map(|booking| {
        let state = booking.state;
        let row = booking.clone();
        view! {
            <tr>
                <td class="num">{format::date(booking.at.date())}</td>
                <td>{move || format::booking_of_day(&row, texts.get())}</td>
                <td>{booking.restaurant}</td>
                <td><span class=format!("chip {}", format::booking_state(state, texts.get_untracked()).1)>{move || format::booking_state(state, texts.get()).0}</span></td>
            </tr>
        }
    });
    view! {
        <Title text=name.clone()/>
        <section class="history panel">
            <div class="who"><h1 class="name">{name}</h1><span class="phone num">{phone}</span></div>
            <Facts customer/>
            <h2>{t(|t| t.calls_and_notes)}</h2>
            <CallsOf id/>
            <h2>{t(|t| t.bookings)}</h2>
            <table class="calls"><tbody>{rows.collect_view()}</tbody></table>
        </section>
    }
}
