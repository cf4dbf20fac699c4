//! Many calls, while agents come and go: what the server holds after the last of them is what it
//! held after the first. `SOAK_CALLS` says how many; `cargo xtask torture` asks for 100,000.

use std::{
    env, fs,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use domain::call::Party;
use futures::future::join_all;
use serde_json::{Value, json};
use server::store::Store;

use crate::{
    browser::{Browser, eventually},
    house::{House, Running},
};

/// In a run of all tests; this takes seconds.
const FEW_CALLS: usize = 300;
const AGENTS: usize = 200;
/// Calls that are on at one time.
const AT_ONCE: u64 = 24;
/// Beyond a fifth, memory may grow by this: an allocator keeps some of what it had.
const SPARE: u64 = 16 << 20;
/// Longer than any busy server takes to say how it stands.
const STALLED: Duration = Duration::from_secs(5);

#[tokio::test]
async fn after_many_calls_it_holds_what_it_held_after_few() {
    let wanted = env::var("SOAK_CALLS").map_or(FEW_CALLS, |calls| calls.parse().unwrap());
    let house = House::new().await.with("simulator.pace = 100.0\n");
    let mut running = house.serve().await;
    let mut desks = Vec::new();
    for exten in ["1000", "1003", "1006", "1009"] {
        desks.push(running.agent(exten).await);
    }
    let mut calls = Vec::new();
    // By then its tables of ended calls and its streams are as full as they get.
    let warm_up = wanted.div_ceil(4).min(2_000);
    let began = Instant::now();
    busy_hours(&running, &desks, warm_up, &mut calls).await;
    let (warm, warm_files) = (memory(&running), files(&running));
    println!("after {} calls: {} kB, {warm_files} files", calls.len(), warm >> 10);
    while calls.len() < wanted {
        let some = (wanted - calls.len()).min(1_000);
        busy_hours(&running, &desks, some, &mut calls).await;
        let (took, memory) = (began.elapsed().as_secs(), memory(&running) >> 10);
        println!("after {} calls, {took} s: {memory} kB, {} files", calls.len(), files(&running));
    }

    // Whoever has left is forgotten: a socket is not one file more.
    eventually("as many files are open as before", async || (files(&running) <= warm_files).then_some(())).await;
    let (held, held_files) = (memory(&running), files(&running));
    assert!(held <= warm + warm / 5 + SPARE, "{held} bytes, and {warm} after {warm_up} calls");
    assert_eq!(health(&running).await["recordsDropped"], 0);
    running.terminate();
    running.ended().await;
    assert!(!running.said().contains("panicked"), "{}", running.said());

    let store = Store::open(&house.database()).await.unwrap();
    for call in &calls {
        assert!(store.has_call(&call.as_str().into()).await.unwrap(), "{call} is not in the database");
    }
    let open: i64 = sqlx::query_scalar("SELECT count(*) FROM calls WHERE ended_at IS NULL")
        .fetch_one(&mut crate::database::open(&house.database()).await)
        .await
        .unwrap();
    assert_eq!(open, 0, "calls that have not ended");
    println!(
        "measured: {}: {wanted} calls, {} MB after {warm_up} of them, {} MB after all, {warm_files} files before, {held_files} after",
        file!(),
        warm >> 20,
        held >> 20,
    );
}

/// Plays so many calls to their end; the agents are gone after them.
async fn busy_hours(running: &Running, desks: &[Browser<'_>], many: usize, calls: &mut Vec<String>) {
    let over = AtomicBool::new(false);
    let agents = join_all((0..AGENTS).map(|agent| come_and_go(&desks[agent % desks.len()], agent, &over)));
    let play = async {
        for _ in 0..many {
            while health(running).await["liveCalls"].as_u64().unwrap() >= AT_ONCE {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let caller = Party::new("", format!("09{:08}", calls.len() % 5_000));
            calls.push(running.site.play_by(caller, course(calls.len())).await);
        }
        eventually("every call ends", async || (health(running).await["liveCalls"] == 0).then_some(())).await;
        over.store(true, Relaxed);
    };
    tokio::join!(play, agents);
    eventually("everybody is gone", async || (health(running).await["clients"] == 0).then_some(())).await;
}

/// All that may become of a call, in turn.
fn course(n: usize) -> Value {
    let desk = |step: usize| (1000 + (n + step) % 12).to_string();
    match n % 11 {
        0 => json!({ "scenario": "abandoned" }),
        1 => json!({ "scenario": "noAnswer" }),
        2 => json!({ "scenario": "allBusy" }),
        3 => json!({ "scenario": "blindTransfer", "from": desk(0), "to": desk(5) }),
        4 => json!({ "scenario": "attendedTransfer", "from": desk(0), "to": desk(5) }),
        5 => json!({ "scenario": "held", "by": desk(0) }),
        6 => json!({ "scenario": "outbound", "from": desk(0), "number": "0904859696" }),
        7 => json!({ "scenario": "internal", "from": desk(0), "to": desk(5) }),
        8 => json!({ "scenario": "queue", "by": desk(0) }),
        9 => json!({ "scenario": "ivrFirst", "by": desk(0) }),
        _ => json!({ "scenario": "answered", "by": desk(0) }),
    }
}

/// An agent's tab: it opens, stays for a little, goes without a word, and is back later.
async fn come_and_go(desk: &Browser<'_>, agent: usize, over: &AtomicBool) {
    let mut pause = agent as u64;
    while !over.load(Relaxed) {
        let (tab, _) = desk.open("desk").await;
        tokio::time::sleep(Duration::from_millis(100 + pause)).await;
        drop(tab);
        // Not in step with the others.
        pause = (pause * 73 + 41) % 1_009;
        tokio::time::sleep(Duration::from_millis(10 * pause)).await;
    }
}

/// How the house stands. A server that is busy may say so a little later; one that stalls fails
/// the test.
async fn health(running: &Running) -> Value {
    let healthy = eventually("the server is healthy", async || {
        let health = running.site.health().await;
        (health["status"] == "ok").then_some(health)
    });
    tokio::time::timeout(STALLED, healthy).await.unwrap()
}

/// Memory that the server holds, in bytes.
fn memory(running: &Running) -> u64 {
    running.memory("VmRSS")
}

/// Files and sockets that the server has open.
fn files(running: &Running) -> usize {
    fs::read_dir(format!("/proc/{}/fd", running.pid())).unwrap().count()
}
