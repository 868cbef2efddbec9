// The view: which part of the time axis is shown, and what the pointer does on it.

const MIN_FRAMES = 12; // shown at the closest zoom
const scrub = element("scrub");

const view = {
  start: 0,
  span: Math.max(duration, 1e-3),
  width: 1,
  x(seconds) { return ((seconds - this.start) / this.span) * this.width; },
  seconds(x) { return this.start + (x / this.width) * this.span; },
};
const leastSpan = Math.min(duration, MIN_FRAMES * meanFrame) || 1e-3;
let rowsHeight = 0;
let isDrawn = true;

function redraw() {
  if (!isDrawn) return;
  isDrawn = false;
  requestAnimationFrame(draw);
}

function draw() {
  isDrawn = true;
  view.width = Math.max(1, scrub.clientWidth);
  drawRuler(element("ruler"), view);
  drawRows(element("rows"), rowsHeight, view, selection.event, redraw);
  placePlayhead();
  const share = element("overview").clientWidth / (duration || 1);
  const shown = element("window");
  shown.style.transform = `translateX(${view.start * share}px)`;
  shown.style.width = `${Math.max(6, view.span * share)}px`;
  element("zoom").value = zoomOf(view.span);
}

function drawAll() {
  readColours();
  rowsHeight = placeRows(RULER_HEIGHT);
  showValues(player.frame);
  drawWhole(element("whole"));
  draw();
}

function placePlayhead() {
  const x = view.x(edges[player.frame] ?? 0);
  element("playhead").style.transform = `translateX(${x}px)`;
  element("playhead").hidden = x < -1 || x > view.width + 1;
}

// 0 shows all, 1 shows a few frames; each step multiplies.
const zoomOf = (span) => (duration > leastSpan ? Math.log(duration / span) / Math.log(duration / leastSpan) : 0);
const spanOf = (zoom) => duration * (leastSpan / duration) ** zoom;

function setView(start, span) {
  view.span = clamp(span, leastSpan, Math.max(duration, leastSpan));
  view.start = clamp(start, 0, Math.max(0, duration - view.span));
  redraw();
}

// Zoom so that a moment stays where it is.
function zoomBy(factor, seconds = null) {
  const now = edges[player.frame] ?? 0;
  const isInView = now >= view.start && now <= view.start + view.span;
  const fixed = seconds ?? (isInView ? now : view.start + view.span / 2);
  const span = clamp(view.span * factor, leastSpan, duration);
  setView(fixed - ((fixed - view.start) / view.span) * span, span);
}

function showEvent(event) {
  const length = edges[event.end] - edges[event.start];
  setView(edges[event.start] - 0.25 * length, 1.5 * length);
}

// Keep the playhead in view.
function follow(frame) {
  const seconds = edges[frame];
  if (seconds >= view.start && seconds <= view.start + view.span) placePlayhead();
  else setView(seconds - (player.isPlaying ? 0.1 : 0.5) * view.span, view.span);
}

const xOf = (pointer) => pointer.clientX - scrub.getBoundingClientRect().left;
const frameUnder = (pointer) => frameAt(view.seconds(clamp(xOf(pointer), 0, view.width - 0.01)));

function rowUnder(pointer) {
  const y = pointer.clientY - element("rows").getBoundingClientRect().top;
  return rows.find((row) => y >= row.y && y < row.y + row.height) ?? null;
}

function eventUnder(pointer) {
  const row = rowUnder(pointer);
  if (!row?.lanes) return null; // curves and maps have none
  const y = pointer.clientY - element("rows").getBoundingClientRect().top - row.y;
  const lane = row.kind === "film" ? row.lanes[0] : row.lanes[clamp(Math.floor(y / LANE_HEIGHT), 0, row.lanes.length - 1)];
  const frame = frameUnder(pointer);
  const event = lane[lastBefore(lane, frame)];
  if (!event) return null;
  // One that is narrower than a pointer is near enough.
  return event.end > frame || view.x(edges[event.end]) > xOf(pointer) - 3 ? event : null;
}

function showTip(pointer) {
  const tip = element("tip");
  const frame = frameUnder(pointer);
  const event = eventUnder(pointer);
  const row = rowUnder(pointer);
  const lines = [makeText("b", event ? titleOf(event) : positionText(frame))];
  if (event) lines.push(...eventLines(event));
  else lines.push(makeText("span", `frame ${frame}, ${clockText(edges[frame])}`));
  if (row?.kind === "wave") lines.push(makeText("span", `peak ${peakText(frame)} of full scale`));
  if (row?.kind === "curve") {
    for (const column of row.columns) {
      const value = numberText(valueAt(row.signal, column, rowAt(row.signal, edges[frame])), column);
      lines.push(makeText("span", `${column.name} ${value}${column.unit ? ` ${column.unit}` : ""}`));
    }
  }
  element("tip-text").replaceChildren(...lines);
  const number = event?.picture ?? (row?.lanes ? pictureOf(frame) : null);
  element("tip-picture").hidden = number === null || number === undefined;
  if (number !== null && number !== undefined) element("tip-picture").src = tileAddress(number);
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = clamp(pointer.clientX + 14, 8, innerWidth - box.width - 8);
  const top = element("rows").getBoundingClientRect().top - RULER_HEIGHT - box.height - 6;
  tip.style.transform = `translate(${left}px, ${Math.max(8, top)}px)`;
  element("hover").style.transform = `translateX(${xOf(pointer)}px)`;
  element("hover").hidden = false;
}

function eventLines(event) {
  const lines = [spanText(event), `${framesText(event)}, ${durationText(event)}`, `score ${event.score.toFixed(2)}`];
  if (event.transition) lines.push(`after a ${transitionText(event)}`);
  return [...lines, ...(event.measures ? [event.measures] : [])].map((line) => makeText("span", line));
}

function hideTip() {
  element("tip").hidden = true;
  element("hover").hidden = true;
}

const touches = new Map(); // pointers that are down, by id

function pinch() {
  const [a, b] = [...touches.values()];
  const apart = Math.max(8, Math.abs(a.x - b.x));
  if (pinch.apart) zoomBy(pinch.apart / apart, view.seconds((a.x + b.x) / 2 - scrub.getBoundingClientRect().left));
  pinch.apart = apart;
}

function startScrub() {
  scrub.addEventListener("pointerdown", (pointer) => {
    if (pointer.button) return;
    touches.set(pointer.pointerId, { x: pointer.clientX });
    pinch.apart = 0;
    scrub.setPointerCapture(pointer.pointerId);
    select(eventUnder(pointer));
    seek(frameUnder(pointer));
  });
  scrub.addEventListener("pointermove", (pointer) => {
    if (touches.has(pointer.pointerId)) touches.set(pointer.pointerId, { x: pointer.clientX });
    if (touches.size === 2) pinch();
    else if (touches.size === 1) seek(frameUnder(pointer), { isJump: false });
    if (pointer.pointerType === "mouse") showTip(pointer);
  });
  for (const name of ["pointerup", "pointercancel"]) scrub.addEventListener(name, (pointer) => touches.delete(pointer.pointerId));
  scrub.addEventListener("pointerleave", hideTip);
  scrub.addEventListener("dblclick", (pointer) => {
    const event = eventUnder(pointer);
    if (event) showEvent(event);
  });
  scrub.addEventListener("wheel", (wheel) => {
    if (wheel.ctrlKey || wheel.metaKey) zoomBy(Math.exp(clamp(wheel.deltaY, -60, 60) / 150), view.seconds(xOf(wheel)));
    else if (wheel.shiftKey || Math.abs(wheel.deltaX) > Math.abs(wheel.deltaY)) setView(view.start + ((wheel.deltaX || wheel.deltaY) / view.width) * view.span, view.span);
    else return;
    wheel.preventDefault();
  }, { passive: false });
}

function startOverview() {
  const overview = element("overview");
  const move = (pointer) => {
    const box = overview.getBoundingClientRect();
    setView(((pointer.clientX - box.left) / box.width) * duration - view.span / 2, view.span);
  };
  overview.addEventListener("pointerdown", (pointer) => { overview.setPointerCapture(pointer.pointerId); move(pointer); });
  overview.addEventListener("pointermove", (pointer) => { if (pointer.buttons) move(pointer); });
}

