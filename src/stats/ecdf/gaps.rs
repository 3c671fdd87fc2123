//! How far two distribution functions lie apart, and which values have to be looked at to know it.

/// A point of both distribution functions: the shares of x and of y that are at most `value`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    pub value: f64,
    pub x: f64,
    pub y: f64,
}

/// The largest gaps between F, the distribution function of x, and G, that of y.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gaps {
    /// Values of x and of y.
    pub n: u64,
    pub m: u64,
    /// The largest F - G and the largest G - F, each times n·m: exact whole numbers.
    pub h_plus: u128,
    pub h_minus: u128,
    /// Where they are reached first.
    pub at_plus: Option<f64>,
    pub at_minus: Option<f64>,
    /// Whether all values were told apart. Otherwise the next two are the least that is possible,
    /// and there are no groups.
    pub resolved: bool,
    /// Different values in the pooled sample.
    pub distinct: u64,
    /// Pooled values that have an equal.
    pub tied: u64,
    /// The pooled groups of equal values in order, counts of x and of y, unless there are too many.
    pub groups: Option<Vec<(u32, u32)>>,
    /// At most 200 points of both functions, the largest gaps among them, for a chart.
    pub curve: Vec<CurvePoint>,
}

/// More groups than this are not kept: no exact law of so many could be afforded.
pub const MOST_GROUPS: usize = 1 << 20;

/// Evenly spaced points of the curve; with both gaps and both ends it stays within 200.
const CURVE_POINTS: u128 = 190;

impl Gaps {
    /// The largest distance of F and G.
    pub fn d(&self) -> f64 {
        self.share(self.h_plus.max(self.h_minus))
    }

    /// The largest F - G.
    pub fn d_plus(&self) -> f64 {
        self.share(self.h_plus)
    }

    /// The largest G - F.
    pub fn d_minus(&self) -> f64 {
        self.share(self.h_minus)
    }

    /// Share of pooled values that have an equal.
    pub fn tied_share(&self) -> f64 {
        self.tied as f64 / (self.n + self.m).max(1) as f64
    }

    /// Where the largest distance is reached first.
    pub fn at(&self) -> Option<f64> {
        if self.h_plus >= self.h_minus { self.at_plus } else { self.at_minus }
    }

    fn share(&self, h: u128) -> f64 {
        let whole = u128::from(self.n) * u128::from(self.m);
        if whole == 0 { 0.0 } else { h as f64 / whole as f64 }
    }
}

/// The place between two groups on the way along both functions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    n: u64,
    m: u64,
    pub i: u64,
    pub j: u64,
    /// m·i - n·j.
    pub height: i128,
    /// The rank at which the next point of the curve is due.
    due: u64,
}

impl Place {
    fn start(n: u64, m: u64) -> Place {
        Place { n, m, i: 0, j: 0, height: 0, due: 1 }
    }

    fn rise(&self, a: u64, b: u64) -> i128 {
        i128::from(self.m) * i128::from(a) - i128::from(self.n) * i128::from(b)
    }

    /// Passes some values, and says whether a point of the curve was due among them.
    fn pass(&mut self, a: u64, b: u64) -> bool {
        self.height += self.rise(a, b);
        self.i += a;
        self.j += b;
        let rank = self.i + self.j;
        if rank < self.due {
            return false;
        }
        let total = u128::from((self.n + self.m).max(1));
        let mark = u128::from(rank) * CURVE_POINTS / total;
        self.due = ((mark + 1) * total).div_ceil(CURVE_POINTS) as u64;
        true
    }
}

/// The way along both functions, group by group, upwards.
pub struct Walk {
    seen: Gaps,
    pub(super) place: Place,
    best: [Option<CurvePoint>; 2],
}

impl Walk {
    /// The start, before n values of x and m of y.
    pub fn new(n: u64, m: u64) -> Walk {
        let keep = n.saturating_add(m) <= u64::from(u32::MAX);
        let groups = keep.then(Vec::new);
        Walk {
            seen: Gaps { n, m, groups, resolved: true, ..Gaps::default() },
            place: Place::start(n, m),
            best: [None, None],
        }
    }

    /// Takes a group of equal values in: `a` of x and `b` of y.
    pub fn group(&mut self, value: f64, a: u64, b: u64) {
        let seen = &mut self.seen;
        seen.distinct += 1;
        if a + b > 1 {
            seen.tied += a + b;
        }
        match &mut seen.groups {
            Some(groups) if groups.len() < MOST_GROUPS => groups.push((a as u32, b as u32)),
            groups => *groups = None,
        }
        let is_due = self.place.pass(a, b);
        self.mark(value);
        if is_due {
            let point = self.point(value);
            self.seen.curve.push(point);
        }
    }

    /// Passes values that are not told apart. [`unsettled`] must not have named them.
    pub fn skip(&mut self, a: u64, b: u64) {
        if a + b == 1 {
            self.seen.distinct += 1;
        } else if a + b > 0 {
            self.seen.distinct += 1;
            self.seen.resolved = false;
        }
        self.seen.groups = None;
        self.place.pass(a, b);
    }

    /// Remembers the largest gaps.
    fn mark(&mut self, value: f64) {
        let height = self.place.height.unsigned_abs();
        if self.place.height > 0 && height > self.seen.h_plus {
            self.seen.h_plus = height;
            self.seen.at_plus = Some(value);
            self.best[0] = Some(self.point(value));
        } else if self.place.height < 0 && height > self.seen.h_minus {
            self.seen.h_minus = height;
            self.seen.at_minus = Some(value);
            self.best[1] = Some(self.point(value));
        }
    }

    fn point(&self, value: f64) -> CurvePoint {
        let share =
            |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let Place { i, j, .. } = self.place;
        CurvePoint { value, x: share(i, self.seen.n), y: share(j, self.seen.m) }
    }

    /// What the whole way came to.
    pub fn finish(mut self) -> Gaps {
        for best in self.best.into_iter().flatten() {
            let place =
                self.seen.curve.partition_point(|point| point.x + point.y < best.x + best.y);
            if self.seen.curve.get(place) != Some(&best) {
                self.seen.curve.insert(place, best);
            }
        }
        self.seen
    }
}

/// Neighbouring values that were counted together: how many of x and of y, and whether they are
/// known to be equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub a: u64,
    pub b: u64,
    pub is_one_value: bool,
}

/// Numbers of those among consecutive counts whose values have to be told apart, so that the gaps,
/// where they are reached first, and all points of the curve are exact.
///
/// Within a count the gap is at most what it was before, plus all that can raise it. A count stays
/// closed if that is less than a gap that is reached at the end of some count.
pub fn unsettled(n: u64, m: u64, counts: &[Counted]) -> Vec<usize> {
    let mut place = Place::start(n, m);
    let (mut most, mut least) = (0, 0);
    for count in counts {
        place.height += place.rise(count.a, count.b);
        most = most.max(place.height);
        least = least.min(place.height);
    }
    let mut place = Place::start(n, m);
    let mut open = Vec::new();
    for (number, count) in counts.iter().enumerate() {
        let before = place.height;
        let reach = before + place.rise(count.a, 0);
        let depth = before + place.rise(0, count.b);
        let can_gap = count.a > 0 && reach >= most.max(1) || count.b > 0 && depth <= least.min(-1);
        let is_due = count.a + count.b > 0 && place.pass(count.a, count.b);
        if !count.is_one_value && (is_due || can_gap) {
            open.push(number);
        }
    }
    open
}
