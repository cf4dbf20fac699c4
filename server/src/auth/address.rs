//! Where a request comes from, for the limit of attempts.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{HeaderMap, request::Parts};

/// The browser's address. Behind a reverse proxy on this machine it is the one that the proxy
/// saw; from anywhere else that header is anybody's to write and does not count.
pub fn client(parts: &Parts) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    // A socket for both kinds of addresses shows 127.0.0.1 as ::ffff:127.0.0.1.
    let is_local = peer.ip().to_canonical().is_loopback();
    let address = if is_local { forwarded(&parts.headers).unwrap_or(peer.ip()) } else { peer.ip() };
    Some(network(address))
}

/// The last address of `X-Forwarded-For`: the one that the nearest proxy added.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// A household has 2^64 IPv6 addresses; they count as one.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &[&str]) -> Option<String> {
        let mut request = http::Request::builder();
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        client(&parts).map(|address| address.to_string())
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        assert_eq!(from("203.0.113.9:1", &["198.51.100.1"]).as_deref(), Some("203.0.113.9"));
        assert_eq!(from("127.0.0.1:1", &["10.9.9.9, 198.51.100.1"]).as_deref(), Some("198.51.100.1"));
        assert_eq!(from("127.0.0.1:1", &["10.9.9.9", "198.51.100.2"]).as_deref(), Some("198.51.100.2"));
        assert_eq!(from("[::1]:1", &["198.51.100.3"]).as_deref(), Some("198.51.100.3"));
        assert_eq!(from("[::ffff:127.0.0.1]:1", &["198.51.100.4"]).as_deref(), Some("198.51.100.4"));
        assert_eq!(from("127.0.0.1:1", &["nonsense"]).as_deref(), Some("127.0.0.1"));
        assert_eq!(from("[2001:db8::1:2:3]:1", &[]).as_deref(), Some("2001:db8::"));
        assert_eq!(from("[::ffff:203.0.113.9]:1", &[]).as_deref(), Some("203.0.113.9"));
    }
}
