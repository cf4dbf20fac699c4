//! Starting with something missing, taken or unusable: a clear state or a clear error.

use std::{fs, net::TcpListener, process::Output};

use serde_json::json;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{browser::answer, house::House};

/// An Asterisk where nothing listens.
pub const NOWHERE: &str = "[ari]\nurl = 'http://127.0.0.1:9'\nusername = 'ringside'\npassword = 'x'\n";

/// The program did not start, and says all of `words`.
fn check_refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "{said} does not say {word}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test]
async fn without_asterisk_it_runs_and_says_so() {
    let house = House::empty().with(NOWHERE);
    let added =
        house.command("echo 'correct horse battery' > password", &["config", "check", "--offline"]).output().unwrap();
    assert!(added.status.success());
    let added =
        house.command("exec < password", &["user", "add", "an", "--name", "An", "--extens", "1000"]).output().unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));

    let running = house.serve_after("", &["serve"]).await;
    let response = running.site.get("/health").send().await.unwrap();
    assert!(response.status().is_success(), "it is no reason to restart us");
    assert_eq!(answer(response).await["pbx"]["link"], "down");
    let play = json!({ "scenario": "allBusy", "caller": { "name": "", "number": "1" } });
    let played = running.site.post("/simulator/play", &play).header("origin", &running.site.origin).send().await;
    assert!(played.unwrap().status().is_client_error(), "nobody rings real phones by it");
    let an = running.site.sign_in("an", Some("1000")).await;
    let (_, snapshot) = an.open("desk").await;
    assert_eq!(snapshot["board"]["pbx"]["up"], json!(false), "what the banner goes by");
    assert!(running.said().contains("the link to Asterisk is down"), "{}", running.said());
}

#[tokio::test]
async fn a_check_asks_asterisk_unless_it_is_told_not_to() {
    let house = House::empty().with(NOWHERE);
    let checked = house.run(&["config", "check"]);
    let said = String::from_utf8(checked.stdout.clone()).unwrap();
    assert!(said.contains("error    [ari]") && said.contains("no answer from Asterisk"), "{said}");
    assert!(!said.contains('\u{1b}'), "no colours where nobody looks: {said:?}");
    check_refused(&checked, &["1 of these points is an error"]);
    assert!(house.run(&["config", "check", "--offline"]).status.success());
    assert!(House::empty().run(&["config", "check"]).status.success(), "without [ari] there is nobody to ask");
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let house = House::new().await;
    let _taken = TcpListener::bind(("127.0.0.1", house.port())).unwrap();
    let port = format!("127.0.0.1:{}", house.port());
    check_refused(&house.run(&["serve", "--simulate"]), &["`listen`", &port, "in use"]);
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_named() {
    for (file, words) in [
        ("missing/ringside.db", &["`database`", "missing/ringside.db"][..]),
        ("file/ringside.db", &["`database`", "file/ringside.db"]),
        ("directory", &["`database`", "directory"]),
        ("text.db", &["`database`", "text.db", "not a database"]),
    ] {
        let house = House::empty().with(&format!("database = '{file}'\n"));
        fs::write(house.path("file"), "").unwrap();
        fs::create_dir(house.path("directory")).unwrap();
        fs::write(house.path("text.db"), "This is a letter and no database. ".repeat(100)).unwrap();
        check_refused(&house.run(&["serve", "--simulate"]), words);
    }
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let house = House::new().await;
    let options = SqliteConnectOptions::new().filename(house.database());
    let mut outside = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 0)",
    )
    .execute(&mut outside)
    .await
    .unwrap();
    outside.close().await.unwrap();
    let before = fs::read(house.database()).unwrap();
    check_refused(&house.run(&["serve", "--simulate"]), &["`database`", "ringside.db", "9999", "restore a backup"]);
    assert!(fs::read(house.database()).unwrap() == before, "nothing was changed");
}

#[tokio::test]
async fn without_an_asterisk_to_name_only_the_simulator_is_served() {
    check_refused(&House::empty().run(&["serve"]), &["[ari]", "--simulate"]);
}

#[tokio::test]
async fn the_demos_passwords_open_no_real_server() {
    let house = House::new().await.with(NOWHERE);
    check_refused(&house.run(&["serve"]), &["whose passwords everybody knows", "`database`"]);
}
