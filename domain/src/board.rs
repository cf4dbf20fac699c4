//! The live table, as the browser keeps it: a snapshot, which the hub makes from its own tables,
//! replaces it, and a delta patches it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    delta::Delta,
    ids::{CallId, ChannelId, Endpoint, Extension},
    view::{CallState, ChannelRow, DeskRow, EndpointRow, PbxLink},
};

/// What a desk or the floor shows. A desk's has no channels, desks or endpoints.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Board {
    pub pbx: PbxLink,
    #[serde(with = "rows::calls")]
    pub calls: BTreeMap<CallId, CallState>,
    #[serde(with = "rows::desks", skip_serializing_if = "BTreeMap::is_empty")]
    pub desks: BTreeMap<Extension, DeskRow>,
    #[serde(with = "rows::channels", skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<ChannelId, ChannelRow>,
    #[serde(with = "rows::endpoints", skip_serializing_if = "BTreeMap::is_empty")]
    pub endpoints: BTreeMap<Endpoint, EndpointRow>,
}

impl Board {
    /// Makes one change. A delta about something unknown is no error: it is simply so now.
    pub fn apply(&mut self, delta: &Delta) {
        match delta {
            Delta::CallState(call) => {
                self.calls.insert(call.call_id.clone(), (**call).clone());
            }
            Delta::CallLeft(left) => {
                self.calls.remove(&left.call_id);
            }
            Delta::CallMerged(merged) => {
                self.calls.remove(&merged.from);
            }
            Delta::ChannelChanged(row) => {
                self.channels.insert(row.channel_id.clone(), row.clone());
            }
            Delta::ChannelGone(gone) => {
                self.channels.remove(&gone.channel_id);
            }
            Delta::PresenceChanged(row) => {
                self.desks.insert(row.exten.clone(), row.clone());
            }
            Delta::EndpointChanged(row) => {
                self.endpoints.insert(row.endpoint.clone(), row.clone());
            }
            Delta::PbxLink(link) => self.pbx = link.clone(),
        }
    }
}

/// Tables travel as lists of rows; each row knows its key.
mod rows {
    macro_rules! table {
        ($module:ident, $key:ty, $row:ty, $field:ident) => {
            pub mod $module {
                use std::collections::BTreeMap;

                use serde::{Deserialize, Deserializer, Serializer};

                pub fn serialize<S: Serializer>(table: &BTreeMap<$key, $row>, to: S) -> Result<S::Ok, S::Error> {
                    to.collect_seq(table.values())
                }

                pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<$key, $row>, D::Error> {
                    let rows = Vec::<$row>::deserialize(from)?;
                    Ok(rows.into_iter().map(|row| (row.$field.clone(), row)).collect())
                }
            }
        };
    }
    table!(calls, crate::ids::CallId, crate::view::CallState, call_id);
    table!(desks, crate::ids::Extension, crate::view::DeskRow, exten);
    table!(channels, crate::ids::ChannelId, crate::view::ChannelRow, channel_id);
    table!(endpoints, crate::ids::Endpoint, crate::view::EndpointRow, endpoint);
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{agent::AgentState, delta::ChannelGone};

    #[test]
    fn a_board_survives_the_wire() {
        let mut board = Board::default();
        board.apply(&Delta::PresenceChanged(DeskRow {
            exten: "1000".into(),
            agent: Some("Lê Thu Hà".into()),
            client_state: AgentState::Available,
            clients: 2,
            since: Timestamp::UNIX_EPOCH,
        }));
        board.apply(&Delta::ChannelGone(ChannelGone { channel_id: "1.2".into() }));
        let json = serde_json::to_string(&board).unwrap();
        assert_eq!(serde_json::from_str::<Board>(&json).unwrap(), board);
        assert!(json.contains(r#""desks":[{"exten":"1000""#), "{json}");
    }
}
