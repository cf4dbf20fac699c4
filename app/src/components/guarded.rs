//! A page that needs a sign-in: the server redirects whoever has none.

use domain::role::SignedIn;
use leptos::prelude::*;
use leptos_router::components::Redirect;

use super::{error_text::error_text, reload_offer::ReloadOffer};
use crate::{User, texts::texts};

/// Shows `view` to whom `may` allows; others go to the page that is theirs.
#[component]
pub fn Guarded<F, V>(may: fn(&SignedIn) -> bool, view: F) -> impl IntoView
where
    F: Fn(SignedIn) -> V + Copy + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let user = expect_context::<User>();
    let texts = texts();
    let inside = move || match user.get()? {
        // Nobody was signed out: the question could not be answered.
        Err(error) => Some(view! { <ReloadOffer said=move || error_text(&error, texts.get())/> }.into_any()),
        Ok(answer) => inside_of(answer, may, view),
    };
    view! { <Suspense>{inside}</Suspense> }
}

fn inside_of<F, V>(answer: Option<SignedIn>, may: fn(&SignedIn) -> bool, view: F) -> Option<AnyView>
where
    F: Fn(SignedIn) -> V,
    V: IntoView + 'static,
{
    match answer {
        None => Some(view! { <Redirect path="/login"/> }.into_any()),
        Some(who) if may(&who) => Some(view(who).into_any()),
        Some(who) => Some(view! { <Redirect path=home(&who)/> }.into_any()),
    }
}

/// Where a person's work is.
pub fn home(who: &SignedIn) -> &'static str {
    match who {
        SignedIn { desk: Some(_), .. } => "/",
        who if who.role.watches_floor() => "/floor",
        // The desk was taken over: sign in again.
        _ => "/login",
    }
}
