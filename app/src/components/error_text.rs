//! What a failed request says to a person.

use crate::{error::AppError, texts::Texts};

pub fn error_text(error: &AppError, texts: &'static Texts) -> String {
    match error {
        AppError::SignInNeeded => texts.signed_out.to_owned(),
        AppError::Forbidden => texts.not_allowed.to_owned(),
        AppError::NotFound => texts.not_found.to_owned(),
        AppError::Invalid(_) => texts.not_understood.to_owned(),
        AppError::Unavailable => texts.unavailable.to_owned(),
        AppError::Network(_) => texts.no_connection.to_owned(),
    }
}
