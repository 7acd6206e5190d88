// Bytes from Python, unpacked: a length, a JSON header, then the arrays that the header lists.

const ARRAY_TYPES = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array };

function readJson(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const text = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  return { value: JSON.parse(text), end: 4 + length };
}

// The page's wish (where to start, how to write numbers) travels in front of the packet.
function unwrap(bytes) {
  const { value, end } = readJson(bytes);
  return { wish: value, packet: bytes.slice(end) }; // slice: arrays need an aligned start
}

function unpack(packet) {
  const { value: header, end } = readJson(packet);
  const arrays = {};
  for (const { name, type, offset, length } of header.arrays) {
    arrays[name] = new ARRAY_TYPES[type](packet.buffer, packet.byteOffset + end + offset, length);
  }
  return { header, arrays };
}

function fromBase64(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let place = 0; place < letters.length; place++) bytes[place] = letters.charCodeAt(place);
  return bytes;
}
