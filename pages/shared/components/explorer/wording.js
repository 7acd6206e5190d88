// Numbers and sentences, as the rest of the app writes them.

const LANGUAGES = ["share", "percent", "counts"];
const DASH = "–";

// The digits that a sample of `of` images allows.
function digitsFor(of) {
  if (of > 0 && of < 20) return 1;
  return of < 10000 ? 2 : 3;
}

function share(value, of, language) {
  if (Number.isNaN(value)) return DASH;
  const digits = digitsFor(of);
  if (language === "share") return value.toFixed(digits);
  return `${(100 * value).toFixed(Math.max(0, digits - 2))}%`;
}

// Thousands with commas; toLocaleString costs ten times as much, in each frame.
function whole(number) {
  const text = String(number);
  return number < 1000 ? text : text.replace(/\B(?=(\d{3})+$)/g, ",");
}

// A likelihood ratio, a cost, a correlation: three digits that matter are enough.
function plain(value, of) {
  if (Number.isNaN(value)) return DASH;
  if (Math.abs(value) >= 100) return whole(Math.round(value));
  return value.toFixed(Math.abs(value) >= 10 ? 1 : digitsFor(of));
}

function measured(name, value, counts, language) {
  const of = sampleOf(name, counts);
  if (PLAIN.has(name)) return plain(value, of);
  if (language === "counts" && PARTS[name] && !Number.isNaN(value)) {
    const [part, all] = PARTS[name](counts);
    return `${whole(part)} of ${whole(all)}`;
  }
  return share(value, of, language === "counts" ? "share" : language);
}

function sampleOf(name, c) {
  if (PARTS[name]) return PARTS[name](c)[1];
  if (name === "f1" || name === "fbeta") return c.tp + c.fp + c.fn;
  return c.tp + c.fp + c.fn + c.tn;
}

function rangeText(name, low, high, counts, language) {
  if (Number.isNaN(low) || Number.isNaN(high)) return "";
  const of = sampleOf(name, counts);
  const write = (value) => (PLAIN.has(name) ? plain(value, of) : share(value, of, language));
  return `${write(low)} to ${write(high)}`;
}

// A threshold: at least two decimals, none lost.
function cut(value) {
  const rounded = value.toFixed(2);
  return Number(rounded) === value ? rounded : String(Number(value.toPrecision(10)));
}

// A threshold where there is little room.
function shortCut(value) {
  const text = cut(value);
  return text.length > 6 ? value.toPrecision(3) : text;
}

function headlineOf(value, c, words) {
  const start = `At ${cut(value)} you`;
  const alarm = `alarm ${whole(c.fp)} of ${whole(c.tn + c.fp)} ${words[0]}`;
  if (!(c.fn + c.tp)) return `${start} ${alarm} X-rays.`;
  const miss = `${start} miss ${whole(c.fn)} of ${whole(c.fn + c.tp)} ${words[1]} X-rays`;
  return c.tn + c.fp ? `${miss} and ${alarm} ones.` : `${miss}.`;
}

function badgeOf(state, header) {
  const { rule, on, of } = state;
  if (rule === "hand") return { kind: "hand", text: "set by hand" };
  if (rule === "half") return { kind: "plain", text: "0.5, the usual: chosen on no images" };
  if (on === "test" || header.split === "validation") {
    return { kind: "warn", text: "optimistic: chosen on the very X-rays judged here" };
  }
  return { kind: "fair", text: `chosen on validation (${whole(of)} X-rays)` };
}
