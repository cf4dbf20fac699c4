//! The sound of the bell.

use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, AudioContextState};

/// Silent until the browser lets it sound.
pub struct Bell(AudioContext);

impl Bell {
    pub fn new() -> Option<Self> {
        AudioContext::new().ok().map(Self)
    }

    /// Asks the browser to be heard, right after a person did something; calls `heard` if it may.
    pub fn rouse(&self, heard: impl FnOnce() + 'static) {
        let Ok(resuming) = self.0.resume() else { return };
        let audio = self.0.clone();
        spawn_local(async move {
            let _ = JsFuture::from(resuming).await;
            if audio.state() == AudioContextState::Running {
                heard();
            }
        });
    }

    /// One stroke.
    pub fn strike(&self) -> Option<()> {
        let audio = &self.0;
        let now = audio.current_time();
        let (tone, volume) = (audio.create_oscillator().ok()?, audio.create_gain().ok()?);
        tone.frequency().set_value(880.0);
        volume.gain().set_value_at_time(0.12, now).ok()?;
        volume.gain().exponential_ramp_to_value_at_time(0.001, now + 0.6).ok()?;
        tone.connect_with_audio_node(&volume).ok()?;
        volume.connect_with_audio_node(&audio.destination()).ok()?;
        tone.start().ok()?;
        tone.stop_with_when(now + 0.6).ok()
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        // Nobody hears it any more, whether it closes or not.
        let _ = self.0.close();
    }
}
