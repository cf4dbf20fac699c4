//! The address that people know the server by, and what follows from it: which origins and
//! hosts are ours, and whether cookies need TLS.

use axum::http::{HeaderMap, header};

use crate::config::{Config, Origin, PublicUrl};

/// Where the site is, and who may show it in a frame.
#[derive(Clone, Debug)]
pub struct Site {
    url: PublicUrl,
    embedders: Vec<Origin>,
}

impl Site {
    pub fn of(config: &Config) -> Self {
        Self { url: config.public_url.clone(), embedders: config.embed.origins.clone() }
    }

    pub fn is_secure(&self) -> bool {
        self.url.is_https()
    }

    /// May pages of another site show us in a frame, and can our cookie come along? Browsers send
    /// it there over TLS alone.
    pub fn is_framed_by_others(&self) -> bool {
        self.is_secure() && !self.embedders.is_empty()
    }

    /// As browsers write it in `Origin`: `https://ringside.example`.
    pub fn origin(&self) -> &str {
        self.url.origin()
    }

    /// Pages that may show us in a frame, for `frame-ancestors`.
    pub fn frame_ancestors(&self) -> String {
        if self.embedders.is_empty() {
            return "'none'".to_owned();
        }
        self.embedders.iter().map(Origin::as_str).collect::<Vec<_>>().join(" ")
    }

    /// Was this request made by a page of ours? Browsers say so in `Origin` with every POST and
    /// every WebSocket, and no page can forge it.
    pub fn is_ours(&self, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        origin.is_some_and(|origin| self.url.is_origin(origin))
    }

    /// Is the request for this host? A page of another name that resolves to us is not
    /// (DNS rebinding).
    pub fn is_host(&self, host: &str) -> bool {
        self.url.is_host(host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(public_url: &str) -> Site {
        Site::of(&toml::from_str(&format!("public_url = '{public_url}'")).unwrap())
    }

    fn is_ours(public_url: &str, origin: &str) -> bool {
        site(public_url).is_ours(&HeaderMap::from_iter([(header::ORIGIN, origin.parse().unwrap())]))
    }

    #[test]
    fn an_origin_is_ours_if_scheme_host_and_port_are() {
        for (url, ours) in [
            ("http://127.0.0.1:3000", &["http://127.0.0.1:3000"][..]),
            ("https://desk.example", &["https://desk.example", "https://Desk.Example", "https://desk.example:443"]),
            ("http://desk.example", &["http://desk.example", "http://desk.example:80"]),
            ("https://desk.example:8443", &["https://desk.example:8443"]),
        ] {
            for origin in ours {
                assert!(is_ours(url, origin), "{url} {origin}");
            }
            for other in [
                "null",
                "",
                "http://127.0.0.1:3001",
                "https://127.0.0.1:3000",
                "http://127.0.0.1:3000.evil.example",
                "https://desk.example:80",
                "http://desk.example:443",
                "https://desk.example.evil.example",
                "https://evil.example/desk.example",
                "https://desk.example@evil.example",
                "https://evil.example#desk.example",
            ] {
                assert!(!is_ours(url, other), "{url} {other}");
            }
            assert!(!site(url).is_ours(&HeaderMap::new()), "{url}");
        }
    }

    #[test]
    fn a_host_is_ours_with_the_schemes_own_port_or_without_it() {
        for (url, ours) in [
            ("http://127.0.0.1:3000", &["127.0.0.1:3000"][..]),
            ("https://desk.example", &["desk.example", "DESK.example", "desk.example:443"]),
            ("http://desk.example", &["desk.example", "desk.example:80"]),
            ("http://[::1]", &["[::1]", "[::1]:80"]),
            ("https://desk.example:8443", &["desk.example:8443"]),
        ] {
            for host in ours {
                assert!(site(url).is_host(host), "{url} {host}");
            }
            for other in [
                "",
                "127.0.0.1",
                "evil.example:3000",
                "desk.example:8080",
                "desk.example:44",
                "desk.example.evil.example",
                "evil.example/desk.example",
                "desk.example/",
                "desk.example#",
                "desk.example@evil.example",
                "evil.example@desk.example",
                "desk.example, evil.example",
            ] {
                assert!(!site(url).is_host(other), "{url} {other}");
            }
        }
        assert!(!site("https://desk.example").is_host("desk.example:80"));
        assert!(!site("http://desk.example").is_host("desk.example:443"));
    }
}
