// Drawing on canvases: ruler, rows and the strip of the whole video.

const RULER_HEIGHT = 26; // pixels
const HALO = 5; // pixels, half of them outside the letters: as wide as two curves
const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400]; // seconds between marks

const MAX_DRAWN = 5000, MAX_WRITTEN = 300; // events and names of one lane: several for every pixel

const colours = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["page", "panel", "card", "ink", "muted", "line", "soft", "accent", "warn", "play"];
  for (const name of names) colours[name] = style.getPropertyValue(`--${name}`).trim();
  for (let hue = 0; hue < NUM_HUES; hue++) colours[hue] = style.getPropertyValue(`--hue-${hue}`).trim();
}

// Give a canvas its size in device pixels, and a context in CSS pixels.
function prepare(canvas, height) {
  const width = canvas.parentElement.clientWidth;
  const scale = window.devicePixelRatio || 1;
  const [pixelsWide, pixelsHigh] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== pixelsWide || canvas.height !== pixelsHigh) {
    canvas.width = pixelsWide;
    canvas.height = pixelsHigh;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = "middle";
  return [context, width];
}

function drawRuler(canvas, view) {
  const [context, width] = prepare(canvas, RULER_HEIGHT);
  const perSecond = width / view.span;
  for (const [start, end] of data.damage) {
    const [left, right] = [view.x(edges[start]), view.x(edges[end])];
    context.fillStyle = colours.play;
    context.fillRect(left, RULER_HEIGHT - 4, Math.max(2, right - left), 4);
  }
  const step = STEPS.find((each) => each * perSecond >= 76) ?? STEPS.at(-1);
  const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 3;
  context.fillStyle = colours.muted;
  for (let k = Math.floor(view.start / step); k * step <= view.start + view.span; k++) {
    const x = Math.round(view.x(k * step)) + 0.5;
    context.fillRect(x - 0.5, RULER_HEIGHT - 8, 1, 8);
    const text = k >= 0 ? clockText(k * step, digits) : "";
    if (x + 4 + context.measureText(text).width <= width) context.fillText(text, x + 4, RULER_HEIGHT / 2 - 2);
    for (let part = 1; part < 5; part++) context.fillRect(Math.round(view.x((k + part / 5) * step)), RULER_HEIGHT - 4, 1, 4);
  }
  if (meanFrame * perSecond < 14) return;
  // Far in, the edges of frames show.
  context.fillStyle = colours.accent;
  for (let frame = frameAt(view.start); frame <= numFrames && edges[frame] <= view.start + view.span; frame++) {
    context.fillRect(Math.round(view.x(edges[frame])), RULER_HEIGHT - 6, 1, 6);
  }
}

function drawRows(canvas, height, view, selected, redraw) {
  const [context, width] = prepare(canvas, height);
  rows.forEach((row, index) => {
    if (index || isNarrow()) {
      context.fillStyle = colours.soft;
      context.fillRect(0, Math.round(row.y - row.above - GAP / 2), width, 1);
    }
    if (row.kind === "film") drawFilm(context, width, row, view, selected, redraw);
    else if (row.kind === "lanes") row.lanes.forEach((lane, k) => drawLane(context, width, row.y + k * LANE_HEIGHT, lane, view, selected));
    else if (row.kind === "curve") drawCurve(context, width, row, view);
    else if (row.kind === "wave") drawWave(context, width, row, view);
    else drawMap(context, width, row, view);
  });
}

// The events of a lane that the view shows, with their left and right ends.
function* inView(lane, width, view) {
  const first = Math.max(0, lastBefore(lane, frameAt(view.start)));
  for (let place = first; place < lane.length; place++) {
    const event = lane[place];
    const left = view.x(edges[event.start]);
    if (left > width) return;
    const right = view.x(edges[event.end]);
    if (right >= 0) yield [event, left, right, place];
  }
}

function drawFilm(context, width, row, view, selected, redraw) {
  const [tileWidth, tileHeight] = pictures.size;
  const shownWidth = (FILM_HEIGHT * tileWidth) / Math.max(1, tileHeight);
  for (const [event, left, right, place] of inView(row.lanes[0], width, view)) {
    const gap = right - left > 6 ? 1.5 : right - left > 2 ? 0.5 : 0;
    const [x, w] = [left, Math.max(0.5, right - left - gap)];
    context.save();
    context.globalAlpha = event.isShown ? 1 : 0.25;
    context.beginPath();
    context.roundRect(x, row.y, w, FILM_HEIGHT, Math.min(4, w / 3));
    context.clip();
    context.fillStyle = place % 2 ? colours.panel : colours.soft;
    context.fillRect(x, row.y, w, FILM_HEIGHT);
    if (w >= 5) {
      const first = Math.max(0, Math.floor(-x / shownWidth));
      for (let k = first; k * shownWidth < w && x + k * shownWidth < width; k++) {
        // What is seen at the middle of each place; the shot's own picture where it is alone.
        const at = x + (k + 0.5) * shownWidth;
        const number = pictureOf(clamp(frameAt(view.seconds(at)), event.start, Math.max(event.start, event.end - 1))) ?? event.picture;
        const picture = number === null ? null : decodedPicture(number, redraw);
        if (picture) context.drawImage(picture, x + k * shownWidth, row.y, shownWidth, FILM_HEIGHT);
      }
    }
    context.restore();
    if (event === selected) outline(context, x, row.y, w, FILM_HEIGHT);
  }
  for (const [event] of inView(row.lanes[0], width, view)) drawTransition(context, row, event, view);
}

// A gradual transition: a wedge from its first frame to the first frame wholly of the new shot.
function drawTransition(context, row, event, view) {
  if (!event.transition) return;
  const [, start, end] = event.transition;
  const [left, right] = [view.x(edges[start]), view.x(edges[end])];
  if (right - left < 2) return;
  context.fillStyle = colours.panel;
  context.fillRect(left, row.y, right - left, FILM_HEIGHT);
  context.fillStyle = colours.accent;
  context.globalAlpha = 0.55;
  context.beginPath();
  context.moveTo(left, row.y + FILM_HEIGHT);
  context.lineTo(right, row.y);
  context.lineTo(right, row.y + FILM_HEIGHT);
  context.fill();
  context.globalAlpha = 1;
}

function outline(context, x, y, w, h) {
  context.strokeStyle = colours.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.roundRect(x + 1, y + 1, Math.max(1, w - 2), h - 2, 3);
  context.stroke();
}

function drawLane(context, width, y, lane, view, selected) {
  const h = LANE_HEIGHT - 4;
  let [lastLeft, lastRight, numDrawn, numWritten] = [-1, -1, 0, 0];
  for (const [event, left, right] of inView(lane, width, view)) {
    // What lies on the same pixels as the last one cannot be seen, nor can thousands on top of each other.
    const isCovered = Math.round(left) === lastLeft && (right - left < 1 || Math.round(right) === lastRight);
    if ((isCovered || numDrawn > MAX_DRAWN) && event !== selected) continue;
    [lastLeft, lastRight, numDrawn] = [Math.round(left), Math.round(right), numDrawn + 1];
    const [x, w] = [left, Math.max(1.5, right - left - (right - left > 3 ? 1 : 0))];
    const strength = event.isShown || !event.track.isEvents ? 0.45 + 0.55 * event.score : 0.15;
    context.fillStyle = colours[event.track.hueOf(event)];
    context.globalAlpha = 0.26 * strength;
    context.beginPath();
    context.roundRect(x, y, w, h, Math.min(3, w / 3));
    context.fill();
    context.globalAlpha = strength;
    context.fillRect(x, y, Math.min(w, 2), h);
    context.globalAlpha = 1;
    if (w > 34 && numWritten++ < MAX_WRITTEN) writeInside(context, titleOf(event), Math.max(x, 0) + 7, y + h / 2 + 0.5, Math.min(right, width) - Math.max(x, 0) - 12, event.isShown);
    if (event === selected) outline(context, x, y, w, h);
  }
}

function writeInside(context, text, x, y, room, isShown) {
  if (room < 20) return;
  let shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  while (shown.length > 1 && context.measureText(shown).width > room) shown = `${shown.slice(0, shown.length > 8 ? -4 : -2)}…`;
  if (shown.length < 3 && shown !== text) return;
  context.fillStyle = isShown ? colours.ink : colours.muted;
  context.fillText(shown, x, y);
}

function drawCurve(context, width, row, view) {
  const signal = row.signal;
  const range = row.high - row.low || 1;
  const y = (value) => row.y + (row.height - 3) * (1 - (value - row.low) / range) + 1.5;
  context.fillStyle = colours.line;
  const zero = row.low < 0 && row.high > 0 ? y(0) : y(row.low);
  context.fillRect(0, Math.round(zero), width, 1);
  row.columns.forEach((column, index) => {
    context.fillStyle = context.strokeStyle = colours[hueOfCurve(row, index)];
    const scale = (step) => y(column.low + ((step - 1) / levelsOf(signal)) * (column.high - column.low));
    if (row.columns.length === 1) drawBand(context, width, signal, column, view, scale, y(row.low < 0 && row.high > 0 ? 0 : row.low));
    drawLine(context, width, signal, column, view, scale);
  });
  context.font = context.font.replace(/^\S+/, "11px");
  context.textAlign = "right";
  const [low, high] = [row.low, row.high].map((value) => numberText(value, row));
  if (high !== low) writeOverCurve(context, high, width - 4, row.y + 6); // a curve that is flat lies at the bottom
  writeOverCurve(context, low, width - 4, row.y + row.height - 7);
  context.textAlign = "left";
}

// Text that ends at x; a halo in the colour of the page parts it from the curve below it.
function writeOverCurve(context, text, x, y) {
  context.strokeStyle = colours.page;
  context.lineWidth = HALO;
  context.lineJoin = "round";
  context.strokeText(text, x, y);
  context.fillStyle = colours.muted;
  context.fillText(text, x, y);
}

function drawWave(context, width, row, view) {
  const middle = row.y + row.height / 2;
  const scale = (row.height - 2) / 2 / LOUDEST;
  context.fillStyle = colours.line;
  context.fillRect(0, Math.round(middle), width, 1);
  context.fillStyle = colours[WAVE_HUE];
  const lastPixel = Math.min(width, Math.ceil(view.x(duration)));
  for (let pixel = Math.max(0, Math.floor(view.x(0))); pixel < lastPixel; pixel++) {
    const wave = waveBetween(view.seconds(pixel), view.seconds(pixel + 1));
    if (wave) context.fillRect(pixel, middle - wave[1] * scale - 0.5, 1, (wave[1] - wave[0]) * scale + 1);
  }
}

// Many numbers over time as colours: a picture with a pixel per step and number, stretched over the row.
function drawMap(context, width, row, view) {
  if (row.colour !== colours[0]) paintMap(row);
  const { steps } = row.map;
  const left = clamp((view.start / duration) * steps, 0, steps);
  const right = clamp(((view.start + view.span) / duration) * steps, 0, steps);
  context.imageSmoothingEnabled = right - left > width;
  context.drawImage(row.picture, left, 0, Math.max(1e-3, right - left), row.map.columns, 0, row.y, width, row.height);
  context.imageSmoothingEnabled = true;
}

function paintMap(row) {
  const { steps, columns } = row.map;
  row.colour = colours[0];
  row.picture = document.createElement("canvas");
  row.picture.width = steps;
  row.picture.height = columns;
  const context = row.picture.getContext("2d");
  context.fillStyle = row.colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  const image = context.createImageData(steps, columns);
  row.levels.forEach((level, k) => image.data.set([red, green, blue, level], 4 * k));
  context.putImageData(image, 0, 0);
}

// Least and greatest step of a curve between two pixels; null where nothing is known.
function* perPixel(width, signal, column, view) {
  const firstPixel = Math.max(0, Math.floor(view.x(0)));
  const lastPixel = Math.min(width, Math.ceil(view.x(secondsOfRow(signal, signal.rows))));
  for (let pixel = firstPixel; pixel < lastPixel; pixel++) {
    const from = rowAt(signal, view.seconds(pixel));
    const to = Math.max(from, rowAt(signal, view.seconds(pixel + 1) - 1e-9));
    const [first, last] = signal.merge > 1 ? [2 * Math.floor(from / signal.merge), 2 * Math.floor(to / signal.merge) + 1] : [from, to];
    let low = Infinity, high = 0;
    for (let k = first; k <= last; k++) {
      const step = column.steps[k];
      if (!step) continue;
      if (step < low) low = step;
      if (step > high) high = step;
    }
    yield [pixel, high ? low : null, high];
  }
}

function drawLine(context, width, signal, column, view, scale) {
  let last = null;
  context.beginPath();
  for (const [pixel, low, high] of perPixel(width, signal, column, view)) {
    if (low === null) { last = null; continue; }
    const [top, bottom] = [scale(high), scale(low)];
    if (last === null) context.moveTo(pixel, top);
    else context.lineTo(pixel + 0.5, Math.abs(last - top) < Math.abs(last - bottom) ? top : bottom);
    if (bottom - top > 0.5) { context.lineTo(pixel + 0.5, top); context.lineTo(pixel + 0.5, bottom); }
    last = bottom - top > 0.5 ? bottom : top;
    if (last === null) context.lineTo(pixel + 1, top);
  }
  context.lineWidth = 1.25;
  context.lineJoin = "round";
  context.stroke();
}

function drawBand(context, width, signal, column, view, scale, base) {
  context.globalAlpha = 0.16;
  for (const [pixel, low, high] of perPixel(width, signal, column, view)) {
    if (low === null) continue;
    const top = scale(high);
    context.fillRect(pixel, Math.min(top, base), 1, Math.abs(base - top));
  }
  context.globalAlpha = 1;
}

// The whole video: where shots begin, or events.
function drawWhole(canvas) {
  const [context, width] = prepare(canvas, 22);
  const marks = tracks.find((track) => track.id === "shots") ?? { events };
  context.fillStyle = colours.muted;
  context.globalAlpha = marks.events.length > width / 2 ? 0.3 : 0.7;
  let last = -1;
  for (const event of marks.events) {
    const x = Math.round((edges[event.start] / duration) * width);
    if (x === last) continue;
    last = x;
    context.fillRect(x, 5, 1, 12);
  }
  context.globalAlpha = 1;
}

