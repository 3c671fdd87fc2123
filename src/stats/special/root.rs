//! Root finding where the function is known to be monotone.

/// Keeps the exponential of an overshoot within the range of doubles.
const LIMIT: f64 = 650.0;

/// Solves `ln tail(u) = target` for a tail whose logarithm is concave in `u`.
///
/// `value_and_slope` gives the logarithm and its derivative. Newton's method on a concave function
/// overshoots at most once and then converges monotonically, so it needs no bracket.
pub fn solve_log_tail(start: f64, target: f64, value_and_slope: impl Fn(f64) -> (f64, f64)) -> f64 {
    let mut u = start;
    let mut last_step = f64::INFINITY;
    for iteration in 0..200 {
        let (value, slope) = value_and_slope(u);
        let step = (target - value) / slope;
        if !step.is_finite() {
            break;
        }
        u = (u + step).clamp(-LIMIT, LIMIT);
        let size = step.abs();
        // The second condition ends the rounding noise, where steps stop shrinking.
        if size <= 1e-15 * u.abs().max(1e-3) || (size < 1e-9 && size >= 0.5 * last_step) {
            break;
        }
        if iteration > 3 {
            last_step = size;
        }
    }
    u
}

/// Finds where a monotone function crosses zero between `low` and `high`, to the last bits.
///
/// Regula falsi in the Illinois form, with a bisection whenever it is slow. Returns the nearer end
/// when there is no change of sign.
pub fn bisect(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut at_low, mut at_high) = (f(low), f(high));
    if at_low == 0.0 || at_high == 0.0 || (at_low > 0.0) == (at_high > 0.0) {
        return if at_low.abs() <= at_high.abs() { low } else { high };
    }
    for iteration in 0..400 {
        let width = high - low;
        if width.abs() <= 4e-16 * low.abs().max(high.abs()) {
            break;
        }
        let secant = high - at_high * width / (at_high - at_low);
        let inside = secant > low && secant < high;
        let middle = if inside && iteration % 4 != 3 { secant } else { low + 0.5 * width };
        let value = f(middle);
        if value == 0.0 || middle == low || middle == high {
            return middle;
        }
        if (value > 0.0) == (at_low > 0.0) {
            (low, at_low) = (middle, value);
            at_high *= 0.5;
        } else {
            (high, at_high) = (middle, value);
            at_low *= 0.5;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_cube_root() {
        let root = bisect(0.0, 10.0, |x| x * x * x - 2.0);
        assert!((root - 2f64.cbrt()).abs() < 1e-14);
    }
}
