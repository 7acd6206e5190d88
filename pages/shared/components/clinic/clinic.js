// PPV, NPV and 1,000 people at a prevalence that moves with the hand. Everything is drawn once; a
// change sets text and attributes, once a frame, and Python hears of it on release.

const SVG = "http://www.w3.org/2000/svg";
const GROUPS = ["found", "missed", "alarmed", "left"];
const ACROSS = 50;
const TOTAL = 1000;
const STEPS = 10000; // of the range input
const PLOT = { left: 40, right: 412, top: 8, bottom: 144 };
const QUIET = 300; // ms without a key before Python hears of it
const live = new WeakMap();

// Ill: circle; others: square. Solid: the model is right; hollow and crossed: it is wrong.
const ring = (r) => `M${5 - r} 5a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const square = (r) => `M${5 - r} ${5 - r}h${2 * r}v${2 * r}h${-2 * r}z`;
const BAR = "M3.1 2.4L7.6 6.9L6.9 7.6L2.4 3.1z";
const SHAPES = {
  found: ring(4.3),
  missed: `${ring(4.3)}${ring(3.1)}${BAR}`,
  alarmed: `${square(4.1)}${square(2.9)}${BAR}`,
  left: square(2),
};

function made(name, parent, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  parent.append(element);
  return element;
}

function html(name, parent, attributes = {}) {
  const element = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  parent.append(element);
  return element;
}

// Numbers: the same rules as engine/judging/prevalence.py and sentences_clinic.py --------------

function people(data, prevalence) {
  const ill = Math.floor(prevalence * TOTAL + 0.5);
  const found = Math.floor(data.recall * ill + 0.5);
  const left = Math.floor(data.specificity * (TOTAL - ill) + 0.5);
  return { ill, found, missed: ill - found, alarmed: TOTAL - ill - left, left };
}

function ppv(recall, specificity, prevalence) {
  const found = recall * prevalence;
  const all = found + (1 - specificity) * (1 - prevalence);
  return all > 0 ? found / all : null;
}

function npv(recall, specificity, prevalence) {
  const left = specificity * (1 - prevalence);
  const all = left + (1 - recall) * prevalence;
  return all > 0 ? left / all : null;
}

function percent(value) {
  if (value === null) return "–";
  if (value >= 0.01 && value <= 0.99) return `${Math.floor(100 * value + 0.5)}%`;
  const tenths = Math.floor(1000 * value + 0.5);
  if (tenths === 1000 && value < 1) return "over 99.9%";
  if (tenths === 0 && value > 0) return "under 0.1%";
  return `${tenths / 10}%`;
}

const share = (value) => `${Number((100 * value).toPrecision(3))}%`;

function sentence(data, counted, value) {
  const words = data.words;
  const values = {
    ...counted,
    total: TOTAL.toLocaleString("en"),
    have: counted.ill === 1 ? words.one : words.many,
    others: counted.alarmed === 1 ? words.other : words.others,
    truly: words.truly,
    ppv: percent(value),
  };
  const text = words.start + (value === null ? words.silence : words.alarms);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// The scale: logarithmic, and every stop a prevalence of two digits ------------------------------

function place(data, prevalence) {
  return Math.log(prevalence / data.least) / Math.log(data.most / data.least);
}

function near(data, position) {
  const value = data.least * (data.most / data.least) ** position;
  return Math.min(Math.max(Number(value.toPrecision(2)), data.least), data.most);
}

function step(data, prevalence, steps) {
  const unit = (value) => 10 ** (Math.floor(Math.log10(value) + 1e-9) - 1);
  let value = prevalence;
  for (let count = 0; count < Math.abs(steps); count += 1) {
    value += steps > 0 ? unit(value) : -unit(value * (1 - 1e-6));
    value = Number(value.toPrecision(2));
  }
  return Math.min(Math.max(value, data.least), data.most);
}

class Clinic {
  constructor(root, tell) {
    this.root = root;
    this.tell = tell;
    this.find = (selector) => root.querySelector(selector);
    this.range = this.find("input");
    this.held = false;
    this.frame = 0;
    this.timer = 0;
    this.telling = []; // what Python was told and has not answered yet
    this.states = new Array(TOTAL).fill("");
    this.icons = Array.from({ length: TOTAL }, (_, index) =>
      made("path", this.find(".icons"), {
        transform: `translate(${10 * (index % ACROSS)} ${10 * Math.floor(index / ACROSS)})`,
        "fill-rule": "evenodd",
      }),
    );
    this.listen();
  }

  listen() {
    this.range.addEventListener("pointerdown", () => (this.held = true));
    this.range.addEventListener("input", () => this.set(near(this.data, this.range.value / STEPS)));
    this.range.addEventListener("change", () => this.release());
    ["pointerup", "pointercancel"].forEach((name) =>
      this.range.addEventListener(name, () => (this.held = false)),
    );
    this.range.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const moves = {
      ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
    };
    const ends = { Home: this.data.least, End: this.data.most };
    if (!(event.key in moves) && !(event.key in ends)) return;
    event.preventDefault(); // a step of the range is a step on the screen, not of the prevalence
    const value = event.key in ends ? ends[event.key] : step(this.data, this.now, moves[event.key]);
    this.set(value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.release(), QUIET);
  }

  set(prevalence) {
    this.now = prevalence;
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  release() {
    clearTimeout(this.timer);
    this.held = false;
    if (this.now !== this.told) {
      this.told = this.now;
      this.telling.push(this.now);
      this.tell(this.now);
    }
  }

  receive(data) {
    const first = !this.data;
    this.data = data;
    this.words();
    this.curves();
    const moved = data.prevalence !== this.asked;
    this.asked = data.prevalence;
    const answer = this.telling.indexOf(data.prevalence); // of a slow server, an earlier one
    this.telling.splice(0, answer + 1);
    if (first || (moved && !this.held && answer < 0 && data.prevalence !== this.told)) {
      this.now = data.prevalence;
      this.told = data.prevalence;
    }
    cancelAnimationFrame(this.frame);
    this.draw();
  }

  words() {
    const { data } = this;
    this.find(".name").textContent = data.words.question;
    this.range.setAttribute("aria-label", data.words.question);
    this.find(".presets").setAttribute("aria-label", data.words.presets);
    const section = this.find(".clinic");
    section.style.setProperty("--ill", data.colours.ill);
    section.style.setProperty("--well", data.colours.well);
    ["ppv", "npv"].forEach((name) => {
      const tile = this.find(`[data-tile=${name}]`);
      tile.style.setProperty("--hue", name === "ppv" ? data.colours.ill : data.colours.well);
      tile.querySelector(".label").textContent = data.words[name];
    });
    const ticks = this.find(".ticks");
    ticks.replaceChildren();
    data.ticks.forEach((tick) => {
      const mark = html("span", ticks);
      mark.style.left = `${100 * place(data, tick)}%`;
      mark.textContent = share(tick);
    });
    this.presets();
    this.legend();
  }

  presets() {
    const box = this.find(".presets");
    box.replaceChildren();
    this.buttons = this.data.presets.map(([value, label]) => {
      const button = html("button", box, { type: "button" });
      button.textContent = label;
      button.addEventListener("click", () => {
        this.set(value);
        this.release();
      });
      return [value, button];
    });
  }

  legend() {
    const box = this.find(".legend");
    box.replaceChildren();
    this.counts = GROUPS.map((name) => {
      const row = html("div", box, { "data-group": name });
      const icon = made("svg", row, { viewBox: "0 0 10 10", "aria-hidden": "true" });
      made("path", icon, { d: SHAPES[name], class: name, "fill-rule": "evenodd" });
      const count = html("span", row, { class: "count" });
      html("span", row).textContent = this.data.words.groups[name];
      return count;
    });
  }

  x(prevalence) {
    return PLOT.left + (PLOT.right - PLOT.left) * place(this.data, prevalence);
  }

  y(value) {
    return PLOT.bottom - (PLOT.bottom - PLOT.top) * value;
  }

  curves() {
    const { data } = this;
    const svg = this.find(".curves");
    svg.replaceChildren();
    [0, 0.5, 1].forEach((value) => {
      const y = this.y(value);
      made("line", svg, { class: "grid", x1: PLOT.left, x2: PLOT.right, y1: y, y2: y });
      made("text", svg, { x: PLOT.left - 5, y: y + 4, "text-anchor": "end" }).textContent =
        `${100 * value}%`;
    });
    data.ticks.forEach((tick, index) => {
      const last = index === data.ticks.length - 1;
      made("text", svg, {
        x: this.x(tick), y: PLOT.bottom + 14, "text-anchor": last ? "end" : "middle",
      }).textContent = share(tick);
    });
    made("text", svg, {
      x: (PLOT.left + PLOT.right) / 2, y: PLOT.bottom + 26, "text-anchor": "middle",
    }).textContent = data.words.axis;
    this.marks = Object.fromEntries(
      [["ppv", ppv, data.colours.ill], ["npv", npv, data.colours.well]].map(([name, rule, hue]) => [
        name, this.curve(svg, name, rule, hue),
      ]),
    );
    this.rule = made("line", svg, { class: "rule", y1: PLOT.top, y2: PLOT.bottom });
    Object.values(this.marks).forEach(({ dot }) => svg.append(dot)); // dots above all lines
  }

  curve(svg, name, rule, hue) {
    const { data } = this;
    const group = made("g", svg, { style: `--hue: ${hue}` });
    const at = Array.from({ length: 121 }, (_, index) =>
      data.least * (data.most / data.least) ** (index / 120),
    );
    const points = (recall, specificity) =>
      at
        .map((value) => [this.x(value), rule(recall, specificity, value)])
        .filter(([, value]) => value !== null)
        .map(([x, value]) => `${x.toFixed(1)} ${this.y(value).toFixed(1)}`);
    if (data.recallBand && data.specificityBand) {
      const low = points(data.recallBand[0], data.specificityBand[0]);
      const high = points(data.recallBand[1], data.specificityBand[1]);
      if (low.length && high.length) {
        made("path", group, { class: "band", d: `M${[...low, ...high.reverse()].join("L")}z` });
      }
    }
    const line = points(data.recall, data.specificity);
    if (line.length) made("path", group, { class: `line ${name}`, d: `M${line.join("L")}` });
    const dot = made("circle", svg, { class: "dot", r: 6, style: `--hue: ${hue}` });
    this.name(group, name, rule);
    return { dot, rule };
  }

  name(group, name, rule) {
    const { data } = this;
    const at = name === "ppv" ? data.most / 4 : data.least;
    const value = rule(data.recall, data.specificity, at);
    if (value === null) return;
    const right = name === "ppv";
    const y = this.y(value) + (right ? -8 : 17);
    made("text", group, {
      x: this.x(at) + (right ? -8 : 4),
      y: Math.min(Math.max(y, PLOT.top + 16), PLOT.bottom - 6),
      "text-anchor": right ? "end" : "start",
    }).textContent = name.toUpperCase();
  }

  draw() {
    this.frame = 0;
    const { data, now } = this;
    const counted = people(data, now);
    const value = ppv(data.recall, data.specificity, now);
    const said = sentence(data, counted, value);
    this.find(".now").textContent = share(now);
    this.find(".sentence").textContent = said;
    if (!this.held) this.range.value = String(Math.round(STEPS * place(data, now)));
    this.drawValues();
    this.drawPeople(counted);
    this.find(".icons").setAttribute("aria-label", said);
    this.buttons.forEach(([own, button]) =>
      button.setAttribute("aria-pressed", String(Math.abs(own - now) < 1e-9)),
    );
  }

  drawValues() {
    const { data, now } = this;
    const texts = Object.entries(this.marks).map(([name, { dot, rule }]) => {
      const value = rule(data.recall, data.specificity, now);
      const tile = this.find(`[data-tile=${name}]`);
      tile.querySelector(".value").textContent = percent(value);
      tile.querySelector(".band").textContent = this.band(rule);
      dot.setAttribute("visibility", value === null ? "hidden" : "visible");
      dot.setAttribute("cx", this.x(now));
      dot.setAttribute("cy", this.y(value ?? 0));
      return `${name.toUpperCase()} ${percent(value)}`;
    });
    this.rule.setAttribute("x1", this.x(now));
    this.rule.setAttribute("x2", this.x(now));
    this.range.setAttribute("aria-valuetext", `${share(now)}: ${texts.join(", ")}`);
    this.find(".curves").setAttribute("aria-label", `${data.words.curves} ${texts.join(", ")}`);
  }

  band(rule) {
    const { data, now } = this;
    if (!data.recallBand || !data.specificityBand) return "";
    const ends = [0, 1].map((end) => rule(data.recallBand[end], data.specificityBand[end], now));
    return ends.includes(null) ? "" : `95%: ${percent(ends[0])} to ${percent(ends[1])}`;
  }

  drawPeople(counted) {
    let index = 0;
    GROUPS.forEach((name, group) => {
      this.counts[group].textContent = String(counted[name]);
      for (const end = index + counted[name]; index < end; index += 1) {
        if (this.states[index] !== name) {
          this.states[index] = name;
          this.icons[index].setAttribute("d", SHAPES[name]);
          this.icons[index].setAttribute("class", name);
        }
      }
    });
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let clinic = live.get(parentElement);
  if (!clinic) {
    clinic = new Clinic(parentElement, (value) => clinic.send(value));
    live.set(parentElement, clinic);
  }
  clinic.send = (value) => setStateValue("prevalence", value);
  clinic.receive(data);
}
