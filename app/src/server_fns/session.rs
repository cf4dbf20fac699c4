//! Who is here, in and out.

use domain::{
    role::SignedIn,
    sign_in::{ChangePassword, Entered, PasswordRefused, SignInAttempt, SignInRefused},
};
use leptos::{prelude::*, server_fn::codec::Json};

#[cfg(feature = "ssr")]
use super::context::port;
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ports::Door;

/// Who is signed in, if anybody is; asking renews the session.
#[server(endpoint = "who", input = Json)]
pub async fn who() -> Result<Option<SignedIn>, AppError> {
    port::<dyn Door>()?.who().await
}

/// Signs in; a refusal is an answer and no error.
#[server(endpoint = "sign_in", input = Json)]
pub async fn sign_in(attempt: SignInAttempt) -> Result<Result<Entered, SignInRefused>, AppError> {
    Ok(port::<dyn Door>()?.sign_in(attempt).await)
}

/// Gives the extension back and ends the session.
#[server(endpoint = "sign_out", input = Json)]
pub async fn sign_out() -> Result<(), AppError> {
    port::<dyn Door>()?.sign_out().await
}

/// Changes one's own password; a refusal is an answer and no error.
#[server(name = ChangePasswordFn, endpoint = "change_password", input = Json)]
pub async fn change_password(change: ChangePassword) -> Result<Result<(), PasswordRefused>, AppError> {
    let door = port::<dyn Door>()?;
    let who = door.who().await?.ok_or(AppError::SignInNeeded)?;
    Ok(door.change_password(&who, change).await)
}
