//! Signing in and out, for one request.

use std::net::IpAddr;

use app::{error::AppError, ports::Door};
use async_trait::async_trait;
use domain::{
    ids::{Epoch, Extension},
    protocol::CloseCode,
    role::{Role, Seat, SignedIn},
    sign_in::{SignInAttempt, SignInRefused},
};
use tower_sessions::Session;
use uuid::Uuid;

use super::{Doorkeeper, guard, password};
use crate::store::{
    StoreError,
    accounts::Account,
    desks::Taken,
    sessions::{SIGN_IN, SignIn},
};

/// [`Door`] for one request: it knows the session and where the browser is.
#[derive(Clone, Debug)]
pub struct RequestDoor {
    keeper: Doorkeeper,
    session: Session,
    from: Option<IpAddr>,
}

impl RequestDoor {
    pub(super) fn new(keeper: Doorkeeper, session: Session, from: Option<IpAddr>) -> Self {
        Self { keeper, session, from }
    }

    /// The account, if the password is right and the account open.
    async fn check(&self, login: &str, password: &str) -> Result<Account, SignInRefused> {
        self.keeper
            .attempts(|attempts, now| attempts.begin(login, self.from, now))
            // Told in full seconds, of which a begun one is one.
            .map_err(|wait| SignInRefused::TooMany { seconds: wait.as_secs() + 1 })?;
        let (account, hash) = self.keeper.store.credentials(login).await.map_err(unavailable)?.unzip();
        let right = password::verify(password, hash).await;
        let Some(account) = account.filter(|account| right && !account.disabled) else {
            tracing::warn!(login, from = ?self.from, "A sign-in failed");
            return Err(SignInRefused::Credentials);
        };
        self.keeper.attempts(|attempts, _| attempts.succeeded(login, self.from));
        Ok(account)
    }

    /// Gives up what this session held before: another sign-in replaces it.
    async fn give_up(&self, before: SignIn) -> Result<(), StoreError> {
        if let Some(seat) = before.seat
            && self.keeper.store.leave_desk(&seat).await?
        {
            self.keeper.exchange.vacate(seat, CloseCode::SignInAgain).await;
        }
        self.keeper.exchange.end_session(before.key).await;
        Ok(())
    }

    /// Puts the sign-in into a session with a new id, so that a planted id is worth nothing.
    async fn remember(&self, sign_in: &SignIn) -> Result<(), tower_sessions::session::Error> {
        self.session.cycle_id().await?;
        self.session.insert(SIGN_IN, sign_in).await?;
        guard::renew(&self.session).await;
        // Now, not after the answer: a desk is held only by a session that is in the database.
        self.session.save().await
    }

    async fn take(&self, sign_in: &SignIn, seat: &Seat, take_over: bool) -> Result<(), SignInRefused> {
        match self.keeper.store.take_desk(sign_in, seat, take_over).await.map_err(unavailable)? {
            Taken::Yes { from } => {
                if let Some(from) = from {
                    tracing::info!(exten = %seat.exten, "A desk was taken over");
                    self.keeper.exchange.vacate(from, CloseCode::TakenOver).await;
                }
                Ok(())
            }
            Taken::Held { by } => Err(SignInRefused::Held { exten: seat.exten.clone(), by }),
        }
    }
}

#[async_trait]
impl Door for RequestDoor {
    async fn who(&self) -> Result<Option<SignedIn>, AppError> {
        Ok(self.keeper.of_session(&self.session).await?.map(|(who, _)| who))
    }

    async fn sign_in(&self, attempt: SignInAttempt) -> Result<SignedIn, SignInRefused> {
        let account = self.check(attempt.login.trim(), &attempt.password).await?;
        let exten = desk_of(&account, attempt.exten)?;
        let before = guard::sign_in(&self.session).await.map_err(unavailable)?;
        let mut take_over = attempt.take_over;
        if let Some(exten) = exten.as_ref().filter(|_| !take_over)
            && let Some(by) = self.keeper.store.held_by(exten, account.id).await.map_err(unavailable)?
        {
            // Whoever closed the browser without signing out holds it no more.
            take_over = self.keeper.exchange.is_deserted(exten.clone()).await;
            if !take_over {
                return Err(SignInRefused::Held { exten: exten.clone(), by });
            }
        }
        if let Some(before) = before {
            self.give_up(before).await.map_err(unavailable)?;
        }
        let seat = exten.map(|exten| Seat { exten, epoch: Epoch(Uuid::new_v4()) });
        let sign_in = SignIn { key: Uuid::new_v4().to_string(), account: account.id, seat: seat.clone() };
        self.remember(&sign_in).await.map_err(unavailable)?;
        if let Some(seat) = &seat
            && let Err(refused) = self.take(&sign_in, seat, take_over).await
        {
            // Somebody was faster by a moment.
            self.session.flush().await.map_err(unavailable)?;
            return Err(refused);
        }
        tracing::info!(login = account.login, exten = seat.as_ref().map(|seat| seat.exten.as_str()), "Signed in");
        Ok(SignedIn {
            account: account.id,
            login: account.login,
            name: account.name,
            role: account.role,
            whole_record: account.whole_record,
            desk: seat,
        })
    }

    async fn sign_out(&self) -> Result<(), AppError> {
        let before = guard::sign_in(&self.session).await?;
        self.session.flush().await.map_err(|error| {
            tracing::error!(%error, "A sign-out failed at the database");
            AppError::Unavailable
        })?;
        if let Some(before) = before {
            self.give_up(before).await?;
        }
        Ok(())
    }
}

/// The desk that the account asks for, if it may have it.
fn desk_of(account: &Account, asked: Option<Extension>) -> Result<Option<Extension>, SignInRefused> {
    let asked = asked.filter(|exten| !exten.as_str().trim().is_empty());
    match asked {
        None if account.role == Role::Agent => Err(SignInRefused::ExtensionNeeded),
        Some(exten) if !account.extens.contains(&exten) => Err(SignInRefused::NotYours { exten }),
        asked => Ok(asked),
    }
}

fn unavailable(error: impl std::fmt::Display) -> SignInRefused {
    tracing::error!(%error, "A sign-in failed at the database");
    SignInRefused::Unavailable
}
