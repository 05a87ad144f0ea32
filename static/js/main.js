// Starts what the page asks for: <… data-module="name">.

import { ChannelList } from "./channel_list.js";
import { Conversation } from "./conversation.js";
import { Details } from "./details.js";
import { PrivateChannel } from "./private_channel.js";

const modules = {
  "channel-list": ChannelList,
  conversation: Conversation,
  details: Details,
  "private-channel": PrivateChannel,
};

for (const element of document.querySelectorAll("[data-module]")) {
  new modules[element.dataset.module](element).start();
}
