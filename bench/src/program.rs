//! What is measured, as a process of its own. It ends when it is dropped.

use std::{
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::Outcome;

/// Linux counts CPU time for programs in hundredths of a second (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);
/// How long a program may take until it listens.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Program {
    name: &'static str,
    child: Child,
}

impl Program {
    /// Starts it; its errors are shown, its other words are not.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(name: &'static str, command: &mut Command) -> Outcome<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        Ok(Self { name, child: child.map_err(|error| format!("cannot start {name}: {error}"))? })
    }

    /// Waits until it listens on `port`.
    ///
    /// # Errors
    /// Where it has ended, or does not listen in time.
    pub async fn listens(&mut self, port: u16) -> Outcome {
        let deadline = Instant::now() + PATIENCE;
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("{} ended: {status}", self.name).into());
            }
            if Instant::now() > deadline {
                return Err(format!("{} does not listen", self.name).into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// CPU time so far, the kernel's on its behalf included.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn cpu(&self) -> Outcome<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in parentheses may hold spaces; user and system time are 14 and 15.
        let after_name = stat.rsplit_once(") ").ok_or("/proc/PID/stat is not as proc(5) says")?.1;
        let ticks: u32 = after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
        Ok(TICK * ticks)
    }

    /// Memory that it holds, in bytes.
    ///
    /// # Errors
    /// Where it has ended.
    pub fn memory(&self) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes * 1024)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of the loopback that is free now.
///
/// # Errors
/// Where there is none.
pub fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
