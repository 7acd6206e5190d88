// The binding for Streamlit: one instance an element; a second call brings new data or a theme.

const instances = new WeakMap();
// A visit to another view removes the element, and Python does not learn of it: what stood there is
// found again by the turn of its wish. A threshold that Python has from elsewhere has a new turn.
const leftBehind = (globalThis.cxrExplorers ??= new Map());
const LEFT_BEHIND = 20;

function mountInStreamlit({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".explorer");
  root.bare ??= root.innerHTML;
  const { wish, packet } = unwrap(data);
  const known = instances.get(root);
  if (known?.digest === wish.digest) {
    if (known.turn !== wish.turn) known.explorer.take(wish);
    else known.explorer.lay(); // the theme changed
    known.turn = wish.turn;
    keep(wish.turn, known.explorer.state);
    return;
  }
  const fresh = known ? emptied(root) : root;
  const tell = (name) => (value) => setTriggerValue(name, value);
  const names = ["threshold", "cell", "range", "weighed"];
  const telling = Object.fromEntries(names.map((name) => [name, tell(name)]));
  const explorer = buildExplorer(fresh, packet, wish, telling);
  if (leftBehind.has(wish.turn)) explorer.take({ ...wish, ...leftBehind.get(wish.turn) });
  keep(wish.turn, explorer.state);
  fresh.explorer = explorer;
  instances.set(fresh, { explorer, digest: wish.digest, turn: wish.turn });
}

// Other data: begin with the bare markup again, so that no listener of the old data stays.
function emptied(root) {
  const empty = root.cloneNode(false);
  empty.innerHTML = empty.bare = root.bare;
  root.replaceWith(empty);
  return empty;
}

function keep(turn, state) {
  leftBehind.delete(turn);
  leftBehind.set(turn, state);
  if (leftBehind.size > LEFT_BEHIND) leftBehind.delete(leftBehind.keys().next().value);
}

export default mountInStreamlit;
