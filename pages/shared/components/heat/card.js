// One picture with its map, scale and sentences. Cards are filled in place: the focus stays.

function element(name, parent, attributes = {}, text = "") {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.textContent = text;
  parent.append(made);
  return made;
}

class Card {
  constructor(parent, small) {
    this.small = small;
    this.root = element(small ? "button" : "figure", parent, small ? { type: "button" } : {});
    this.root.classList.add("card");
    this.title = element(small ? "span" : "figcaption", this.root, { class: "title" });
    this.stage = element("span", this.root, { class: "stage" });
    this.image = element("img", this.stage, { draggable: "false" });
    this.canvas = element("canvas", this.stage, { "aria-hidden": "true" });
    this.waiting = element("span", this.stage, { class: "waiting" }, "being computed");
    this.image.addEventListener("load", () => this.sharpen());
    if (!small) this.under();
  }

  under() {
    this.scale = element("div", this.root, { class: "scale" });
    this.ramp = element("canvas", this.scale, { role: "img" });
    const ends = element("div", this.scale, { class: "ends" });
    element("span", ends, {}, "0");
    this.raw = element("details", ends);
    this.range = element("summary", this.raw);
    this.high = element("span", ends);
    this.help = element("p", this.raw);
    this.trouble = element("p", this.root, { class: "trouble" });
    this.said = element("div", this.root, { class: "said" });
  }

  fill(card, data) {
    this.data = card;
    this.title.textContent = card.title;
    if (this.image.getAttribute("src") !== data.pictures[card.picture]) {
      this.image.src = data.pictures[card.picture];
    }
    this.image.alt = this.small ? "" : card.alt;
    this.waiting.hidden = !card.waiting;
    this.canvas.hidden = !card.cells;
    this.level = card.cells ? smooth(bytes(card.cells), card.rows, card.columns) : null;
    if (this.small) this.root.setAttribute("aria-label", card.alt);
    else this.tell(card);
  }

  tell(card) {
    this.scale.hidden = !card.cells;
    this.range.textContent = `raw map ${card.low} to ${card.high}`;
    this.high.textContent = card.high;
    this.help.textContent = card.raw;
    this.trouble.textContent = card.trouble;
    this.trouble.hidden = !card.trouble;
    this.said.replaceChildren();
    card.said.forEach((sentence) => element("p", this.said, {}, sentence));
  }

  colour(map, table) {
    if (!this.level) return;
    paint(this.canvas, this.level, table);
    if (this.small) return;
    paint(this.ramp, RAMP, table);
    this.ramp.setAttribute("aria-label", `Colour scale ${map.label}, from 0 to ${this.data.high}`);
  }

  // Enlarged pixels stay pixels; shrunk ones are averaged.
  sharpen() {
    const enlarged = this.image.naturalWidth < this.image.clientWidth * window.devicePixelRatio;
    this.image.classList.toggle("crisp", enlarged);
  }
}
