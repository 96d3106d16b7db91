import type { ReactNode } from "react";

/** Paths on a 16 × 16 grid, drawn with round strokes in the current colour. */
const paths = {
  check: "M3.2 8.6 6.4 12l6.4-8",
  cross: "M4 4l8 8M12 4l-8 8",
  minus: "M4 8h8",
  plus: "M8 3.2v9.6M3.2 8h9.6",
  lock: "M4.2 7.2h7.6v6H4.2zM5.8 7.2V5.1a2.2 2.2 0 0 1 4.4 0v2.1",
  play: "M5.2 3.4v9.2L12.4 8z",
  copy: "M5.6 5.6h7.6v7.6H5.6zM3.2 10.4H2.8V2.8h7.6v.4",
  back: "M9.8 3.4 5.2 8l4.6 4.6",
  forward: "M6.2 3.4 10.8 8l-4.6 4.6",
  down: "M3.4 6.2 8 10.8l4.6-4.6",
  list: "M2.8 4h.1M2.8 8h.1M2.8 12h.1M6 4h7.2M6 8h7.2M6 12h7.2",
  search: "M7 11.6a4.6 4.6 0 1 0 0-9.2 4.6 4.6 0 0 0 0 9.2zM10.4 10.4l3 3",
  settings:
    "M2.8 5h6M12.4 5h.8M2.8 11h.8M7.2 11h6M10.6 6.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM5.4 12.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  text: "M3 4h10M3 8h10M3 12h6",
  split: "M2.4 3.2h11.2v9.6H2.4zM8 3.2v9.6",
  terminal: "M2.4 3.2h11.2v9.6H2.4zM4.8 6.4 6.6 8 4.8 9.6M8.4 10h2.8",
  bulb: "M6.2 12.2h3.6M6.8 14h2.4M8 2.2a4 4 0 0 0-2.2 7.3c.3.3.4.7.4 1.1h3.6c0-.4.1-.8.4-1.1A4 4 0 0 0 8 2.2z",
  compass: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM10.4 5.6 9 9l-3.4 1.4L7 7z",
  key: "M6 12.6a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 7.8l5-5M10.8 5l1.8 1.8",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.6v2.6h-2.6",
  warning: "M8 2.6 14 13H2zM8 6.6v3M8 11.4v.1",
  info: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.4M8 5.2v.1",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6",
  dot: "M8 8h.01",
  flag: "M4 14V2.6M4 3.2h8l-1.8 2.7L12 8.6H4",
  undo: "M3.4 5.8h6a3.2 3.2 0 0 1 0 6.4H6M5.8 3.2 3.2 5.8l2.6 2.6",
} as const;

export type IconName = keyof typeof paths;

/** A decorative picture; its meaning must stand beside it as text or label. */
export const Icon = ({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactNode => (
  <svg
    className="icon"
    viewBox="0 0 16 16"
    width={size}
    height={size}
    fill="none"
    stroke="currentColor"
    strokeWidth={name === "dot" ? 4 : 1.5}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    <path d={paths[name]} />
  </svg>
);
