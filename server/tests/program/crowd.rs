//! A rude crowd at other desks: one well-behaved desk hears all of its calls all the same, each
//! offender is told off as documented, and the server's memory stays small.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use domain::protocol::VERSION;
use futures::future::join_all;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    browser::{Browser, Socket, eventually},
    house::{House, Running},
};

/// More than the crowd may cost in memory, though a single one of its frames is larger.
const MOST_MEMORY: u64 = 64 << 20;
const HUGE: u64 = 100_000_000;

#[tokio::test]
async fn a_rude_crowd_disturbs_nobody() {
    let house = House::new().await.with("[hub]\nqueue = 64\n");
    let running = house.serve_after("", &["--log", "info,server::web::ws=debug", "serve", "--simulate"]).await;
    let (an, chi, dung) = (running.agent("1000").await, running.agent("1002").await, running.agent("1003").await);
    let knock = running.site.knock("supervisor", "ringside-supervisor", None, true);
    let supervisor = running.site.browser(knock.send().await.unwrap()).await;
    let (desk, snapshot) = an.open("desk").await;
    let heard = Heard::listen(desk, snapshot["lastSeq"].as_u64().unwrap());
    let before = running.memory("VmHWM");

    let calls = tokio::join!(
        deaf(&running, &supervisor),
        come_and_go(&chi),
        huge_frames(&dung),
        flood(&dung),
        garbage(&dung),
        depths(&dung),
        words_of_others(&running, &dung),
    )
    .0;

    let grown = running.memory("VmHWM").saturating_sub(before);
    println!("the crowd cost {} kB", grown >> 10);
    assert!(grown < MOST_MEMORY, "the crowd cost {grown} bytes");
    // One who never reads, three huge frames and one too deep, one flood, two kinds of noise.
    for (code, closed) in [(4490, 1), (4413, 4), (4429, 1), (4400, 2), (4403, 1)] {
        let said = running.said();
        assert_eq!(said.matches(&format!("code={code}")).count(), closed, "{code}: {said}");
    }
    assert!(!running.said().contains("panicked"), "{}", running.said());

    eventually("the desk hears every call end", async || heard.ended().is_superset(&calls).then_some(())).await;
    let (_second_tab, snapshot) = an.open("desk").await;
    eventually("the desk hears all that was said", async || (snapshot["lastSeq"] == heard.last()).then_some(())).await;
    eventually("the crowd is gone", async || {
        let health = running.site.health().await;
        (health["status"] == "ok" && health["clients"] == 2 && health["liveCalls"] == 0).then_some(())
    })
    .await;
}

/// What the well-behaved desk heard.
#[derive(Clone)]
pub struct Heard(Arc<Mutex<(u64, BTreeSet<String>)>>);

impl Heard {
    /// Reads all that follows delta `seq`. A delta that is missing, or twice there, ends the test.
    pub fn listen(mut desk: Socket, seq: u64) -> Self {
        let heard = Self(Arc::new(Mutex::new((seq, BTreeSet::new()))));
        let theirs = heard.clone();
        tokio::spawn(async move {
            loop {
                let frame = desk.hear_where_any(|_| true).await;
                if frame["type"] == "ping" {
                    desk.say(json!({ "type": "pong" })).await;
                }
                let Some(seq) = frame["seq"].as_u64() else { continue };
                let mut heard = theirs.0.lock().unwrap();
                assert_eq!(seq, heard.0 + 1, "{frame}");
                heard.0 = seq;
                if frame["phase"] == "ended" {
                    heard.1.insert(frame["callId"].as_str().unwrap().to_owned());
                }
            }
        });
        heard
    }

    fn last(&self) -> u64 {
        self.0.lock().unwrap().0
    }

    pub fn ended(&self) -> BTreeSet<String> {
        self.0.lock().unwrap().1.clone()
    }
}

/// Asks for the floor, of which the most is told, and never reads: calls ring until no buffer takes
/// more and it is closed. Answers the calls.
async fn deaf(running: &Running, browser: &Browser<'_>) -> BTreeSet<String> {
    let mut socket = browser.narrow_socket().await;
    socket.say(json!({ "type": "hello", "version": VERSION, "view": "floor" })).await;
    let short = json!({ "scenario": "answered", "by": "1000", "ringMs": 200, "talkMs": 200 });
    let mut calls = BTreeSet::new();
    while !running.said().contains("code=4490") {
        assert!(calls.len() < 1_000, "whoever never reads was not closed");
        calls.extend(join_all((0..4).map(|_| running.site.play(short.clone()))).await);
    }
    calls
}

/// A hundred clients, each of which comes back ten times.
async fn come_and_go(browser: &Browser<'_>) {
    join_all((0..100).map(async |_| {
        for _ in 0..10 {
            browser.open("desk").await;
        }
    }))
    .await;
}

/// Frames of 100 MB: one is announced, two are sent.
async fn huge_frames(browser: &Browser<'_>) {
    let announced = [&[0x81, 0xff][..], &HUGE.to_be_bytes(), &[0; 4]].concat();
    let (mut socket, _) = browser.open("desk").await;
    socket.say_bytes(&announced).await.unwrap();
    assert_eq!(socket.closed().await, 4413);
    for _ in 0..2 {
        let (mut socket, _) = browser.open("desk").await;
        socket.say_bytes(&announced).await.unwrap();
        let chunk = vec![b'x'; 1 << 20];
        let mut sent = 0;
        while sent < HUGE && socket.say_bytes(&chunk).await.is_ok() {
            sent += 1 << 20;
        }
        assert!(sent < HUGE, "the server read all of it");
    }
}

/// Ten thousand frames as fast as they go.
async fn flood(browser: &Browser<'_>) {
    let (mut socket, _) = browser.open("desk").await;
    let pong = json!({ "type": "pong" }).to_string();
    let mut sent = 0;
    while sent < 10_000 && socket.try_say_text(&pong).await.is_ok() {
        sent += 1;
    }
    socket.gone().await;
}

/// Bytes that are no WebSocket's, and text that is no UTF-8.
async fn garbage(browser: &Browser<'_>) {
    for noise in [&[0xf7; 64][..], &[0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]] {
        let (mut socket, _) = browser.open("desk").await;
        socket.say_bytes(noise).await.unwrap();
        assert_eq!(socket.closed().await, 4400, "{noise:x?}");
    }
}

/// JSON that is nested too deep to read, and too deep to be let in.
async fn depths(browser: &Browser<'_>) {
    let nested = |depth: usize| format!(r#"{{"type":"closeCard","callId":{}"#, "[".repeat(depth));
    let (mut socket, _) = browser.open("desk").await;
    socket.say_text(nested(60_000)).await;
    assert_eq!(socket.hear("error").await["code"], "notJson");
    socket.say_text(nested(100_000)).await;
    assert_eq!(socket.closed().await, 4413);
}

/// Messages that are in order, but not from here.
async fn words_of_others(running: &Running, browser: &Browser<'_>) {
    let mut floor = browser.socket().await;
    floor.say(json!({ "type": "hello", "version": VERSION, "view": "floor" })).await;
    assert_eq!(floor.closed().await, 4403);

    let theirs =
        running.site.play(json!({ "scenario": "internal", "from": "1004", "to": "1005", "ringMs": 300 })).await;
    let (mut socket, _) = browser.open("desk").await;
    let lookup = Uuid::new_v4();
    for (message, code) in [
        (json!({ "type": "closeCard", "callId": theirs }), "noSuchCall"),
        (json!({ "type": "retryLookup", "callId": theirs }), "noSuchCall"),
        (json!({ "type": "choose", "callId": theirs, "customerId": 1 }), "noSuchCall"),
        (customer_data(lookup), "badSignature"),
    ] {
        socket.say(message.clone()).await;
        assert_eq!(socket.hear("error").await["code"], code, "{message}");
    }
}

fn customer_data(lookup: Uuid) -> Value {
    json!({ "type": "customerData", "lookupId": lookup, "payload": "{}", "signature": "AAAA" })
}
