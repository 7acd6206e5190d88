// Curves over all thresholds, computed once: exact areas, and paths of a few hundred points.

const PATH_POINTS = 400;
const MARKS = Array.from({ length: 17 }, (_, step) => Math.round(10 + 5 * step) / 100);
const BINS = 50;

// One entry for each distinct score, falling: [threshold, tp, fp] when it is the threshold.
function steps({ negatives, positives }) {
  const found = [];
  let n = negatives.length;
  let p = positives.length;
  while (n || p) {
    const value = Math.max(n ? negatives[n - 1] : -1, p ? positives[p - 1] : -1);
    while (n && negatives[n - 1] === value) n--;
    while (p && positives[p - 1] === value) p--;
    found.push([value, positives.length - p, negatives.length - n]);
  }
  return found;
}

function curvesOf(ranking) {
  const [negatives, positives] = [ranking.negatives.length, ranking.positives.length];
  if (!negatives || !positives) return null;
  const roc = [{ x: 0, y: 0, threshold: Infinity }];
  const pr = [];
  let [auc, ap] = [0, 0];
  for (const [threshold, tp, fp] of steps(ranking)) {
    const point = { x: fp / negatives, y: tp / positives, threshold };
    const before = roc[roc.length - 1];
    auc += ((point.x - before.x) * (point.y + before.y)) / 2;
    ap += (point.y - before.y) * (tp / (tp + fp));
    roc.push(point);
    pr.push({ x: point.y, y: tp / (tp + fp), threshold });
  }
  return { roc: decimated(roc), pr: decimated(pr), auc, ap };
}

// Leave out points that lie closer to the last kept one than an eye can part.
function decimated(points, limit = PATH_POINTS) {
  let kept = points;
  for (let apart = 1 / limit; kept.length > limit; apart *= 1.5) {
    kept = apartBy(points, apart);
  }
  return kept;
}

function apartBy(points, apart) {
  let last = points[0];
  const kept = [last];
  for (let place = 1; place < points.length - 1; place++) {
    const point = points[place];
    if (Math.abs(point.x - last.x) + Math.abs(point.y - last.y) < apart) continue;
    kept.push(point);
    last = point;
  }
  kept.push(points[points.length - 1]);
  return kept;
}

function fbetaCurve(ranking, beta, points = PATH_POINTS) {
  const found = [];
  for (let place = 0; place <= points; place++) {
    const x = place / points;
    found.push({ x, y: fbeta(countsAt(ranking, x), beta), threshold: x });
  }
  return found.filter((point) => !Number.isNaN(point.y));
}

// The marks of report D: threshold .1, .15 ... .9 with precision, recall and F1.
function markedThresholds(ranking) {
  const rows = MARKS.map((threshold) => {
    const counts = countsAt(ranking, threshold);
    return {
      threshold,
      counts,
      precision: COMPUTE.precision(counts),
      recall: COMPUTE.recall(counts),
      f1: COMPUTE.f1(counts),
    };
  });
  const top = Math.max(...rows.map((row) => (Number.isNaN(row.f1) ? -1 : row.f1)));
  const best = rows.find((row) => row.f1 === top);
  return rows.map((row) => ({ ...row, best: row === best }));
}

// Images in each of the equal bins from 0 to 1; the last one holds the score 1 too.
function binned(sorted, bins = BINS) {
  const edges = Array.from({ length: bins }, (_, place) => below(sorted, place / bins));
  return edges.map((from, place) => (edges[place + 1] ?? sorted.length) - from);
}

function between(ranking, low, high) {
  const upTo = (sorted) => {
    let place = below(sorted, high);
    while (place < sorted.length && sorted[place] === high) place++;
    return place;
  };
  const inside = (sorted) => Math.max(0, upTo(sorted) - below(sorted, low));
  return inside(ranking.negatives) + inside(ranking.positives);
}
