//! What Asterisk tells of itself, for `config check`. Nothing is changed by asking, and nobody is
//! called. ARI lists neither the dialplan nor http.conf, and endpoints of some technologies only.
//! Source: the ARI pages of Asterisk's documentation (Asterisk, Channels, Endpoints).

use std::collections::{BTreeMap, BTreeSet};

use domain::ids;
use pbx::{
    ari::{Channel, Endpoint},
    switchboard::Topology,
};
use reqwest::{Method, StatusCode};
use serde::Deserialize;

use super::rest::{Rest, RestError};
use crate::config::Ari;

/// A channel that is nowhere: what is asked of it changes nothing.
const NOWHERE: &str = "ringside-config-check";
/// So many endpoints are looked at one by one: those of extensions, and the others.
const PHONES: usize = 20;
const OTHERS: usize = 500;

/// What Asterisk says of itself.
#[derive(Debug)]
pub struct Survey {
    /// `22.10.1`
    pub version: String,
    /// Its user may change things, as `continue` does.
    pub may_write: bool,
    /// Somebody holds our Stasis app, or did while a channel of it lives on.
    pub app_is_held: bool,
    pub endpoints: Vec<Endpoint>,
    pub channels: Vec<Channel>,
    /// `chan_pjsip.so`
    pub modules: BTreeSet<String>,
    /// `channelvars` of ari.conf. None where this Asterisk does not tell, as those before 22.5.
    pub channelvars: Option<String>,
    /// What is configured for PJSIP's endpoints, as far as they were looked at.
    pub profiles: BTreeMap<ids::Endpoint, Profile>,
    /// Which of our contexts the dialplan has. Empty where there is no live channel to ask.
    pub contexts: BTreeMap<String, bool>,
}

/// What is configured for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Where calls from it begin.
    pub context: String,
    /// `"Agent 1000" <1000>`
    pub callerid: String,
}

#[derive(Deserialize)]
struct Module {
    name: String,
}

/// ARI's `ConfigTuple`.
#[derive(Deserialize)]
struct Attribute {
    attribute: String,
    value: String,
}

/// ARI's `Variable`.
#[derive(Deserialize)]
struct Variable {
    value: String,
}

/// Asks all of it.
///
/// # Errors
/// [`RestError`] where Asterisk is not reached, refuses the user, or has no ARI as we need it.
pub async fn survey(settings: &Ari, topology: &Topology) -> Result<Survey, RestError> {
    let rest = Rest::new(settings.clone());
    let version = rest.info().await?.version().to_owned();
    let (channels, endpoints) = (rest.channels().await?, rest.endpoints().await?);
    // Not read here, but no call is told without them.
    rest.bridges().await?;
    let modules = rest.find::<Vec<Module>>(&["asterisk", "modules"]).await?.unwrap_or_default();
    let general = attributes(&rest, ["res_ari", "general", "general"]).await?;
    Ok(Survey {
        version,
        may_write: may_write(&rest).await?,
        app_is_held: rest.app_exists().await?,
        modules: modules.into_iter().map(|module| module.name).collect(),
        channelvars: general.and_then(|mut general| general.remove("channelvars")),
        profiles: profiles(&rest, topology, &endpoints).await?,
        contexts: contexts(&rest, settings, topology, &channels).await?,
        endpoints,
        channels,
    })
}

/// Asterisk refuses whatever is no GET to a user of `read_only = yes`, before it looks at the rest.
async fn may_write(rest: &Rest) -> Result<bool, RestError> {
    let path = ["channels", NOWHERE, "continue"];
    match rest.send(rest.request(Method::POST, &path), &path).await {
        Err(RestError::Status { status: StatusCode::FORBIDDEN, .. }) => Ok(false),
        Ok(_) | Err(RestError::Status { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// An object of a module's configuration. None where it is not to be read this way.
async fn attributes(rest: &Rest, [module, kind, id]: [&str; 3]) -> Result<Option<BTreeMap<String, String>>, RestError> {
    let found: Result<Option<Vec<Attribute>>, _> =
        rest.find(&["asterisk", "config", "dynamic", module, kind, id]).await;
    match found {
        // A name that no URL can say; a module that is not configured this way.
        Err(RestError::Unaddressable { .. } | RestError::Status { .. }) => Ok(None),
        found => Ok(found?.map(|all| all.into_iter().map(|each| (each.attribute, each.value)).collect())),
    }
}

async fn profiles(
    rest: &Rest,
    topology: &Topology,
    endpoints: &[Endpoint],
) -> Result<BTreeMap<ids::Endpoint, Profile>, RestError> {
    let pjsip = endpoints.iter().filter(|endpoint| endpoint.technology == "PJSIP");
    let (phones, others): (Vec<_>, Vec<_>) = pjsip.partition(|endpoint| topology.exten(&endpoint.id()).is_some());
    let mut profiles = BTreeMap::new();
    for endpoint in phones.into_iter().take(PHONES).chain(others.into_iter().take(OTHERS)) {
        if let Some(mut all) = attributes(rest, ["res_pjsip", "endpoint", &endpoint.resource]).await? {
            let mut take = |name| all.remove(name).unwrap_or_default();
            profiles.insert(endpoint.id(), Profile { context: take("context"), callerid: take("callerid") });
        }
    }
    Ok(profiles)
}

/// Asks a live channel which contexts there are: the dialplan itself is not ARI's to list.
async fn contexts(
    rest: &Rest,
    settings: &Ari,
    topology: &Topology,
    channels: &[Channel],
) -> Result<BTreeMap<String, bool>, RestError> {
    let mut known = BTreeMap::new();
    let plain = topology.inbound_contexts.iter().filter(|context| !context.contains(['*', '?', '(', ')', ',']));
    if let Some(channel) = channels.iter().find(|channel| !channel.is_auxiliary()) {
        for context in plain {
            let path = ["channels", channel.id.as_str(), "variable"];
            let Some(mut url) = settings.address(&path) else { break };
            url.query_pairs_mut().append_pair("variable", &format!("DIALPLAN_EXISTS({context})"));
            let request = rest.request_to(Method::GET, url.into());
            match rest.read::<Variable>(request, &path).await {
                Ok(Variable { value }) => drop(known.insert(context.clone(), value == "1")),
                // It has ended meanwhile, or func_dialplan.so is not loaded.
                Err(RestError::Status { .. }) => break,
                Err(error) => return Err(error),
            }
        }
    }
    Ok(known)
}
