//! ARI's description of itself, as far as `ari-client` needs it: it makes its objects of it when
//! it connects, and every event must be among the models.

use std::sync::Arc;

use axum::{Json, Router, routing::get};
use serde_json::{Map, Value, json};

use super::State;

/// Those whose objects events carry, and the events.
const RESOURCES: [&str; 4] = ["bridges", "channels", "deviceStates", "events"];

/// Every type of the recordings, with the properties that hold an object which `ari-client` knows.
const MODELS: [(&str, &[(&str, &str)]); 15] = [
    ("BridgeCreated", &[("bridge", "Bridge")]),
    ("BridgeDestroyed", &[("bridge", "Bridge")]),
    ("ChannelConnectedLine", &[("channel", "Channel")]),
    ("ChannelCreated", &[("channel", "Channel")]),
    ("ChannelDestroyed", &[("channel", "Channel")]),
    ("ChannelDialplan", &[("channel", "Channel")]),
    ("ChannelEnteredBridge", &[("bridge", "Bridge"), ("channel", "Channel")]),
    ("ChannelHangupRequest", &[("channel", "Channel")]),
    ("ChannelLeftBridge", &[("bridge", "Bridge"), ("channel", "Channel")]),
    ("ChannelStateChange", &[("channel", "Channel")]),
    ("ChannelVarset", &[("channel", "Channel")]),
    ("DeviceStateChanged", &[("device_state", "DeviceState")]),
    ("Dial", &[("caller", "Channel"), ("peer", "Channel")]),
    ("StasisEnd", &[("channel", "Channel")]),
    ("StasisStart", &[("channel", "Channel")]),
];

pub(super) fn router(url: &str) -> Router<Arc<State>> {
    let base = format!("{url}/ari");
    let list = RESOURCES.map(|name| json!({ "path": format!("/api-docs/{name}.{{format}}"), "description": name }));
    let list = json!({ "apiVersion": "9.0.0", "swaggerVersion": "1.1", "basePath": base, "apis": list });
    let router = Router::new().route("/ari/api-docs/resources.json", get(async || Json(list)));
    RESOURCES.into_iter().fold(router, |router, name| {
        let (apis, models) = match name {
            "channels" => (json!([channels_api()]), Map::new()),
            "events" => (json!([]), models()),
            _ => (json!([]), Map::new()),
        };
        let docs = resource(&base, name, apis, models);
        router.route(&format!("/ari/api-docs/{name}.json"), get(async || Json(docs)))
    })
}

fn resource(base: &str, name: &str, apis: Value, models: Map<String, Value>) -> Value {
    json!({
        "apiVersion": "9.0.0",
        "swaggerVersion": "1.1",
        "basePath": base,
        "resourcePath": format!("/api-docs/{name}.{{format}}"),
        "apis": apis,
        "models": models,
    })
}

/// The one that a screen pop calls: a caller who entered the app is sent on.
fn channels_api() -> Value {
    json!({
        "path": "/channels/{channelId}/continue",
        "description": "Exit application; continue execution in the dialplan",
        "operations": [{
            "httpMethod": "POST",
            "summary": "Exit application; continue execution in the dialplan.",
            "nickname": "continueInDialplan",
            "responseClass": "void",
            "parameters": [{
                "name": "channelId",
                "description": "Channel's id",
                "paramType": "path",
                "required": true,
                "allowMultiple": false,
                "dataType": "string",
            }],
        }],
    })
}

fn models() -> Map<String, Value> {
    let property = |(name, kind): &(&str, &str)| ((*name).to_owned(), json!({ "required": true, "type": kind }));
    let model = |(id, properties): (&str, &[(&str, &str)])| {
        let properties: Map<String, Value> = properties.iter().map(property).collect();
        (id.to_owned(), json!({ "id": id, "description": id, "properties": properties }))
    };
    MODELS.into_iter().map(model).collect()
}
