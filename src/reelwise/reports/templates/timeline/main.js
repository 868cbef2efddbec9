// The start.

player.listeners.push(showPosition, showValues, follow);
startEvents();
startScrub();
startOverview();
startKeys();
startPrint();
drawAll();
startPlayer();
tellListeners(true);
let drawnWidth = 0;
new ResizeObserver(() => {
  if (scrub.clientWidth === drawnWidth) return;
  drawnWidth = scrub.clientWidth;
  requestAnimationFrame(drawAll); // its own height may change, which must not happen in here
}).observe(scrub);
new ResizeObserver(fillList).observe(list);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
matchMedia("print").addEventListener("change", drawAll);
