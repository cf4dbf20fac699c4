//! The bar: where one is, who one is, and whether the link is up.

use domain::{
    agent::{AgentState, Workload},
    call::CallPhase,
    link::LinkState,
    protocol::CloseCode,
    role::SignedIn,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{components::A, hooks::use_location};

use super::{
    bell::AlertsButton,
    error_text::error_text,
    icon::{Icon, Shape},
};
use crate::{
    User, browser,
    error::AppError,
    live::use_live,
    patience::patient,
    server_fns::session::sign_out,
    texts::{Texts, t, texts},
    use_lang,
};

#[component]
pub fn Bar() -> impl IntoView {
    let user = expect_context::<User>();
    let signed_in = move || user.get().and_then(Result::ok).flatten();
    let at_login = {
        let path = use_location().pathname;
        // The bar's parts outlive a change of pages.
        Memo::new(move |_| path.get() == "/login")
    };
    view! {
        <header class="bar">
            <span class="mark"><Icon shape=Shape::Bell/><span>"Ringside"</span></span>
            <Suspense>
                {move || signed_in().filter(|_| !at_login.get()).map(|who| view! { <Navigation who/> })}
            </Suspense>
            <div class="right">
                <Suspense>
                    {move || signed_in().filter(|_| !at_login.get()).map(|who| view! { <Person who/> })}
                </Suspense>
                <Preferences/>
            </div>
        </header>
    }
}

#[component]
fn Navigation(who: SignedIn) -> impl IntoView {
    let (desk, floor) = (who.desk.is_some(), who.role.watches_floor());
    view! {
        <nav>
            {desk.then(|| view! { <A href="/" exact=true>{t(|t| t.desk)}</A> })}
            {floor.then(|| view! { <A href="/floor">{t(|t| t.floor)}</A> })}
            <A href="/calls">{t(|t| t.calls)}</A>
        </nav>
    }
}

#[component]
fn Person(who: SignedIn) -> impl IntoView {
    let texts = texts();
    let failed = RwSignal::new(None::<AppError>);
    let out = move |_| {
        spawn_local(async move {
            match patient(sign_out()).await {
                // A session that is over needs no end.
                Ok(()) | Err(AppError::SignInNeeded) => browser::go("/login"),
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    let still_in = move || {
        failed.get().map(|error| format!("{} {}", texts.get().still_signed_in, error_text(&error, texts.get())))
    };
    let exten = who.desk.map(|seat| seat.exten.to_string());
    let (name, label) = (who.name.clone(), who.name);
    view! {
        {exten.map(|exten| view! { <AlertsButton/> <Light exten/> })}
        <A href="/account" attr:class="pick person" attr:aria-label=label attr:title=t(|t| t.my_account)>
            <Icon shape=Shape::Person/><span class="wide">{name}</span>
        </A>
        <span class="error" role="alert">{still_in}</span>
        <button class="pick" on:click=out>{t(|t| t.sign_out)}</button>
    }
}

/// The connection light: the link's state and the agent's, in words (R9).
#[component]
fn Light(exten: String) -> impl IntoView {
    let live = use_live();
    let texts = texts();
    let agent = move || {
        let mut work = Workload { registered: live.link.get() == LinkState::Online, ..Workload::default() };
        for call in live.calls.all() {
            match call.phase {
                _ if call.calls_out() => work.talking += 1,
                CallPhase::Ended => work.wrap_up += 1,
                CallPhase::Talking | CallPhase::Held => work.talking += 1,
                CallPhase::Ringing | CallPhase::Waiting => work.ringing += 1,
            }
        }
        AgentState::of(work)
    };
    let agent_name = move || agent_text(agent(), texts.get());
    view! {
        <span class="light" data-link=move || link_name(live.told_link()) data-agent=move || format!("{:?}", agent()).to_ascii_lowercase()>
            <span class="said">
                {exten} " · " <span role="status">{move || link_text(live.told_link(), texts.get())}</span>
                <span class="wide dim">" · " {agent_name}</span>
            </span>
        </span>
    }
}

#[component]
fn Preferences() -> impl IntoView {
    let lang = use_lang();
    let toggle = move |_| {
        lang.update(|lang| *lang = lang.other());
        browser::set_lang(lang.get_untracked());
    };
    view! {
        <button
            class="pick lang" lang=move || lang.get().other().tag() on:click=toggle
            title=t(|t| t.to_other_language) aria-label=t(|t| t.to_other_language)
        >
            {t(|t| t.other_language)}
        </button>
        <button class="pick theme" on:click=|_| browser::toggle_theme() title=t(|t| t.light_or_dark) aria-label=t(|t| t.light_or_dark)>"◐"</button>
    }
}

/// A link's state as the light's colour is named.
pub fn link_name(state: LinkState) -> &'static str {
    match state {
        LinkState::Connecting => "connecting",
        LinkState::Authenticating => "authenticating",
        LinkState::Online => "online",
        LinkState::Reconnecting => "reconnecting",
        LinkState::Replaced => "replaced",
        LinkState::Refused(_) => "refused",
    }
}

/// A link's state in words.
pub fn link_text(state: LinkState, texts: &'static Texts) -> &'static str {
    match state {
        LinkState::Connecting => texts.connecting,
        LinkState::Authenticating => texts.authenticating,
        LinkState::Online => texts.online,
        LinkState::Reconnecting => texts.reconnecting,
        LinkState::Replaced => texts.replaced,
        LinkState::Refused(CloseCode::SignedInElsewhere) => texts.replaced,
        LinkState::Refused(_) => texts.refused,
    }
}

/// An agent's state in words.
pub fn agent_text(state: AgentState, texts: &'static Texts) -> &'static str {
    match state {
        AgentState::Offline => texts.offline,
        AgentState::Available => texts.available,
        AgentState::WrapUp => texts.wrap_up,
        AgentState::Ringing => texts.ringing,
        AgentState::OnCall => texts.on_call,
    }
}
