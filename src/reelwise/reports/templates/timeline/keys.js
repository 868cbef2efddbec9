// Keys and buttons.

const SPEEDS = [1, 0.5, 0.25, 0.1];

// What a screen reader says next.
function say(text) {
  element("status").textContent = text;
}

function stepFrames(count) {
  setPlaying(false);
  seek(player.frame + count);
}

function stepSeconds(seconds) {
  seek(frameAt(clamp(edges[player.frame] + seconds, 0, duration)));
}

function toEdge(isEnd) {
  const event = eventHere();
  if (!event) return;
  setPlaying(false);
  select(event);
  seek(isEnd ? Math.max(event.start, event.end - 1) : event.start);
  say(`${isEnd ? "Last" : "First"} frame of ${titleOf(event)}, ${positionText(player.frame)}`);
}

function slower() {
  const speed = SPEEDS[(SPEEDS.indexOf(player.speed) + 1) % SPEEDS.length];
  element("speed").value = String(speed);
  setSpeed(speed);
  say(`Speed ${speed}`);
}

async function copyPosition() {
  const text = positionText(player.frame);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const position = element("position");
    position.value = text;
    position.select();
    document.execCommand("copy");
  }
  say(`Copied ${text}`);
  const button = element("copy");
  button.title = `Copied ${text}`;
}

function toggleSound() {
  if (!video || !player.hasVideo) return;
  video.muted = !video.muted;
  element("mute").setAttribute("aria-label", video.muted ? "Sound on" : "Mute");
}

function focusPosition() {
  element("position").focus();
  element("position").select();
}

const COMMANDS = {
  " ": () => setPlaying(!player.isPlaying),
  k: () => setPlaying(!player.isPlaying),
  ArrowLeft: (key) => (key.shiftKey ? stepSeconds(-1) : stepFrames(-1)),
  ArrowRight: (key) => (key.shiftKey ? stepSeconds(1) : stepFrames(1)),
  n: () => goTo(nextEvent()),
  p: () => goTo(previousEvent()),
  "[": () => toEdge(false),
  "]": () => toEdge(true),
  Home: () => seek(0),
  End: () => seek(numFrames - 1),
  "+": () => zoomBy(1 / 1.5),
  "=": () => zoomBy(1 / 1.5),
  "-": () => zoomBy(1.5),
  _: () => zoomBy(1.5),
  0: () => setView(0, duration),
  z: () => { const event = eventHere(); if (event) showEvent(event); },
  s: slower,
  m: toggleSound,
  c: copyPosition,
  g: focusPosition,
  "/": () => element("labels").focus(),
  "?": () => element("help").showModal(),
};

// Some keys belong to what has the focus.
function isTakenBy(target, key) {
  if (element("help").open) return true;
  if (target.matches("input:not([type=range]), textarea")) return true;
  if (target.matches("select")) return key.length === 1 || key.startsWith("Arrow") || key === "Home" || key === "End";
  if (target.matches("input[type=range]")) return key.startsWith("Arrow") || key === "Home" || key === "End";
  if (target.matches("button, summary")) return key === " ";
  return false;
}

function onKey(key) {
  if (key.ctrlKey || key.metaKey || key.altKey || isTakenBy(key.target, key.key)) return;
  const command = COMMANDS[key.key.length === 1 ? key.key.toLowerCase() : key.key];
  if (!command || (key.repeat && key.key === " ")) return;
  key.preventDefault();
  command(key);
}

const BUTTONS = {
  play: " ", back: "ArrowLeft", forward: "ArrowRight", previous: "p", next: "n", copy: "c", mute: "m", in: "+", out: "-", fit: "0", "help-open": "?",
};

function startKeys() {
  document.addEventListener("keydown", onKey);
  for (const [id, key] of Object.entries(BUTTONS)) element(id).addEventListener("click", (click) => COMMANDS[key](click));
  element("speed").addEventListener("change", (change) => setSpeed(Number(change.target.value)));
  element("zoom").addEventListener("input", (input) => zoomBy(spanOf(Number(input.target.value)) / view.span));
  const position = element("position");
  position.addEventListener("keydown", (key) => {
    if (key.key === "Escape") position.blur();
    if (key.key !== "Enter") return;
    const frame = parsePosition(position.value);
    if (frame === null) say("That is no timecode, time or frame number.");
    else seek(frame);
    position.blur();
  });
  position.addEventListener("blur", () => showPosition(player.frame));
}

function showPosition(frame) {
  const position = element("position");
  if (document.activeElement !== position) position.value = positionText(frame);
  const isOther = player.hasVideo && !player.isPlaying && !aim && player.painted !== null && player.painted !== frame;
  const shown = isOther ? `, the player shows ${player.painted.toLocaleString("en")}` : "";
  element("frame").textContent = `frame ${frame.toLocaleString("en")} of ${numFrames.toLocaleString("en")}${shown}`;
  scrub.setAttribute("aria-valuemax", Math.max(0, numFrames - 1));
  scrub.setAttribute("aria-valuenow", frame);
  scrub.setAttribute("aria-valuetext", `${positionText(frame)}, frame ${frame}`);
}

