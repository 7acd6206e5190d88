// One tile a measure: value, 95% interval, a gauge of both; one line explains the pressed tile.

const BETAS = [0.5, 1, 2];
const FIRST_BETA = 2;
const FIRST_RATIO = 5;
const FULL_LABELS = { recall: "Recall (sensitivity)", cost: "Cost per 100 images" };
const TILE_LABELS = { recall: "Recall (sensitivity)", cost: "Cost" };
const GAUGES = new Set(["accuracy", "balanced_accuracy", "precision", "recall", "specificity", "npv", "f1", "fbeta"]);

function tilesPanel(grid, explanation, model, { pick, set }) {
  const tiles = model.header.measures.map((measure) => {
    const frame = element("div", { class: "tile" }, grid);
    const button = element("button", { type: "button", "data-measure": measure.name }, frame);
    const node = (name) => element("span", { class: name }, button);
    const label = TILE_LABELS[measure.name] ?? measure.label;
    element("span", { class: "label" }, button, label);
    const tile = { measure, button, label, value: node("value"), gauge: null };
    if (GAUGES.has(measure.name)) {
      const gauge = node("gauge");
      tile.gauge = [element("i", { class: "reach" }, gauge), element("i", { class: "here" }, gauge)];
    }
    tile.interval = node("interval");
    button.addEventListener("click", () => pick(measure.name));
    tile.weight = chooser(frame, measure.name);
    return tile;
  });
  const lines = ["what", "formula", "sure"].map((name) => element("p", { class: name }, explanation));

  function chooser(frame, name) {
    const parameter = PARAMETERS[name];
    if (!parameter) return null;
    const values = parameter === "beta" ? BETAS : model.header.ratios;
    const label = parameter === "beta" ? "beta of F-beta" : "false negative : false positive";
    const write = (value) => (parameter === "beta" ? `β ${value}` : `${value} : 1`);
    const select = selectOf(frame, label, values, write);
    select.addEventListener("change", () => {
      set(parameter, Number(select.value));
      pick(name);
    });
    return select;
  }

  function intervalOf(name, now) {
    const rows = model.arrays[`band_${bandName(name, now.state)}`];
    if (!rows) return [NaN, NaN];
    const last = rows.length / 2 - 1;
    const place = 2 * Math.min(last, Math.max(0, Math.round(now.value * last)));
    return [rows[place], rows[place + 1]];
  }

  function draw(now) {
    const { counts, state } = now;
    for (const tile of tiles) {
      const { name } = tile.measure;
      const value = COMPUTE[name](counts, parameterOf(name, state));
      const [low, high] = intervalOf(name, now);
      const missing = Number.isNaN(value);
      setText(tile.value, measured(name, value, counts, state.numbers));
      const reach = rangeText(name, low, high, counts, state.numbers === "counts" ? "share" : state.numbers);
      setText(tile.interval, missing ? reasonFor(name, counts, model.words) : reach);
      setAttribute(tile.button, "class", missing ? "missing" : "");
      setAttribute(tile.button, "aria-pressed", state.measure === name);
      if (tile.gauge) gauge(tile.gauge, value, low, high);
      const weight = tile.weight && String(parameterOf(name, state));
      if (weight && tile.weight.value !== weight) tile.weight.value = weight;
      if (state.measure === name) explain(tile, value, [low, high], now);
    }
  }

  function gauge([reach, mark], value, low, high) {
    const known = !Number.isNaN(low) && !Number.isNaN(high);
    const span = known ? `translateX(${px(100 * low)}%) scaleX(${px(1000 * (high - low)) / 1000})` : "scaleX(0)";
    const now = Number.isNaN(value) ? "scaleX(0)" : `translateX(${px(100 * value)}%)`;
    if (reach.was !== span) reach.style.transform = reach.was = span;
    if (mark.was !== now) mark.style.transform = mark.was = now;
  }

  function explain({ measure, label }, value, [low, high], { counts, state }) {
    const names = { ...PLURAL, beta: state.beta, ratio: state.ratio };
    const numbers = { beta: state.beta, ratio: state.ratio };
    for (const name of ["tp", "fp", "fn", "tn"]) numbers[name] = whole(counts[name]);
    setText(lines[0], `${FULL_LABELS[measure.name] ?? label}: ${measure.help}`);
    const result = Number.isNaN(value) ? DASH : measured(measure.name, value, counts, "share");
    const formula = [spelled(measure.formula, names), spelled(measure.formula, numbers), result];
    setText(lines[1], `= ${formula.join(" = ")}`);
    const reason = reasonFor(measure.name, counts, model.words);
    const reach = rangeText(measure.name, low, high, counts, "share");
    setText(lines[2], Number.isNaN(value) ? reason : sureOf(reach));
  }

  function sureOf(reach) {
    const bands = model.header.bands;
    if (!bands || !reach) return `Of ${whole(model.n)} images, no interval.`;
    const { resamples, patients } = bands;
    return `95% interval ${reach}: ${whole(resamples)} resamples of the ${whole(patients)} patients behind the ${whole(model.n)} images.`;
  }

  // What an exported picture of the tiles says.
  function rows() {
    return tiles.map(({ label, value, interval }) => [label, value.textContent, interval.textContent]);
  }

  return { draw, rows };
}

function selectOf(parent, label, values, write) {
  const select = element("select", { "aria-label": label, title: label }, parent);
  for (const value of values) element("option", { value }, select, write(value));
  return select;
}
