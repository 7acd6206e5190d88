// The controls: slider, rules that choose a threshold, presenter size, range of scores.

const KEY_PAUSE = 300; // ms without another key before the server hears of it
const PRESENTER = "cxr-lab-presenter";
const RULE_LABELS = {
  half: "0.5",
  f1: "Best F1",
  youden: "Youden's J",
  recall: "Recall ≥",
  specificity: "Specificity ≥",
  cost: "Lowest cost",
};
const RULE_HELP = {
  half: "The usual threshold, chosen on no images.",
  f1: "The threshold with the highest F1.",
  youden: "The threshold with the largest recall + specificity - 1.",
  recall: "The highest threshold that still reaches this recall.",
  specificity: "The lowest threshold that reaches this specificity.",
  cost: "The threshold with the lowest cost, where one missed X-ray costs as much as this many false alarms (FN : FP).",
};
const FIRST_TARGETS = { recall: 0.95, specificity: 0.95, cost: 5 };

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage may be blocked: the choice then lasts as long as the page
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // blocked storage: nothing to keep it in
  }
}

function sliderControl(input, { move, release }) {
  let byKey = false;
  let timer = 0;
  input.addEventListener("pointerdown", () => (byKey = false));
  input.addEventListener("keydown", () => (byKey = true));
  input.addEventListener("input", () => move(Number(input.value)));
  input.addEventListener("change", () => {
    clearTimeout(timer);
    if (byKey) timer = setTimeout(release, KEY_PAUSE);
    else release();
  });
}

// One chip a rule; those with a target carry a select of the targets that Python computed.
function rulesControl(row, header, { snap }) {
  const chips = Object.keys(RULE_LABELS).map((rule) => {
    const frame = element("span", { class: "chip" }, row);
    const help = { type: "button", "data-rule": rule, title: RULE_HELP[rule] };
    const button = element("button", help, frame, RULE_LABELS[rule]);
    const select = targetsOf(frame, rule, header);
    const choose = () => snap(rule, select ? Number(select.value) : null);
    button.addEventListener("click", choose);
    select?.addEventListener("change", choose);
    return { rule, frame, button, select };
  });

  return function draw(state) {
    for (const { rule, frame, button, select } of chips) {
      const on = state.rule === rule;
      setAttribute(button, "aria-pressed", on);
      setAttribute(frame, "class", on ? "chip on" : "chip");
      const known = rule === "half" || header.snaps[state.source].some((snap) => snap.rule === rule);
      if (button.disabled !== !known) button.disabled = !known;
      if (select && on && Number(select.value) !== state.target) select.value = state.target;
    }
  };
}

function targetsOf(frame, rule, header) {
  const all = [...header.snaps.validation, ...header.snaps.test];
  const targets = [...new Set(all.filter((snap) => snap.rule === rule).map((snap) => snap.target))];
  if (!(rule in FIRST_TARGETS) || !targets.length) return null;
  const write = (value) => (rule === "cost" ? `${value} : 1` : String(value));
  const label = rule === "cost" ? "cost of a missed X-ray : of a false alarm" : `target ${rule}`;
  const select = selectOf(frame, label, targets, write);
  if (targets.includes(FIRST_TARGETS[rule])) select.value = FIRST_TARGETS[rule];
  return select;
}

function presenterControl(button, change) {
  const show = (on) => {
    button.setAttribute("aria-pressed", on);
    change(on);
  };
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    remember(PRESENTER, on ? "on" : "");
    show(on);
  });
  show(remembered(PRESENTER) === "on");
}

// Choose a range of scores: drag over the histogram, or type both ends.
function rangeControl(toggle, form, { brush, release, open }) {
  const ends = [...form.querySelectorAll("input")];
  toggle.addEventListener("click", () => {
    const on = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", on);
    form.hidden = !on;
    open(on);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    brush(...ends.map((end) => Number(end.value)));
    release();
  });
  return (range) => {
    if (!range || range.join() === form.last) return;
    form.last = range.join();
    ends.forEach((end, place) => (end.value = range[place]));
  };
}
