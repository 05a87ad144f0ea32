// A short word at the foot of the page, as templates/base.html shows them.

const GONE_MS = 5_000; // after css/toast.css let it fade

export function toast(sentence) {
  const line = document.createElement("p");
  line.className = "toast";
  line.textContent = sentence;
  place().append(line);
  setTimeout(() => line.remove(), GONE_MS);
}

// There from the first one on: a screen reader hears only of what changes in a region it knows.
function place() {
  let toasts = document.querySelector(".toasts");
  if (!toasts) {
    toasts = document.createElement("div");
    toasts.className = "toasts";
    toasts.setAttribute("role", "status");
    document.body.append(toasts);
  }
  return toasts;
}
