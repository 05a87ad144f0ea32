// Everything that registers something with the conversation: import it here. What comes first stands first.

import "./own_actions.js";
import "./attachments/attachments.js";
import "./cards/cards.js";
import "./reading/parts.js";
import "./reporting.js";
