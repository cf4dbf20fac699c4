//! The numbers people compare: last booking, bookings, cancellations.

use domain::customer::{CustomerData, is_safe_link};
use leptos::prelude::*;

use crate::{
    format,
    live::use_live,
    texts::{t, texts},
};

#[component]
pub fn Facts(customer: CustomerData) -> impl IntoView {
    let texts = texts();
    let today = use_live().today();
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
                            let (when, day, state) = (booking.clone(), booking.at.date(), booking.state);
                            view! {
                                <dd>{move || format::booking(&when, today.get(), texts.get())}</dd>
                                <dd class="dim">
                                    {move || format::distance(day, today.get(), texts.get())} " · " {booking.restaurant} " "
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

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{
        customer::{LastBooking, TotalBookings, TotalCancellations},
        ids::CustomerId,
    };

    use super::*;

    /// What the browser gets where a CRM says this.
    fn html(link: &str, said: &str) -> String {
        let customer = CustomerData {
            id: CustomerId(7),
            phone: "+84904859696".into(),
            name: said.into(),
            last_booking: Some(LastBooking { info: said.into(), state: said.into(), booking: None }),
            total_booking_times: TotalBookings { info: said.into(), link_details: Some(link.into()) },
            total_canceling_times: TotalCancellations { info: said.into(), last: None },
            since: None,
            city: None,
            bookings: vec![],
            notes: vec![],
        };
        Owner::new().with(|| view! { <Facts customer/> }.to_html())
    }

    #[test]
    fn a_link_that_is_a_script_never_becomes_one() {
        assert!(html("https://crm.example/7", "12").contains("href=\"https://crm.example/7\""));
        for bad in
            ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "/\\evil.example", "//evil.example"]
        {
            assert!(!html(bad, "12").contains("href"), "{bad}");
        }
        let breaking_out = html("https://crm.example/\" onclick=\"alert(1)", "12");
        assert!(!breaking_out.contains("\" onclick"), "{breaking_out}");
    }

    #[test]
    fn what_a_crm_says_is_text() {
        let shown = html("", "<script>alert(1)</script><img src=x onerror=alert(1)>");
        assert!(shown.contains("&lt;script") && !shown.contains("<script") && !shown.contains("<img"), "{shown}");
    }
}
