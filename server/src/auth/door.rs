//! Signing in and out, and changing the password, for one request.

use std::net::IpAddr;

use app::{error::AppError, ports::Door};
use async_trait::async_trait;
use domain::{
    ids::{Epoch, Extension},
    protocol::CloseCode,
    role::{Role, Seat, SignedIn},
    sign_in::{ChangePassword, Entered, MIN_PASSWORD, PasswordRefused, SignIn, SignInAttempt, SignInRefused},
};
use jiff::Timestamp;
use tower_sessions::Session;
use uuid::Uuid;

use super::{Doorkeeper, guard};
use crate::password::{self, PasswordError};
use crate::store::{StoreError, accounts::Account, desks::Taken, sessions::SIGN_IN};

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

    /// Gives up what this session held before, and tells its other tabs by `code`. True where there
    /// were any at its desk.
    async fn give_up(&self, before: SignIn, code: CloseCode) -> Result<bool, StoreError> {
        let mut was_there = false;
        if let Some(seat) = before.seat
            && self.keeper.store.leave_desk(&seat).await?
        {
            was_there = self.keeper.exchange.vacate(seat, code).await;
        }
        self.keeper.exchange.end_session(before.key).await;
        Ok(was_there)
    }

    /// Puts the sign-in into a session with a new id, so that a planted id is worth nothing.
    async fn remember(&self, sign_in: &SignIn) -> Result<(), tower_sessions::session::Error> {
        self.session.cycle_id().await?;
        self.session.insert(SIGN_IN, sign_in).await?;
        guard::renew(&self.session).await;
        // Now, not after the answer: a desk is held only by a session that is in the database.
        self.session.save().await
    }

    /// Takes a desk. True where the same person was at it in another browser.
    async fn take(&self, sign_in: &SignIn, seat: &Seat, take_over: bool) -> Result<bool, SignInRefused> {
        match self.keeper.store.take_desk(sign_in, seat, take_over).await.map_err(unavailable)? {
            Taken::Yes { from: None } => Ok(false),
            Taken::Yes { from: Some(lost) } => {
                tracing::info!(exten = %seat.exten, by_oneself = lost.to_oneself, "A desk was taken over");
                let code = if lost.to_oneself { CloseCode::SignedInElsewhere } else { CloseCode::TakenOver };
                let was_there = self.keeper.exchange.vacate(lost.seat, code).await;
                Ok(was_there && lost.to_oneself)
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

    async fn sign_in(&self, attempt: SignInAttempt) -> Result<Entered, SignInRefused> {
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
        let mut from_elsewhere = false;
        if let Some(before) = before {
            let is_oneself = before.account == account.id;
            let code = if is_oneself { CloseCode::SignedInElsewhere } else { CloseCode::SignInAgain };
            let was_there = self.give_up(before, code).await.map_err(unavailable)?;
            from_elsewhere = was_there && is_oneself;
        }
        let seat = exten.map(|exten| Seat { exten, epoch: Epoch(Uuid::new_v4()) });
        let sign_in = SignIn { key: Uuid::new_v4().to_string(), account: account.id, seat: seat.clone() };
        self.remember(&sign_in).await.map_err(unavailable)?;
        if let Some(seat) = &seat {
            match self.take(&sign_in, seat, take_over).await {
                Ok(was_there) => from_elsewhere |= was_there,
                Err(refused) => {
                    // Somebody was faster by a moment.
                    self.session.flush().await.map_err(unavailable)?;
                    return Err(refused);
                }
            }
        }
        tracing::info!(login = account.login, exten = seat.as_ref().map(|seat| seat.exten.as_str()), "Signed in");
        let who = SignedIn {
            account: account.id,
            login: account.login,
            name: account.name,
            role: account.role,
            whole_record: account.whole_record,
            desk: seat,
        };
        Ok(Entered { who, from_elsewhere })
    }

    async fn sign_out(&self) -> Result<(), AppError> {
        let before = guard::sign_in(&self.session).await?;
        self.session.flush().await.map_err(still_in)?;
        if let Some(before) = before {
            self.give_up(before, CloseCode::SignInAgain).await.map_err(still_in)?;
        }
        Ok(())
    }

    async fn change_password(&self, who: &SignedIn, change: ChangePassword) -> Result<(), PasswordRefused> {
        self.check(&who.login, &change.current).await.map_err(|refused| match refused {
            SignInRefused::TooMany { seconds } => PasswordRefused::TooMany { seconds },
            SignInRefused::Unavailable => PasswordRefused::Unavailable,
            _ => PasswordRefused::WrongCurrent,
        })?;
        if change.new == change.current {
            return Err(PasswordRefused::Same);
        }
        let hash = password::hash(&change.new).await.map_err(|error| match error {
            PasswordError::TooShort { .. } => PasswordRefused::TooShort { min: MIN_PASSWORD },
            PasswordError::TooLong => PasswordRefused::TooLong,
            PasswordError::Hash(_) => unchanged(error),
        })?;
        let own = guard::sign_in(&self.session).await.map_err(unchanged)?.ok_or(PasswordRefused::Unavailable)?;
        self.keeper.store.change_password(who.account, &hash, &own.key).await.map_err(unchanged)?;
        // Whoever has a copy of the old cookie is out, too.
        self.remember(&own).await.map_err(unchanged)?;
        self.keeper.sweep(Timestamp::now()).await;
        tracing::info!(login = who.login, "A password was changed by its owner");
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

fn still_in(error: impl std::fmt::Display) -> AppError {
    tracing::error!(%error, "A sign-out failed at the database");
    AppError::Unavailable
}

fn unchanged(error: impl std::fmt::Display) -> PasswordRefused {
    tracing::error!(%error, "A password could not be changed");
    PasswordRefused::Unavailable
}

fn unavailable(error: impl std::fmt::Display) -> SignInRefused {
    tracing::error!(%error, "A sign-in failed at the database");
    SignInRefused::Unavailable
}
