// A panel as an SVG or PNG file that stands alone: computed styles are written into a copy.

const KEPT_STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-family", "visibility"];
const PNG_SCALE = 2;

function inlined(svg) {
  const copy = svg.cloneNode(true);
  const pairs = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((node, place) => {
    const computed = getComputedStyle(pairs[place]);
    const kept = KEPT_STYLES.map((name) => `${name}:${computed.getPropertyValue(name)}`);
    node.setAttribute("style", kept.join(";"));
    for (const name of ["class", "role", "tabindex", "aria-label", "aria-pressed"]) node.removeAttribute(name);
  });
  return copy;
}

// The panel on the theme's ground under its title and a line that says what is shown.
function framed(content, width, height, root, title, note) {
  const style = getComputedStyle(root);
  const whole = make("svg", { xmlns: SVG, width, height: height + 52, viewBox: `0 0 ${width} ${height + 52}` });
  const ground = style.getPropertyValue("--ground");
  make("rect", { width: "100%", height: "100%", fill: ground }, whole);
  const text = { x: 10, fill: style.color, "font-family": style.fontFamily };
  make("text", { ...text, y: 20, "font-size": 14, "font-weight": 600 }, whole, title);
  make("text", { ...text, y: height + 44, "font-size": 10 }, whole, note);
  const group = make("g", { transform: "translate(0 28)" }, whole);
  group.append(...content);
  return whole;
}

function tilesPicture(rows, root) {
  const style = getComputedStyle(root);
  const text = { fill: style.color, "font-family": style.fontFamily };
  const group = make("g");
  rows.forEach(([label, value, interval], place) => {
    const [x, y] = [12 + 190 * (place % 4), 6 + 74 * Math.floor(place / 4)];
    make("text", { ...text, x, y: y + 14, "font-size": 12 }, group, label);
    make("text", { ...text, x, y: y + 38, "font-size": 20, "font-weight": 600 }, group, value);
    make("text", { ...text, x, y: y + 54, "font-size": 11, opacity: 0.8 }, group, interval);
  });
  return [[group], 780, 74 * Math.ceil(rows.length / 4)];
}

function save(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function textOf(svg) {
  return new XMLSerializer().serializeToString(svg);
}

async function savePng(svg, name) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(textOf(svg))}`;
  await image.decode();
  const canvas = element("canvas", {});
  canvas.width = PNG_SCALE * Number(svg.getAttribute("width"));
  canvas.height = PNG_SCALE * Number(svg.getAttribute("height"));
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => save(blob, `${name}.png`), "image/png");
}

function exportPanel(root, figure, format, note, rows) {
  const title = figure.querySelector(".title").textContent;
  const svg = figure.querySelector("svg");
  const size = svg ? ["width", "height"].map((name) => Number(svg.getAttribute(name))) : [];
  const [content, width, height] = svg ? [[...inlined(svg).childNodes], ...size] : tilesPicture(rows, root);
  const picture = framed(content, width, height, root, title, note);
  const name = `${figure.dataset.panel}`;
  if (format === "png") return savePng(picture, name);
  return save(new Blob([textOf(picture)], { type: "image/svg+xml" }), `${name}.svg`);
}
