import "asciinema-player/dist/bundle/asciinema-player.css";
import { create, type Player } from "asciinema-player";

export interface PlayerOptions {
  readonly speed: number;
  readonly markers: readonly (readonly [number, string])[];
}

/** A player of one asciicast v2, held in memory so that seeking asks nobody. */
export const createPlayer = (text: string, element: HTMLElement, options: PlayerOptions): Player =>
  create({ data: text }, element, {
    preload: true,
    speed: options.speed,
    fit: "both",
    controls: true,
    theme: "asciinema",
    markers: options.markers.map(([t, label]) => [t, label] as [number, string]),
    terminalFontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-mono"),
    logger: { log() {}, debug() {}, info() {}, warn() {}, error() {} },
  });

export type { Player };
