// ROC and precision-recall: the path and its band stand still, the dot moves.

function curvePanel(svg, model, kind) {
  const isRoc = kind === "roc";
  const points = model.curves?.[kind];
  const parts = {};
  let plot = null;

  function lay(width, height, unit) {
    if (!points) return explainAbsence(svg, width, height, model.header.reason);
    const low = isRoc ? 0 : Math.max(0, Math.floor(10 * model.prevalence - 1) / 10);
    const margin = [8, 14, 36, 46];
    const ranges = { x: [-0.015, 1.015], y: [low - 0.02 * (1 - low), 1.03] };
    plot = plotOn(svg, { width, height, unit, margin, ...ranges, clip: `clip-${kind}` });
    const [xName, yName] = isRoc ? ["false-alarm rate", "recall"] : ["recall", "precision"];
    const ticks = low ? yTicksFrom(low) : SHARE_TICKS;
    axes(plot, { xTicks: SHARE_TICKS, yTicks: ticks, xName, yName });
    const inside = make("g", { "clip-path": `url(#clip-${kind})` }, svg);
    guess(inside);
    band(inside);
    const colour = model.colours[1];
    make("path", { d: pathOf(points, plot), class: "curve", stroke: colour }, inside);
    if (!isRoc) marks();
    area();
    parts.dot = dot(plot);
    return undefined;
  }

  function yTicksFrom(low) {
    const steps = low >= 0.5 ? [low, (low + 1) / 2, 1] : [low, 0.5, 0.75, 1];
    return steps.map((value) => [value, String(Math.round(100 * value) / 100)]);
  }

  function guess(parent) {
    const y = model.prevalence;
    const ends = isRoc ? [0, 0, 1, 1] : [0, y, 1, y];
    const [x1, y1, x2, y2] = ends.map((value, place) => (place % 2 ? plot.y(value) : plot.x(value)));
    make("line", { x1, y1, x2, y2, class: "guess" }, parent);
    const [x, at] = isRoc ? [plot.x(0.5), plot.y(0.47)] : [plot.x(0.02), plot.y(y) - 5 * plot.unit];
    make("text", { x: x + (isRoc ? 8 * plot.unit : 0), y: at, class: "note" }, parent, "guessing");
  }

  function band(parent) {
    const rows = model.arrays[kind === "roc" ? "band_roc" : "band_pr"];
    if (!rows) return;
    const column = (offset) => rows.filter((_, place) => place % 3 === offset);
    const d = bandPath(column(0), column(1), column(2), plot);
    make("path", { d, class: "band", fill: model.colours[1] }, parent);
  }

  function area() {
    const [name, value, interval] = isRoc
      ? ["AUC", model.curves.auc, model.header.bands?.auc]
      : ["AP", model.curves.ap, model.header.bands?.average_precision];
    const text = `${name} ${share(value, model.n, "share")}`;
    const ends = interval?.map((end) => share(end ?? NaN, model.n, "share"));
    // Where no curve passes: under the ROC at the right, over the line of guessing at the left.
    const [x, anchor] = isRoc ? [plot.right - 8 * plot.unit, "end"] : [plot.x(0.02), "start"];
    const place = { x, "text-anchor": anchor, class: "area" };
    const bottom = isRoc ? plot.bottom : plot.y(model.prevalence) - 14 * plot.unit;
    const notes = [ends ? `95%: ${ends[0]} to ${ends[1]}` : "", isRoc ? "" : bestMark()].filter(Boolean);
    const step = 15 * plot.unit;
    const first = bottom - 7 * plot.unit - step * notes.length;
    make("text", { ...place, y: first }, svg, text);
    notes.forEach((note, line) => {
      make("text", { ...place, class: "note", y: first + step * (line + 1) }, svg, note);
    });
  }

  function bestMark() {
    const best = model.marks.find((row) => row.best);
    return best ? `◆ best F1 ${share(best.f1, model.n, "share")} at ${best.threshold.toFixed(2)}` : "";
  }

  // Report D's marks; a label only where it has room.
  function marks() {
    const taken = [];
    for (const row of model.marks) {
      if (Number.isNaN(row.precision)) continue;
      const [x, y] = [px(plot.x(row.recall)), px(plot.y(row.precision))];
      const group = make("g", { class: row.best ? "mark best" : "mark" }, svg);
      const size = (row.best ? 7 : 3.5) * plot.unit;
      const d = `M${x} ${y - size}L${x + size} ${y}L${x} ${y + size}L${x - size} ${y}Z`;
      if (row.best) make("path", { d }, group);
      else make("circle", { cx: x, cy: y, r: size }, group);
      const f1 = share(row.f1, model.n, "share");
      make("title", {}, group, `threshold ${row.threshold.toFixed(2)}: F1 ${f1}`);
      taken.push({ ...row, x, y, f1, group });
    }
    label(taken);
  }

  function label(rows) {
    const { unit } = plot;
    const placed = [];
    for (const row of rows) {
      const text = row.f1;
      const [x, y] = [row.x - 10 * unit, row.y + 17 * unit];
      const width = text.length * 6.4 * unit;
      const spot = { left: x - width, right: x, top: y - 12 * unit, bottom: y + 3 * unit };
      const hit = (other) =>
        spot.left < other.right && spot.right > other.left && spot.top < other.bottom && spot.bottom > other.top;
      if (spot.left < plot.left || spot.bottom > plot.y(model.prevalence) - 60 * unit || placed.some(hit)) continue;
      placed.push(spot);
      make("text", { x, y, "text-anchor": "end", class: "note" }, row.group, text);
    }
  }

  function place(counts) {
    const recall = COMPUTE.recall(counts);
    return isRoc ? [1 - COMPUTE.specificity(counts), recall] : [recall, COMPUTE.precision(counts)];
  }

  function draw({ counts }) {
    if (!points) return;
    const [x, y] = place(counts);
    const there = !Number.isNaN(x) && !Number.isNaN(y);
    setAttribute(parts.dot, "opacity", there ? 1 : 0);
    if (there) setAttribute(parts.dot, "transform", `translate(${px(plot.x(x))} ${px(plot.y(y))})`);
  }

  function sentence({ counts }) {
    const { tp, fp, fn, tn } = counts;
    if (!points) return "";
    if (isRoc) return `${whole(tp)} of ${whole(tp + fn)} found for ${whole(fp)} of ${whole(tn + fp)} others alarmed.`;
    if (!(tp + fp)) return `No X-ray is called ${model.words[1]}.`;
    return `Of ${whole(tp + fp)} called ${model.words[1]}, ${whole(tp)} are.`;
  }

  // The threshold of the path's point that lies nearest to a place on the screen.
  function nearest(x, y) {
    if (!points) return null;
    let [best, least] = [null, Infinity];
    for (const point of points) {
      const apart = (plot.x(point.x) - x) ** 2 + (plot.y(point.y) - y) ** 2;
      if (apart < least && point.threshold <= 1) [best, least] = [point.threshold, apart];
    }
    return best;
  }

  return { lay, draw, sentence, nearest };
}
