// Scores of both classes: the class looked for points up, the other one down; wrong is hatched.
// Heights are square roots, or the crowds at 0 and 1 would hide the few near the line.

const COUNT_TICKS = [5, 20, 100, 400, 2000, 10000, 50000];

function histogramPanel(svg, model) {
  const bins = [binned(model.ranking.negatives), binned(model.ranking.positives)];
  const parts = {};
  let plot = null;

  function lay(width, height, unit) {
    const tops = bins.map((counts) => Math.sqrt(Math.max(...counts, 4)));
    const y = [-1.22 * tops[0], 1.3 * tops[1]];
    const margin = [8, 14, 36, 50];
    plot = plotOn(svg, { width, height, unit, margin, y, clip: "hist" });
    const xName = `score for ${model.words[1]}`;
    const yTicks = countTicks(tops, unit);
    axes(plot, { xTicks: SHARE_TICKS, yTicks, xName, yName: "X-rays" });
    parts.left = make("rect", box(plot.left, plot.top, plot.left, plot.bottom), clipOf("below"));
    parts.right = make("rect", box(plot.left, plot.top, plot.right, plot.bottom), clipOf("above"));
    bars(1, "above", "below");
    bars(0, "below", "above");
    sides();
    parts.brush = make("rect", { ...box(0, plot.top, 0, plot.bottom), class: "brush" }, svg);
    parts.line = drawLine();
  }

  const clipOf = (id) => make("clipPath", { id }, plot.defs);

  function countTicks(tops, unit) {
    const room = (plot.bottom - plot.top) / (1.22 * tops[0] + 1.3 * tops[1]);
    const found = [[0, "0"]];
    [-1, 1].forEach((sign) => {
      let last = 0;
      for (const count of COUNT_TICKS) {
        const root = Math.sqrt(count);
        if (root > tops[sign > 0 ? 1 : 0] || (root - last) * room < 17 * unit) continue;
        found.push([sign * root, whole(count)]);
        last = root;
      }
    });
    return found;
  }

  function bars(side, right, wrong) {
    const sign = side ? 1 : -1;
    const step = 1 / bins[side].length;
    const shape = bins[side].map((count, place) => {
      if (!count) return "";
      const [from, to] = [plot.x(place * step) + 0.6, plot.x((place + 1) * step) - 0.6];
      return `M${px(from)} ${px(plot.y(0))}V${px(plot.y(sign * Math.sqrt(count)))}H${px(to)}V${px(plot.y(0))}Z`;
    });
    const d = shape.join("");
    const colour = model.colours[side];
    hatch(plot, `wrong-${side}`, colour);
    make("path", { d, fill: colour, "clip-path": `url(#${right})` }, svg);
    make("path", { d, fill: `url(#wrong-${side})`, "clip-path": `url(#${wrong})` }, svg);
  }

  function sides() {
    const { unit } = plot;
    const group = make("g", { class: "sides", "aria-hidden": "true" }, svg);
    const middle = { x: (plot.left + plot.right) / 2, "text-anchor": "middle" };
    const [above, under] = [plot.top + 14 * unit, plot.bottom - 7 * unit];
    make("text", { ...middle, y: above }, group, `▲ is ${model.words[1]}`);
    make("text", { ...middle, y: under }, group, `▼ is ${model.words[0]}`);
  }

  function drawLine() {
    const { unit } = plot;
    const group = make("g", { class: "line" }, svg);
    make("line", { y1: plot.top, y2: plot.bottom, class: "threshold" }, group);
    make("circle", { cy: plot.y(0), r: 8 * unit, class: "grip" }, group);
    const tag = { y: plot.top + 32 * unit, class: "tag" };
    parts.before = make("text", { ...tag, x: -9 * unit, "text-anchor": "end" }, group);
    parts.after = make("text", { ...tag, x: 9 * unit }, group);
    parts.before.textContent = `← called ${model.words[0]}`;
    parts.after.textContent = `called ${model.words[1]} →`;
    return group;
  }

  function draw({ value, state }) {
    const x = px(plot.x(Math.min(1, Math.max(0, value))));
    setAttribute(parts.line, "transform", `translate(${x} 0)`);
    setAttribute(parts.left, "width", px(x - plot.left));
    setAttribute(parts.right, "x", x);
    setAttribute(parts.right, "width", px(plot.right - x));
    const room = 130 * plot.unit;
    setAttribute(parts.before, "opacity", x - plot.left > room ? 1 : 0);
    setAttribute(parts.after, "opacity", plot.right - x > room ? 1 : 0);
    const brush = state.brush;
    setAttribute(parts.brush, "x", brush ? px(plot.x(brush[0])) : 0);
    setAttribute(parts.brush, "width", brush ? px(plot.x(brush[1]) - plot.x(brush[0])) : 0);
  }

  function sentence({ value, counts }) {
    const right = counts.tp + counts.fp;
    const near = between(model.ranking, value - 0.05, value + 0.05);
    return `${whole(right)} of ${whole(model.n)} X-rays lie at or right of the line; ${whole(near)} lie within 0.05 of it and would tip first.`;
  }

  return { lay, draw, sentence, at: (pixel) => plot.valueAt(pixel) };
}
