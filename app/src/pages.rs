//! The pages, named for what they show. The desk and the door come with the first load; of the others
//! the browser fetches the code when they are first opened.

pub mod account;
pub mod call;
pub mod calls;
pub mod customer;
pub mod desk;
pub mod floor;
pub mod login;

use leptos::{prelude::*, wasm_split::SplitLoaderError};

use crate::{components::reload_offer::ReloadOffer, texts::t};

/// A page whose code has come, or has not.
type Opened = Result<AnyView, SplitLoaderError>;

/// How soon a page's code is asked for again.
#[cfg(feature = "hydrate")]
const AGAIN_MS: u32 = 1000;

/// Waits for a page's code, before the page is made. One that the server has drawn cannot be brought
/// to life as anything else, so its code is asked for until it comes. Any other page asks once more
/// by itself, and can say that it got nothing.
async fn code_comes<F: Future<Output = Result<(), SplitLoaderError>>>(fetch: impl Fn() -> F) {
    let is_drawn = Owner::current_shared_context().is_some_and(|shared| shared.during_hydration());
    while fetch().await.is_err() && is_drawn {
        #[cfg(feature = "hydrate")]
        gloo_timers::future::TimeoutFuture::new(AGAIN_MS).await;
    }
}

/// The page, or that it is not there: the line is down, or the server has another version since
/// this one was loaded.
fn or_why_not(page: Opened) -> AnyView {
    page.unwrap_or_else(|_| view! { <ReloadOffer said=t(|t| t.page_did_not_come)/> }.into_any())
}

/// The route of a page that is split off: of the module's `page()`, whose code `fetch()` brings.
macro_rules! comes_when_opened {
    ($page:ident) => {
        pub struct $page;

        impl leptos_router::LazyRoute for $page {
            fn data() -> Self {
                Self
            }

            async fn view(_: Self) -> AnyView {
                super::or_why_not(page().await)
            }

            async fn preload() {
                super::code_comes(fetch).await;
            }
        }
    };
}
use comes_when_opened;
