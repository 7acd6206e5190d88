// Ties the controls to the cards. One instance an element; a second call brings new data.

const known = new WeakMap();

class Heat {
  constructor(root) {
    this.root = root;
    this.range = root.querySelector("input");
    this.value = root.querySelector(".opacity b");
    this.choices = root.querySelector("select");
    this.place = root.querySelector(".cards");
    this.cards = [];
    this.range.addEventListener("input", () => setBlend({ opacity: Number(this.range.value) }));
    this.choices.addEventListener("change", () => setBlend({ colours: this.choices.value }));
    root.querySelector(".save").addEventListener("click", () => exportPng(this.cards));
    root.querySelector(".full").addEventListener("click", () => this.enlarge());
    new ResizeObserver(() => this.cards.forEach((card) => card.sharpen())).observe(this.place);
    this.follow();
  }

  // Another set of maps on the page may be where the choice was changed.
  follow() {
    const changed = () => {
      if (this.root.isConnected) this.show();
      else window.removeEventListener(CHANGED, changed);
    };
    window.addEventListener(CHANGED, changed);
  }

  enlarge() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen();
  }

  receive(data, open) {
    this.data = data;
    this.painted = "";
    this.root.classList.toggle("small", data.small);
    this.place.setAttribute("role", data.small ? "group" : "list");
    this.place.setAttribute("aria-label", data.label);
    this.place.style.setProperty("--side", `${data.side}px`);
    this.place.classList.toggle("alone", data.cards.length === 1);
    while (this.cards.length > data.cards.length) this.cards.pop().root.remove();
    while (this.cards.length < data.cards.length) this.cards.push(new Card(this.place, data.small));
    data.cards.forEach((card, index) => {
      const { root } = this.cards[index];
      this.cards[index].fill(card, data);
      if (!data.small) root.setAttribute("role", "listitem");
      else root.setAttribute("aria-pressed", String(index === data.chosen));
      root.onclick = data.small ? () => open(index) : null;
    });
    this.offer();
    this.show();
  }

  offer() {
    if (this.choices.options.length) return;
    this.data.maps.forEach((map) => {
      element("option", this.choices, { value: map.name, title: map.help }, map.label);
    });
  }

  show() {
    const map = coloursOf(this.data.maps);
    this.range.value = String(blend.opacity);
    this.value.textContent = `${blend.opacity}%`;
    this.range.setAttribute("aria-valuetext", `${blend.opacity}% heat map`);
    this.place.style.setProperty("--opacity", String(blend.opacity / 100));
    this.choices.value = map.name;
    this.choices.title = map.help;
    if (this.painted === map.name) return;
    this.painted = map.name;
    const table = bytes(map.table);
    this.cards.forEach((card) => card.colour(map, table));
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".heat");
  if (!known.has(root)) known.set(root, new Heat(root));
  known.get(root).receive(data, (index) => setTriggerValue("open", index));
}
