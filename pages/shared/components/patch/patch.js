// Rectangles that are drawn, moved, resized and removed by mouse, pen, finger and key. Everything
// happens in the browser; Python hears of it on release, and may ask for other rectangles.

const LEAST = 0.01; // share of the picture that a side has at least
const STEP = 0.01; // of an arrow key
const STILL = 4; // pixels: a shorter drag on the picture draws nothing
const QUIET = 300; // ms without a key before Python hears of it
const KEPT = 50; // steps that can be undone
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CORNERS = [[0, 0], [1, 0], [0, 1], [1, 1]];
const live = new WeakMap();

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const tidy = (boxes) => boxes.map((box) => box.map((edge) => Number(edge.toFixed(4))));
const percent = (share) => `${Math.round(100 * share)}%`;

// A box is [left, top, right, bottom] in shares of the picture.
function moved([left, top, right, bottom], x, y) {
  const across = clamp(x, -left, 1 - right);
  const along = clamp(y, -top, 1 - bottom);
  return [left + across, top + along, right + across, bottom + along];
}

function between([x0, y0], [x1, y1]) {
  const side = (one, other) => {
    const begin = Math.min(one, other, 1 - LEAST);
    return [begin, Math.max(one, other, begin + LEAST)];
  };
  const [left, right] = side(x0, x1);
  const [top, bottom] = side(y0, y1);
  return [left, top, right, bottom];
}

function element(name, parent, attributes = {}) {
  const made = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  parent.append(made);
  return made;
}

class Patch {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector);
    this.stage = this.find(".stage");
    this.image = this.find("img");
    this.boxes = [];
    this.past = [];
    this.drag = null;
    this.chosen = 0;
    this.timer = 0;
    this.stage.addEventListener("pointerdown", (event) => this.begin(event));
    this.stage.addEventListener("pointermove", (event) => this.move(event));
    this.stage.addEventListener("pointerup", (event) => this.end(event));
    ["pointercancel", "lostpointercapture"].forEach((name) =>
      this.stage.addEventListener(name, (event) => this.cancel(event)),
    );
    this.find(".patch").addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("focusin", (event) => this.choose(event));
    root.querySelectorAll("button").forEach((button) => {
      button.addEventListener("click", () => this[button.dataset.do]());
    });
    this.image.addEventListener("load", () => this.crisp());
    new ResizeObserver(() => this.crisp()).observe(this.stage);
  }

  receive(data) {
    this.most = data.most;
    this.stage.setAttribute("aria-label", data.label);
    this.stage.style.setProperty("--ratio", data.ratio);
    this.stage.style.setProperty("--hue", data.colour);
    if (this.image.getAttribute("src") !== data.picture) this.image.src = data.picture;
    if (data.asked !== this.asked) {
      if (this.asked !== undefined) this.remember();
      this.asked = data.asked;
      this.drag = null;
      clearTimeout(this.timer); // what was not yet told is replaced
      this.timer = 0;
      this.boxes = data.boxes;
    }
    this.draw();
  }

  crisp() {
    // Enlarged pixels stay pixels; shrunk ones are averaged.
    const shown = this.image.clientWidth * window.devicePixelRatio;
    this.image.classList.toggle("crisp", this.image.naturalWidth < shown);
  }

  // By hand -------------------------------------------------------------------------------------

  at(event) {
    const place = this.stage.getBoundingClientRect();
    return [
      clamp((event.clientX - place.left) / place.width, 0, 1),
      clamp((event.clientY - place.top) / place.height, 0, 1),
    ];
  }

  begin(event) {
    if (event.button !== 0 || this.drag) return;
    event.preventDefault(); // else the browser may start to select or drag the picture itself
    this.stage.setPointerCapture(event.pointerId);
    const box = event.target.closest(".box");
    const corner = event.target.closest(".corner");
    const from = this.at(event);
    this.drag = { id: event.pointerId, from, before: this.boxes, x: event.clientX, y: event.clientY };
    if (!box) {
      this.drag.kind = "draw";
      this.stage.getRootNode().activeElement?.blur();
      return;
    }
    this.drag.index = Number(box.dataset.index);
    this.drag.kind = corner ? "resize" : "move";
    this.drag.box = this.boxes[this.drag.index];
    if (corner) {
      const [left, top, right, bottom] = this.drag.box;
      this.drag.anchor = [
        corner.dataset.x === "1" ? left : right, corner.dataset.y === "1" ? top : bottom,
      ];
    }
    box.focus({ preventScroll: true });
  }

  move(event) {
    const { drag } = this;
    if (!drag || event.pointerId !== drag.id) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) >= STILL;
    drag.far = drag.far || far;
    if (!drag.far) return;
    const to = this.at(event);
    if (drag.kind === "draw") {
      if (drag.before.length >= this.most) {
        this.say(`${this.most} patches are the most. Remove one first.`);
        return;
      }
      this.chosen = drag.before.length;
      this.boxes = [...drag.before, between(drag.from, to)];
    } else if (drag.kind === "move") {
      this.set(drag.index, moved(drag.box, to[0] - drag.from[0], to[1] - drag.from[1]));
    } else {
      this.set(drag.index, between(drag.anchor, to));
    }
    this.draw();
  }

  end(event) {
    const { drag } = this;
    if (!drag || event.pointerId !== drag.id) return;
    this.drag = null;
    if (this.boxes === drag.before) return;
    this.remember(drag.before);
    if (drag.kind === "draw") this.focus(this.chosen);
    this.tell();
  }

  cancel(event) {
    const { drag } = this;
    if (!drag || (event && event.pointerId !== drag.id)) return;
    this.drag = null;
    this.boxes = drag.before;
    this.draw();
  }

  // By key and button -----------------------------------------------------------------------------

  key(event) {
    if (event.key === "Escape" && this.drag) {
      this.cancel();
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
      this.undo();
    } else if (!event.target.matches(".box") || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (event.key in ARROWS) {
      this.nudge(ARROWS[event.key], event.shiftKey);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.remove();
    } else {
      return;
    }
    event.preventDefault(); // of the page: it would scroll, or undo in another field
    event.stopPropagation();
  }

  nudge([x, y], resizes) {
    if (!this.timer) this.remember();
    const box = this.boxes[this.chosen];
    const [left, top, right, bottom] = box;
    this.set(this.chosen, resizes
      ? [left, top, clamp(right + x * STEP, left + LEAST, 1), clamp(bottom + y * STEP, top + LEAST, 1)]
      : moved(box, x * STEP, y * STEP));
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), QUIET);
  }

  add() {
    if (this.boxes.length >= this.most) {
      this.say(`${this.most} patches are the most. Remove one first.`);
      return;
    }
    this.remember();
    const shift = 0.05 * (this.boxes.length % 5); // a second one must not hide under the first
    this.boxes = [...this.boxes, moved([0.4, 0.4, 0.6, 0.6], shift, shift)];
    this.draw();
    this.focus(this.boxes.length - 1);
    this.tell();
  }

  remove() {
    if (!this.boxes.length) return;
    this.remember();
    this.boxes = this.boxes.filter((_, index) => index !== this.chosen);
    this.draw();
    if (this.boxes.length) this.focus(Math.min(this.chosen, this.boxes.length - 1));
    else this.find("[data-do=add]").focus();
    this.tell();
  }

  clear() {
    this.remember();
    this.boxes = [];
    this.draw();
    this.find("[data-do=add]").focus();
    this.tell();
  }

  undo() {
    if (this.drag || !this.past.length) return;
    this.boxes = this.past.pop();
    this.draw();
    this.tell();
  }

  // What is kept, drawn and said ------------------------------------------------------------------

  remember(boxes = this.boxes) {
    this.past = [...this.past, boxes].slice(-KEPT);
  }

  set(index, box) {
    this.boxes = this.boxes.map((own, number) => (number === index ? box : own));
  }

  choose(event) {
    const box = event.target.closest(".box");
    if (box) this.chosen = Number(box.dataset.index);
  }

  focus(index) {
    this.find(`.box[data-index="${index}"]`).focus({ preventScroll: true });
  }

  draw() {
    const layer = this.find(".boxes");
    while (layer.children.length > this.boxes.length) layer.lastChild.remove();
    while (layer.children.length < this.boxes.length) {
      const box = element("div", layer, {
        class: "box", tabindex: "0", role: "group", "aria-roledescription": "patch",
      });
      element("span", box, { class: "number", "aria-hidden": "true" });
      CORNERS.forEach(([x, y]) => {
        element("span", box, { class: "corner", "data-x": x, "data-y": y, "aria-hidden": "true" });
      });
    }
    this.boxes.forEach(([left, top, right, bottom], index) => {
      const box = layer.children[index];
      box.dataset.index = index;
      box.style.left = `${100 * left}%`;
      box.style.top = `${100 * top}%`;
      box.style.width = `${100 * (right - left)}%`;
      box.style.height = `${100 * (bottom - top)}%`;
      box.firstChild.textContent = index + 1;
      box.setAttribute("aria-label", this.label(index));
    });
    this.chosen = clamp(this.chosen, 0, Math.max(0, this.boxes.length - 1));
    const none = !this.boxes.length;
    this.find("[data-do=remove]").disabled = none;
    this.find("[data-do=clear]").disabled = none;
    this.find("[data-do=undo]").disabled = !this.past.length;
    this.find("[data-do=add]").disabled = this.boxes.length >= this.most;
  }

  label(index) {
    const [left, top, right, bottom] = this.boxes[index];
    return (
      `Patch ${index + 1} of ${this.boxes.length}: ${percent(left)} from the left, ${percent(top)} `
      + `from the top, ${percent(right - left)} wide, ${percent(bottom - top)} high`
    );
  }

  say(text) {
    this.find(".said").textContent = text;
  }

  tell() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.boxes = tidy(this.boxes);
    this.draw();
    this.say(this.boxes.length ? this.label(this.chosen) : "No patch.");
    this.send(this.boxes);
  }
}

export default function ({ data, parentElement, setStateValue }) {
  let patch = live.get(parentElement);
  if (!patch) {
    patch = new Patch(parentElement);
    live.set(parentElement, patch);
  }
  // The time makes it news: boxes that Python replaced and Undo brought back were told before.
  patch.send = (boxes) => setStateValue("painted", { boxes, at: Date.now() });
  patch.receive(data);
}
