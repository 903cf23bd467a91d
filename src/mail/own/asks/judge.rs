//! Weighs the marks of a sentence. Each mark has a weight, learned from examples by logistic regression: those of asks pull one way, those
//! of innocents the other. In each round half of the marks are covered, so that no single word is trusted where others say the same. The
//! steps are in a fixed order and of a fixed number, and what is covered when is fixed too, so the same corpus makes the same judge.

use super::marks::{MARKS, pull};

/// How often every example is looked at.
const ROUNDS: u32 = 6;
/// How far a step goes.
const STEP: f32 = 0.2;
/// How much weights shrink that nothing asks for.
const SHRINK: f32 = 0.001;

/// What was learned.
#[derive(Debug)]
pub(super) struct Judge {
    weights: Vec<f32>,
    bias: f32,
}

/// Sentences to learn from: their marks in one row, where each one's end, and whether it asks. One row goes back to the system as a whole
/// when all is learned; as many as there are sentences would stay.
#[derive(Debug, Default)]
pub(super) struct Examples {
    marks: Vec<u32>,
    ends: Vec<(usize, bool)>,
}

impl Examples {
    fn get(&self, at: usize) -> Option<(&[u32], bool)> {
        let (end, asks) = *self.ends.get(at)?;
        let before = at.checked_sub(1).and_then(|before| self.ends.get(before));
        Some((self.marks.get(before.map_or(0, |(end, _)| *end)..end)?, asks))
    }
}

impl FromIterator<(Vec<u32>, bool)> for Examples {
    fn from_iter<T: IntoIterator<Item = (Vec<u32>, bool)>>(all: T) -> Self {
        let mut examples = Self::default();
        for (marks, asks) in all {
            examples.marks.extend(marks);
            examples.ends.push((examples.marks.len(), asks));
        }
        examples
    }
}

/// What is being learned.
struct Pupil {
    weights: Vec<Weight>,
    bias: Weight,
}

/// A weight and how much it has moved: what moved much moves less.
#[derive(Clone, Copy, Debug)]
struct Weight {
    value: f32,
    moved: f32,
}

impl Weight {
    const NEW: Self = Self { value: 0.0, moved: 1e-6 };

    fn step(&mut self, slope: f32) {
        self.moved += slope * slope;
        self.value -= STEP * slope / self.moved.sqrt();
    }
}

impl Judge {
    /// Learns from the marks of asks (`true`) and innocents.
    pub(super) fn learn(examples: &Examples) -> Self {
        let mut pupil = Pupil { weights: vec![Weight::NEW; place(MARKS)], bias: Weight::NEW };
        // Neighbours in the corpus are alike: strides mix them.
        let many = examples.ends.len();
        let from = many * 382 / 1000;
        let stride = (from..from + many).find(|stride| divisor(*stride, many) == 1);
        let mut at = 0;
        for round in 0..ROUNDS {
            for _ in 0..many {
                at = (at + stride.unwrap_or(1)) % many;
                if let Some((marks, asks)) = examples.get(at) {
                    let seen: Vec<u32> = marks.iter().copied().filter(|mark| !covered(*mark, round)).collect();
                    pupil.look(&seen, asks);
                }
            }
        }
        Self { weights: pupil.weights.iter().map(|weight| weight.value).collect(), bias: pupil.bias.value }
    }

    /// What the marks of a sentence weigh: above zero it rather asks, below it rather does not.
    pub(super) fn sum(&self, marks: &[u32]) -> f32 {
        sum(marks, self.bias, |mark| self.weights.get(place(mark)).copied())
    }
}

impl Pupil {
    fn look(&mut self, marks: &[u32], asks: bool) {
        let sum = sum(marks, self.bias.value, |mark| self.weights.get(place(mark)).map(|weight| weight.value));
        let likely = 1.0 / (1.0 + (-sum).exp());
        let off = likely - if asks { 1.0 } else { 0.0 };
        let share = share(marks);
        for mark in marks {
            if let Some(weight) = self.weights.get_mut(place(*mark)) {
                weight.step(off * share * pull(*mark) + SHRINK * weight.value);
            }
        }
        self.bias.step(off);
    }
}

fn sum(marks: &[u32], bias: f32, weight: impl Fn(u32) -> Option<f32>) -> f32 {
    bias + share(marks) * marks.iter().filter_map(|mark| Some(weight(*mark)? * pull(*mark))).sum::<f32>()
}

/// Where the weight of a mark stands.
fn place(mark: u32) -> usize {
    usize::try_from(mark).unwrap_or_default()
}

/// Whether a mark is covered in a round: one half of them is in each, another half in the next.
fn covered(mark: u32, round: u32) -> bool {
    let mixed = u64::from(mark).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (63 - round)) & 1 == 0
}

/// What one mark of many counts: a long sentence weighs no more than a short one.
fn share(marks: &[u32]) -> f32 {
    let length: f32 = marks.iter().map(|mark| pull(*mark) * pull(*mark)).sum();
    2.0 / length.sqrt().max(1.0)
}

/// The greatest common divisor.
fn divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { divisor(other, one % other) }
}
