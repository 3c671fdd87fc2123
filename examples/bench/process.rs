//! One process, measured from its start to its end.

use std::process::{Command, Stdio};
use std::time::Instant;

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    pub wall_s: f64,
    pub peak_bytes: f64,
}

/// Runs a command to its end.
///
/// # Errors
/// It does not start, or does not succeed.
pub fn measure(command: &mut Command) -> Result<Took, String> {
    let shown = format!("{command:?}");
    let start = Instant::now();
    let child = command.stdout(Stdio::null()).spawn();
    let child = child.map_err(|error| format!("{shown}: {error}"))?;
    let (succeeded, peak_bytes) = wait(child)?;
    let wall_s = start.elapsed().as_secs_f64();
    if succeeded { Ok(Took { wall_s, peak_bytes }) } else { Err(format!("{shown}: it failed")) }
}

#[cfg(target_os = "linux")]
fn wait(child: std::process::Child) -> Result<(bool, f64), String> {
    let mut status = 0;
    // SAFETY: a zeroed `rusage` is a valid one; both pointers outlive the call; the child is ours
    // and waited for once.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        let waited = libc::wait4(child.id() as libc::pid_t, &mut status, 0, &mut usage);
        (waited, usage)
    };
    if waited < 0 {
        return Err(std::io::Error::last_os_error().to_string());
    }
    let succeeded = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0;
    Ok((succeeded, usage.ru_maxrss as f64 * 1024.0))
}

#[cfg(not(target_os = "linux"))]
fn wait(mut child: std::process::Child) -> Result<(bool, f64), String> {
    let status = child.wait().map_err(|error| error.to_string())?;
    Ok((status.success(), f64::NAN))
}
