// The times of frames: every frame k is shown in [edges[k], edges[k + 1]), in seconds from the first frame.

const data = JSON.parse(document.getElementById("data").textContent);
const numFrames = data.frames;
const element = (id) => document.getElementById(id);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function numbersOf(base64, width) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  if (width === 8) return Float64Array.from(new BigUint64Array(bytes.buffer), Number);
  return new { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width](bytes.buffer);
}

function unpackEdges({ unit, least, width, extra }) {
  const more = width ? numbersOf(extra, width) : null;
  const [numerator, denominator] = data.timeBase;
  const edges = new Float64Array(numFrames + 1);
  let ticks = 0; // whole numbers below 2^53 are exact, so nothing adds up
  for (let frame = 0; frame <= numFrames; frame++) {
    edges[frame] = (ticks * numerator) / denominator;
    ticks += unit * (least + (more && frame < numFrames ? more[frame] : 0));
  }
  return edges;
}

const edges = unpackEdges(data.times);
const duration = edges[numFrames];
const meanFrame = duration / Math.max(1, numFrames);

// The frame that is shown at a time; the first before it, the last behind it.
function frameAt(seconds) {
  let low = 0, high = numFrames - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle] <= seconds) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

// The frame whose start is nearest: what a player calls its time is rounded.
function nearestFrame(seconds) {
  const frame = frameAt(seconds);
  const isNextNearer = frame + 1 < numFrames && edges[frame + 1] - seconds < seconds - edges[frame];
  return isNextNearer ? frame + 1 : frame;
}

function shortestFrame() {
  let shortest = Infinity;
  for (let frame = 0; frame < numFrames; frame++) shortest = Math.min(shortest, edges[frame + 1] - edges[frame]);
  return shortest;
}

// Where to seek for a frame: half a frame in, since its edge may round to the frame before. Half of the shortest frame,
// since Chromium skips a frame whose start lies more than a mean frame before the time that it seeks to.
const halfFrame = shortestFrame() / 2;
const insideOf = (frame) => edges[frame] + halfFrame;

const two = (number) => String(number).padStart(2, "0");

// Labels that are left out at the start of each minute but every tenth. Source: SMPTE ST 12-1, drop-frame.
function numDroppedPerMinute() {
  if (!data.rate || data.rate[1] === 1) return 0;
  return { 30: 2, 60: 4 }[Math.round(data.rate[0] / data.rate[1])] ?? 0;
}

function timecode(frame) {
  const perSecond = Math.round(data.rate[0] / data.rate[1]);
  const dropped = numDroppedPerMinute();
  let label = frame;
  if (dropped) {
    const perMinute = 60 * perSecond - dropped;
    const tens = Math.floor(frame / (600 * perSecond - 9 * dropped));
    const rest = frame - tens * (600 * perSecond - 9 * dropped);
    const minutes = rest < perMinute + dropped ? 0 : 1 + Math.floor((rest - perMinute - dropped) / perMinute);
    label += dropped * (9 * tens + minutes);
  }
  const seconds = Math.floor(label / perSecond);
  const separator = dropped ? ";" : ":";
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${separator}${two(label % perSecond)}`;
}

// The inverse of timecode; labels that do not exist give the frame behind them.
function frameOfTimecode(hours, minutes, seconds, frames) {
  const perSecond = Math.round(data.rate[0] / data.rate[1]);
  const allMinutes = 60 * hours + minutes;
  const label = (60 * allMinutes + seconds) * perSecond + frames;
  return label - numDroppedPerMinute() * (allMinutes - Math.floor(allMinutes / 10));
}

function clockText(seconds, digits = 3) {
  const units = Math.round(seconds * 10 ** digits);
  const whole = Math.floor(units / 10 ** digits);
  const decimals = digits ? `.${String(units % 10 ** digits).padStart(digits, "0")}` : "";
  const hours = Math.floor(whole / 3600);
  return `${hours ? `${hours}:${two(Math.floor(whole / 60) % 60)}` : Math.floor(whole / 60)}:${two(whole % 60)}${decimals}`;
}

// What a person reads, hears and copies: a timecode where the rate has one, else the time.
const positionText = (frame) => (data.rate ? timecode(frame) : clockText(edges[frame]));

// A timecode, a time (1:02.5, 12.5s) or a frame number as a frame; null for anything else.
function parsePosition(text) {
  const parts = text.trim().match(/^(?:(\d+):)??(?:(\d+):)?(\d+)(?:[:;](\d+))?(\.\d+)?\s*(s?)$/);
  if (!parts) return null;
  const numbers = text.trim().replace(/s$/, "").split(/[:;]/).map(Number);
  if (numbers.some((number) => !Number.isFinite(number))) return null;
  if (numbers.length === 4) {
    if (!data.rate) return null;
    return clamp(frameOfTimecode(...numbers), 0, numFrames - 1);
  }
  const isFrame = numbers.length === 1 && /^\d+$/.test(text.trim());
  if (isFrame) return clamp(numbers[0], 0, numFrames - 1);
  return frameAt(numbers.reduce((sum, number) => 60 * sum + number, 0) + 1e-6);
}

