// What was found: tracks of events, and curves.

const NUM_HUES = 8; // as many as the style sheet has

const tracks = data.tracks.map((track, index) => {
  const starts = track.starts;
  const events = starts.map((start, number) => ({
    track: null,
    number,
    start,
    end: start + track.lengths[number],
    label: track.labels[track.label[number]],
    labelNumber: track.label[number],
    score: track.scores[number],
    measures: track.measures[number], // as text
    picture: track.pictures[number],
    transition: track.transitions[number] ?? null,
    index: 0, // among all events
    isShown: true,
  }));
  const made = { ...track, index, events, hasPictures: track.pictures.some((picture) => picture !== null) };
  // A track of one label has one hue; with several each label has its own.
  made.hueOf = (event) => (track.labels.length > 1 ? event.labelNumber : index) % NUM_HUES;
  // Keyframes are pictures of shots: they are shown there, and as events only to who asks for them.
  made.isEvents = track.id !== "keyframes" || data.tracks.length === 1;
  for (const event of events) event.track = made;
  return made;
});

const events = tracks.flatMap((track) => track.events);
events.sort((a, b) => a.start - b.start || a.track.index - b.track.index || a.end - b.end);
events.forEach((event, index) => { event.index = index; });

const signals = data.signals.map((signal) => ({
  ...signal,
  columns: signal.columns.map((column) => ({ ...column, steps: numbersOf(column.data, signal.width), data: "" })),
}));
const levelsOf = (signal) => 2 ** (8 * signal.width) - 2;

// Which row of a curve belongs to a time.
function rowAt(signal, seconds) {
  const row = signal.step ? Math.floor(seconds / signal.step + 1e-9) : frameAt(seconds);
  return clamp(row, 0, signal.rows - 1);
}
const secondsOfRow = (signal, row) => (signal.step ? row * signal.step : edges[Math.min(row, numFrames)]);

function valueAt(signal, column, row) {
  const step = column.steps[signal.merge > 1 ? 2 * Math.floor(row / signal.merge) + 1 : row];
  return step ? column.low + ((step - 1) / levelsOf(signal)) * (column.high - column.low) : null;
}

// The waveform: lowest and highest sample of each step in turn, 127 at its full height; -128 where there is no sound.
const waveform = data.waveform && { ...data.waveform, codes: new Int8Array(numbersOf(data.waveform.data, 1).buffer), data: "" };
const LOUDEST = 127;

// Lowest and highest code between two times; null where there is no sound.
function waveBetween(start, end) {
  const { step, codes } = waveform;
  const first = Math.max(0, Math.floor(start / step + 1e-6));
  const behind = Math.min(codes.length / 2, Math.max(first + 1, Math.ceil(end / step - 1e-6)));
  let [low, high] = [LOUDEST + 1, -LOUDEST - 1];
  for (let k = first; k < behind; k++) {
    if (codes[2 * k] < -LOUDEST) continue;
    low = Math.min(low, codes[2 * k]);
    high = Math.max(high, codes[2 * k + 1]);
  }
  return low > high ? null : [low, high];
}

function peakText(frame) {
  const wave = waveBetween(edges[frame], edges[frame + 1] ?? duration);
  if (!wave) return "–";
  return `${Math.round((100 * waveform.full * Math.max(-wave[0], wave[1])) / LOUDEST)} %`;
}

// A number with the digits that tell its steps apart.
function numberText(value, column) {
  if (value === null) return "–";
  const size = Math.max(Math.abs(column.low), Math.abs(column.high));
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toFixed(digits).replace("-", "−");
}

// Shots are known by their number; other events by what they are.
const titleOf = (event) => (event.track.id === "shots" ? `${event.label} ${event.number + 1}` : event.label);

function transitionText(event) {
  if (!event.transition) return "";
  const [type, start, end] = event.transition;
  const name = { fade_black: "fade to black", fade_white: "fade to white" }[type] ?? type;
  return end > start ? `${name}, ${end - start} frames` : name;
}

const durationText = (event) => `${(edges[event.end] - edges[event.start]).toFixed(2)} s`;
const spanText = (event) => `${positionText(event.start)} – ${positionText(event.end)}`;
const framesText = (event) =>
  event.end - event.start === 1 ? `frame ${event.start}` : `frames ${event.start}–${event.end - 1}`;

// The last of some events in order that starts at or before a frame (or has another key so low): its place, or -1.
function lastBefore(list, frame, key = "start") {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle][key] <= frame) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

