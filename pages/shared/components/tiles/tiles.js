// X-rays as native buttons: mouse, touch and keyboard open one alike.
// Tiles are updated in place, so that the focus stays where it was when the page is turned.

function element(name, parent, attributes = {}) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  parent.append(made);
  return made;
}

function fill(button, tile) {
  button.dataset.id = tile.id;
  button.className = tile.right ? "right" : "wrong";
  button.style.setProperty("--hue", tile.hue);
  button.setAttribute("aria-label", tile.label);
  button.replaceChildren();
  if (tile.picture) {
    element("img", button, { src: tile.picture, alt: "" });
  } else {
    element("span", button, { class: "broken" }).textContent = tile.broken;
  }
  element("span", button, { class: "bar" });
  const text = element("div", button);
  tile.lines.forEach((line) => {
    element("span", text, { class: "line" }).textContent = line;
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".tiles");
  root.style.setProperty("--side", `${data.side}px`);
  root.setAttribute("aria-label", data.label);
  while (root.children.length > data.tiles.length) {
    root.lastChild.remove();
  }
  while (root.children.length < data.tiles.length) {
    const place = element("div", root, { class: "tile", role: "listitem" });
    element("button", place, { type: "button" });
  }
  data.tiles.forEach((tile, index) => {
    const button = root.children[index].firstChild;
    fill(button, tile);
    button.onclick = () => setTriggerValue("open", button.dataset.id);
  });
}
