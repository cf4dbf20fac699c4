//! What a configuration that can be used leaves off, said at the start and by `config check`.

use super::Config;

impl Config {
    /// One sentence for each thing that somebody who wrote this configuration may not expect.
    pub fn caveats(&self) -> Vec<String> {
        let mut caveats = Vec::new();
        let origin = self.public_url.origin();
        if !self.public_url.is_https() && !self.public_url.is_loopback() {
            caveats.push(format!(
                "{origin} is plain HTTP: passwords and calls can be read on the way, the cookie is not Secure, and \
                 browsers offer no notifications. Put a reverse proxy that speaks TLS before it"
            ));
        }
        if !self.public_url.is_https() && !self.embed.origins.is_empty() {
            caveats.push(format!(
                "[embed] needs TLS: {origin} is plain HTTP, so in a frame of another site nobody is signed in"
            ));
        }
        if !self.listen.ip().is_loopback() {
            caveats.push(format!(
                "{} can be reached from other machines without TLS: keep `listen` on the loopback behind a proxy",
                self.listen
            ));
        }
        caveats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caveats(toml: &str) -> Vec<String> {
        toml::from_str::<Config>(toml).unwrap().caveats()
    }

    #[test]
    fn what_is_off_is_said() {
        for quiet in ["", "public_url = 'http://localhost'", "public_url = 'http://[::1]:3000'"] {
            assert_eq!(caveats(quiet), Vec::<String>::new(), "{quiet}");
        }
        assert_eq!(caveats("public_url = 'https://desk.example'\nembed.origins = ['https://crm.example']").len(), 0);
        let plain = caveats("public_url = 'http://desk.example'\nlisten = '0.0.0.0:80'");
        assert!(plain[0].contains("plain HTTP") && plain[1].contains("0.0.0.0:80"), "{plain:?}");
        let framed = caveats("embed.origins = ['https://crm.example']");
        assert!(framed[0].contains("[embed] needs TLS"), "{framed:?}");
    }
}
