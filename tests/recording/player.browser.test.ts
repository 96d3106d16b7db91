// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { openChromium } from "@atelier/testkit/chromium";
import { type CastItem, createCastExport } from "@atelier/contract";

interface Player {
  play(): Promise<void>;
  seek(place: number): Promise<void>;
  getDuration(): Promise<number> | number;
}
declare const AsciinemaPlayer: {
  create(source: { readonly data: string }, element: HTMLElement, options: Record<string, unknown>): Player;
};

const bundle = createRequire(import.meta.url).resolve("asciinema-player/dist/bundle/asciinema-player.min.js");

/** What a shell, an editor and a progress bar write, in two parts, with a resize between them. */
const parts: readonly (readonly [offset: number, size: readonly [number, number], output: readonly string[]])[] = [
  [
    0,
    [40, 8],
    [
      "\u001b[?2004h$ echo naïve 漢字 🎉\r\n\u001b[?2004lnaïve 漢字 🎉\r\n",
      "\u001b[31mred\u001b[0m \u001b[1;48;5;21mbold\u001b[m\tand\ta tab\r\n",
      "\u001b[?1049h\u001b[H\u001b[2Ja full screen that goes again\u001b[?1049l",
      "10 %\r55 %\r100 %\u001b[K\r\n\ufffd\ufffd replaced\r\n",
    ],
  ],
  [20, [30, 6], ["one\r\ntwo\r\n\u001b[2A\u001b[1G\u001b[2Kuno\r\n\u001b[Bend \u001b[7mhere\u001b[0m"]],
];

const itemsOf = (): readonly CastItem[] =>
  parts.flatMap(([offset, [width, height], output], index): readonly CastItem[] => [
    { kind: "header", header: { width, height, atelier: { terminal: "1", part: index + 1, offset } } },
    ...output.map((data, at): CastItem => ({ kind: "event", event: { t: at + 1, code: "o", data } })),
    { kind: "event", event: { t: output.length + 1, code: "m", data: "a marker" } },
  ]);

/** The six rows of the last size. */
const expected = "red bold and a tab 100 % \ufffd\ufffd replaced uno two end here";

test("an exported recording looks in asciinema's player as it did in the terminal", async () => {
  const browser = await openChromium();
  try {
    const page = await browser.newPage();
    await page.setContent('<div id="player" style="width: 800px; height: 400px"></div>');
    await page.addScriptTag({ path: bundle });
    for (const format of ["v2", "v3"] as const) {
      const data = itemsOf().map(createCastExport(format)).join("");
      await page.evaluate(async (text) => {
        const element = document.querySelector("#player") as HTMLElement;
        element.replaceChildren();
        const player = AsciinemaPlayer.create({ data: text }, element, { preload: true, fit: "both" });
        Object.assign(globalThis, { player });
        await player.play();
        await player.seek(21.5);
      }, data);
      // Rows follow each other without a newline; what counts is what stands in them, in order.
      const screen = (): Promise<string> =>
        page.evaluate(() => (document.querySelector(".ap-term")?.textContent ?? "").replace(/\s+/g, " ").trim());
      let shown = await screen();
      for (const deadline = performance.now() + 30_000; !shown.includes("end here"); shown = await screen())
        assert.ok(performance.now() < deadline, `${format} shows:\n${shown}`);
      assert.equal(shown, expected, format);
    }
  } finally {
    await browser.close();
  }
});
