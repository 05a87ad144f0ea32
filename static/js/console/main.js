// Starts the console. Apart from the main.js of all other pages, which need none of it.

import { Console } from "./console.js";

new Console(document.querySelector('[data-module="console"]')).start();
