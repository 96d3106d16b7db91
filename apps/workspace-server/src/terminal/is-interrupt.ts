/** Ctrl-C, Ctrl-Z and Ctrl-\, by which a program is ended or stopped. */
const keys: readonly number[] = [0x03, 0x1a, 0x1c];

/** Whether what was typed may end a flood. */
export const isInterrupt = (bytes: Uint8Array): boolean => keys.some((key) => bytes.includes(key));
