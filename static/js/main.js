// Starts what the page asks for: <… data-module="name">. All of it is there when the page has loaded.

import { Amount } from "./amount.js";
import { Album } from "./attachments/album.js";
import { CardForm } from "./cards/card_form.js";
import { ChannelList } from "./channel_list.js";
import { Confirm } from "./confirm.js";
import { Conversation } from "./conversation.js";
import { Details } from "./details.js";
import { GiveAway } from "./give_away.js";
import { LogOut } from "./log_out.js";
import { Operations } from "./operations.js";
import { PrivateChannel } from "./private_channel.js";
import { startApp } from "./push/app.js";
import { Notifications } from "./push/notifications.js";
import { RowMenus } from "./row_menus.js";
import { onSearchKey } from "./search/search_key.js";
import { SearchPage } from "./search/search_page.js";
import { SearchPane } from "./search/search_pane.js";
import { sendUnanswered } from "./send_unanswered.js";
import { Share } from "./share.js";
import { SlowMode } from "./slow_mode.js";

const modules = {
  album: Album,
  amount: Amount,
  "card-form": CardForm,
  "channel-list": ChannelList,
  confirm: Confirm,
  conversation: Conversation,
  details: Details,
  "give-away": GiveAway,
  "log-out": LogOut,
  notifications: Notifications,
  operations: Operations,
  "private-channel": PrivateChannel,
  "search-page": SearchPage,
  "search-pane": SearchPane,
  "row-menus": RowMenus,
  share: Share,
  "slow-mode": SlowMode,
};

for (const element of document.querySelectorAll("[data-module]")) {
  new modules[element.dataset.module](element).start();
}

// Pages without a search of their own lead to the one of all my channels.
if (document.querySelector(".shell") && !document.querySelector("[data-search-field]")) {
  onSearchKey(() => location.assign("/search/"));
}

sendUnanswered();
startApp();
