//! SIGTERM: browsers are told to come back, what was acknowledged is written, and it ends soon.

use std::{io::Write, net::TcpStream, time::Duration};

use serde_json::json;
use server::store::Store;

use crate::{
    browser::{eventually, ringing},
    database::{check_sound, open},
    house::{House, Running},
};

/// What a service manager is told to expect.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn browsers_are_told_to_come_back_and_what_rang_is_written() {
    let house = House::new().await;
    let mut running = house.serve().await;
    let (an, binh) = (running.agent("1000").await, running.agent("1001").await);
    let ((mut first, _), (mut second, _)) = (an.open("desk").await, binh.open("desk").await);
    let mut calls = Vec::new();
    for _ in 0..20 {
        calls.push(running.site.play(ringing()).await);
    }
    let last = calls.last().unwrap();
    for desk in [&mut first, &mut second] {
        desk.hear_where("callState", |state| state["callId"] == *last).await;
    }
    running.terminate();
    for desk in [&mut first, &mut second] {
        assert_eq!(desk.closed().await, 1001);
    }
    let (status, _) = running.ended().await;
    assert!(status.success(), "{status}: {}", running.said());
    assert!(!running.said().contains("unfinished"), "{}", running.said());

    let store = Store::open(&house.database()).await.unwrap();
    for call in &calls {
        assert!(store.has_call(&call.as_str().into()).await.unwrap(), "{call} is not in the database");
    }
}

#[tokio::test]
async fn clients_that_never_read_hold_nothing_up() {
    let house = House::new().await.with("[hub]\nqueue = 100000\n");
    let mut running = house.serve().await;
    let an = running.agent("1000").await;
    let mut deaf = Vec::new();
    for _ in 0..5 {
        let (socket, _) = an.open("desk").await;
        deaf.push(socket);
    }
    // And those that have begun a request and never end it.
    for begun in ["GET / HTTP/1.1\r\nHost:", "POST /api/who HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"] {
        let mut slow = TcpStream::connect(("127.0.0.1", house.port())).unwrap();
        slow.write_all(begun.as_bytes()).unwrap();
        std::mem::forget(slow);
    }
    // Frames pile up until no kernel buffer takes more.
    for _ in 0..50 {
        running.site.play(json!({ "scenario": "allBusy" })).await;
    }
    check_ends_soon(&mut running).await;
    drop(deaf);
}

#[tokio::test]
async fn a_locked_database_holds_nothing_up() {
    let house = House::new().await;
    let mut running = house.serve().await;
    let mut other = open(&house.database()).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    running.site.play(ringing()).await;
    eventually("the writer waits for the lock", async || {
        let health = running.site.health().await;
        (health["liveCalls"] == 1).then_some(())
    })
    .await;
    check_ends_soon(&mut running).await;
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    check_sound(&house.database()).await;
    house.serve().await;
}

/// A promise rather than a measurement: a service manager would kill it.
async fn check_ends_soon(running: &mut Running) {
    running.terminate();
    let (status, took) = running.ended().await;
    assert!(status.success(), "{status}: {}", running.said());
    assert!(took < SOON, "{took:?}");
}
