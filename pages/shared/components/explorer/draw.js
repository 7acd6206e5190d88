// SVG helpers: elements, plots with axes, areas. A draw only changes attributes and text.

const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes = {}, parent = null, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  parent?.append(made);
  return made;
}

function element(name, attributes = {}, parent = null, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  parent?.append(made);
  return made;
}

// Text that is written only when it changes.
function setText(node, text) {
  if (node.written === text) return;
  node.written = text;
  if (node.firstChild?.nodeType === 3) node.firstChild.data = text;
  else node.textContent = text;
}

function setAttribute(node, name, value) {
  const text = String(value);
  if (node[`was_${name}`] === text) return;
  node[`was_${name}`] = text;
  node.setAttribute(name, text);
}

const px = (value) => Math.round(value * 10) / 10;

// A plot's frame: pixels for values, its clip, its axes. `unit` is the size of one design pixel.
function plotOn(svg, { width, height, unit, margin, x = [0, 1], y = [0, 1], clip }) {
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  const [top, right, bottom, left] = margin.map((side) => side * unit);
  const inner = { left, top, right: width - right, bottom: height - bottom };
  const across = (inner.right - inner.left) / (x[1] - x[0]);
  const up = (inner.bottom - inner.top) / (y[1] - y[0]);
  const plot = {
    svg,
    unit,
    width,
    height,
    ...inner,
    x: (value) => inner.left + (value - x[0]) * across,
    y: (value) => inner.bottom - (value - y[0]) * up,
    valueAt: (pixel) => x[0] + (pixel - inner.left) / across,
    heightAt: (pixel) => y[0] + (inner.bottom - pixel) / up,
    clip,
  };
  plot.defs = make("defs", {}, svg);
  const frame = make("clipPath", { id: clip }, plot.defs);
  make("rect", box(inner.left, inner.top, inner.right, inner.bottom), frame);
  return plot;
}

function box(left, top, right, bottom) {
  return {
    x: px(left),
    y: px(top),
    width: px(Math.max(0, right - left)),
    height: px(Math.max(0, bottom - top)),
  };
}

function axes(plot, { xTicks, yTicks, xName, yName }) {
  const { svg, unit, left, right, top, bottom } = plot;
  const group = make("g", { class: "axes", "aria-hidden": "true" }, svg);
  for (const [value, text] of yTicks) {
    const y = px(plot.y(value));
    make("line", { x1: left, x2: right, y1: y, y2: y, class: "grid" }, group);
    const place = { x: left - 6 * unit, y: y + 4 * unit, "text-anchor": "end" };
    make("text", place, group, text);
  }
  for (const [value, text] of xTicks) {
    const place = { x: px(plot.x(value)), y: bottom + 15 * unit, "text-anchor": "middle" };
    make("text", place, group, text);
  }
  make("line", { x1: left, x2: right, y1: bottom, y2: bottom, class: "axis" }, group);
  const under = { x: (left + right) / 2, y: bottom + 31 * unit, "text-anchor": "middle" };
  make("text", { ...under, class: "name" }, group, xName);
  const turned = `rotate(-90) translate(${-(top + bottom) / 2} ${11 * unit})`;
  make("text", { transform: turned, "text-anchor": "middle", class: "name" }, group, yName);
}

function pathOf(points, plot) {
  return points
    .map(({ x, y }, place) => `${place ? "L" : "M"}${px(plot.x(x))} ${px(plot.y(y))}`)
    .join("");
}

// A band between low and high over x; gaps where either is undefined.
function bandPath(xs, lows, highs, plot) {
  const parts = [];
  let run = [];
  const close = () => {
    if (run.length > 1) {
      const back = [...run].reverse().map(([x, low]) => `L${x} ${low}`);
      parts.push(`M${run.map(([x, , high]) => `${x} ${high}`).join("L")}${back.join("")}Z`);
    }
    run = [];
  };
  for (let place = 0; place < xs.length; place++) {
    if (Number.isNaN(lows[place]) || Number.isNaN(highs[place])) close();
    else run.push([plot.x(xs[place]), plot.y(lows[place]), plot.y(highs[place])].map(px));
  }
  close();
  return parts.join("");
}

function hatch(plot, id, colour) {
  const side = 7 * plot.unit;
  const turned = "rotate(45)";
  const units = { width: side, height: side, patternUnits: "userSpaceOnUse" };
  const pattern = make("pattern", { id, ...units, patternTransform: turned }, plot.defs);
  make("rect", { width: side, height: side, fill: colour, opacity: 0.22 }, pattern);
  make("rect", { width: side * 0.42, height: side, fill: colour }, pattern);
}

function dot(plot) {
  const { unit } = plot;
  const group = make("g", { class: "dot" }, plot.svg);
  make("circle", { r: 11 * unit, class: "halo" }, group);
  make("circle", { r: 7 * unit, class: "centre" }, group);
  return group;
}

// Say in the middle of an empty plot why there is nothing to see.
function explainAbsence(svg, width, height, text) {
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  const lines = text.split(": ");
  lines.forEach((line, place) => {
    const at = { x: width / 2, y: height / 2 + 20 * place, "text-anchor": "middle" };
    make("text", at, svg, place < lines.length - 1 ? `${line}:` : line);
  });
}

// Squeeze a text that is wider than its place, such as a long class name.
function fit(text, width) {
  if (text.getComputedTextLength() <= width) return;
  text.setAttribute("textLength", px(width));
  text.setAttribute("lengthAdjust", "spacingAndGlyphs");
}

const SHARE_TICKS = [0, 0.25, 0.5, 0.75, 1].map((value) => [value, String(value)]);
