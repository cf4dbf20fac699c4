//! The pages of Ringside, rendered on the server and alive in the browser.
//!
//! - [`pages`], [`components`]: what a person sees
//! - [`live`]: the link to the server, and one signal for each row of the board
//! - [`notes`]: what is typed, and where it is kept
//! - `crm`: how the selected client looks a caller up
//! - [`patience`]: how long an answer is waited for
//! - [`server_fns`], [`ports`]: what the pages ask of the server
//! - [`texts`]: every word, in two languages
//!
//! This crate never knows SQL, ARI or Tokio.

pub mod browser;
pub mod components;
#[cfg(feature = "hydrate")]
pub mod crm;
pub mod error;
pub mod format;
pub mod live;
pub mod notes;
pub mod pages;
pub mod patience;
#[cfg(feature = "ssr")]
pub mod ports;
pub mod server_fns;
#[cfg(feature = "ssr")]
mod shell;
pub mod texts;

use domain::{protocol::View, role::SignedIn};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy,
    components::{Route, Router, Routes},
    hooks::use_location,
    path,
};
#[cfg(feature = "ssr")]
pub use shell::shell;

use crate::{
    components::{add_customer::Entries, banners::Banners, bar::Bar, bell::RingTold, corner::Corner},
    error::AppError,
    live::Live,
    notes::Notebook,
    pages::{account::Account, call::Call, calls::Calls, customer::Customer, desk::Desk, floor::Floor, login::Login},
    server_fns::session::who,
    texts::{Lang, t},
};

/// Who is signed in; every page reads it.
pub type User = Resource<Result<Option<SignedIn>, AppError>>;

/// Everything inside the document's body: the site map.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(RwSignal::new(browser::lang().unwrap_or_default()));
    let user: User = Resource::new_blocking(|| (), |()| who());
    provide_context(user);
    let live = Live::new();
    provide_context(live);
    provide_context(Notebook::new());
    provide_context(Entries::new());
    // Only in the browser: the socket outlives the pages, so that a phone rings on any of them.
    Effect::new(move |started: Option<bool>| {
        let desk = user.get().and_then(Result::ok).flatten().is_some_and(|who| who.desk.is_some());
        if desk && started != Some(true) {
            live.start(View::Desk);
        }
        started == Some(true) || desk
    });

    view! {
        <Title formatter=|text: String| if text.is_empty() { "Ringside".to_owned() } else { format!("{text} · Ringside") } text=""/>
        <Router>
            <Bar/>
            <DeskBanners live/>
            <RingTold/>
            <Corner/>
            <main>
                <Routes fallback=|| view! { <p class="empty">{t(|t| t.not_found)}</p> }>
                    <Route path=path!("/") view=Desk/>
                    <Route path=path!("/login") view=Login/>
                    <Route path=path!("/account") view={Lazy::<Account>::new()}/>
                    <Route path=path!("/floor") view={Lazy::<Floor>::new()}/>
                    <Route path=path!("/calls") view={Lazy::<Calls>::new()}/>
                    <Route path=path!("/calls/:id") view={Lazy::<Call>::new()}/>
                    <Route path=path!("/customers/:id") view={Lazy::<Customer>::new()}/>
                </Routes>
            </main>
        </Router>
    }
}

/// The floor has a link of its own, and says itself how that one stands.
#[component]
fn DeskBanners(live: Live) -> impl IntoView {
    let path = use_location().pathname;
    let elsewhere = Memo::new(move |_| path.get() != "/floor");
    move || elsewhere.get().then(|| view! { <Banners live/> })
}

/// The page's language.
pub fn use_lang() -> RwSignal<Lang> {
    use_context().unwrap_or_default()
}
