//! Passwords, by argon2id with the library's parameters (those that OWASP recommends).
//!
//! Hashing takes tens of milliseconds and 19 MiB: it runs beside the runtime, two at a time.

use std::sync::LazyLock;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use domain::sign_in::MIN_PASSWORD;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// So that nobody makes the server hash megabytes.
pub const MAX_BYTES: usize = 1024;

static HASHERS: Semaphore = Semaphore::const_new(2);

/// Checked in place of the hash of an account that does not exist, so that the time taken tells
/// nobody which accounts do.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody's password").unwrap_or_default());

/// A password cannot be used or could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    #[error("the password has {found} characters; at least {MIN_PASSWORD} are needed")]
    TooShort { found: usize },
    #[error("the password is longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// The hash of a new password, in PHC form.
///
/// # Errors
/// [`PasswordError`] says what is wrong with it.
pub async fn hash(password: &str) -> Result<String, PasswordError> {
    let found = password.chars().count();
    if found < MIN_PASSWORD {
        return Err(PasswordError::TooShort { found });
    }
    if password.len() > MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    let password = password.to_owned();
    let _turn = HASHERS.acquire().await.map_err(|error| PasswordError::Hash(error.to_string()))?;
    spawn_blocking(move || hash_now(&password)).await.map_err(|error| PasswordError::Hash(error.to_string()))?
}

/// Is this the password of that hash? With no hash it takes the same time and is false.
pub async fn verify(password: &str, hash: Option<String>) -> bool {
    if password.len() > MAX_BYTES {
        return false;
    }
    let password = password.to_owned();
    let Ok(_turn) = HASHERS.acquire().await else {
        return false;
    };
    spawn_blocking(move || {
        let known = hash.is_some();
        // Made whoever comes first, so that the first unknown login does not take twice as long.
        let nobody = LazyLock::force(&NOBODY);
        let right = PasswordHash::new(hash.as_deref().unwrap_or(nobody))
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        right && known
    })
    .await
    .unwrap_or(false)
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| PasswordError::Hash(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let hashed = hash("correct horse").await.unwrap();
        assert!(hashed.starts_with("$argon2id$"), "{hashed}");
        assert_ne!(hashed, hash("correct horse").await.unwrap(), "each has its own salt");
        assert!(verify("correct horse", Some(hashed.clone())).await);
        assert!(!verify("correct hors", Some(hashed)).await);
        assert!(!verify("correct horse", Some("no hash".into())).await);
    }

    #[test]
    fn nobody_costs_what_somebody_costs() {
        let somebody = hash_now("correct horse").unwrap();
        let work = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(work(&NOBODY), work(&somebody), "the same algorithm, memory, passes and lanes");
        assert!(work(&NOBODY).concat().contains("m="), "{}", *NOBODY);
    }

    #[tokio::test]
    async fn nobody_is_never_let_in() {
        assert!(!verify("nobody's password", None).await);
    }

    #[tokio::test]
    async fn short_and_huge_passwords_are_refused() {
        assert!(matches!(hash("mật khẩu").await, Err(PasswordError::TooShort { found: 8 })));
        assert!(matches!(hash(&"x".repeat(MAX_BYTES + 1)).await, Err(PasswordError::TooLong)));
    }
}
