// On paper: a storyboard, made when it is printed.

const MAX_PRINTED = 2000; // events: some 60 pages

let isOnPaper = false;
let isAboutOpen = false; // on the screen

function makeStoryboard() {
  if (isOnPaper) return; // a browser may say twice that it prints
  isOnPaper = true;
  const paper = element("paper");
  const main = tracks.find((track) => track.hasPictures) ?? tracks[0];
  const about = document.querySelector(".about");
  isAboutOpen = about.open;
  about.open = true;
  if (!main) return;
  const others = events.filter((event) => event.track !== main && event.isShown);
  const shown = main.events.slice(0, MAX_PRINTED);
  paper.append(...shown.map((event) => makeFigure(event, others)));
  if (main.events.length > shown.length) paper.append(makeText("p", `${main.events.length - shown.length} more are in analysis.json.`));
}

function makeFigure(event, others) {
  const figure = document.createElement("figure");
  const number = event.picture ?? pictureOf(event.start);
  if (number !== null) {
    const image = new Image();
    image.src = tileAddress(number);
    image.alt = titleOf(event);
    figure.append(image);
  }
  const caption = document.createElement("figcaption");
  caption.append(makeText("b", titleOf(event)), makeText("span", spanText(event)), makeText("span", `${framesText(event)}, ${durationText(event)}${event.transition ? `, ${transitionText(event)}` : ""}`));
  const overlapping = [];
  for (let place = lastBefore(others, event.end - 1); place >= 0 && place > lastBefore(others, event.end - 1) - 50; place--) {
    if (others[place].end > event.start) overlapping.unshift([titleOf(others[place]), others[place].measures].filter(Boolean).join(": "));
  }
  if (overlapping.length) caption.append(makeText("span", [...new Set(overlapping)].slice(0, 6).join("; ")));
  figure.append(caption);
  return figure;
}

function clearPaper() {
  if (!isOnPaper) return;
  isOnPaper = false;
  element("paper").replaceChildren();
  document.querySelector(".about").open = isAboutOpen;
}

function startPrint() {
  const medium = matchMedia("print");
  const update = () => (medium.matches ? makeStoryboard() : clearPaper());
  medium.addEventListener("change", update);
  addEventListener("beforeprint", makeStoryboard);
  addEventListener("afterprint", clearPaper);
}

