// What every message offers: reply, copy, and for whoever may, edit and delete.

import { registerMessageAction } from "./message_actions.js";
import { say } from "./sentences.js";
import { toast } from "./toast.js";

const isMine = (message, { userId }) => message.authorId === userId;

registerMessageAction({
  name: "reply",
  icon: "reply",
  label: say("action.reply"),
  applies: () => true,
  run: (message, { composer }) => composer.reply(message),
});

registerMessageAction({
  name: "copy",
  icon: "copy",
  label: say("action.copy"),
  applies: (message) => message.text !== "",
  run: copy,
});

registerMessageAction({
  name: "edit",
  icon: "edit",
  label: say("action.edit"),
  applies: (message, conversation) => isMine(message, conversation) && !message.card,
  run: (message, { composer }) => composer.edit(message),
});

registerMessageAction({
  name: "delete",
  icon: "bin",
  label: say("action.delete"),
  danger: true,
  applies: (message, conversation) => isMine(message, conversation) || conversation.role === "admin",
  run: async (message, { asking, deleteDialog }) => (await deleteDialog.ask()) && asking.remove(message),
});

// The clipboard exists on secure origins only; elsewhere a text that is selected can be copied.
async function copy({ text }) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    copySelected(text);
  }
  toast(say("copied"));
}

function copySelected(text) {
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "unseen";
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}
