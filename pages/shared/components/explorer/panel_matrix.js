// The confusion matrix: four cells that can be pressed; the wrong ones are hatched.

const CELLS = [
  { name: "0-0", of: "tn", call: "left alone" },
  { name: "0-1", of: "fp", call: "false alarm", wrong: true },
  { name: "1-0", of: "fn", call: "missed", wrong: true },
  { name: "1-1", of: "tp", call: "found" },
];

function matrixPanel(svg, model, press) {
  let cells = [];

  function lay(width, height, unit) {
    const margin = [22, 2, 2, 20];
    const plot = plotOn(svg, { width, height, unit, margin, x: [0, 2], y: [0, 2], clip: "cm" });
    CELLS.filter((cell) => cell.wrong).forEach((cell) => {
      const colour = model.colours[Number(cell.name[0])];
      hatch(plot, `hatch-${cell.name}`, colour);
    });
    heads(plot);
    cells = CELLS.map((cell) => drawCell(plot, cell));
  }

  function heads(plot) {
    const { unit } = plot;
    const group = make("g", { class: "axes", "aria-hidden": "true" }, svg);
    model.words.forEach((word, side) => {
      const middle = { y: 14 * unit, x: plot.x(side + 0.5), "text-anchor": "middle" };
      const head = make("text", middle, group, `called ${word}`);
      fit(head, plot.x(1) - plot.x(0) - 4 * unit);
      const turned = `rotate(-90) translate(${-plot.y(1.5 - side)} ${13 * unit})`;
      const place = { transform: turned, "text-anchor": "middle" };
      fit(make("text", place, group, `is ${word}`), plot.y(0) - plot.y(1));
    });
  }

  function drawCell(plot, cell) {
    const { unit } = plot;
    const [row, column] = cell.name.split("-").map(Number);
    const role = { role: "button", tabindex: 0, "data-cell": cell.name, class: "cell" };
    const group = make("g", role, svg);
    const gap = 2 * unit;
    const edges = [plot.x(column) + gap, plot.y(2 - row) + gap];
    const ends = [plot.x(column + 1) - gap, plot.y(1 - row) - gap];
    const shape = { ...box(...edges, ...ends), rx: 6 * unit };
    make("rect", { ...shape, class: "ground" }, group);
    const tint = make("rect", { ...shape, fill: model.colours[row] }, group);
    if (cell.wrong) make("rect", { ...shape, fill: `url(#hatch-${cell.name})`, opacity: 0.5 }, group);
    make("rect", { ...shape, class: "edge" }, group);
    const [x, y] = [(edges[0] + ends[0]) / 2, (edges[1] + ends[1]) / 2];
    const middle = { x, "text-anchor": "middle" };
    const count = make("text", { ...middle, y: y - 2 * unit, class: "count" }, group);
    make("text", { ...middle, y: y + 18 * unit, class: "call" }, group, cell.call);
    const part = make("text", { ...middle, y: y + 35 * unit, class: "part" }, group);
    listen(group, cell.name);
    return { ...cell, row, group, tint, count, part };
  }

  function listen(group, name) {
    group.addEventListener("click", () => press(name));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press(name);
    });
  }

  function draw({ counts, state }) {
    for (const cell of cells) {
      const number = counts[cell.of];
      const all = cell.row ? counts.tp + counts.fn : counts.tn + counts.fp;
      setText(cell.count, whole(number));
      setText(cell.part, all ? `${share(number / all, all, "percent")} of ${whole(all)}` : "none");
      setAttribute(cell.tint, "opacity", all ? px(10 * (0.1 + (0.5 * number) / all)) / 10 : 0.1);
      setAttribute(cell.group, "aria-pressed", cell.name === state.cell);
    }
  }

  // Spoken names cost a draw too much: they follow after release.
  function name(counts) {
    for (const cell of cells) {
      const all = cell.row ? counts.tp + counts.fn : counts.tn + counts.fp;
      const called = model.words[Number(cell.name[2])];
      const text = `${cell.call}: ${whole(counts[cell.of])} of ${whole(all)} `;
      const rest = `${model.words[cell.row]} X-rays are called ${called}. Show them`;
      cell.group.setAttribute("aria-label", text + rest);
    }
  }

  return { lay, draw, name };
}
