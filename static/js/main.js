// Starts what the page asks for: <… data-module="name">.

import { Amount } from "./amount.js";
import { ChannelList } from "./channel_list.js";
import { Confirm } from "./confirm.js";
import { Conversation } from "./conversation.js";
import { Details } from "./details.js";
import { Operations } from "./operations.js";
import { PrivateChannel } from "./private_channel.js";
import { Share } from "./share.js";

const modules = {
  amount: Amount,
  "channel-list": ChannelList,
  confirm: Confirm,
  conversation: Conversation,
  details: Details,
  operations: Operations,
  "private-channel": PrivateChannel,
  share: Share,
};

for (const element of document.querySelectorAll("[data-module]")) {
  new modules[element.dataset.module](element).start();
}
