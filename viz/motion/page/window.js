// The picture fits the window; it can be made larger and moved, and have the whole screen.
const SLIDE = 1280; // CSS pixels: on a window as wide as this the picture is at most as large as it was laid out
const ENLARGED = 4 / 3; // pixels to a point, there
const LEGIBLE = 14.2 * 4 / 3; // pixels: text a little larger than 14 points on a slide, there
const LEAST = 12; // pixels: smaller text is not shown, the picture is moved instead
const SHARE = 0.66; // of the window's height, at least, for the picture
const CLICK = 4; // pixels that the pointer may move in a click
const panel = find("stage");
let zoom = 1;

const isFull = () => document.body.classList.contains("full");

function room() { // for the picture: what the rest of the page leaves of the window's height, and its width
  panel.style.height = stage.style.height = "0";
  const usual = Math.max(SHARE * innerHeight, innerHeight - document.body.offsetHeight);
  const most = innerHeight - find("sentence").getBoundingClientRect().bottom - scrollY;
  const needed = view.size[1] * LEGIBLE * innerWidth / SLIDE / view.smallest;
  return [panel.clientWidth, Math.max(usual, Math.min(most, needed))];
}

function frame() { // let the picture begin with all of the view
  const drawn = seen[views.indexOf(view)];
  view.size ??= drawn.dataset.id.split(" ").map(Number);
  view.smallest ??= Math.min(...[...drawn.querySelectorAll("text")].map(text => text.size ?? text.getAttribute("font-size")));
  stage.setAttribute("viewBox", `0 0 ${view.size.join(" ")}`);
  fit();
}

function scaleFor(width, height) { // pixels to a point
  const most = ENLARGED * Math.max(1, innerWidth / SLIDE) * (isFull() ? 2 : 1);
  return Math.max(Math.min(width / view.size[0], height / view.size[1], most), LEAST / view.smallest);
}

function fit() {
  const [width, height] = room(), scale = scaleFor(width, height) * zoom, [across, down] = view.size;
  Object.assign(stage.style, { width: `${across * scale}px`, height: `${down * scale}px` });
  panel.style.height = `${Math.min(height, down * scale + panel.offsetHeight - panel.clientHeight)}px`;
}

function enlarge(to, x = panel.clientWidth / 2, y = panel.clientHeight / 2) { // what is at x, y stays there
  const before = zoom, [left, top] = [panel.scrollLeft + x, panel.scrollTop + y];
  zoom = Math.min(Math.max(to, 1), 8);
  fit();
  panel.scrollTo(left * zoom / before - x, top * zoom / before - y);
}

function bring(card) { // into the part of the picture that is seen
  const seen = panel.getBoundingClientRect(), box = card.getBoundingClientRect();
  const hidden = box.left < seen.left || box.right > seen.right || box.top < seen.top || box.bottom > seen.bottom;
  const [dx, dy] = [["left", "width"], ["top", "height"]].map(([start, size]) => box[start] - seen[start] + (box[size] - seen[size]) / 2);
  if (hidden) panel.scrollBy(dx, dy);
}

function full(on) {
  document.body.classList.toggle("full", on);
  find("screen").setAttribute("aria-pressed", on);
  zoom = 1;
  fit();
}

function screen() { // where a frame may not have it, the page's own window is all there is
  full(!isFull());
  if (isFull()) document.documentElement.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen();
}

document.addEventListener("fullscreenchange", () => document.fullscreenElement || full(false));
addEventListener("resize", fit);
panel.addEventListener("wheel", event => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  const box = panel.getBoundingClientRect();
  enlarge(zoom * Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
}, { passive: false });

let held = null; // where the pointer took the picture
panel.addEventListener("pointerdown", event => {
  if (event.pointerType === "mouse" && !event.button) held = { x: event.clientX, y: event.clientY, far: false };
});
panel.addEventListener("pointermove", event => {
  if (!held) return;
  const dx = event.clientX - held.x, dy = event.clientY - held.y;
  held.far ||= Math.hypot(dx, dy) > CLICK;
  if (!held.far) return;
  panel.scrollBy(-dx, -dy);
  Object.assign(held, { x: event.clientX, y: event.clientY });
});
addEventListener("pointerup", () => setTimeout(() => held = null));
panel.addEventListener("click", event => held?.far && event.stopPropagation(), true);
