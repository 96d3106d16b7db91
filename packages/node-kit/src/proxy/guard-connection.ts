import type { Duplex } from "node:stream";

/**
 * Answers one connection. What throws on the way ends that connection and is told to `onError`: a listener of
 * `request` or `upgrade` that throws would end the whole process, and with it everybody else's.
 */
export const guardConnection = (socket: Duplex, answer: () => void, onError: (error: unknown) => void): void => {
  try {
    answer();
  } catch (error) {
    // A client that goes away meanwhile is no second failure.
    socket.on("error", () => {});
    socket.destroy();
    onError(error);
  }
};
