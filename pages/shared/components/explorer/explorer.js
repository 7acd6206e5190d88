// The explorer: one state, one draw per animation frame, one word to the page on release.

const HEIGHTS = { matrix: 220, histogram: 190, roc: 172, pr: 172, fbeta: 172 };
const WIDE = 860; // design pixels from which the measures stand beside the pictures
const MIDDLE = 540;
const SIDES = 16; // a panel's padding, left and right
const ROOMY = 1050; // from here on pictures grow in height too
const STEP = 1000; // thresholds set by hand have three decimals

function modelOf(bytes) {
  const { header, arrays } = unpack(bytes);
  const ranking = ranked(arrays.scores, arrays.labels);
  const [negatives, positives] = [ranking.negatives.length, ranking.positives.length];
  return {
    header,
    arrays,
    ranking,
    n: negatives + positives,
    prevalence: positives / (negatives + positives),
    words: header.classes.map((entry) => entry.word),
    colours: header.classes.map((entry) => entry.colour),
    curves: curvesOf(ranking),
    marks: markedThresholds(ranking),
  };
}

function stateFrom(wish, header) {
  const { value, rule, target = null, on = "", of = 0, numbers = "share", cell = "", brush = null } = wish;
  const { beta = FIRST_BETA, ratio = FIRST_RATIO } = wish;
  const source = on === "test" || header.snaps.validation.length === 0 ? "test" : "validation";
  return { value, rule, target, on, of, source, numbers, cell, measure: "recall", beta, ratio, brush };
}

// Every count and measure at a threshold, with the reason where there is none: for whoever checks.
function figuresAt({ ranking, words }, state, value) {
  const counts = countsAt(ranking, value);
  const measures = Object.keys(COMPUTE).map((name) => {
    const number = COMPUTE[name](counts, parameterOf(name, state));
    return [name, [number, Number.isNaN(number) ? reasonFor(name, counts, words) : ""]];
  });
  return { counts, measures: Object.fromEntries(measures) };
}

// Build the explorer in `root`; `tell` gets threshold, cell and range, each after release only.
function buildExplorer(root, bytes, wish, tell) {
  const find = (name) => root.querySelector(name);
  const model = modelOf(bytes);
  const { header } = model;
  const state = stateFrom(wish, header);
  let waiting = false; // a frame is asked for
  let told = state.value; // the threshold that the page knows
  let unit = 1;

  const snap = (rule, target) => {
    const set = header.snaps[state.source];
    const found = rule === "half" ? { value: 0.5, of: 0 } : set.find((row) => row.rule === rule && row.target === target);
    if (!found) return;
    Object.assign(state, { value: found.value, of: found.of, rule, target, on: rule === "half" ? "" : state.source });
    schedule();
    release(true);
  };
  const move = (value) => {
    const near = Math.round(STEP * Math.min(1, Math.max(0, value))) / STEP;
    Object.assign(state, { value: near, rule: "hand", target: null, on: "" });
    schedule();
  };
  const press = (cell) => {
    Object.assign(state, { cell, brush: null });
    schedule();
    tell.cell({ cell, value: state.value, threshold: pending() });
  };
  const brush = (from, to) => {
    const ends = [from, to].map((end) => Math.round(STEP * Math.min(1, Math.max(0, end))) / STEP);
    Object.assign(state, { brush: ends.sort((a, b) => a - b), cell: "" });
    schedule();
  };
  const releaseBrush = () => {
    const [low, high] = state.brush ?? [0, 0];
    if (high > low) tell.range({ low, high, threshold: pending() });
    else Object.assign(state, { brush: null });
    schedule();
  };

  const panels = panelsOf(root, model, press, {
    pick: (measure) => (Object.assign(state, { measure }), schedule()),
    set: (name, value) => {
      Object.assign(state, { [name]: value });
      (name === "beta" ? lay : schedule)();
      tell.weighed({ name, value, threshold: pending() });
    },
  });
  const slider = find(".slider");
  const drawRules = rulesControl(find(".rules"), header, { snap });
  const drawTop = topControl(root, model, state, { snap, schedule });
  sliderControl(slider, { move, release });
  const showRange = connectDrags(root, panels, { move, release, brush, releaseBrush, slider, state });
  presenterControl(find(".presenter"), (on) => (root.classList.toggle("presenting", on), lay()));
  connectExports(root, header, state, panels);
  fillTable(find("table"), model);

  function payload() {
    const { value, rule, target, on } = state;
    return { value, rule, target, on };
  }

  function pending() {
    if (told === state.value) return null;
    told = state.value;
    return payload();
  }

  function release(always = false) {
    speak();
    if (!always && told === state.value) return;
    told = state.value;
    tell.threshold(payload());
  }

  function speak() {
    const counts = countsAt(model.ranking, state.value);
    find(".live").textContent = headlineOf(state.value, counts, model.words);
    panels.matrix.name(counts);
  }

  function schedule() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  }

  function draw() {
    const now = { value: state.value, counts: countsAt(model.ranking, state.value), state };
    for (const panel of Object.values(panels)) {
      panel.draw(now);
      if (panel.line) setText(panel.line, panel.sentence(now));
    }
    if (Number(slider.value) !== state.value) slider.value = state.value;
    drawRules(state);
    drawTop(now);
    showRange(state.brush);
  }

  // Sizes change rarely: pictures are laid out anew, then drawn.
  function lay() {
    unit = root.classList.contains("presenting") ? 1.5 : 1;
    const wide = root.clientWidth / unit;
    if (!wide) return;
    root.style.setProperty("--unit", `${unit}px`);
    root.dataset.columns = wide >= WIDE ? 4 : wide >= MIDDLE ? 2 : 1;
    const taller = wide >= WIDE ? Math.min(1.4, Math.max(1, wide / ROOMY)) : 1;
    const widths = Object.keys(HEIGHTS).map((name) => find(`[data-panel=${name}]`).clientWidth - SIDES * unit);
    Object.keys(HEIGHTS).forEach((name, place) => {
      panels[name].lay(widths[place], HEIGHTS[name] * unit * taller, unit, state);
    });
    reserveHeadline(find(".headline"), model);
    draw();
    speak();
  }

  function take(wanted) {
    const { measure, beta, ratio, cell, brush } = { ...state, ...wanted };
    Object.assign(state, stateFrom(wanted, header), { measure, beta, ratio, cell, brush });
    told = state.value;
    lay();
  }

  new ResizeObserver(watchWidth(root, lay)).observe(root);
  lay();
  find(".live").textContent = ""; // nothing is announced before the first release
  const figures = (value) => figuresAt(model, state, value);
  return { state, model, figures, move, snap, draw, lay, take, release };
}

// Room for the longest headline: nothing may jump while dragging, and no frame lays out the page.
function reserveHeadline(headline, { ranking, words }) {
  const [fp, fn] = [ranking.negatives.length, ranking.positives.length];
  setText(headline, headlineOf(0.888, { tp: 0, fn, fp, tn: 0 }, words));
  headline.style.cssText = "contain: layout paint; height: auto";
  headline.style.cssText = `contain: strict; height: ${headline.offsetHeight}px`;
}

// A changed height is our own doing: only a changed width lays out anew.
function watchWidth(root, lay) {
  let before = 0;
  return () => {
    const width = root.clientWidth;
    if (width !== before) lay();
    before = width;
  };
}
