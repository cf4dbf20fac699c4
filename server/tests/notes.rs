//! Notes and drafts, as the pages save them: nothing is written twice and nothing is lost.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use app::{error::AppError, ports::Notes};
use common::{House, an, answered, binh, chi, e164, ringing, save, typed};
use domain::{
    ids::CustomerId,
    note::{Draft, MAX_NOTE, SaveNote, Saved, Written},
};
use server::store::customers::NewCustomer;
use sqlx::Executor;

const CALL: &str = "main:1.1";

/// A house in which `CALL` rings at 1000 and 1001, known to the exchange only.
async fn house() -> House {
    let house = House::new().await;
    house.known.lock().await.calls.insert(CALL.into(), ringing(CALL, &["1000", "1001"]));
    house
}

fn based_on(version: u32, draft: Draft) -> Draft {
    Draft { base_version: version, ..draft }
}

#[tokio::test]
async fn a_note_is_written_with_its_call_though_the_call_goes_on() {
    let house = house().await;
    let Saved::Written { version: 1, saved_at } =
        house.records.save_note(&an(), save(typed(CALL, 1, 1, "bàn cạnh cửa sổ"))).await.unwrap()
    else {
        panic!("not the first version")
    };
    let note = house.records.written(&binh(), &CALL.into()).await.unwrap().note.unwrap();
    assert_eq!((note.text.as_str(), note.author.as_str(), note.version), ("bàn cạnh cửa sổ", "Chị an", 1));
    assert_eq!(note.saved_at, saved_at);
    assert!(house.store.has_call(&CALL.into()).await.unwrap());
    assert_eq!(house.known.lock().await.changed, [CALL.into()], "the other tabs are told");
}

#[tokio::test]
async fn saving_twice_writes_once_and_answers_the_same() {
    let house = house().await;
    let press = save(typed(CALL, 1, 1, "một"));
    let first = house.records.save_note(&an(), press.clone()).await.unwrap();
    let next = based_on(1, typed(CALL, 1, 2, "hai"));
    assert!(matches!(house.records.save_note(&an(), save(next)).await, Ok(Saved::Written { version: 2, .. })));
    assert_eq!(house.records.save_note(&an(), press.clone()).await.unwrap(), first);
    assert_eq!(house.records.written(&an(), &CALL.into()).await.unwrap().note.unwrap().text, "hai");
    let theirs = house.records.save_note(&binh(), press).await;
    assert!(matches!(theirs, Err(AppError::Invalid(text)) if text.starts_with("saveId")));
}

#[tokio::test]
async fn the_second_sees_the_conflict_and_loses_nothing() {
    let house = house().await;
    house.records.save_note(&an(), save(typed(CALL, 1, 1, "của An"))).await.unwrap();
    let press = save(typed(CALL, 2, 1, "của Bình"));
    let Saved::Conflict { theirs } = house.records.save_note(&binh(), press).await.unwrap() else {
        panic!("overwritten")
    };
    assert_eq!((theirs.text.as_str(), theirs.author.as_str()), ("của An", "Chị an"));
    assert_eq!(house.records.drafts(&binh()).await.unwrap()[0].draft.text, "của Bình");

    // Kept, and saved into a conflict again, in whichever order they arrive.
    house.records.keep_draft(&binh(), typed(CALL, 2, 3, "của Bình!")).await.unwrap();
    let again = house.records.save_note(&binh(), save(typed(CALL, 2, 2, "của Bìn"))).await.unwrap();
    assert!(matches!(again, Saved::Conflict { .. }));
    assert_eq!(house.records.drafts(&binh()).await.unwrap()[0].draft.text, "của Bình!");

    let both = based_on(theirs.version, typed(CALL, 2, 4, "của An và Bình"));
    assert!(matches!(house.records.save_note(&binh(), save(both)).await, Ok(Saved::Written { version: 2, .. })));
    assert_eq!(house.records.drafts(&binh()).await.unwrap(), []);
}

#[tokio::test]
async fn an_older_edit_of_a_tab_changes_nothing() {
    let house = house().await;
    let keep = async |tab, revision, text| {
        house.records.keep_draft(&an(), typed(CALL, tab, revision, text)).await.unwrap();
        house.records.drafts(&an()).await.unwrap().first().map(|kept| kept.draft.text.clone())
    };
    assert_eq!(keep(1, 2, "ab").await.as_deref(), Some("ab"));
    assert_eq!(keep(1, 1, "a").await.as_deref(), Some("ab"), "late");
    assert_eq!(keep(1, 2, "??").await.as_deref(), Some("ab"), "twice");
    assert_eq!(keep(2, 1, "abc").await.as_deref(), Some("abc"), "another tab counts for itself");
    assert_eq!(keep(1, 2, "ab").await.as_deref(), Some("abc"), "late, though another tab came between");
    assert_eq!(keep(1, 3, "abcd").await.as_deref(), Some("abcd"));

    let press = save(typed(CALL, 1, 5, "abcdef"));
    house.records.save_note(&an(), press).await.unwrap();
    assert_eq!(keep(1, 4, "abcde").await, None, "overtaken by its own save, it does not come back");
    assert_eq!(keep(1, 6, "abcdefg").await.as_deref(), Some("abcdefg"));
    house.records.drop_draft(&an(), &CALL.into()).await.unwrap();
    assert_eq!(keep(1, 6, "abcdefg").await, None);
}

#[tokio::test]
async fn what_was_typed_on_while_saving_stays_and_builds_on_the_save() {
    let house = house().await;
    let press = save(typed(CALL, 1, 3, "abc"));
    house.records.keep_draft(&an(), typed(CALL, 1, 4, "abcd")).await.unwrap();
    house.records.save_note(&an(), press).await.unwrap();
    let kept = house.records.drafts(&an()).await.unwrap().remove(0).draft;
    assert_eq!((kept.text.as_str(), kept.base_version), ("abcd", 1));
    assert!(matches!(house.records.save_note(&an(), save(kept)).await, Ok(Saved::Written { version: 2, .. })));
}

#[tokio::test]
async fn a_save_forgets_the_draft_that_it_went_on_from_and_no_other_tabs() {
    let house = house().await;
    let other = typed(CALL, 2, 7, "của thẻ kia");
    house.records.keep_draft(&an(), other.clone()).await.unwrap();
    house.records.save_note(&an(), save(typed(CALL, 1, 1, "của thẻ này"))).await.unwrap();
    let kept = house.records.drafts(&an()).await.unwrap().remove(0).draft;
    assert_eq!((kept.text.as_str(), kept.base_version), ("của thẻ kia", 1));

    let goes_on = based_on(1, typed(CALL, 1, 2, "của thẻ kia, gõ tiếp"));
    let press = SaveNote { follows: Some(other.edit()), ..save(goes_on) };
    house.records.save_note(&an(), press).await.unwrap();
    assert_eq!(house.records.drafts(&an()).await.unwrap(), []);
}

#[tokio::test]
async fn a_base_that_never_was_breaks_nothing() {
    let house = house().await;
    let press = save(based_on(u32::MAX, typed(CALL, 1, 1, "a")));
    assert!(matches!(house.records.save_note(&an(), press).await, Ok(Saved::Written { version: 1, .. })));
}

#[tokio::test]
async fn a_draft_says_whose_call_it_was_and_is_its_authors_alone() {
    let house = house().await;
    house.records.keep_draft(&an(), typed(CALL, 1, 1, "a")).await.unwrap();
    let kept = house.records.drafts(&an()).await.unwrap().remove(0);
    assert_eq!((kept.caller_name.as_str(), kept.caller_number.as_str()), ("Đặng Văn A", "0904859696"));
    assert_eq!(kept.started_at, Some(common::at(0)));
    assert_eq!(house.records.drafts(&binh()).await.unwrap(), []);
}

#[tokio::test]
async fn a_draft_does_not_say_what_the_caller_withheld() {
    let house = house().await;
    let mut hidden = ringing("main:2.1", &["1000"]);
    hidden.call.caller.hidden = true;
    house.store.record_call(&hidden).await.unwrap();
    house.records.keep_draft(&an(), typed("main:2.1", 1, 1, "asks for a table")).await.unwrap();
    let kept = house.records.drafts(&an()).await.unwrap().pop().unwrap();
    assert!(kept.hidden);
    assert_eq!((kept.caller_name.as_str(), kept.caller_number.as_str(), kept.caller_phone), ("", "", None));
}

#[tokio::test]
async fn an_agent_writes_about_their_own_calls_and_a_supervisor_about_all() {
    let house = House::new().await;
    house.store.record_call(&ringing(CALL, &["1000"])).await.unwrap();
    house.records.save_note(&an(), save(typed(CALL, 1, 1, "của An"))).await.unwrap();

    assert_eq!(house.records.written(&binh(), &CALL.into()).await, Err(AppError::NotFound));
    assert_eq!(house.records.keep_draft(&binh(), typed(CALL, 1, 1, "x")).await, Err(AppError::NotFound));
    assert_eq!(house.records.save_note(&binh(), save(typed(CALL, 1, 1, "x"))).await, Err(AppError::NotFound));
    assert_eq!(house.records.save_note(&an(), save(typed("main:9.9", 1, 1, "x"))).await, Err(AppError::NotFound));
    assert_eq!(house.records.written(&chi(), &CALL.into()).await.unwrap().note.unwrap().text, "của An");
    let Saved::Conflict { theirs } = house.records.save_note(&chi(), save(typed(CALL, 1, 1, "x"))).await.unwrap()
    else {
        panic!("nothing is overwritten unread");
    };
    let second = Draft { base_version: theirs.version, ..typed(CALL, 1, 2, "của An và Chi") };
    let saved = house.records.save_note(&chi(), save(second)).await.unwrap();
    assert!(matches!(saved, Saved::Written { version: 2, .. }), "{saved:?}");
    assert_eq!(house.records.written(&an(), &CALL.into()).await.unwrap().note.unwrap().author, "Chị chi");
}

#[tokio::test]
async fn who_lost_the_desk_in_mid_word_still_saves() {
    let house = house().await;
    house.records.keep_draft(&an(), typed(CALL, 1, 1, "a")).await.unwrap();
    let mut an = an();
    an.desk = None;
    assert!(matches!(house.records.save_note(&an, save(typed(CALL, 1, 2, "ab"))).await, Ok(Saved::Written { .. })));
}

#[tokio::test]
async fn a_note_goes_to_the_chosen_customer_and_to_no_stranger() {
    let house = house().await;
    let customer = |name: &str, number: &str| NewCustomer {
        name: name.into(),
        city: None,
        active: true,
        phones: vec![(e164(number), number.into())],
        bookings: vec![],
    };
    let known = [customer("Mẹ", "+84904859696"), customer("Con", "+84904859696"), customer("Lạ", "+84912345603")];
    let ids = house.store.add_customers(&known).await.unwrap();
    let for_customer = |id: CustomerId| save(Draft { customer_id: Some(id), ..typed(CALL, 1, 1, "thích cay") });

    let stranger = house.records.save_note(&an(), for_customer(ids[2])).await;
    assert!(matches!(stranger, Err(AppError::Invalid(text)) if text.starts_with("customerId")));
    house.records.save_note(&an(), for_customer(ids[1])).await.unwrap();
    let notes = async |id| house.store.customer(id).await.unwrap().unwrap().0.notes;
    assert_eq!(notes(ids[1]).await[0].text, "thích cay");
    assert_eq!(notes(ids[0]).await, []);
}

#[tokio::test]
async fn a_text_too_long_is_refused_with_its_length() {
    let house = house().await;
    let long = "ữ".repeat(MAX_NOTE + 1);
    let refused = house.records.save_note(&an(), save(typed(CALL, 1, 1, &long))).await;
    assert!(matches!(refused, Err(AppError::Invalid(text)) if text.contains("32000") && text.contains("32001")));
    let longest = "ữ".repeat(MAX_NOTE);
    assert!(matches!(
        house.records.save_note(&an(), save(typed(CALL, 1, 1, &longest))).await,
        Ok(Saved::Written { .. })
    ));
}

#[tokio::test]
async fn a_locked_database_is_unavailable_and_the_retry_writes_once() {
    let house = house().await;
    let mut other = house.outside().await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let press = save(typed(CALL, 1, 1, "đợi"));
    assert_eq!(house.records.save_note(&an(), press.clone()).await, Err(AppError::Unavailable));
    assert_eq!(
        house.records.written(&chi(), &CALL.into()).await,
        Ok(Written::default()),
        "readers do not stand behind writers"
    );
    other.execute("ROLLBACK").await.unwrap();
    assert!(matches!(house.records.save_note(&an(), press).await, Ok(Saved::Written { version: 1, .. })));
}

#[tokio::test]
async fn a_merge_carries_note_draft_and_alias() {
    let house = House::new().await;
    house.store.record_call(&answered(ringing("main:2.1", &["1000"]))).await.unwrap();
    let press = save(typed("main:2.1", 1, 1, "hỏi ý"));
    let first = house.records.save_note(&an(), press.clone()).await.unwrap();
    house.records.keep_draft(&an(), based_on(1, typed("main:2.1", 1, 2, "hỏi ý chị B"))).await.unwrap();

    // The surviving call is not in the database yet: its record comes after the merge.
    for _ in 0..2 {
        house.store.merge_calls(&"main:2.1".into(), &CALL.into()).await.unwrap();
    }
    house.store.record_call(&ringing(CALL, &["1001"])).await.unwrap();

    for id in [CALL, "main:2.1"] {
        let note = house.records.written(&binh(), &id.into()).await.unwrap().note.unwrap();
        assert_eq!((note.call_id.as_str(), note.text.as_str()), (CALL, "hỏi ý"));
    }
    let kept = house.records.drafts(&an()).await.unwrap().remove(0).draft;
    assert_eq!((kept.call_id.as_str(), kept.text.as_str()), (CALL, "hỏi ý chị B"));
    assert_eq!(house.records.save_note(&an(), press).await.unwrap(), first, "a save from before is still the same");
    assert!(matches!(house.records.save_note(&an(), save(kept)).await, Ok(Saved::Written { version: 2, .. })));
}

#[tokio::test]
async fn of_two_notes_and_two_drafts_a_merge_loses_none() {
    let house = House::new().await;
    house.store.record_call(&ringing(CALL, &["1000"])).await.unwrap();
    house.store.record_call(&ringing("main:2.1", &["1000", "1001"])).await.unwrap();
    house.records.save_note(&an(), save(typed(CALL, 1, 1, "khách A"))).await.unwrap();
    house.records.save_note(&binh(), save(typed("main:2.1", 2, 1, "đồng nghiệp"))).await.unwrap();
    house.records.keep_draft(&an(), typed(CALL, 1, 2, "nháp A")).await.unwrap();
    house.records.keep_draft(&an(), typed("main:2.1", 1, 9, "nháp B")).await.unwrap();

    house.store.merge_calls(&"main:2.1".into(), &CALL.into()).await.unwrap();

    let note = house.records.written(&chi(), &CALL.into()).await.unwrap().note.unwrap();
    assert_eq!((note.version, note.text.as_str()), (3, "khách A\n\nđồng nghiệp"));
    let text = async || house.records.drafts(&an()).await.unwrap().remove(0).draft.text;
    assert_eq!(text().await, "nháp A\n\nnháp B");
    // Edits by either id, sent before the tab knew of the merge.
    house.records.keep_draft(&an(), typed("main:2.1", 1, 10, "nháp Bé")).await.unwrap();
    assert_eq!(text().await, "nháp A\n\nnháp B\n\nnháp Bé");
    house.records.keep_draft(&an(), typed(CALL, 1, 3, "nháp sạch")).await.unwrap();
    assert_eq!(text().await, "nháp sạch");
    let stale = house.records.save_note(&an(), save(typed("main:2.1", 1, 11, "x"))).await.unwrap();
    assert!(matches!(stale, Saved::Conflict { theirs } if theirs.version == 3));
}
