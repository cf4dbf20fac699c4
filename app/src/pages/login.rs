//! Signing in: account, password, and the extension to sit at.

use domain::{
    ids::Extension,
    sign_in::{SignInAttempt, SignInRefused},
};
use leptos::{html::Input, prelude::*, task::spawn_local};
use leptos_meta::Title;

use crate::{
    browser,
    components::{banners::came_over, error_text::error_text, guarded::home},
    error::AppError,
    patience::patient,
    server_fns::session::sign_in,
    texts::{Texts, t, texts},
};

/// The extension that was last taken in this browser.
const LAST_EXTEN: &str = "ringside.exten";

#[component]
pub fn Login() -> impl IntoView {
    let texts = texts();
    // The fields keep their own texts: a password manager fills them in before the page is alive.
    let (login, password, exten) = (NodeRef::<Input>::new(), NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let typed = |field: NodeRef<Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
    let failed = RwSignal::new(None::<Failure>);
    // Until the page is alive too: nothing else may send the form.
    let busy = RwSignal::new(true);
    Effect::new(move |_| {
        if let (Some(field), Some(last)) = (exten.get(), browser::stored(LAST_EXTEN))
            && field.value().is_empty()
        {
            field.set_value(&last);
        }
        busy.set(false);
        if let Some(field) = login.get_untracked().filter(|field| field.value().is_empty()) {
            let _ = field.focus();
        }
    });
    let attempt = move |take_over: bool| {
        let exten = typed(exten).trim().to_owned();
        let attempt = SignInAttempt {
            login: typed(login).trim().to_owned(),
            password: typed(password),
            exten: (!exten.is_empty()).then(|| Extension::new(exten.clone())),
            take_over,
        };
        busy.set(true);
        spawn_local(async move {
            let answer = patient(sign_in(attempt)).await;
            busy.set(false);
            match answer {
                Ok(Ok(entered)) => {
                    browser::store(LAST_EXTEN, &exten);
                    if entered.from_elsewhere {
                        came_over();
                    }
                    browser::go(home(&entered.who));
                }
                Ok(Err(refused)) => {
                    if refused == SignInRefused::Credentials
                        && let Some(field) = password.get_untracked()
                    {
                        // Where one tries again.
                        let _ = field.focus();
                        field.select();
                    }
                    failed.set(Some(Failure::Refused(refused)));
                }
                Err(error) => failed.set(Some(Failure::Error(error))),
            }
        });
    };
    let submit = move |ev: leptos::ev::SubmitEvent| {
        ev.prevent_default();
        attempt(false);
    };
    let held = move || matches!(failed.get(), Some(Failure::Refused(SignInRefused::Held { .. })));
    view! {
        <Title text=t(|t| t.sign_in)/>
        <section class="login">
            <form method="post" on:submit=submit on:input=move |_| failed.set(None)>
                <h1>{t(|t| t.sign_in)}</h1>
                <label>{t(|t| t.account)}<input name="login" autocomplete="username" required node_ref=login/></label>
                <label>{t(|t| t.password)}<input name="password" type="password" autocomplete="current-password" required node_ref=password/></label>
                <label>{t(|t| t.extension)}<input name="exten" inputmode="numeric" autocomplete="off" node_ref=exten/><small class="dim">{t(|t| t.extension_hint)}</small></label>
                <p class="error" role="alert">{move || failed.get().map(|failure| failure.text(texts.get()))}</p>
                {move || held().then(|| view! { <button type="button" class="btn take-over" on:click=move |_| attempt(true)>{t(|t| t.take_over)}</button> })}
                <button class="btn primary" type="submit" disabled=move || busy.get()>{t(|t| t.sign_in)}</button>
            </form>
        </section>
    }
}

#[derive(Clone)]
enum Failure {
    Refused(SignInRefused),
    Error(AppError),
}

impl Failure {
    fn text(&self, texts: &'static Texts) -> String {
        match self {
            Self::Error(error) => error_text(error, texts),
            Self::Refused(refused) => match refused {
                SignInRefused::Credentials => texts.wrong_credentials.to_owned(),
                SignInRefused::TooMany { seconds } => (texts.too_many)(*seconds),
                SignInRefused::NotYours { exten } => (texts.not_yours)(exten.as_str()),
                SignInRefused::ExtensionNeeded => texts.extension_needed.to_owned(),
                SignInRefused::Held { exten, by } => (texts.held_by)(exten.as_str(), by),
                SignInRefused::Unavailable => texts.sign_in_unavailable.to_owned(),
            },
        }
    }
}
