//! One process, measured from its start to its end.

use std::process::{Command, Stdio};
use std::time::Instant;

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    pub wall_s: f64,
    /// Of all its threads, in the program and in the kernel.
    pub cpu_s: f64,
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
    let Ended { succeeded, cpu_s, peak_bytes } = wait(child)?;
    let wall_s = start.elapsed().as_secs_f64();
    if succeeded {
        Ok(Took { wall_s, cpu_s, peak_bytes })
    } else {
        Err(format!("{shown}: it failed"))
    }
}

/// How a process ended.
struct Ended {
    succeeded: bool,
    cpu_s: f64,
    peak_bytes: f64,
}

#[cfg(target_os = "linux")]
fn wait(child: std::process::Child) -> Result<Ended, String> {
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
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(Ended {
        succeeded,
        cpu_s: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peak_bytes: usage.ru_maxrss as f64 * 1024.0,
    })
}

#[cfg(not(target_os = "linux"))]
fn wait(mut child: std::process::Child) -> Result<Ended, String> {
    let status = child.wait().map_err(|error| error.to_string())?;
    Ok(Ended { succeeded: status.success(), cpu_s: f64::NAN, peak_bytes: f64::NAN })
}
