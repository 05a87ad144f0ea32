// Puts somebody else's message before the operators, on a page of its own.

import { registerMessageAction } from "./message_actions.js";
import { say } from "./sentences.js";

registerMessageAction({
  name: "report",
  icon: "flag",
  label: say("action.report"),
  danger: true,
  applies: (message, { userId }) => message.authorId !== userId,
  run: ({ id }, { channelId }) => location.assign(`/channels/${channelId}/messages/${id}/report/`),
});
