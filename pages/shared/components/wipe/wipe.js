// A line between two pictures. A hidden range input gives the arrow keys and what a screen reader
// says; mouse, pen and finger move the line to where they are. Nothing is told to the server.

const known = new WeakSet();

function show(root, share) {
  const input = root.querySelector("input");
  const at = Math.min(100, Math.max(0, share));
  input.value = String(Math.round(at));
  root.querySelector(".stage").style.setProperty("--at", `${at}%`);
  input.setAttribute("aria-valuetext", `${input.value}% of the width shows ${input.dataset.before}`);
}

function crisp(image) {
  // Enlarged pixels stay pixels; shrunk ones are averaged.
  const enlarged = image.naturalWidth < image.clientWidth * window.devicePixelRatio;
  image.classList.toggle("crisp", enlarged);
}

function wire(root) {
  const stage = root.querySelector(".stage");
  const input = root.querySelector("input");
  const images = [...root.querySelectorAll("img")];
  let place = null;
  let pointer = null;

  function move(event) {
    show(root, (100 * (event.clientX - place.left)) / place.width);
  }

  function end(event) {
    if (event.pointerId === pointer) pointer = null;
  }

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pointer !== null) return;
    event.preventDefault(); // else the browser may start to select or drag the picture itself
    place = stage.getBoundingClientRect();
    pointer = event.pointerId;
    stage.setPointerCapture(pointer);
    input.focus({ preventScroll: true, focusVisible: false });
    move(event);
  });
  stage.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) move(event);
  });
  ["pointerup", "pointercancel", "lostpointercapture"].forEach((name) => {
    stage.addEventListener(name, end);
  });
  input.addEventListener("input", () => show(root, Number(input.value)));
  images.forEach((image) => image.addEventListener("load", () => crisp(image)));
  new ResizeObserver(() => images.forEach(crisp)).observe(stage);
}

export default function ({ data, parentElement }) {
  const input = parentElement.querySelector("input");
  input.setAttribute("aria-label", data.label);
  input.dataset.before = data.names[0];
  parentElement.querySelector(".before").src = data.before;
  parentElement.querySelector(".after").src = data.after;
  parentElement.querySelector(".left").textContent = data.names[0];
  parentElement.querySelector(".right").textContent = data.names[1];
  if (!known.has(parentElement)) {
    known.add(parentElement);
    wire(parentElement);
  }
  show(parentElement, Number(input.value));
}
