// The list of events: only those in sight are in the document.

// Pixels: room for two lines of measures where an event has some, such as the speed of a pan.
const heightOf = (event) => (event.measures ? 98 : 64);
const MAX_CHOICES = 400; // labels in the filter; further ones are reached through their track
const list = element("list");
const selection = { event: null };
const filter = { track: null, label: null, leastScore: 0 };
let shownEvents = events;
const elements = new Map(); // by place in shownEvents

function applyFilter() {
  for (const event of events) {
    event.isShown = event.score >= filter.leastScore && (filter.track ? event.track === filter.track : event.track.isEvents) && (filter.label === null || event.labelNumber === filter.label);
  }
  shownEvents = events.filter((event) => event.isShown);
  let height = 0;
  shownEvents.forEach((event, place) => {
    event.place = place;
    event.top = height;
    height += heightOf(event);
  });
  if (selection.event && !selection.event.isShown) selection.event = null;
  for (const each of elements.values()) each.remove();
  elements.clear();
  element("all").style.height = `${height}px`;
  const count = element("count");
  const isAll = !filter.track && !filter.leastScore;
  count.replaceChildren(makeText("strong", shownEvents.length.toLocaleString("en")), isAll ? `event${shownEvents.length === 1 ? "" : "s"}` : `of ${events.length.toLocaleString("en")}`);
  element("no-events").hidden = shownEvents.length > 0;
  list.hidden = shownEvents.length === 0;
  fillList();
  redraw();
}

// The place of the event that covers a height of the list, or of the nearest.
const placeAt = (y) => Math.max(0, lastBefore(shownEvents, y, "top"));

function fillList() {
  const first = Math.max(0, placeAt(list.scrollTop) - 4);
  const last = Math.min(shownEvents.length, placeAt(list.scrollTop + list.clientHeight) + 5);
  for (const [place, each] of elements) {
    if (place >= first && place < last) continue;
    each.remove();
    elements.delete(place);
  }
  for (let place = first; place < last; place++) {
    if (elements.has(place)) continue;
    const made = makeOption(shownEvents[place], place);
    elements.set(place, made);
    element("all").append(made);
  }
  markSelected();
}

function makeOption(event, place) {
  const option = document.createElement("div");
  const hue = event.track.hueOf(event);
  option.className = `event hue-${hue}`;
  option.id = `event-${place}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-setsize", shownEvents.length);
  option.setAttribute("aria-posinset", place + 1);
  option.style.height = `${heightOf(event)}px`;
  option.style.transform = `translateY(${event.top}px)`;
  const number = event.picture ?? pictureOf(event.start);
  const tile = number === null ? makeText("span", "", "tile") : new Image();
  if (number !== null) {
    tile.className = "tile";
    tile.alt = "";
    tile.src = tileAddress(number);
  }
  const title = document.createElement("div");
  title.className = "title";
  title.append(makeDot(hue), makeText("b", titleOf(event)), makeText("span", event.transition ? transitionText(event) : event.track.labels.length > 1 ? event.track.id : "", "how"));
  const middle = document.createElement("div");
  middle.append(title, makeText("div", spanText(event), "when"), makeText("div", `${framesText(event)} · ${durationText(event)}`, "when"));
  if (event.measures) middle.append(makeText("div", event.measures, "values"));
  const score = makeText("div", "", "score");
  score.append(makeText("span", "score ", "sr"), event.score.toFixed(2));
  const bar = document.createElement("span");
  const fill = document.createElement("i");
  bar.className = "bar";
  fill.style.width = `${100 * clamp(event.score, 0, 1)}%`;
  bar.append(fill);
  score.append(bar);
  option.append(tile, middle, score);
  option.addEventListener("click", () => goTo(event));
  option.addEventListener("dblclick", () => showEvent(event));
  return option;
}

function spokenText(event) {
  const how = event.transition ? `, after a ${transitionText(event)}` : "";
  return `${titleOf(event)}${how}, ${positionText(event.start)} to ${positionText(event.end)}, ${framesText(event)}, score ${event.score.toFixed(2)}${event.measures ? `, ${event.measures}` : ""}`;
}

function markSelected() {
  for (const [place, each] of elements) each.setAttribute("aria-selected", String(shownEvents[place] === selection.event));
  const isRendered = selection.event && elements.has(selection.event.place);
  if (isRendered) list.setAttribute("aria-activedescendant", `event-${selection.event.place}`);
  else list.removeAttribute("aria-activedescendant");
}

function select(event) {
  if (event && !event.isShown) event = null;
  if (event === selection.event) return;
  selection.event = event;
  if (event) {
    const [top, bottom] = [event.top, event.top + heightOf(event)];
    if (top < list.scrollTop) list.scrollTop = top;
    else if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
  }
  fillList();
  redraw();
}

function goTo(event) {
  if (!event) return;
  select(event);
  seek(event.start);
  say(spokenText(event));
}

// The event that the keys for its edges mean: the selected one, else the last one that began and has not ended.
function eventHere() {
  const frame = player.frame;
  const selected = selection.event;
  if (selected && selected.start <= frame && frame < Math.max(selected.end, selected.start + 1)) return selected;
  for (let place = lastBefore(shownEvents, frame); place >= 0 && place > lastBefore(shownEvents, frame) - 200; place--) {
    if (shownEvents[place].end > frame) return shownEvents[place];
  }
  return null;
}

function nextEvent() {
  let place = lastBefore(shownEvents, player.frame) + 1;
  return shownEvents[place] ?? null;
}

function previousEvent() {
  const place = lastBefore(shownEvents, player.frame - 1);
  if (place < 0) return null;
  const start = shownEvents[place].start;
  return shownEvents[lastBefore(shownEvents, start - 1) + 1];
}

// While time goes by, the list shows where it is.
function selectByTime(frame, isJump) {
  if (isJump && selection.event && selection.event.start <= frame && frame < selection.event.end) return;
  const here = eventHere();
  if (here) select(here);
}

function fillChoices() {
  const labels = element("labels");
  labels.append(new Option("All events", "", true, true));
  let left = MAX_CHOICES;
  for (const track of tracks) {
    const counts = new Array(track.labels.length).fill(0);
    for (const event of track.events) counts[event.labelNumber]++;
    const group = document.createElement("optgroup");
    group.label = track.id;
    group.append(new Option(`${track.id}, all ${track.events.length.toLocaleString("en")}`, `${track.index}`));
    if (track.labels.length > 1) {
      track.labels.slice(0, left).forEach((label, number) => group.append(new Option(`${label}, ${counts[number].toLocaleString("en")}`, `${track.index} ${number}`)));
      left = Math.max(0, left - track.labels.length);
    }
    labels.append(group);
  }
  labels.addEventListener("change", () => {
    const [track, label] = labels.value.split(" ");
    filter.track = track ? tracks[Number(track)] : null;
    filter.label = label === undefined ? null : Number(label);
    applyFilter();
    say(`${shownEvents.length} events`);
  });
}

function startEvents() {
  fillChoices();
  element("least-score").addEventListener("input", (input) => {
    filter.leastScore = Number(input.target.value);
    element("least-score-text").textContent = filter.leastScore.toFixed(2);
    applyFilter();
  });
  element("least-score").addEventListener("change", () => say(`${shownEvents.length} events`));
  list.addEventListener("scroll", fillList, { passive: true });
  list.addEventListener("keydown", (key) => {
    const page = Math.max(1, placeAt(list.scrollTop + list.clientHeight) - placeAt(list.scrollTop) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[key.key];
    if (step) {
      const place = selection.event ? selection.event.place + step : Math.max(0, lastBefore(shownEvents, player.frame));
      goTo(shownEvents[clamp(place, 0, shownEvents.length - 1)]);
    } else if (key.key === "Enter") goTo(selection.event);
    else return;
    key.preventDefault();
    key.stopPropagation();
  });
  player.listeners.push(selectByTime);
  applyFilter();
}

