//! The pages, named for what they show. The desk and the door come with the first load; of the others
//! the browser fetches the code when they are first opened.

pub mod calls;
pub mod customer;
pub mod desk;
pub mod floor;
pub mod login;

use leptos::{prelude::*, wasm_split::SplitLoaderError};

use crate::{browser, texts::t};

/// A page whose code has come, or has not.
type Opened = Result<AnyView, SplitLoaderError>;

/// The page, or that it is not there: the line is down, or the server has another version since
/// this one was loaded.
fn or_why_not(page: Opened) -> AnyView {
    page.unwrap_or_else(|_| {
        view! {
            <p class="empty" role="alert">{t(|t| t.page_did_not_come)} " "
                <button class="btn" on:click=|_| browser::reload()>{t(|t| t.reload)}</button></p>
        }
        .into_any()
    })
}
