// Where we are, and what shows it: the video, or pictures where it cannot be played.

const video = element("video");
const HAS_FRAME_CALLBACK = Boolean(video && "requestVideoFrameCallback" in video);
const READY_SECONDS = 10; // after this a video whose first frame was not painted is used all the same

const player = {
  frame: 0,
  isPlaying: false,
  hasVideo: Boolean(video),
  isReady: false,
  start: data.start, // of the first frame, on the clock of this browser
  wanted: null, // a frame to seek to when the last seek is done
  painted: null, // the frame that the video shows since the last seek
  speed: 1,
  listeners: [],
};

function tellListeners(isJump) {
  for (const listener of player.listeners) listener(player.frame, isJump);
}

// Go to a frame; the video follows as fast as it can.
function seek(frame, { isJump = true } = {}) {
  player.frame = clamp(Math.round(frame), 0, Math.max(0, numFrames - 1));
  if (player.hasVideo) {
    player.wanted = player.frame;
    seekVideo();
  } else softClock.reset();
  tellListeners(isJump);
}

// The seek under way: its frame, where it went, and between which times the frame must be painted.
let aim = null;
let isPainted = true; // since the last seek
let numSeeks = 0;
const PAINT_SECONDS = 1; // after a seek, until it is clear that nothing new is painted
const MAX_TRIES = 12; // halving a gap between frames so often leaves less than a microsecond of a long one

function seekVideo() {
  if (!player.isReady || video.seeking) return;
  if (player.wanted === null) {
    correctSeek();
    return;
  }
  setAim({ frame: player.wanted, seconds: insideOf(player.wanted), low: null, high: null, numTries: 0 });
  player.wanted = null;
  moveVideo();
}

// Whoever watches the page can tell that the frame is not there yet.
function setAim(value) {
  aim = value;
  document.body.classList.toggle("is-seeking", aim !== null);
}

function moveVideo() {
  const seconds = player.start + aim.seconds;
  if (Math.abs(video.currentTime - seconds) <= 1e-6) correctSeek(); // it is there, and may wait to be painted
  else {
    isPainted = false;
    numSeeks += 1;
    video.currentTime = seconds;
  }
  if (!HAS_FRAME_CALLBACK) setAim(null); // nobody tells what is painted
}

// A seek to where the video was already, such as its end, paints nothing.
function noteSeeked() {
  const number = numSeeks;
  seekVideo();
  if (!isPainted) setTimeout(() => { if (number === numSeeks) notePainted(); }, PAINT_SECONDS * 1000);
}

function notePainted() {
  isPainted = true;
  correctSeek();
}

// At a variable rate Chromium paints the first frame whose start and claimed length reach the time that it seeks to, and
// files claim wrong lengths. So go on until the right frame is painted.
function correctSeek() {
  if (!aim || player.isPlaying || video.seeking || !isPainted || player.painted === null || player.wanted !== null) return;
  const miss = player.painted - aim.frame;
  if (miss === 0 || aim.numTries++ === MAX_TRIES) {
    setAim(null);
    tellListeners(false);
    return;
  }
  if (miss < 0) aim.low = aim.seconds;
  else aim.high = aim.seconds;
  const gap = edges[aim.frame + 1] - edges[aim.frame];
  if (aim.low !== null && aim.high !== null) aim.seconds = (aim.low + aim.high) / 2;
  else aim.seconds += (miss < 0 ? 0.5 : -0.25) * gap;
  moveVideo();
}

function setPlaying(isPlaying) {
  if (isPlaying === player.isPlaying) return;
  if (isPlaying && player.frame >= numFrames - 1) seek(0);
  player.isPlaying = isPlaying;
  document.body.classList.toggle("is-playing", isPlaying);
  element("play").setAttribute("aria-label", isPlaying ? "Pause" : "Play");
  if (!player.hasVideo) softClock.run();
  else if (isPlaying) video.play().catch(() => setPlaying(false));
  else video.pause();
}

function setSpeed(speed) {
  player.speed = speed;
  if (video) video.playbackRate = speed;
  softClock.reset();
}

// Without a video time goes on all the same, and the pictures follow.
const softClock = {
  reset() {
    this.from = performance.now();
    this.seconds = edges[player.frame] ?? 0;
  },
  run() {
    if (!player.isPlaying || player.hasVideo) return;
    if (this.from === undefined || !this.isRunning) this.reset();
    this.isRunning = true;
    requestAnimationFrame(() => {
      if (!player.isPlaying || player.hasVideo) { this.isRunning = false; return; }
      const seconds = this.seconds + ((performance.now() - this.from) / 1000) * player.speed;
      noteFrame(frameAt(seconds));
      if (seconds >= duration) { this.isRunning = false; setPlaying(false); } else this.run();
    });
  },
};

function noteFrame(frame) {
  if (frame === player.frame) return;
  player.frame = frame;
  tellListeners(false);
}

// Players differ in where they put a first frame that is late: on the clock of the file, of its earliest stream, or at
// 0. The first frame that is painted tells.
function calibrate(mediaTime) {
  const [numerator, denominator] = data.timeBase;
  const places = [data.start, (data.firstPts * numerator) / denominator, 0];
  player.start = places.reduce((best, place) => (Math.abs(place - mediaTime) < Math.abs(best - mediaTime) - 1e-6 ? place : best));
}

function becomeReady() {
  if (player.isReady) return;
  player.isReady = true;
  document.body.classList.add("is-ready");
  if (player.wanted === null) player.wanted = player.frame;
  seekVideo();
}

function showPaintedFrames() {
  video.requestVideoFrameCallback((now, { mediaTime }) => {
    if (!numSeeks) calibrate(mediaTime);
    becomeReady();
    player.painted = nearestFrame(mediaTime - player.start);
    if (video.seeking || player.wanted !== null) isPainted = false; // a frame of the seek before, perhaps
    else if (player.isPlaying) {
      setAim(null); // what plays goes on from where it is
      noteFrame(player.painted);
    } else notePainted();
    showPaintedFrames();
  });
}

function watchTime() {
  if (player.isPlaying && !video.seeking && player.wanted === null) noteFrame(frameAt(video.currentTime - player.start));
  requestAnimationFrame(watchTime);
}

// The video is gone, or of a kind that this browser does not play: its pictures are here.
function usePictures(reason) {
  if (!player.hasVideo && video) return;
  const wasPlaying = player.isPlaying;
  setPlaying(false);
  player.hasVideo = false;
  if (video) video.remove();
  element("sound").hidden = true;
  element("notice").textContent = reason;
  element("notice").hidden = !reason;
  if (wasPlaying) setPlaying(true);
  tellListeners(true);
}

const STRIP_SIDE = 3; // pictures at either side of the one of now

function showStill(frame) {
  if (player.hasVideo) return;
  const still = element("still");
  const number = pictureOf(frame);
  still.hidden = number === null;
  element("nothing").hidden = number !== null;
  element("strip").hidden = number === null;
  if (number === null) return;
  showLarge(still, number);
  still.alt = `Picture of frame ${pictures.frames[number]}, ${positionText(Math.min(pictures.frames[number], numFrames - 1))}`;
  showStrip(number);
}

function showStrip(number) {
  const strip = element("strip");
  if (strip.dataset.number === String(number)) return;
  strip.dataset.number = number;
  const first = clamp(number - STRIP_SIDE, 0, Math.max(0, pictures.frames.length - 2 * STRIP_SIDE - 1));
  const numbers = pictures.frames.map((_, k) => k).slice(first, first + 2 * STRIP_SIDE + 1);
  strip.replaceChildren(...numbers.map((each) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const image = new Image();
    image.src = tileAddress(each);
    image.alt = "";
    [image.width, image.height] = pictures.size; // its room is there before it is decoded
    button.type = "button";
    button.tabIndex = each === number ? 0 : -1;
    const frame = Math.min(pictures.frames[each], numFrames - 1);
    button.setAttribute("aria-label", `Go to frame ${frame}, ${positionText(frame)}`);
    if (each === number) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => seek(frame));
    button.append(image);
    item.append(button);
    return item;
  }));
  const now = strip.children[number - first].getBoundingClientRect();
  const box = strip.getBoundingClientRect();
  strip.scrollLeft += now.left + now.width / 2 - (box.left + box.width / 2);
}

function startPlayer() {
  player.listeners.push(showStill);
  if (!video) {
    usePictures(data.isStream
      ? "The video came through a pipe and lies in no file, so there is nothing to play. These are its pictures."
      : "The video does not lie where this page can find it. These are its pictures.");
    return;
  }
  video.addEventListener("seeked", noteSeeked);
  video.addEventListener("ended", () => { setPlaying(false); noteFrame(numFrames - 1); });
  video.addEventListener("pause", () => { if (!video.ended && !video.seeking) setPlaying(false); });
  video.addEventListener("volumechange", () => document.body.classList.toggle("is-muted", video.muted));
  video.addEventListener("click", () => setPlaying(!player.isPlaying));
  const notPlayed = "The video was moved, or this browser does not play its format. These are its pictures.";
  video.addEventListener("error", () => usePictures(notPlayed));
  video.addEventListener("loadeddata", () => {
    if (!video.videoWidth) usePictures("This browser plays the sound of this video, and not its pictures. These were taken from it.");
    else if (HAS_FRAME_CALLBACK) setTimeout(becomeReady, READY_SECONDS * 1000);
    else becomeReady();
  });
  if (HAS_FRAME_CALLBACK) showPaintedFrames();
  else watchTime();
  // The error may have come before this script.
  if (video.error) usePictures(notPlayed);
}

