//! What holds where nothing is said. A test compares it with `ringside.example.toml`.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    num::{NonZeroU32, NonZeroU64, NonZeroUsize},
};

use domain::ids::Extension;
use jiff::tz::TimeZone;

use super::{Config, Connections, Dial, Embed, Hub, Lookup, LookupOrder, Pbx, PublicUrl, Session, Simulator};
use phone::Region;

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: PublicUrl::default(),
            database: "ringside.db".into(),
            time_zone: TimeZone::get("Asia/Ho_Chi_Minh").unwrap_or(TimeZone::UTC),
            region: Region::VIETNAM,
            pbx: Pbx::default(),
            ari: None,
            lookup: Lookup::default(),
            hub: Hub::default(),
            simulator: Simulator::default(),
            session: Session::default(),
            embed: Embed::default(),
            connections: Connections::default(),
        }
    }
}

impl Default for Pbx {
    fn default() -> Self {
        Self {
            name: "main".into(),
            inbound_contexts: vec!["from-trunk".to_owned()],
            trunks: vec!["PJSIP/trunk".into()],
            extensions: (1000..=1011).map(|exten: u32| Extension::new(exten.to_string())).collect(),
            devices: BTreeMap::new(),
            outbound_pop: true,
            dial: Dial::default(),
            show_withheld: Vec::new(),
        }
    }
}

pub(super) fn stasis_app() -> String {
    "ringside".to_owned()
}

/// A number that is not zero, where the compiler sees that it is not.
macro_rules! nonzero {
    ($type:ident, $value:literal) => {
        const {
            match $type::new($value) {
                Some(value) => value,
                None => panic!("zero"),
            }
        }
    };
}

impl Default for Lookup {
    fn default() -> Self {
        Self { order: LookupOrder::Random, timeout_ms: nonzero!(NonZeroU64, 1_500) }
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            ping_seconds: nonzero!(NonZeroU64, 5),
            missed_pings: nonzero!(NonZeroU32, 3),
            resend_seconds: nonzero!(NonZeroU64, 30),
            queue: nonzero!(NonZeroUsize, 2048),
        }
    }
}

impl Default for Simulator {
    fn default() -> Self {
        Self { seed: 1, pace: 1.0, calls: true }
    }
}

impl Default for Session {
    fn default() -> Self {
        Self { hours: nonzero!(NonZeroU32, 12) }
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            max_unauthenticated: nonzero!(NonZeroUsize, 1024),
            max_unauthenticated_per_address: nonzero!(NonZeroUsize, 256),
        }
    }
}
