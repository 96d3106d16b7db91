import type { ReactNode } from "react";

/** Paths on a 16 × 16 grid, drawn with round strokes in the current colour. */
const paths = {
  check: "M3.2 8.6 6.4 12l6.4-8",
  cross: "M4 4l8 8M12 4l-8 8",
  minus: "M4 8h8",
  plus: "M8 3.2v9.6M3.2 8h9.6",
  lock: "M4.2 7.2h7.6v6H4.2zM5.8 7.2V5.1a2.2 2.2 0 0 1 4.4 0v2.1",
  play: "M5.2 3.4v9.2L12.4 8z",
  pause: "M5.4 3.4v9.2M10.6 3.4v9.2",
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
  file: "M4 2.4h5l3 3v8.2H4zM9 2.4v3h3",
  folder: "M2.4 4.2h4l1.4 1.6h5.8v7H2.4z",
  edit: "M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9.4 4.4l2.2 2.2",
  globe:
    "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c2 1.8 2.6 3.8 2.6 6S10 12.2 8 14c-2-1.8-2.6-3.8-2.6-6S6 3.8 8 2z",
  download: "M8 2.6v7.2M4.8 7 8 10.2 11.2 7M3 13.2h10",
  upload: "M8 10.2V3M4.8 5.8 8 2.6l3.2 3.2M3 13.2h10",
  save: "M3 3h8l2 2v8H3zM5.4 3v3.4h4.4V3M5 13V9.4h6V13",
  trash: "M3 4.4h10M6.4 4.2V2.8h3.2v1.4M4.4 4.6l.6 8.8h6l.6-8.8",
  eye: "M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  record: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  keyboard: "M1.8 4h12.4v8H1.8zM4.2 6.6h.1M6.8 6.6h.1M9.4 6.6h.1M12 6.6h.1M5 9.6h6",
  box: "M2.6 5 8 2.4 13.4 5v6L8 13.6 2.6 11zM2.6 5 8 7.6 13.4 5M8 7.6v6",
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
