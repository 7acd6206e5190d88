// How strongly and in which colours the heat is laid over: one choice for all maps of this
// browser. It is kept here and not on the server, so that moving it sends nothing.

const PLACE = "cxr-heat";
const FIRST = { opacity: 40, colours: "inferno" };
const CHANGED = "cxr-heat-changed";

function stored() {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? {};
  } catch {
    return {}; // storage is switched off, or another program wrote there
  }
}

// The page's own copy, for browsers that keep nothing.
const blend = (globalThis.cxrHeat ??= { ...FIRST, ...stored() });

function setBlend(change) {
  Object.assign(blend, change);
  try {
    localStorage.setItem(PLACE, JSON.stringify(blend));
  } catch {
    // it holds until the page is loaded anew
  }
  window.dispatchEvent(new Event(CHANGED));
}

function coloursOf(maps) {
  return maps.find((map) => map.name === blend.colours) ?? maps[0];
}

function bytes(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}
