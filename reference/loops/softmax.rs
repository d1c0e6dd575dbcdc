//! Tests a softmax by its golden vectors:  rustc -O -o softmax_rs loops/softmax.rs && ./softmax_rs softmax.json
//!
//! For another op, write another forward and backward: the rest reads and compares, whatever the names and shapes.

use std::collections::BTreeMap;
use std::process::ExitCode;

/// An error may be this large beside the largest number of its array.  A number here is the result of some n + 5
/// rounded operations on n <= 3 terms, each off by 2^-53 at most; four times that, for dy - mean can cancel.
const TOLERANCE: f64 = 16.0 * f64::EPSILON;
/// The largest number counts as this at least: an error below 2^-1022, where float64 has few digits or none, is none.
const FLOOR: f64 = f64::MIN_POSITIVE / TOLERANCE;

/// An array in row-major order.
#[derive(Default)]
struct Array {
    shape: Vec<usize>,
    values: Vec<f64>,
}

/// A case.  parts: "inputs", "upstream", "settings" (each a single number or a list), "expected" and "gradients", the
/// arrays of each by their names.
#[derive(Default)]
struct Case {
    number: String,
    flags: Vec<String>,
    parts: BTreeMap<String, BTreeMap<String, Array>>,
}

/// What is computed, by its name.
type Results = BTreeMap<&'static str, Vec<f64>>;

/// y_i = e^x_i / sum_j e^x_j over the last axis, which varies fastest.
fn forward(case: &Case) -> Results {
    let x = &case.parts["inputs"]["x"];
    let n = *x.shape.last().unwrap();
    BTreeMap::from([("y", x.values.chunks(n).flat_map(softmax).collect())])
}

/// dx = y (dy - mean), mean = sum_j dy_j y_j.
fn backward(case: &Case) -> Results {
    let (x, upstream) = (&case.parts["inputs"]["x"], &case.parts["upstream"]["y"]);
    let n = *x.shape.last().unwrap();
    let mut dx = Vec::new();
    for (x, dy) in x.values.chunks(n).zip(upstream.values.chunks(n)) {
        let y = softmax(x);
        // the largest y: less its dy, the others give the same dx, and keep their digits where y is 1
        let top = (0..n).max_by(|&i, &j| y[i].total_cmp(&y[j])).unwrap();
        let mean: f64 = (0..n).map(|i| (dy[i] - dy[top]) * y[i]).sum();
        dx.extend((0..n).map(|i| y[i] * (dy[i] - dy[top] - mean)));
    }
    BTreeMap::from([("x", dx)])
}

/// One row; its largest number is subtracted first, so that no exponential overflows.
fn softmax(x: &[f64]) -> Vec<f64> {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = x.iter().map(|x_i| (x_i - largest).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// The largest error beside the largest number; infinite where a number is missing or not finite.
fn largest_error(expected: &Array, got: Option<&Vec<f64>>) -> f64 {
    let size = expected.shape.iter().product::<usize>();
    let got = match got {
        Some(got) if got.len() == size && expected.values.len() == size => got,
        _ => return f64::INFINITY,
    };
    let scale = expected.values.iter().fold(FLOOR, |largest, e| largest.max(e.abs()));
    let errors = got.iter().zip(&expected.values).map(|(g, e)| (g - e).abs() / scale);
    errors.fold(0.0, |largest, error| if error.is_nan() { f64::INFINITY } else { error.max(largest) })
}

/// Tests one case.  Returns whether it holds.
fn test(case: &Case) -> bool {
    let mut worst = (0.0, String::new());
    for (part, results) in [("expected", forward(case)), ("gradients", backward(case))] {
        for (name, array) in &case.parts[part] {
            let error = largest_error(array, results.get(name.as_str()));
            if error > worst.0 {
                worst = (error, format!("{part} {name}"));
            }
        }
    }
    let holds = worst.0 <= TOLERANCE;
    if !holds {
        let (number, flags) = (&case.number, case.flags.join(", "));
        println!("case {number} ({flags}): {}: an error of {:.1e} beside the largest number", worst.1, worst.0);
    }
    holds
}

/// A number as it stands in the file: "0x1.8000000000000p+1", "1.5e-3 +/- 1e-52", 3 or true.
fn read_number(text: &str) -> f64 {
    let text = text.trim_matches('"').split(' ').next().unwrap();
    match text {
        "true" => 1.0,
        "false" => 0.0,
        _ if text.contains("0x") => read_hexadecimal(text),
        _ => text.parse().expect("a number"),
    }
}

/// A float64 from its sign, its bits after the point and its exponent; "0x0." begins zero and subnormal numbers.
fn read_hexadecimal(text: &str) -> f64 {
    let magnitude = text.trim_start_matches('-');
    let (mantissa, exponent) = magnitude[4..].split_once('p').expect("a hexadecimal float");
    let bits = u64::from_str_radix(&format!("{mantissa:0<13}"), 16).expect("hexadecimal digits");
    let biased = if magnitude.starts_with("0x1") { exponent.parse::<i64>().expect("an exponent") + 1023 } else { 0 };
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    sign * f64::from_bits((biased as u64) << 52 | bits)
}

/// Takes up one line.  path[depth]: the last key that stood so deep, as the spaces before it say.
fn read_line(case: &mut Case, path: &mut [String], depth: usize, text: &str) {
    let value = match text.split_once("\": ") {
        Some((key, value)) => {
            path[depth] = key[1..].to_string();
            value
        }
        None => text,
    };
    match (depth, path[3].as_str(), path[5].as_str()) {
        (2, ..) if value == "{" => *case = Case::default(),
        (3, "number", _) => case.number = value.to_string(),
        (3, ..) if value.starts_with('{') => {
            case.parts.insert(path[3].clone(), BTreeMap::new());
        }
        (4, "flags", _) => case.flags.push(value.trim_matches('"').to_string()),
        _ if depth >= 4 && !value.starts_with(['{', '}', '[', ']']) => {
            let array = case.parts.entry(path[3].clone()).or_default().entry(path[4].clone()).or_default();
            match (depth, path[5].as_str()) {
                (6, "shape") => array.shape.push(read_number(value) as usize),
                (5, "dtype") => (),
                _ => array.values.push(read_number(value)),
            }
        }
        _ => (),
    }
}

fn main() -> ExitCode {
    let file = std::env::args().nth(1).expect("the name of a file");
    let text = std::fs::read_to_string(file).expect("a file that can be read");
    assert!(text.ends_with("\n}\n"), "the file ends too early");
    let (mut case, mut path, mut cases, mut failed) = (Case::default(), vec![String::new(); 16], 0, 0);
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        let text = line.trim().trim_end_matches(',');
        read_line(&mut case, &mut path, depth, text);
        if path[1] == "cases" && depth == 2 && text == "}" {
            cases += 1;
            failed += usize::from(!test(&case));
        }
    }
    match (cases, failed) {
        (0, _) => println!("0 cases: nothing to test"),
        (_, 0) => println!("{cases} cases: all hold"),
        _ => println!("{cases} cases: {failed} fail"),
    }
    ExitCode::from(u8::from(cases == 0 || failed > 0))
}
