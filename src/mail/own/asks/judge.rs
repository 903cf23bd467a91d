//! Weighs the marks of a sentence. Each mark has a weight, learned from examples by logistic regression: those of asks pull one way, those
//! of innocents the other. The steps are in a fixed order and of a fixed number, so the same corpus makes the same judge.

use super::marks::{MARKS, pull};

/// How often every example is looked at.
const ROUNDS: usize = 10;
/// How far a step goes.
const STEP: f32 = 0.3;
/// How much weights shrink that nothing asks for.
const SHRINK: f32 = 0.001;

/// What was learned.
#[derive(Debug)]
pub(super) struct Judge {
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
    pub(super) fn learn(examples: &[(Vec<usize>, bool)]) -> Self {
        let mut judge = Self { weights: vec![Weight::NEW; MARKS], bias: Weight::NEW };
        // Neighbours in the corpus are alike: strides mix them.
        let from = examples.len() * 382 / 1000;
        let stride = (from..from + examples.len()).find(|stride| divisor(*stride, examples.len()) == 1);
        let mut at = 0;
        for _ in 0..ROUNDS * examples.len() {
            at = (at + stride.unwrap_or(1)) % examples.len();
            if let Some((marks, asks)) = examples.get(at) {
                judge.look(marks, *asks);
            }
        }
        judge
    }

    fn look(&mut self, marks: &[usize], asks: bool) {
        let likely = 1.0 / (1.0 + (-self.sum(marks)).exp());
        let off = likely - if asks { 1.0 } else { 0.0 };
        let share = share(marks);
        for mark in marks {
            if let Some(weight) = self.weights.get_mut(*mark) {
                weight.step(off * share * pull(*mark) + SHRINK * weight.value);
            }
        }
        self.bias.step(off);
    }

    /// What the marks of a sentence weigh: above zero it rather asks, below it rather does not.
    pub(super) fn sum(&self, marks: &[usize]) -> f32 {
        let pulls = marks.iter().filter_map(|mark| Some(self.weights.get(*mark)?.value * pull(*mark)));
        self.bias.value + share(marks) * pulls.sum::<f32>()
    }
}

/// What one mark of many counts: a long sentence weighs no more than a short one.
fn share(marks: &[usize]) -> f32 {
    let length: f32 = marks.iter().map(|mark| pull(*mark) * pull(*mark)).sum();
    3.0 / length.sqrt().max(1.0)
}

/// The greatest common divisor.
fn divisor(one: usize, other: usize) -> usize {
    if other == 0 { one } else { divisor(other, one % other) }
}
