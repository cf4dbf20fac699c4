//! The server's signature on what a lookup found: the data travels through a browser, and the
//! exchange relays only what comes back unchanged.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A key of HMAC-SHA256, random and new with every start of the server. Cheap to clone.
#[derive(Clone)]
pub struct Signer {
    keyed: Hmac<Sha256>,
}

impl Signer {
    /// A signer with a new key.
    pub fn random() -> Self {
        let key: [u8; 64] = rand::random();
        Self { keyed: Hmac::new(&key.into()) }
    }

    /// The signature of `payload`, in hexadecimal.
    pub fn sign(&self, payload: &[u8]) -> String {
        let code = self.keyed.clone().chain_update(payload).finalize().into_bytes();
        hex(&code)
    }

    /// Did this signer sign exactly `payload`? Takes the same time however wrong it is.
    pub fn verify(&self, payload: &[u8], signature: &str) -> bool {
        let Some(code) = unhex(signature) else {
            return false;
        };
        self.keyed.clone().chain_update(payload).verify_slice(&code).is_ok()
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

/// `bytes` in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_signed_bytes_verify() {
        let signer = Signer::random();
        let signature = signer.sign("Nguyễn Văn A".as_bytes());
        assert!(signer.verify("Nguyễn Văn A".as_bytes(), &signature));
        assert!(!signer.verify("Nguyễn Văn B".as_bytes(), &signature));
        assert!(!Signer::random().verify("Nguyễn Văn A".as_bytes(), &signature), "another start has another key");
    }

    #[test]
    fn nonsense_does_not_verify() {
        let signer = Signer::random();
        for signature in ["", "0", "zz", "à1", &"00".repeat(32), &signer.sign(b"x")[2..]] {
            assert!(!signer.verify(b"x", signature), "{signature:?}");
        }
    }
}
