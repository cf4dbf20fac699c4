//! Whether the lists of `[pbx]` are those of this Asterisk: each entry has to fit something, and each
//! endpoint ought to be in one of them.

use std::collections::BTreeSet;

use domain::ids::{Endpoint, Extension};
use pbx::switchboard::{Topology, fits};

use super::{Level, Point};
use crate::{
    ari::{Profile, Survey},
    config::why_no_endpoint,
};

/// So many names stand in one line.
const NAMED: usize = 8;
/// Technologies whose endpoints ARI lists, where their modules are loaded.
const LISTED: [&str; 3] = ["PJSIP", "SIP", "IAX2"];
/// A name that is no further from another is taken for a slip.
const SLIP: f64 = 0.75;

/// The lists, and what Asterisk says of itself.
struct Lists<'a> {
    topology: &'a Topology,
    survey: &'a Survey,
    /// Every endpoint that there is, as far as Asterisk lists them or calls show them.
    endpoints: BTreeSet<Endpoint>,
    /// Contexts that the extensions' phones call in.
    phones_contexts: BTreeSet<&'a str>,
}

pub(super) fn judge(topology: &Topology, survey: &Survey) -> Vec<Point> {
    let parties = survey.channels.iter().filter(|it| !it.is_local() && !it.is_auxiliary() && !it.is_temporary());
    let endpoints = survey.endpoints.iter().map(|it| it.id()).chain(parties.map(|it| it.endpoint())).collect();
    let of_phones = survey.profiles.iter().filter(|(endpoint, _)| topology.exten(endpoint).is_some());
    let phones_contexts = of_phones.map(|(_, profile)| profile.context.as_str()).collect();
    let lists = Lists { topology, survey, endpoints, phones_contexts };
    // What can be no endpoint has been told already.
    let trunks = topology.trunks.iter().filter(|trunk| why_no_endpoint(trunk).is_none());
    let devices = topology.devices.iter().filter(|(device, _)| why_no_endpoint(device).is_none());
    let mut points: Vec<_> = trunks.map(|trunk| lists.trunk(trunk)).collect();
    points.extend(lists.phones_taken_for_trunks());
    points.extend(topology.inbound_contexts.iter().map(|context| lists.context(context)));
    points.extend(lists.extensions());
    points.extend(devices.map(|(device, exten)| lists.device(device, exten)));
    points.extend(lists.in_no_list());
    points
}

impl Lists<'_> {
    fn profile(&self, endpoint: &Endpoint) -> Option<&Profile> {
        self.survey.profiles.get(endpoint)
    }

    fn trunk(&self, trunk: &Endpoint) -> Point {
        let fitting: Vec<_> = self
            .endpoints
            .iter()
            .filter(|endpoint| fits(trunk.as_str(), endpoint.as_str()) && self.topology.is_trunk(endpoint))
            .collect();
        match fitting.as_slice() {
            [] => self.absent("pbx.trunks", trunk),
            [one] if *one == trunk => {
                let begin = self.profile(one).map(|profile| format!(", whose calls begin in {}", profile.context));
                Level::Ok.say(format!("pbx.trunks: {one} is an endpoint{}", begin.unwrap_or_default()))
            }
            many => Level::Ok.say(format!("pbx.trunks: {trunk} is {}", named(many))),
        }
    }

    /// What there is to say of an endpoint, or a pattern of some, that Asterisk does not list.
    fn absent(&self, key: &str, wanted: &Endpoint) -> Point {
        let technology = wanted.technology();
        let module = format!("chan_{}.so", technology.to_ascii_lowercase());
        if !self.survey.modules.is_empty() && !self.survey.modules.contains(&module) && !technology.contains(['*', '?'])
        {
            return Level::Error.say(format!("{key}: {wanted}: {module} is not loaded, so there is no such channel"));
        }
        if !LISTED.contains(&technology) {
            return Level::Unknown.say(format!(
                "{key}: {wanted}: Asterisk lists no endpoints of {technology}, and no call shows it now"
            ));
        }
        let near = |endpoint: &&Endpoint| strsim::jaro_winkler(endpoint.resource(), wanted.resource());
        let nearest = self
            .endpoints
            .iter()
            .filter(|endpoint| self.topology.exten(endpoint).is_none() && near(endpoint) > SLIP)
            .max_by(|one, other| near(one).total_cmp(&near(other)));
        let meant = nearest.map(|endpoint| format!("; is {endpoint} meant?")).unwrap_or_default();
        Level::Error.say(format!("{key}: {wanted}: Asterisk has no such endpoint{meant}"))
    }

    /// A pattern may take what only looks like a trunk.
    fn phones_taken_for_trunks(&self) -> Vec<Point> {
        let taken = self.survey.profiles.iter().filter(|(endpoint, profile)| {
            self.topology.is_trunk(endpoint) && self.phones_contexts.contains(profile.context.as_str())
        });
        taken
            .map(|(endpoint, profile)| {
                Level::Warning.say(format!(
                    "pbx.trunks: {endpoint} is taken for a trunk, but calls in {} as the extensions do: name it in \
                     [pbx.devices], or the trunks one by one",
                    profile.context
                ))
            })
            .collect()
    }

    fn context(&self, context: &str) -> Point {
        let beginning: Vec<_> = self
            .survey
            .profiles
            .iter()
            .filter(|(_, profile)| fits(context, &profile.context))
            .map(|(endpoint, _)| endpoint)
            .collect();
        let phones = beginning.iter().filter(|endpoint| self.topology.exten(endpoint).is_some()).count();
        let key = "pbx.inbound_contexts";
        if phones > 0 {
            return Level::Error.say(format!(
                "{key}: {context} is where the extensions' own calls begin, so each of them would be one from outside"
            ));
        }
        match (beginning.as_slice(), self.survey.contexts.get(context)) {
            ([], Some(false)) => Level::Error.say(format!("{key}: the dialplan has no context {context}")),
            ([], Some(true)) => Level::Ok.say(format!("{key}: {context} is in the dialplan")),
            ([], None) if self.survey.channels.iter().any(|it| fits(context, &it.dialplan.context)) => {
                Level::Ok.say(format!("{key}: {context} has a call now"))
            }
            ([], None) => Level::Unknown.say(format!(
                "{key}: {context}: no endpoint of PJSIP begins there{}; whether the dialplan has it, Asterisk tells \
                 through live channels only",
                self.longer_than(context)
            )),
            (some, _) => Level::Ok.say(format!("{key}: in {context} begin calls from {}", named(some))),
        }
    }

    /// FreePBX has a context for each trunk, which `from-trunk` alone does not fit.
    fn longer_than(&self, context: &str) -> String {
        let longer = self.survey.profiles.values().map(|profile| profile.context.as_str());
        let longer = longer.filter(|longer| longer.starts_with(context)).min();
        longer.map(|longer| format!(", but in {longer}: is {context}* meant?")).unwrap_or_default()
    }

    fn extensions(&self) -> Option<Point> {
        let all = &self.topology.extensions;
        let reached: BTreeSet<_> = self.endpoints.iter().filter_map(|it| self.topology.exten(it)).collect();
        let lacking: Vec<_> = all.difference(&reached).collect();
        let key = "pbx.extensions";
        match (all.len(), lacking.len()) {
            (0, _) => None,
            (all, 0) => Some(Level::Ok.say(format!("{key}: each of the {all} has an endpoint"))),
            (all, lacking) if all == lacking => Some(Level::Error.say(format!(
                "{key}: none of the {all} has an endpoint such as PJSIP/{}: name the devices of this PBX in [pbx.devices]",
                self.topology.extensions.first()?
            ))),
            _ => Some(Level::Warning.say(format!(
                "{key}: {} no endpoint: {}",
                if lacking.len() == 1 { "one has" } else { "some have" },
                named(&lacking)
            ))),
        }
    }

    fn device(&self, device: &Endpoint, exten: &Extension) -> Point {
        if self.endpoints.contains(device) {
            return Level::Ok.say(format!("pbx.devices: {device} is a phone of {exten}"));
        }
        self.absent("pbx.devices", device)
    }

    /// What nobody has named, with what it may be.
    fn in_no_list(&self) -> Vec<Point> {
        let unlisted =
            |endpoint: &&Endpoint| self.topology.exten(endpoint).is_none() && !self.topology.is_trunk(endpoint);
        let (mut points, mut phones) = (Vec::new(), Vec::new());
        for endpoint in self.endpoints.iter().filter(unlisted) {
            match self.guess(endpoint) {
                Guess::Phone => phones.push(endpoint),
                Guess::Device(exten) => points.push(Level::Warning.say(format!(
                    "{endpoint} is in no list and has the caller id of {exten}: add \"{endpoint}\" = \"{exten}\" to [pbx.devices]"
                ))),
                Guess::Trunk(context) => points.push(Level::Warning.say(format!(
                    "{endpoint} is in no list and its calls begin in {context}: add it to trunks"
                ))),
                Guess::Nothing => points.push(Level::Warning.say(format!(
                    "{endpoint} is in no list: add it to trunks where it leads outside, or to [pbx.devices]"
                ))),
            }
        }
        if !phones.is_empty() {
            points.push(Level::Warning.say(format!(
                "in no list, and phones by their looks: {}; add those of agents to extensions or [pbx.devices]",
                named(&phones)
            )));
        }
        points
    }

    fn guess(&self, endpoint: &Endpoint) -> Guess {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let Some(profile) = self.profile(endpoint) else {
            let short = is_number(endpoint.resource()) && endpoint.resource().len() < 7;
            return if short { Guess::Phone } else { Guess::Nothing };
        };
        let callerid = profile.callerid.rsplit_once('<').map_or("", |(_, number)| number.trim_end_matches('>'));
        let owner = Extension::new(callerid);
        if self.topology.extensions.contains(&owner) {
            Guess::Device(owner)
        } else if self.phones_contexts.contains(profile.context.as_str()) {
            Guess::Phone
        } else {
            Guess::Trunk(profile.context.clone())
        }
    }
}

/// What an endpoint may be.
enum Guess {
    Phone,
    Device(Extension),
    Trunk(String),
    Nothing,
}

/// The first of them, and how many there are besides.
fn named<T: ToString>(all: &[T]) -> String {
    let first: Vec<_> = all.iter().take(NAMED).map(ToString::to_string).collect();
    match all.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
