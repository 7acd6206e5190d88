// Confusion counts from scores that are sorted once, and the measures that follow from them.
// Formulas, labels and help come from the engine; a test compares every value with the engine's.

const PARAMETERS = { fbeta: "beta", cost: "ratio" };
const PLURAL = { tp: "found", fn: "missed", fp: "false alarms", tn: "left alone" };

function ranked(scores, labels) {
  return {
    negatives: scores.filter((_, place) => labels[place] === 0).sort(),
    positives: scores.filter((_, place) => labels[place] === 1).sort(),
  };
}

// How many of the sorted values are below `value`.
function below(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// A score equal to the threshold is called positive.
function countsAt(ranking, threshold) {
  const tn = below(ranking.negatives, threshold);
  const fn = below(ranking.positives, threshold);
  return { tn, fp: ranking.negatives.length - tn, fn, tp: ranking.positives.length - fn };
}

function over(part, whole) {
  return whole > 0 ? part / whole : NaN;
}

function matthews({ tn, fp, fn, tp }) {
  const said = Math.sqrt(tp + fp) * Math.sqrt(tn + fn);
  const truth = Math.sqrt(tp + fn) * Math.sqrt(tn + fp);
  if (!truth) return NaN;
  return said ? (tp * tn - fp * fn) / (said * truth) : 0; // all called alike: the limit
}

function fbeta({ fp, fn, tp }, beta) {
  const weight = beta * beta;
  return over((1 + weight) * tp, (1 + weight) * tp + weight * fn + fp);
}

const COMPUTE = {
  accuracy: (c) => over(c.tp + c.tn, c.tp + c.fp + c.fn + c.tn),
  balanced_accuracy: (c) => (over(c.tp, c.tp + c.fn) + over(c.tn, c.tn + c.fp)) / 2,
  precision: (c) => over(c.tp, c.tp + c.fp),
  recall: (c) => over(c.tp, c.tp + c.fn),
  specificity: (c) => over(c.tn, c.tn + c.fp),
  npv: (c) => over(c.tn, c.tn + c.fn),
  f1: (c) => fbeta(c, 1),
  fbeta,
  mcc: matthews,
  lr_plus: (c) => over(c.tp * (c.tn + c.fp), c.fp * (c.tp + c.fn)),
  lr_minus: (c) => over(c.fn * (c.tn + c.fp), c.tn * (c.tp + c.fn)),
  cost: (c, ratio) => over(100 * (ratio * c.fn + c.fp), c.tp + c.fp + c.fn + c.tn),
};

// Shares of images, as part and whole: these can be written as counts.
const PARTS = {
  accuracy: (c) => [c.tp + c.tn, c.tp + c.fp + c.fn + c.tn],
  precision: (c) => [c.tp, c.tp + c.fp],
  recall: (c) => [c.tp, c.tp + c.fn],
  specificity: (c) => [c.tn, c.tn + c.fp],
  npv: (c) => [c.tn, c.tn + c.fn],
};
const PLAIN = new Set(["mcc", "lr_plus", "lr_minus", "cost"]); // no shares: never percent

function parameterOf(name, state) {
  return PARAMETERS[name] ? state[PARAMETERS[name]] : undefined;
}

// The name of the interval's band: fbeta_2, cost_10; F1 is F-beta with beta 1.
function bandName(name, state) {
  if (name === "fbeta") return state.beta === 1 ? "f1" : `fbeta_${state.beta}`;
  return name === "cost" ? `cost_${state.ratio}` : name;
}

const ABSENT = [
  ["positives", (c) => !(c.tp + c.fn), "No image is {positive}."],
  ["negatives", (c) => !(c.tn + c.fp), "Every image is {positive}."],
  ["called", (c) => !(c.tp + c.fp), "No image is called {positive}."],
  ["spared", (c) => !(c.tn + c.fn), "Every image is called {positive}."],
  ["involved", (c) => !(c.tp + c.fp + c.fn), "No image is or is called {positive}."],
  ["alarms", (c) => !c.fp, "No {negative} image is alarmed: it has no upper end."],
  ["left", (c) => !c.tn, "Every {negative} image is alarmed."],
];
const NEEDS = {
  balanced_accuracy: ["positives", "negatives"],
  precision: ["called"],
  recall: ["positives"],
  specificity: ["negatives"],
  npv: ["spared"],
  f1: ["involved"],
  fbeta: ["involved"],
  mcc: ["positives", "negatives"],
  lr_plus: ["positives", "negatives", "called", "alarms"],
  lr_minus: ["positives", "negatives", "left"],
};

// Why these counts give no value.
function reasonFor(name, counts, words) {
  const needs = NEEDS[name] ?? [];
  const hit = ABSENT.find(([need, test]) => needs.includes(need) && test(counts));
  return hit ? hit[2].replace("{positive}", words[1]).replace("{negative}", words[0]) : "";
}

// "tp / (tp + fn)" with each name replaced, its hidden products made visible.
function spelled(formula, names) {
  const products = formula.replaceAll(/([\w²)]) (?=[\w(])/g, "$1 × ");
  return products.replaceAll(/\b(tp|fp|fn|tn|beta|ratio)\b/g, (name) => names[name]);
}
