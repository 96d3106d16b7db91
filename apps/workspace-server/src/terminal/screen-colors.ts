interface ColorEvent {
  /** 0: asked for; 1: set; 2: as before. */
  readonly type: 0 | 1 | 2;
  /** Of the palette, or one of {@link special}; without one the whole palette. */
  readonly index?: number;
  readonly color?: readonly [number, number, number];
}

/** The parts of xterm's core that are read here. */
export interface ColorSource {
  readonly _inputHandler: { onColor(listen: (events: readonly ColorEvent[]) => void): unknown };
}

const paletteColors = 256;
/** Text, background, cursor: by xterm's number the command that sets them. */
const special: Readonly<Record<number, number>> = { 256: 10, 257: 11, 258: 12 };

/** Brings a terminal's own colours back, which no reset does. */
export const ownColors = "\u001b]104\u0007\u001b]110\u0007\u001b]111\u0007\u001b]112\u0007";

/** Answers what gives another terminal the colours that this one was given (OSC 4, 10, 11, 12); a headless one has none. */
export const followColors = ({ _inputHandler }: ColorSource): (() => string) => {
  const given = new Map<number, readonly [number, number, number]>();
  _inputHandler.onColor((events) => {
    for (const { type, index, color } of events) {
      if (type === 1 && index !== undefined && color) given.set(index, color);
      else if (type === 2 && index !== undefined) given.delete(index);
      else if (type === 2) for (const each of given.keys()) if (each < paletteColors) given.delete(each);
    }
  });
  return () =>
    [...given]
      .map(([index, color]) => {
        const [red, green, blue] = color.map((part) => part.toString(16).padStart(2, "0"));
        return `\u001b]${special[index] ?? `4;${index}`};rgb:${red}/${green}/${blue}\u0007`;
      })
      .join("");
};
