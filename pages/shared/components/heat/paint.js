// From a few cells to a smooth picture: linear between their middles, as engine/explaining/overlay.py
// does it, then a colour of 256 for each pixel.

const LEAST = 320; // pixels a side

function weights(cells, size) {
  return Array.from({ length: size }, (_, pixel) => {
    const at = Math.min(Math.max(((pixel + 0.5) * cells) / size - 0.5, 0), cells - 1);
    const first = Math.min(Math.floor(at), Math.max(cells - 2, 0));
    return [first, Math.min(first + 1, cells - 1), at - first];
  });
}

function smooth(cells, rows, columns) {
  const [height, width] = [rows, columns].map((count) => count * Math.ceil(LEAST / count));
  const across = weights(columns, width);
  const levels = new Uint8ClampedArray(width * height);
  weights(rows, height).forEach(([top, bottom, down], y) => {
    across.forEach(([left, right, over], x) => {
      const upper = cells[top * columns + left] * (1 - over) + cells[top * columns + right] * over;
      const lower = cells[bottom * columns + left] * (1 - over) + cells[bottom * columns + right] * over;
      levels[y * width + x] = upper * (1 - down) + lower * down;
    });
  });
  return { levels, width, height };
}

function paint(canvas, { levels, width, height }, table) {
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(width, height);
  for (let pixel = 0; pixel < levels.length; pixel += 1) {
    const colour = 3 * levels[pixel];
    picture.data[4 * pixel] = table[colour];
    picture.data[4 * pixel + 1] = table[colour + 1];
    picture.data[4 * pixel + 2] = table[colour + 2];
    picture.data[4 * pixel + 3] = 255;
  }
  pen.putImageData(picture, 0, 0);
}

const RAMP = { levels: Uint8ClampedArray.from({ length: 256 }, (_, level) => level), width: 256, height: 1 };
