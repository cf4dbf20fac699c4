//! Notes and drafts, of one's own calls.

use app::{error::AppError, ports::Notes};
use async_trait::async_trait;
use domain::{
    customer::{mask, mask_name},
    ids::CallId,
    note::{Draft, KeptDraft, MAX_NOTE, SaveNote, Saved, Written},
    role::SignedIn,
};
use jiff::Timestamp;

use super::{AppServices, unavailable};
use crate::store::notes::SaveRefused;

#[async_trait]
impl Notes for AppServices {
    async fn keep_draft(&self, who: &SignedIn, draft: Draft) -> Result<Timestamp, AppError> {
        fits(&draft)?;
        self.reads(who, &draft.call_id).await?;
        // So that the draft says whose call it was, also after the server started anew.
        self.ensure_call(&draft.call_id).await?;
        let kept_at = self.store.keep_draft(who.account, &draft).await.map_err(unavailable)?;
        self.note_changed(who, &draft.call_id, Some(draft.tab)).await;
        Ok(kept_at)
    }

    async fn drop_draft(&self, who: &SignedIn, call: &CallId) -> Result<(), AppError> {
        self.store.drop_draft(who.account, call).await.map_err(unavailable)?;
        self.note_changed(who, call, None).await;
        Ok(())
    }

    async fn drafts(&self, who: &SignedIn) -> Result<Vec<KeptDraft>, AppError> {
        Ok(self
            .store
            .drafts(who.account, None)
            .await
            .map_err(unavailable)?
            .into_iter()
            .map(|kept| self.draft_as_seen(who, kept))
            .collect())
    }

    async fn written(&self, who: &SignedIn, call: &CallId) -> Result<Written, AppError> {
        self.reads(who, call).await?;
        let note = self.store.note(call).await.map_err(unavailable)?;
        let draft = self.store.drafts(who.account, Some(call)).await.map_err(unavailable)?.pop();
        // Whoever has the customer now reads what those before them have not saved yet.
        let colleagues = match self.takes_part(who, call).await {
            Ok(()) => self.store.colleagues_drafts(who.account, call).await.map_err(unavailable)?,
            Err(_) => vec![],
        };
        Ok(Written { note, draft: draft.map(|kept| self.draft_as_seen(who, kept)), colleagues })
    }

    async fn save_note(&self, who: &SignedIn, save: SaveNote) -> Result<Saved, AppError> {
        fits(&save.draft)?;
        let call = &save.draft.call_id;
        self.reads(who, call).await?;
        self.renew_call(call).await?;
        let saved =
            self.store.save_note(who.account, &save).await.map_err(unavailable)?.map_err(|refused| match refused {
                SaveRefused::NoCall => AppError::NotFound,
                SaveRefused::ForeignCustomer => {
                    AppError::Invalid("customerId: expected a customer who has this caller's number".into())
                }
                SaveRefused::ForeignSave => AppError::Invalid("saveId: expected one that nobody has used".into()),
            })?;
        self.note_changed(who, call, Some(save.draft.tab)).await;
        Ok(saved)
    }
}

impl AppServices {
    /// Whose call it was, as far as this person may see it.
    fn draft_as_seen(&self, who: &SignedIn, mut kept: KeptDraft) -> KeptDraft {
        if kept.hidden && !self.show_withheld.contains(&who.role) {
            kept.caller_number.clear();
            kept.caller_phone = None;
            kept.caller_name.clear();
        }
        if !who.whole_record {
            kept.caller_number = mask(&kept.caller_number);
            kept.caller_phone = None;
            kept.caller_name = mask_name(&kept.caller_name);
        }
        kept
    }
}

fn fits(draft: &Draft) -> Result<(), AppError> {
    let found = draft.text.chars().count();
    if found > MAX_NOTE {
        return Err(AppError::Invalid(format!("text: expected at most {MAX_NOTE} characters, found {found}")));
    }
    Ok(())
}
