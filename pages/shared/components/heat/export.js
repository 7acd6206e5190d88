// All maps of a view as one PNG, with titles, scales and raw values: for a slide.

const TILE = 480;
const GAP = 16;
const HEAD = 30;
const FOOT = 52;
const ABREAST = 4;
const GROUND = "#000"; // X-rays sit on black
const INK = "#dce3ea";

function fitted(pen, text, width) {
  let kept = text;
  while (kept && pen.measureText(kept).width > width) kept = kept.slice(0, -1);
  return kept.length < text.length ? `${kept.slice(0, -1)}…` : kept;
}

function drawTile(pen, card, left, top) {
  pen.font = "600 18px sans-serif";
  pen.fillText(fitted(pen, card.title.textContent, TILE), left, top + 20);
  pen.imageSmoothingEnabled = card.image.naturalWidth > TILE;
  pen.drawImage(card.image, left, top + HEAD, TILE, TILE);
  pen.imageSmoothingEnabled = true;
  const under = top + HEAD + TILE;
  pen.font = "14px sans-serif";
  if (!card.level) {
    const said = card.data.trouble || card.data.said[0] || "";
    pen.fillText(fitted(pen, said, TILE), left, under + 20);
    return;
  }
  pen.globalAlpha = blend.opacity / 100;
  pen.drawImage(card.canvas, left, top + HEAD, TILE, TILE);
  pen.globalAlpha = 1;
  pen.drawImage(card.ramp, left, under + 6, TILE, 12);
  pen.fillText(`0; raw map ${card.data.low} to ${card.data.high}`, left, under + 38);
}

function exportPng(cards) {
  const across = Math.min(ABREAST, cards.length);
  const [width, height] = [TILE + GAP, HEAD + TILE + FOOT];
  const canvas = document.createElement("canvas");
  canvas.width = GAP + across * width;
  canvas.height = GAP + Math.ceil(cards.length / across) * height;
  const pen = canvas.getContext("2d");
  pen.fillStyle = GROUND;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = INK;
  cards.forEach((card, place) => {
    drawTile(pen, card, GAP + (place % across) * width, GAP + Math.floor(place / across) * height);
  });
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "heat-maps.png";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }, "image/png");
}
