//! What the system tells of this process. For benches, examples and the tests of memory.

use std::fs;

/// Kilobytes that stand on this line of `/proc/self/status`: `VmHWM` (the most ever held), `VmRSS` (held now), `RssAnon`
/// (held now, files apart). `None` where there is no such file.
pub fn memory(line: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|all| all.strip_prefix(line)?.strip_prefix(':'))?;
    value.trim().trim_end_matches(" kB").parse().ok()
}

/// Seconds of processor time, user and system, of all threads: other work on the machine does not count.
pub fn processor() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in brackets and may hold anything; the fields are counted behind it.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0) // USER_HZ is 100 wherever Linux runs Rust's std
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_of_this_process() {
        // Held now is asked for first: it may grow between the two questions.
        let (now, most) = (memory("VmRSS"), memory("VmHWM"));
        assert!(now.is_some_and(|held| held > 0) && most >= now, "{now:?} of {most:?}");
        assert!(memory("RssAnon").is_some() && memory("Vm").is_none());
        assert!(processor().is_some_and(|seconds| seconds >= 0.0));
    }
}
