import { startOpening } from "./start-opening.ts";

/** An entry point of its own: it runs before the page's script is there. */
export const opening = startOpening({
  fetch: (input, init) => fetch(input, init),
  newSocket: (address) => new WebSocket(address),
  location: location.href,
  after: (ms, task) => {
    setTimeout(task, ms);
  },
});
