// F1 over the threshold with its band and the line; beside it F-beta, dashed.

function fbetaPanel(svg, model) {
  const parts = {};
  let plot = null;

  function lay(width, height, unit, state) {
    if (!model.curves) return explainAbsence(svg, width, height, model.header.reason);
    const ranges = { x: [-0.015, 1.015], y: [-0.02, 1.03] };
    const margin = [8, 14, 36, 46];
    plot = plotOn(svg, { width, height, unit, margin, ...ranges, clip: "clip-fbeta" });
    const yName = state.beta === 1 ? "F1" : `F1, F${state.beta}`;
    axes(plot, { xTicks: SHARE_TICKS, yTicks: SHARE_TICKS, xName: "threshold", yName });
    const inside = make("g", { "clip-path": "url(#clip-fbeta)" }, svg);
    band(inside);
    const points = curve(inside, 1, "curve");
    if (state.beta !== 1) {
      curve(inside, state.beta, "curve dashed");
      name(state.beta);
    }
    parts.line = make("line", { y1: plot.top, y2: plot.bottom, class: "threshold" }, svg);
    parts.other = make("circle", { r: 4.5 * unit, class: "small" }, svg);
    parts.dot = dot(plot);
    parts.best = points.reduce((best, point) => (point.y > best.y ? point : best));
    return undefined;
  }

  function curve(parent, beta, kind) {
    const points = fbetaCurve(model.ranking, beta);
    make("path", { d: pathOf(points, plot), class: kind, stroke: model.colours[1] }, parent);
    return points;
  }

  // The dashed curve's name, where the eye finds room: low in the middle, with a sample of it.
  function name(beta) {
    const { unit } = plot;
    const [x, y] = [plot.x(0.03), plot.y(0.12)];
    const sample = { x1: x, x2: x + 22 * unit, y1: y - 4 * unit, y2: y - 4 * unit };
    make("line", { ...sample, class: "curve dashed", stroke: model.colours[1] }, svg);
    make("text", { x: x + 28 * unit, y, class: "note" }, svg, `F${beta}`);
  }

  function band(parent) {
    const rows = model.arrays.band_f1;
    if (!rows) return;
    const column = (offset) => rows.filter((_, place) => place % 2 === offset);
    const d = bandPath(model.arrays.band_thresholds, column(0), column(1), plot);
    make("path", { d, class: "band", fill: model.colours[1] }, parent);
  }

  function put(node, x, y) {
    setAttribute(node, "opacity", Number.isNaN(y) ? 0 : 1);
    if (!Number.isNaN(y)) setAttribute(node, "transform", `translate(${x} ${px(plot.y(y))})`);
  }

  function draw({ value, counts, state }) {
    if (!model.curves) return;
    const x = px(plot.x(Math.min(1, Math.max(0, value))));
    setAttribute(parts.line, "transform", `translate(${x} 0)`);
    put(parts.dot, x, fbeta(counts, 1));
    put(parts.other, x, state.beta === 1 ? NaN : fbeta(counts, state.beta));
  }

  function sentence({ counts }) {
    if (!model.curves) return "";
    const write = (number) => share(number, model.n, "share");
    const top = `its top on these X-rays is ${write(parts.best.y)} at ${shortCut(parts.best.x)}`;
    return `F1 is ${write(fbeta(counts, 1))} here; ${top}.`;
  }

  return { lay, draw, sentence, at: (pixel) => plot?.valueAt(pixel) };
}
