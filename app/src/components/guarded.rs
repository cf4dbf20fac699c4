//! A page that needs a sign-in: the server redirects whoever has none.

use domain::role::SignedIn;
use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::User;

/// Shows `view` to whom `may` allows; others go to the page that is theirs.
#[component]
pub fn Guarded<F, V>(may: fn(&SignedIn) -> bool, view: F) -> impl IntoView
where
    F: Fn(SignedIn) -> V + Copy + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let user = expect_context::<User>();
    let inside = move || match user.get()?.ok().flatten() {
        None => Some(view! { <Redirect path="/login"/> }.into_any()),
        Some(who) if may(&who) => Some(view(who).into_any()),
        Some(who) => Some(view! { <Redirect path=home(&who)/> }.into_any()),
    };
    view! { <Suspense>{inside}</Suspense> }
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
