//! What everyone at a desk or before the floor has to know: the PBX, the link, the extension, the
//! version.

use domain::{link::LinkState, protocol::CloseCode};
use leptos::prelude::*;

use crate::{browser, live::Live, texts::t};

#[component]
pub fn Banners(live: Live) -> impl IntoView {
    // A link that is over says nothing of the PBX any more.
    let listens = move || !matches!(live.link.get(), LinkState::Replaced | LinkState::Refused(_));
    let pbx = move || {
        let link = live.pbx.get();
        (listens() && !link.up).then(|| if link.replaced { t(|t| t.pbx_replaced) } else { t(|t| t.pbx_down) })
    };
    view! {
        {move || match live.told_link() {
            LinkState::Reconnecting => Some(view! { <p class="banner" role="status" data-kind="link">{t(|t| t.link_down)}</p> }.into_any()),
            LinkState::Replaced => Some(view! {
                <p class="banner" role="alert" data-kind="replaced">{t(|t| t.taken_over)} " " <a href="/login" rel="external">{t(|t| t.sign_in)}</a></p>
            }.into_any()),
            LinkState::Refused(CloseCode::SignedInElsewhere) => Some(view! {
                <p class="banner" role="alert" data-kind="replaced">{t(|t| t.signed_in_elsewhere)} " "
                    <button class="btn" on:click=|_| browser::reload()>{t(|t| t.continue_here)}</button></p>
            }.into_any()),
            LinkState::Refused(CloseCode::NewVersion) => Some(view! {
                <p class="banner" role="alert" data-kind="version">{t(|t| t.new_version)} " "
                    <button class="btn" on:click=|_| browser::reload()>{t(|t| t.reload)}</button></p>
            }.into_any()),
            LinkState::Refused(_) => Some(view! {
                <p class="banner" role="alert" data-kind="replaced">{t(|t| t.signed_out)} " " <a href="/login" rel="external">{t(|t| t.sign_in)}</a></p>
            }.into_any()),
            _ => None,
        }}
        {move || pbx().map(|text| view! { <p class="banner" role="alert" data-kind="pbx">{text}</p> })}
    }
}

/// What the sign-in page leaves for the desk to say, in this browser's storage.
const CAME_OVER: &str = "ringside.came-over";

/// The same person was at the extension in another browser or tab until just now.
pub fn came_over() {
    browser::store(CAME_OVER, "yes");
}

/// Says once that one's own other browser or tab was closed.
#[component]
pub fn CameOver() -> impl IntoView {
    let is_told = RwSignal::new(false);
    Effect::new(move |_| {
        if browser::stored(CAME_OVER).is_some() {
            browser::unstore(CAME_OVER);
            is_told.set(true);
        }
    });
    move || {
        is_told.get().then(|| {
            view! {
                <p class="banner" role="status" data-kind="moved">{t(|t| t.came_over)} " "
                    <button class="btn" on:click=move |_| is_told.set(false)>{t(|t| t.close)}</button></p>
            }
        })
    }
}
