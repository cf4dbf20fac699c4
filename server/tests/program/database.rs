//! The database under the running program: killed in mid-write, locked by another process, on a
//! full disk, opened by several at once, copied while in use.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::Mutex;

use crate::{
    browser::{Browser, draft, eventually, ringing, save},
    house::{House, Running},
};

pub async fn open(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(10));
    SqliteConnection::connect_with(&options).await.unwrap()
}

/// SQLite finds nothing wrong with the file, and no row points at one that is missing.
pub async fn check_sound(path: &Path) {
    let mut database = open(path).await;
    let found: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut database).await.unwrap();
    assert_eq!(found, "ok");
    let dangling = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut database).await.unwrap();
    assert_eq!(dangling.len(), 0);
}

/// Every text that was ever saved about a call, oldest first.
async fn saved(path: &Path, call: &str) -> Vec<String> {
    let versions = sqlx::query_scalar("SELECT text FROM note_versions WHERE call_id = ? ORDER BY version");
    versions.bind(call).fetch_all(&mut open(path).await).await.unwrap()
}

/// Rings, and waits until the agent's desk shows it.
async fn ring(running: &Running, agent: &Browser<'_>) -> String {
    let (mut desk, _) = agent.open("desk").await;
    let call = running.site.play(ringing()).await;
    desk.hear_where("callState", |state| state["callId"] == call).await;
    call
}

/// Saves one note after the other until the server is gone; `acknowledged` has those that the
/// agent was told of.
async fn write_until_gone(agent: Browser<'_>, call: &str, acknowledged: &Mutex<Vec<String>>) {
    for n in 0.. {
        let text = format!("note {n} {}", "of some length ".repeat(40));
        let Some((status, answer)) = agent.try_ask("save_note", save(draft(call, n, &text))).await else { return };
        assert_eq!((status, &answer["outcome"]), (StatusCode::OK, &json!("written")), "{answer}");
        acknowledged.lock().await.push(text);
    }
}

#[tokio::test]
async fn killed_in_mid_write_it_is_sound_and_has_every_note_that_was_acknowledged() {
    let house = House::new().await;
    let mut written = 0;
    for round in 0..8 {
        let running = house.serve().await;
        // A call of its own: the simulator names them by the second and a count.
        let an = running.agent("1000").await;
        let mut call = String::new();
        for _ in 0..=round {
            call = ring(&running, &an).await;
        }
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        tokio::join!(write_until_gone(an, &call, &acknowledged), async {
            // At another moment in each round.
            eventually("notes are written", async || (acknowledged.lock().await.len() > round).then_some(())).await;
            tokio::time::sleep(Duration::from_millis(7 * round as u64)).await;
            running.kill_now();
        });
        let acknowledged = acknowledged.lock().await;
        check_sound(&house.database()).await;
        let there = saved(&house.database(), &call).await;
        assert_eq!(there[..acknowledged.len()], acknowledged[..], "what was said to be saved");
        assert!(there.len() <= acknowledged.len() + 1, "and at most the one that was on its way");
        written += acknowledged.len();
    }
    assert!(written >= 36, "{written}");
    house.serve().await;
}

#[tokio::test]
async fn locked_by_another_process_calls_pop_and_notes_wait() {
    let house = House::new().await;
    let running = house.serve().await;
    let an = running.agent("1000").await;
    let (mut desk, _) = an.open("desk").await;
    let mut other = open(&house.database()).await;
    // Every request would renew the session now.
    sqlx::query("UPDATE sessions SET data = json_set(data, '$.renewed', 0)").execute(&mut other).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let call = running.site.play(ringing()).await;
    desk.hear_where("callState", |state| state["callId"] == call).await;
    let asked = Instant::now();
    let (mut tab, _) = an.open("desk").await;
    let (status, found) = an.ask("today", json!({})).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    let next = running.site.play(ringing()).await;
    tab.hear_where("callState", |state| state["callId"] == next).await;
    let press = save(draft(&call, 0, "while it was locked"));
    let (status, refused) = an.ask("save_note", press.clone()).await;
    assert_eq!((status.is_success(), &refused["error"]), (false, &json!("unavailable")), "{refused}");
    // The same press, begun while it is locked, is written once it no longer is.
    let (saved_late, ()) = tokio::join!(an.ask("save_note", press.clone()), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    });
    assert_eq!((saved_late.0, &saved_late.1["outcome"]), (StatusCode::OK, &json!("written")), "{saved_late:?}");
    assert_eq!(an.ask("save_note", press).await, saved_late, "sent once more, written once");
    assert_eq!(saved(&house.database(), &call).await, ["while it was locked"]);
    check_sound(&house.database()).await;
}

/// Saves one long note after the other until one is refused; gives those that were acknowledged,
/// and the press that was not.
async fn save_until_refused(an: &Browser<'_>, call: &str) -> (Vec<String>, Value) {
    let mut acknowledged = Vec::new();
    loop {
        let text = format!("note {} {}", acknowledged.len(), "that fills the disk ".repeat(400));
        let press = save(draft(call, acknowledged.len(), &text));
        let (status, answer) = an.ask("save_note", press.clone()).await;
        if status != StatusCode::OK {
            assert_eq!(answer["error"], "unavailable", "{answer}");
            assert!(!acknowledged.is_empty());
            return (acknowledged, press);
        }
        acknowledged.push(text);
        assert!(acknowledged.len() < 500, "the disk is never full");
    }
}

/// A full house: calls ring; once `make_room` has made some, the same press is written without a
/// restart, and so is what happened meanwhile. `copy` gives a copy of the database.
async fn withstands_full(running: &Running, make_room: impl FnOnce(), copy: impl AsyncFn() -> PathBuf) {
    let an = running.agent("1000").await;
    let (mut desk, _) = an.open("desk").await;
    let call = running.site.play(ringing()).await;
    desk.hear_where("callState", |state| state["callId"] == call).await;
    let (acknowledged, refused) = save_until_refused(&an, &call).await;
    assert!(running.said().contains("A request failed at the database"), "{}", running.said());
    let next = running.site.play(ringing()).await;
    desk.hear_where("callState", |state| state["callId"] == next).await;
    assert_eq!(saved(&copy().await, &call).await, acknowledged);

    make_room();
    let (status, answer) = an.ask("save_note", refused).await;
    assert_eq!((status, &answer["outcome"]), (StatusCode::OK, &json!("written")), "{answer} {}", running.said());
    eventually("the call that rang meanwhile is written", async || {
        let found = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM calls WHERE id = ?)").bind(&next);
        let found: bool = found.fetch_one(&mut open(&copy().await).await).await.unwrap();
        found.then_some(())
    })
    .await;
    let copied = copy().await;
    assert_eq!(saved(&copied, &call).await.len(), acknowledged.len() + 1);
    check_sound(&copied).await;
}

#[tokio::test]
async fn on_a_full_disk_nothing_that_was_acknowledged_is_lost() {
    let house = House::new().await.with("database = 'disk/ringside.db'\n");
    // A small disk of its own, in a namespace that needs no rights (user_namespaces(7)).
    let inside = "mkdir disk && mount -t tmpfs -o size=2M none disk && mv ringside.db disk && exec \"$0\" \"$@\"";
    let disk = format!("exec unshare --user --map-root-user --mount sh -c '{inside}' \"$0\" \"$@\"");
    let running = house.serve_after(&disk, &["serve", "--simulate"]).await;
    let within = |program: &[&str]| {
        let (pid, place) = (running.pid().to_string(), format!("--wdns={}", house.path("").display()));
        let enter = ["--user", "--preserve-credentials", "--mount", "--target", &pid, &place];
        let output = Command::new("nsenter").args(enter).args(program).output().unwrap();
        assert!(output.status.success(), "{program:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let make_room = || within(&["mount", "-o", "remount,size=64M", "disk"]);
    let copies = AtomicUsize::new(0);
    let copy = async || {
        let name = format!("copy-{}.db", copies.fetch_add(1, Ordering::Relaxed));
        within(&[env!("CARGO_BIN_EXE_ringside"), "backup", &name]);
        house.path(&name)
    };
    withstands_full(&running, make_room, copy).await;
}

#[tokio::test]
async fn where_no_file_may_grow_nothing_that_was_acknowledged_is_lost() {
    let house = House::new().await;
    let blocks = std::fs::metadata(house.database()).unwrap().len() / 512 + 400;
    let full = format!("trap '' XFSZ; ulimit -S -f {blocks}");
    let running = house.serve_after(&full, &["serve", "--simulate"]).await;
    let make_room = || {
        let room = Command::new("prlimit").args(["--fsize=unlimited", "--pid", &running.pid().to_string()]).status();
        assert!(room.unwrap().success());
    };
    withstands_full(&running, make_room, async || house.database()).await;
}

#[tokio::test]
async fn several_that_create_it_at_once_take_turns() {
    let house = House::empty();
    let add = |n: usize| {
        let password = format!("echo 'correct horse battery' > {n}\nexec < {n}");
        house.command(&password, &["user", "add", &format!("an{n}"), "--name", "An", "--extens", "1000"])
    };
    let commands: Vec<_> = (0..6).map(|n| add(n).spawn().unwrap()).collect();
    for child in commands {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    check_sound(&house.database()).await;
    let mut database = open(&house.database()).await;
    let (all, succeeded): (i64, i64) =
        sqlx::query_as("SELECT count(*), sum(success) FROM _sqlx_migrations").fetch_one(&mut database).await.unwrap();
    assert_eq!(all, succeeded);
    assert!(all >= 1);
}

#[tokio::test]
async fn where_there_is_no_database_tasks_make_none() {
    let house = House::empty();
    for task in [&["backup", "copy.db"][..], &["user", "list"]] {
        let output = house.run(task);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("there is no database at"), "{said}");
    }
    assert!(!house.database().exists() && !house.path("copy.db").exists());
}

#[tokio::test]
async fn a_backup_changes_nothing_of_the_database() {
    let house = House::empty();
    // As a version made it that this one would migrate.
    let options = SqliteConnectOptions::new().filename(house.database()).create_if_missing(true);
    let mut older = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("CREATE TABLE accounts (login TEXT)").execute(&mut older).await.unwrap();
    let output = house.run(&["backup", "copy.db"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for path in [house.database(), house.path("copy.db")] {
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_schema").fetch_all(&mut open(&path).await).await.unwrap();
        assert_eq!(tables, ["accounts"]);
    }
}

#[tokio::test]
async fn a_backup_of_a_running_server_is_whole() {
    let house = House::new().await;
    let running = house.serve().await;
    let an = running.agent("1000").await;
    let call = ring(&running, &an).await;
    let mut acknowledged = Vec::new();
    for n in 0..5 {
        let text = format!("before the backup {n}");
        assert_eq!(an.ask("save_note", save(draft(&call, n, &text))).await.1["outcome"], "written");
        acknowledged.push(text);
    }
    // While notes go on being written.
    let meanwhile = Arc::new(Mutex::new(Vec::new()));
    let binh = running.agent("1001").await;
    let busy = ring(&running, &binh).await;
    let copy = house.path("copy.db");
    let backup = house.command("", &["backup", "copy.db"]).spawn().unwrap();
    let (output, ()) = tokio::join!(
        async {
            let output = tokio::task::spawn_blocking(|| backup.wait_with_output().unwrap()).await.unwrap();
            running.kill_now();
            output
        },
        write_until_gone(binh, &busy, &meanwhile)
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    check_sound(&copy).await;
    assert_eq!(saved(&copy, &call).await, acknowledged);
    let restored = House::empty();
    std::fs::copy(&copy, restored.database()).unwrap();
    let running = restored.serve().await;
    let an = running.agent("1000").await;
    let (_, kept) = an.ask("written", json!({ "call_id": call })).await;
    assert_eq!(kept["note"]["text"], *acknowledged.last().unwrap());
    // Never over a file that is there.
    assert!(!house.run(&["backup", "copy.db"]).status.success());
}
