//! What has to be told about a PBX, since its events do not tell.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{Endpoint, Extension, PbxName};

/// What the switchboard has to be told about a PBX.
#[derive(Clone, Debug)]
pub struct Topology {
    pub pbx: PbxName,
    /// Contexts in which calls from outside begin, such as `from-trunk`.
    pub inbound_contexts: Vec<String>,
    /// Endpoints that lead outside, such as `PJSIP/trunk`.
    pub trunks: Vec<Endpoint>,
    /// The agents' extensions: their endpoint is `PJSIP/` and the extension.
    pub extensions: BTreeSet<Extension>,
    /// Endpoints whose extension is another: `PJSIP/1000-softphone` is 1000's second device.
    pub devices: BTreeMap<Endpoint, Extension>,
}

impl Topology {
    pub fn is_trunk(&self, endpoint: &Endpoint) -> bool {
        self.trunks.contains(endpoint)
    }

    pub fn is_inbound_context(&self, context: &str) -> bool {
        self.inbound_contexts.iter().any(|it| it == context)
    }

    /// The extension that an endpoint belongs to.
    pub fn exten(&self, endpoint: &Endpoint) -> Option<Extension> {
        if let Some(exten) = self.devices.get(endpoint) {
            return Some(exten.clone());
        }
        if endpoint.technology() != "PJSIP" {
            return None;
        }
        self.extensions.get(&Extension::from(endpoint.resource())).cloned()
    }
}
