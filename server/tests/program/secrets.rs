//! Passwords and sessions: in no log however much is logged, in no error and on no page.

use std::fs;

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::StreamExt;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    browser::{PASSWORD, eventually, ringing},
    house::House,
};

const CANARY: &str = "kestrel-4711-kestrel";

/// None of these shows any of the secrets.
fn check_silent(texts: &[String], secrets: &[&str]) {
    for text in texts {
        for secret in secrets {
            assert!(!text.contains(secret), "{secret} is told: {}", around(text, secret));
        }
    }
}

fn around(text: &str, secret: &str) -> String {
    text.lines().find(|line| line.contains(secret)).unwrap_or_default().to_owned()
}

/// An HTTP server that refuses, or that takes the WebSocket and is no Asterisk otherwise.
async fn pretender(upgrades: bool) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut head = [0; 64];
                if stream.peek(&mut head).await.is_ok() && upgrades && head.starts_with(b"GET /ari/events") {
                    if let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await {
                        while socket.next().await.is_some() {}
                    }
                    return;
                }
                let mut request = vec![0; 4096];
                let _ = stream.read(&mut request).await;
                let refusal = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                let _ = stream.write_all(refusal.as_bytes()).await;
            });
        }
    });
    port
}

#[tokio::test]
async fn asterisks_password_is_told_nowhere() {
    let basic = BASE64_STANDARD.encode(format!("ringside:{CANARY}"));
    for port in [9, pretender(false).await, pretender(true).await] {
        let ari = format!("[ari]\nurl = 'http://127.0.0.1:{port}'\nusername = 'ringside'\npassword = '{CANARY}'\n");
        let house = House::empty().with(&ari);
        let check = house.run(&["config", "check"]);
        assert!(!check.status.success(), "it asks Asterisk, too");
        let running = house.serve_after("", &["--log", "trace", "serve"]).await;
        eventually("the link was tried", async || running.said().contains("Asterisk is down").then_some(())).await;
        let mut texts = vec![running.said()];
        texts.extend([check.stdout, check.stderr].map(|said| String::from_utf8(said).unwrap()));
        for page in ["/health", "/metrics", "/login", "/"] {
            let response = running.site.get(page).send().await.unwrap();
            texts.push(format!("{:?}", response.headers()));
            texts.push(response.text().await.unwrap());
        }
        assert!(texts[0].contains("TRACE"), "everything is logged");
        check_silent(&texts, &[CANARY, &basic]);
    }
}

#[tokio::test]
async fn a_persons_password_and_session_are_told_nowhere() {
    let house = House::new().await;
    let running = house.serve_after("", &["--log", "trace", "serve", "--simulate"]).await;
    let an = running.agent("1000").await;
    let (mut desk, _) = an.open("desk").await;
    running.site.play(ringing()).await;
    desk.hear("callState").await;
    let (_, who) = an.ask("who", json!({})).await;
    running.site.knock("nobody", CANARY, None, false).send().await.unwrap();
    running.site.knock(who["login"].as_str().unwrap(), PASSWORD, None, false).send().await.unwrap();
    let session = an.cookie.split_once('=').unwrap().1.to_owned();
    let password = format!("ringside-{}", who["login"].as_str().unwrap());
    let page = running.site.get("/").header("cookie", &an.cookie).send().await.unwrap().text().await.unwrap();
    an.ask("sign_out", json!({})).await;
    let said = running.said();
    assert!(said.contains("TRACE"));
    // The demo says its own passwords at the start, on purpose and once.
    let log: String = said.lines().filter(|line| line.contains("TRACE") || line.contains("DEBUG")).collect();
    check_silent(&[log, page, who.to_string()], &[CANARY, PASSWORD, &session, &password]);
}

#[tokio::test]
async fn a_password_in_a_broken_configuration_is_not_shown() {
    let house = House::empty();
    for broken in [format!("[ari]\npassword = '{CANARY}"), format!("[ari]\npassword = ['{CANARY}']")] {
        let mut command = house.command("", &["config", "check"]);
        fs::write(house.path("ringside.toml"), &broken).unwrap();
        let refused = command.output().unwrap();
        assert!(!refused.status.success());
        check_silent(&[String::from_utf8(refused.stderr).unwrap()], &[CANARY]);
    }
}

#[tokio::test]
async fn files_beside_the_site_are_not_served() {
    let house = House::new().await;
    fs::create_dir_all(house.path("site/pkg")).unwrap();
    fs::write(house.path("site/pkg/there.txt"), "served").unwrap();
    fs::write(house.path("secret.txt"), CANARY).unwrap();
    let running = house.serve().await;
    let served = running.site.get("/pkg/there.txt").send().await.unwrap();
    assert_eq!(served.text().await.unwrap(), "served");
    for path in [
        "/../secret.txt",
        "/pkg/../../secret.txt",
        "/pkg/..%2f..%2fsecret.txt",
        "/pkg/%2e%2e/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/pkg/..\\..\\secret.txt",
        "/pkg/..%5c..%5csecret.txt",
        "/pkg//..//..//secret.txt",
        "/pkg/....//....//secret.txt",
        "/pkg/%252e%252e/%252e%252e/secret.txt",
        "//etc/hostname",
        "/pkg/%00../../secret.txt",
        "/../ringside.db",
        "/../ringside.toml",
    ] {
        let answer = raw(house.port(), path).await;
        check_silent(std::slice::from_ref(&answer), &[CANARY, "SQLite format", "public_url"]);
        assert!(!answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    }
}

/// The answer to a path that no client would send as it is.
async fn raw(port: u16, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
