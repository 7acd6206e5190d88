// Pointer drags by mouse, pen and finger. The place of the picture is read once, at the press:
// reading it at each move would force a layout. A lost pointer ends the drag like a release.

function draggable(svg, { start, move, end }) {
  let place = null;
  let pointer = null;

  function at(event) {
    return [event.clientX - place.left, event.clientY - place.top];
  }

  function finish(event) {
    if (event.pointerId !== pointer) return;
    pointer = null;
    end();
  }

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pointer !== null) return;
    event.preventDefault(); // else the browser may start to select or drag the picture itself
    place = svg.getBoundingClientRect();
    pointer = event.pointerId;
    svg.setPointerCapture(pointer);
    start?.(event);
    move(...at(event));
  });
  svg.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) move(...at(event));
  });
  svg.addEventListener("pointerup", finish);
  svg.addEventListener("pointercancel", finish);
  svg.addEventListener("lostpointercapture", finish);
}
