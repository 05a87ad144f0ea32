// How far the reader has read each channel, as this page knows it. Marks only move forward, whoever tells of them:
// this page, another window, the server.

const marks = new Map();
const listeners = new Set();

export function markOf(channelId) {
  return marks.get(channelId) ?? "";
}

// Whether it moved.
export function noteMark(channelId, position) {
  if (position <= markOf(channelId)) {
    return false;
  }
  marks.set(channelId, position);
  listeners.forEach((listener) => listener(channelId, position));
  return true;
}

// listener(channelId, position)
export function onMark(listener) {
  listeners.add(listener);
}
