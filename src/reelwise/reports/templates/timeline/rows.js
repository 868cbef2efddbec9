// The rows of the timeline: which there are, how high, and what stands beside them.

const FILM_HEIGHT = 60, LANE_HEIGHT = 24, CURVE_HEIGHT = 52, WAVE_HEIGHT = 56, MAP_HEIGHT = 44, GAP = 8; // pixels
const TWO_LINES = 36; // pixels: a row below has its name and count on one line
const MAX_LANES = 5; // of one track; what overlaps more lies on top of the last

const isNarrow = () => matchMedia("(max-width: 60rem)").matches;

// Events that overlap lie below each other.
function lanesOf(track) {
  const lanes = [];
  for (const event of track.events) {
    let lane = lanes.find((each) => each.at(-1).end <= event.start);
    if (!lane) {
      if (lanes.length < MAX_LANES) lanes.push((lane = []));
      else lane = lanes.at(-1);
    }
    lane.push(event);
  }
  return lanes.length ? lanes : [[]];
}

function rowsOfSignal(signal) {
  const units = [...new Set(signal.columns.map((column) => column.unit))];
  return units.map((unit) => {
    const columns = signal.columns.filter((column) => column.unit === unit);
    const low = Math.min(...columns.map((column) => column.low));
    const high = Math.max(...columns.map((column) => column.high));
    // Room for the name and value of each.
    const height = isNarrow() ? CURVE_HEIGHT : Math.max(CURVE_HEIGHT, 24 + 16 * (columns.length + (columns.length > 1 && unit !== "")));
    return { kind: "curve", signal, columns, unit, low, high, height };
  });
}

const rows = [
  ...tracks.map((track) => {
    if (track.hasPictures && track.id === "shots") return { kind: "film", track, lanes: [track.events], height: FILM_HEIGHT };
    const lanes = lanesOf(track);
    return { kind: "lanes", track, lanes, height: lanes.length * LANE_HEIGHT };
  }),
  ...(waveform ? [{ kind: "wave", height: WAVE_HEIGHT }] : []),
  ...[...signals].sort((a, b) => (b.id === "sound") - (a.id === "sound")).flatMap(rowsOfSignal),
  ...data.maps.map((map) => ({ kind: "map", map, levels: numbersOf(map.data, 1), height: MAP_HEIGHT })),
];

function makeText(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function makeDot(hue) {
  const dot = document.createElement("i");
  dot.className = `dot hue-${hue}`;
  return dot;
}

// Place the rows below the ruler and write their names; gives the height of all.
function placeRows(rulerHeight) {
  const gutter = element("gutter");
  gutter.replaceChildren();
  let y = GAP;
  for (const row of rows) {
    const label = document.createElement("div");
    label.style.top = `${rulerHeight + y}px`;
    label.style.height = `${row.height}px`;
    label.classList.toggle("low", row.height < TWO_LINES);
    label.append(...labelsOf(row));
    gutter.append(label);
    row.above = isNarrow() ? Math.max(20, label.offsetHeight) + 2 : 0; // pixels for the name, where it stands above its row
    row.y = y + row.above;
    y += row.above + row.height + GAP;
  }
  return y;
}

function labelsOf(row) {
  if (row.kind === "curve") return curveLabels(row);
  if (row.kind === "wave") return waveLabels(row);
  if (row.kind === "map") return [makeText("b", row.map.id), makeText("span", `${row.map.columns} numbers`)];
  const number = row.track.events.length;
  return [makeText("b", row.track.id), makeText("span", number === 1 ? "1 event" : `${number.toLocaleString("en")} events`)];
}

const WAVE_HUE = 0;

function waveLabels(row) {
  row.value = makeText("span", "", "value num");
  const legend = document.createElement("span");
  legend.className = "legend";
  legend.append(makeDot(WAVE_HUE), makeText("span", "peak"), row.value);
  return [makeText("b", "sound waveform"), legend];
}

function curveLabels(row) {
  const isAlone = row.columns.length === 1;
  const title = isAlone && row.signal.columns.length > 1 ? `${row.signal.id} ${row.columns[0].name}` : row.signal.id;
  const name = makeText("b", title);
  row.values = row.columns.map(() => makeText("span", "", "value num"));
  const legends = row.columns.map((column, index) => {
    const legend = document.createElement("span");
    legend.className = "legend";
    legend.append(makeDot(hueOfCurve(row, index)), makeText("span", isAlone ? row.unit || column.name : column.name), row.values[index]);
    return legend;
  });
  return isAlone || !row.unit ? [name, ...legends] : [name, makeText("span", row.unit), ...legends];
}

const hueOfCurve = (row, index) => (index + rows.indexOf(row)) % NUM_HUES;

// The values of the curves at a frame, beside their names.
function showValues(frame) {
  for (const row of rows) {
    if (row.kind === "wave") row.value.textContent = peakText(frame);
    if (row.kind !== "curve") continue;
    row.columns.forEach((column, index) => {
      const value = valueAt(row.signal, column, rowAt(row.signal, edges[frame]));
      row.values[index].textContent = numberText(value, column);
    });
  }
}

