// How large photos stand in the talk, and how sizes of files are said.

const PHOTO_WIDTH = 320;
const PHOTO_HEIGHT = 400;
const KILOBYTE = 1024;

// The size at which a photo of so many pixels is drawn; chat/templatetags/attachments.py has the same rule.
export function fitted(width, height) {
  const scale = Math.min(1, PHOTO_WIDTH / width, PHOTO_HEIGHT / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

// "3.4 MB"; as Django's filesizeformat in chat/templatetags/attachments.py.
export function spoken(bytes) {
  const language = document.documentElement.lang;
  if (bytes < KILOBYTE * KILOBYTE) {
    return `${Math.max(1, Math.round(bytes / KILOBYTE)).toLocaleString(language)} KB`;
  }
  const megabytes = bytes / KILOBYTE / KILOBYTE;
  return `${megabytes.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} MB`;
}
