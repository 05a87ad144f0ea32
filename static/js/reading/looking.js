// Whether somebody looks at this page: it is visible, and the keyboard is its own.

export function isVisible() {
  return document.visibilityState === "visible";
}

export function isLooking() {
  return isVisible() && document.hasFocus();
}

// listener() is called when either may have changed.
export function onLooking(listener) {
  document.addEventListener("visibilitychange", listener);
  addEventListener("focus", listener);
  addEventListener("blur", listener);
}
