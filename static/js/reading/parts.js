// What reading adds to the open conversation.

import { registerPart } from "../message_parts.js";
import { Marking } from "./marking.js";
import { People } from "./people.js";
import { UnreadBy } from "./unread_by.js";
import { UnreadLine } from "./unread_line.js";

[new UnreadLine(), new Marking(), new UnreadBy(), new People()].forEach(registerPart);
