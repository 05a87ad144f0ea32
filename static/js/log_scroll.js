// Where the reader is in the log, and keeping them there while messages come and go.

const AT_END_PX = 48;
const LOAD_AHEAD = "600px 0px";

export class LogScroll {
  #log;

  constructor(log) {
    this.#log = log;
  }

  get isAtEnd() {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < AT_END_PX;
  }

  get top() {
    return this.#log.getBoundingClientRect().top;
  }

  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  // Change the page without moving what the reader reads. `find` gives the element they read first.
  keepPlace(find, change) {
    const anchor = find();
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (anchor?.isConnected) {
      this.#log.scrollTop += visible(anchor).getBoundingClientRect().top - before;
    }
  }

  // The keyboard of a phone or a growing composer makes the log smaller: the end stays in sight.
  followSize() {
    let atEnd = true;
    this.#log.addEventListener("scroll", () => (atEnd = this.isAtEnd), { passive: true });
    new ResizeObserver(() => atEnd && this.toEnd()).observe(this.#log);
  }

  // Calls load() whenever this edge comes near, again and again until it stays away or load() answers false.
  watchEdge(edge, load) {
    let busy = false;
    const observer = new IntersectionObserver(
      async ([entry]) => {
        if (!entry.isIntersecting || busy) {
          return;
        }
        busy = true;
        const more = await load();
        busy = false;
        observer.unobserve(edge);
        if (more) {
          observer.observe(edge);
        }
      },
      { root: this.#log, rootMargin: LOAD_AHEAD },
    );
    observer.observe(edge);
    return { again: () => (observer.unobserve(edge), observer.observe(edge)) };
  }
}

// A slip that was folded away stands behind the one that shows the line.
function visible(element) {
  return element.hidden ? visible(element.previousElementSibling) : element;
}
