// A confusion matrix of native buttons: mouse, touch and keyboard choose a cell alike.
// Cells are updated in place, so that the focus stays where it was when the counts change.

function element(name, parent, attributes = {}) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  parent.append(made);
  return made;
}

function build(root, data, choose) {
  const head = root.querySelector("thead");
  const body = root.querySelector("tbody");
  head.replaceChildren();
  body.replaceChildren();
  const top = element("tr", head);
  element("td", top);
  data.classes.forEach(() => element("th", top, { scope: "col" }));
  data.classes.forEach((_, row) => {
    const line = element("tr", body);
    element("th", line, { scope: "row" });
    data.classes.forEach((__, column) => {
      const cell = element("td", line);
      const button = element("button", cell, {
        type: "button",
        "data-cell": `${row}-${column}`,
        class: row === column ? "right" : "wrong",
      });
      element("span", button, { class: "count" });
      element("span", button, { class: "name" });
      button.addEventListener("click", () => choose(button.dataset.cell));
    });
  });
}

function update(root, data) {
  root.querySelector("caption").textContent = data.caption;
  root.querySelectorAll("thead th").forEach((th, index) => {
    th.textContent = `called ${data.classes[index]}`;
  });
  root.querySelectorAll("tbody th").forEach((th, index) => {
    th.textContent = `is ${data.classes[index]}`;
  });
  root.querySelector("table").style.setProperty("--cell", data.classes.length > 2 ? "4rem" : "5.4rem");
  root.querySelectorAll("button").forEach((button) => {
    const [row, column] = button.dataset.cell.split("-").map(Number);
    const count = data.counts[row][column];
    const share = data.shares[row][column];
    const percent = share === null ? "" : `${Math.round(100 * share)}%`;
    button.style.setProperty("--hue", data.colours[row]);
    button.style.setProperty("--share", share ?? 0);
    button.setAttribute("aria-pressed", String(button.dataset.cell === data.selected));
    button.setAttribute(
      "aria-label",
      `${count} that are ${data.classes[row]} are called ${data.classes[column]}, ` +
        `${percent || "no share"} of the ${data.of}: show them`,
    );
    button.querySelector(".count").textContent = String(count);
    button.querySelector(".name").textContent = [data.names[row][column], percent]
      .filter(Boolean)
      .join(", ");
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (parentElement.querySelectorAll("tbody tr").length !== data.classes.length) {
    build(parentElement, data, (cell) => setTriggerValue("cell", cell));
  }
  update(parentElement, data);
}
