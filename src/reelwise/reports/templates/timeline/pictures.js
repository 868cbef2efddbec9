// Pictures: small ones lie in the page, larger ones beside it.

const MAX_DECODED = 500; // pictures that stay decoded: at 200 x 113 pixels 45 MB
const pictures = data.pictures;
const decoded = new Map(); // by number; a Map keeps the order in which they were used
const failedLinks = new Set();

function tileAddress(number) {
  const tile = pictures.tiles[number];
  return tile ? `data:image/webp;base64,${tile}` : pictures.links[number];
}

// A picture for a canvas, or null while it is being decoded; then onReady is called.
function decodedPicture(number, onReady) {
  let picture = decoded.get(number);
  if (picture) decoded.delete(number);
  else {
    picture = new Image();
    picture.addEventListener("load", onReady);
    picture.src = tileAddress(number);
    if (decoded.size >= MAX_DECODED) decoded.delete(decoded.keys().next().value);
  }
  decoded.set(number, picture);
  return picture.complete && picture.naturalWidth ? picture : null;
}

// The picture nearest before a frame, else the first one; null without any.
function pictureNear(frame) {
  const frames = pictures.frames;
  if (!frames.length) return null;
  let low = 0, high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle] <= frame) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

// The picture of the shot that a frame lies in, else the nearest one.
function pictureOf(frame) {
  const shots = tracks.find((track) => track.hasPictures);
  if (!shots) return pictureNear(frame);
  const shot = shots.events[lastBefore(shots.events, frame)];
  const near = pictureNear(frame);
  if (shot && near !== null && pictures.frames[near] >= shot.start) return near;
  const after = near + 1;
  return shot?.picture ?? (shot && pictures.frames[after] < shot.end ? after : near);
}

// Show the small picture at once, and the larger one when it is there.
function showLarge(image, number) {
  if (image.dataset.number === String(number)) return;
  image.dataset.number = number;
  image.src = tileAddress(number);
  if (failedLinks.has(number) || !pictures.tiles[number]) return;
  const large = new Image();
  large.addEventListener("load", () => { if (image.dataset.number === String(number)) image.src = large.src; });
  large.addEventListener("error", () => failedLinks.add(number));
  large.src = pictures.links[number];
}

