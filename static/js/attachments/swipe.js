// A finger that goes sideways: on to the next, back to the one before. Two fingers, and one that moves what was
// enlarged, mean something else.

const FAR_PX = 48;

// step(1) when the finger went to the left, step(-1) when it went to the right.
export function watchSwipe(element, step) {
  let from = null;
  const across = ({ changedTouches: [to] }) => {
    const isAcross = from !== null && Math.abs(to.clientX - from.clientX) > 2 * Math.abs(to.clientY - from.clientY);
    return isAcross ? to.clientX - from.clientX : 0;
  };
  const begin = ({ touches }) => {
    from = touches.length === 1 && visualViewport.scale === 1 ? touches[0] : null;
  };
  // Else browsers take it for the way back to the page before.
  const move = (event) => across(event) && event.cancelable && event.preventDefault();
  const end = (event) => {
    const way = across(event);
    from = null;
    if (Math.abs(way) > FAR_PX) {
      step(way < 0 ? 1 : -1);
    }
  };
  element.addEventListener("touchstart", begin, { passive: true });
  element.addEventListener("touchmove", move, { passive: false });
  element.addEventListener("touchend", end);
  element.addEventListener("touchcancel", () => (from = null));
}
