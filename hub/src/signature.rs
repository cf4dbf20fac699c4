//! The server's signature on what a lookup found: the data travels through a browser, and the
//! hub relays only what comes back unchanged.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A key of HMAC-SHA256. Cheap to clone.
#[derive(Clone)]
pub struct Signer {
    keyed: Hmac<Sha256>,
}

impl Signer {
    /// A signer with this key, which is to be random.
    pub fn new(key: [u8; 64]) -> Self {
        Self { keyed: Hmac::new(&key.into()) }
    }

    /// The signature of `payload`, in hexadecimal.
    pub fn sign(&self, payload: &[u8]) -> String {
        let code = self.keyed.clone().chain_update(payload).finalize().into_bytes();
        hex::encode(code)
    }

    /// Did this signer sign exactly `payload`? Takes the same time however wrong it is.
    pub fn verify(&self, payload: &[u8], signature: &str) -> bool {
        let Ok(code) = hex::decode(signature) else {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_signed_bytes_verify() {
        let signer = Signer::new([1; 64]);
        let signature = signer.sign("Nguyễn Văn A".as_bytes());
        assert!(signer.verify("Nguyễn Văn A".as_bytes(), &signature));
        assert!(!signer.verify("Nguyễn Văn B".as_bytes(), &signature));
        assert!(!Signer::new([2; 64]).verify("Nguyễn Văn A".as_bytes(), &signature), "another key");
    }

    #[test]
    fn nonsense_does_not_verify() {
        let signer = Signer::new([1; 64]);
        for signature in ["", "0", "zz", "à1", &"00".repeat(32), &signer.sign(b"x")[2..]] {
            assert!(!signer.verify(b"x", signature), "{signature:?}");
        }
    }
}
