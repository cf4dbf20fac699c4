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
        headers
            .get(header::ORIGIN)
            .is_some_and(|origin| origin.as_bytes().eq_ignore_ascii_case(self.origin().as_bytes()))
    }

    /// Is the request for this host? A page of another name that resolves to us is not
    /// (DNS rebinding).
    pub fn is_host(&self, host: &str) -> bool {
        host.eq_ignore_ascii_case(self.url.host())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site::of(&Config::default())
    }

    #[test]
    fn only_our_own_pages_are_ours() {
        let with = |origin: &'static str| HeaderMap::from_iter([(header::ORIGIN, origin.parse().unwrap())]);
        assert!(site().is_ours(&with("http://127.0.0.1:3000")));
        for other in ["http://127.0.0.1:3001", "https://127.0.0.1:3000", "null", "http://127.0.0.1:3000.evil.example"] {
            assert!(!site().is_ours(&with(other)), "{other}");
        }
        assert!(!site().is_ours(&HeaderMap::new()));
    }

    #[test]
    fn only_our_own_host_is_ours() {
        assert!(site().is_host("127.0.0.1:3000"));
        assert!(!site().is_host("evil.example:3000"));
    }
}
