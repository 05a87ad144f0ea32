// A finger that stays where it is.

const AFTER_MS = 450;
const STILL_PX = 10;

// held(target) is called for each long press inside the element and says whether it was meant; then its end is no tap,
// which would take the focus away again.
export function watchLongPress(element, held) {
  let timer = null;
  let start = null;
  let wasHeld = false;
  const forget = () => clearTimeout(timer);
  element.addEventListener("pointerdown", (event) => {
    forget();
    wasHeld = false;
    if (event.pointerType === "touch" && event.isPrimary) {
      start = event;
      timer = setTimeout(() => (wasHeld = held(event.target)), AFTER_MS);
    }
  });
  element.addEventListener("pointermove", (event) => {
    if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > STILL_PX) {
      forget();
    }
  });
  ["pointerup", "pointercancel"].forEach((name) => element.addEventListener(name, forget));
  element.addEventListener("touchend", (event) => wasHeld && event.preventDefault());
}
