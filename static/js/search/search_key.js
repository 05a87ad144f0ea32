// Ctrl+K, ⌘K and / open the search of a page.

export function onSearchKey(open) {
  document.addEventListener("keydown", (event) => {
    const combined = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isWriting(event.target);
    if ((combined || slash) && !event.isComposing) {
      event.preventDefault();
      open();
    }
  });
}

function isWriting(element) {
  return element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);
}
