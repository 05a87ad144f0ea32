// What photos and files add to a conversation.

import { registerAction } from "./../compose_menu.js";
import { registerPart } from "./../message_parts.js";
import { say } from "./../sentences.js";
import { AttachmentPart } from "./attachment_part.js";
import { Choosing } from "./choosing.js";
import { Tray } from "./tray.js";
import { Viewer } from "./viewer.js";

const HAS_CAMERA_AT_HAND = matchMedia("(pointer: coarse)").matches;

let choosing = null;

registerPart(new AttachmentPart());
registerPart({ start, draw() {} });
registerAction({ name: "attach", icon: "photo", label: say("attach.choose"), run: () => choosing.ask() });
if (HAS_CAMERA_AT_HAND) {
  registerAction({ name: "camera", icon: "camera", label: say("attach.camera"), run: () => choosing.askCamera() });
}

function start({ channelId, composer }) {
  const talk = document.querySelector("[data-tray]").closest(".talk");
  const form = talk.querySelector("[data-composer]");
  const tray = new Tray(form, `/api/v1/channels/${channelId}/attachments/`);
  composer.carry(tray);
  choosing = new Choosing(talk, form, (files) => tray.add(files));
  choosing.start();
  new Viewer(talk).start();
}
