// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeOutput,
  encodeSnapshot,
  type ServerMessage,
  type ViewerMessage,
  viewerMessageSchema,
} from "@atelier/contract";
import type { Page, WebSocketRoute } from "playwright-core";
import { desksInChromium, shows } from "./open-desk.ts";

const open = desksInChromium();
const large = { cols: 200, rows: 60 } as const;

interface PlayedShell {
  say(message: ServerMessage): void;
  output(seq: number, text: string): void;
  snapshot(size: { readonly cols: number; readonly rows: number }, seq: number, text: string): void;
}

/** Terminals whose shell the test plays: `answer` is given what the page says. */
const playShell = (page: Page, answer: (message: ViewerMessage, shell: PlayedShell) => void): Promise<void> =>
  page.routeWebSocket(/\/api\/terminals\//, (socket: WebSocketRoute) => {
    const shell: PlayedShell = {
      say: (message) => socket.send(JSON.stringify(message)),
      output: (seq, text) => socket.send(Buffer.from(encodeOutput(seq, Buffer.from(text)))),
      snapshot: (size, seq, text) =>
        socket.send(Buffer.from(encodeSnapshot({ seq, ...size, payload: Buffer.from(`\u0018\u001bc${text}`) }))),
    };
    socket.onMessage((data) => {
      if (typeof data === "string") answer(viewerMessageSchema.parse(JSON.parse(data)), shell);
    });
  });

const hello = (size: { readonly cols: number; readonly rows: number }, head: number): ServerMessage => ({
  t: "hello",
  terminal: "1",
  epoch: "a",
  state: "ready",
  head,
  ...size,
  resume: "snapshot",
  integration: "full",
  recording: true,
});

const shownRows = (page: Page): Promise<readonly string[]> =>
  page.locator(".xterm-rows > div").evaluateAll((rows) => rows.map((row) => (row.textContent ?? "").trimEnd()));

test("a smaller page that looks on keeps what a full-screen program shows beyond its own edge", async (context) => {
  const { page } = await open(context, "working");
  const asked: string[] = [];
  await playShell(page, (message, shell) => {
    if (message.t === "attach") {
      shell.say(hello(large, 0));
      const picture =
        "\u001b[?1049h\u001b[HTOP-LEFT\u001b[1;190HRIGHT-EDGE\u001b[60;1HBOTTOM-ROW\u001b[60;190HLAST-CELLS";
      shell.snapshot(large, 0, picture);
    }
    // Somebody else works there: theirs is the size.
    if (message.t === "resize") {
      asked.push(`${message.cols}x${message.rows}`);
      shell.say({ t: "size", ...large });
    }
  });
  await page.reload();
  await shows(page, "TOP-LEFT");
  await page
    .locator(".xterm-screen")
    .first()
    .click({ position: { x: 20, y: 20 } });
  await page.setViewportSize({ width: 1100, height: 700 });
  await page.waitForFunction(() => document.querySelectorAll(".xterm-rows > div").length === 60);
  for (const deadline = Date.now() + 10_000; new Set(asked).size < 2; await page.waitForTimeout(20))
    assert.ok(Date.now() < deadline, `the page has said ${asked.join()}`);
  const rows = await shownRows(page);
  assert.match(rows[0] ?? "", /^TOP-LEFT.*RIGHT-EDGE$/);
  assert.match(rows[59] ?? "", /^BOTTOM-ROW.*LAST-CELLS$/);
});

test("a snapshot is painted at its own size, whatever sizes still wait to be parsed before it", async (context) => {
  const { page } = await open(context, "working");
  const size = { cols: 100, rows: 30 };
  await playShell(page, (message, shell) => {
    if (message.t !== "attach") return;
    shell.say(hello(size, 0));
    shell.snapshot(size, 0, "");
    const old = "an old line of output\r\n".repeat(20_000);
    shell.output(0, old);
    shell.say({ t: "size", cols: 40, rows: 5 });
    shell.output(old.length, "more\r\n");
    shell.say({ t: "resync", reason: "slow" });
    shell.snapshot(size, 10_000_000, "\u001b[3;1HROW-THREE\u001b[30;1HROW-THIRTY\u001b[3;90HEDGE");
  });
  await page.reload();
  await shows(page, "ROW-THIRTY");
  const rows = await shownRows(page);
  assert.match(rows[2] ?? "", /^ROW-THREE.*EDGE$/);
  assert.equal(rows[29], "ROW-THIRTY");
});
