// What ties the panels to the page's elements.

function panelsOf(root, model, press, tiles) {
  const find = (name) => root.querySelector(name);
  const svg = (name) => find(`[data-panel=${name}] svg`);
  const panels = {
    matrix: matrixPanel(svg("matrix"), model, press),
    histogram: histogramPanel(svg("histogram"), model),
    roc: curvePanel(svg("roc"), model, "roc"),
    pr: curvePanel(svg("pr"), model, "pr"),
    fbeta: fbetaPanel(svg("fbeta"), model),
    tiles: tilesPanel(find(".tiles"), find(".explanation"), model, tiles),
  };
  for (const [name, panel] of Object.entries(panels)) {
    if (panel.sentence) panel.line = find(`[data-panel=${name}] .sentence`);
  }
  return panels;
}

// Headline, sample, where the threshold comes from, the language of numbers.
function topControl(root, model, state, { snap, schedule }) {
  const find = (name) => root.querySelector(name);
  const { header } = model;
  const [headline, badge, now] = [find(".headline"), find(".badge"), find(".now")];
  const [itself, slider] = [find(".itself input"), find(".slider")];
  find(".of").textContent = `of ${whole(model.n)} images`;
  const only = !header.snaps.validation.length;
  find(".itself span").textContent = `on the ${header.split} itself`;
  find(".itself").hidden = header.split === "validation" || !header.snaps.test.length || only;
  slider.setAttribute("aria-label", `Threshold: ${model.words[1]} from this score on`);
  itself.addEventListener("change", () => {
    state.source = itself.checked ? "test" : "validation";
    if (state.on) snap(state.rule, state.target);
    schedule();
  });
  const numbers = find(".numbers");
  numbers.addEventListener("change", () => ((state.numbers = numbers.value), schedule()));

  return function draw({ value, counts }) {
    setText(headline, headlineOf(value, counts, model.words));
    setText(now, shortCut(value));
    const { kind, text } = badgeOf(state, header);
    setAttribute(badge, "class", `badge ${kind}`);
    setText(badge.lastElementChild, text);
    if (itself.checked !== (state.source === "test")) itself.checked = state.source === "test";
    if (numbers.value !== state.numbers) numbers.value = state.numbers;
  };
}

function connectDrags(root, panels, { move, release, brush, releaseBrush, slider, state }) {
  const svg = (name) => root.querySelector(`[data-panel=${name}] svg`);
  const toggle = root.querySelector(".select-range");
  let from = null; // where a range began; null: the threshold is dragged
  const focus = () => slider.focus({ preventScroll: true }); // arrows go on where the drag ended
  draggable(svg("histogram"), {
    start: (event) => {
      from = event.shiftKey || toggle.getAttribute("aria-pressed") === "true" ? NaN : null;
      focus();
    },
    move: (x) => {
      const value = panels.histogram.at(x);
      if (from === null) return move(value);
      if (Number.isNaN(from)) from = value;
      return brush(from, value);
    },
    end: () => (from === null ? release() : releaseBrush()),
  });
  const along = (name, valueAt) =>
    draggable(svg(name), {
      start: focus,
      move: (x, y) => {
        const value = valueAt(x, y);
        if (value !== null && value !== undefined) move(value);
      },
      end: release,
    });
  along("fbeta", (x) => panels.fbeta.at(x));
  along("roc", (x, y) => panels.roc.nearest(x, y));
  along("pr", (x, y) => panels.pr.nearest(x, y));
  const open = (on) => {
    if (!on) state.brush = null;
  };
  return rangeControl(toggle, root.querySelector("form.range"), { brush, release: releaseBrush, open });
}

function connectExports(root, header, state, panels) {
  for (const figure of root.querySelectorAll("figure")) {
    const group = element("span", { class: "export" }, figure.querySelector("figcaption"));
    const title = figure.querySelector(".title").textContent;
    for (const format of ["svg", "png"]) {
      const help = { type: "button", "aria-label": `Save ${title} as ${format.toUpperCase()}` };
      const button = element("button", { ...help, "data-export": format }, group, format.toUpperCase());
      button.addEventListener("click", () => {
        const note = `${header.name} · ${header.split} · threshold ${shortCut(state.value)} · ${whole(header.n)} images · teaching tool, no medical device`;
        exportPanel(root, figure, format, note, panels.tiles.rows());
      });
    }
  }
}
