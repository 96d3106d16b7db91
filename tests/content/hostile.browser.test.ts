// What is handed to page.evaluate runs in the browser.
/// <reference lib="dom" />
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, type TestContext, test } from "node:test";
import { diagramWords } from "@atelier/domain";
import { openChromium } from "@atelier/testkit/chromium";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { startFakeServer } from "../student-ui/fake-server.ts";
import { hostileDiagrams } from "./hostile-diagrams.ts";
import { hostileHtml, hostileMarkdown } from "./hostile-pages.ts";
import { allowedReplies, hostileStreams } from "./hostile-streams.ts";

const apps = join(import.meta.dirname, "../../apps");
let browser: Browser;
let dist: string;

before(async () => {
  dist = await mkdtemp(join(tmpdir(), "atelier-trial-"));
  const root = join(apps, "student-ui");
  await build({
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "error",
    build: { outDir: dist, emptyOutDir: true, minify: false, rollupOptions: { input: join(root, "trial.html") } },
  });
  browser = await openChromium();
});

after(async () => {
  await browser.close();
  await rm(dist, { recursive: true, force: true });
});

interface Trial {
  show(html: string): string[];
  feed(bytes: string): Promise<string>;
  draw(source: string): Promise<Drawn>;
}
interface Drawn {
  readonly faults: readonly string[];
  readonly error?: { readonly message: string; readonly line?: number };
}
declare const trial: Trial;

interface Watched {
  readonly page: Page;
  /** Throws when anything happened that no text and no program may bring about. */
  calm(): Promise<void>;
}

const openTrial = async (context: TestContext): Promise<Watched> => {
  const server = await startFakeServer("working", dist);
  const session = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
  context.after(async () => {
    await session.close();
    await server.close();
  });
  const events: string[] = [];
  const { origin } = new URL(server.url);
  await session.route(
    (url) => url.origin !== origin,
    (route) => {
      events.push(`request of ${route.request().url()}`);
      return route.abort();
    },
  );
  session.on("page", (opened) => events.push(`page ${opened.url()}`));
  const page = await session.newPage();
  events.length = 0;
  page.setDefaultTimeout(60_000);
  page.on("dialog", (dialog) => {
    events.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("framenavigated", (frame) => events.push(`navigation to ${frame.url()}`));
  page.on("download", () => events.push("download"));
  page.on("pageerror", (error) => events.push(`error ${error.message}`));
  await page.goto(`${server.url}trial.html`);
  await page.waitForFunction(() => "trial" in window && document.querySelector(".xterm-screen") !== null);
  await page.evaluate(() => navigator.clipboard.writeText("mine"));
  events.length = 0;
  return {
    page,
    calm: async () => {
      // Handlers of pictures that fail, animations and timers have had their turn by then.
      await page.waitForTimeout(500);
      const state = await page.evaluate(async () => ({
        hacked: Reflect.get(window, "hacked") as unknown,
        clipboard: await navigator.clipboard.readText(),
        title: document.title,
        frames: window.length,
        forms: document.forms.length,
        isWhole:
          document.body.tagName === "BODY" &&
          typeof document.getElementById === "function" &&
          typeof document.querySelector === "function" &&
          document.getElementById("root")?.parentElement === document.body,
      }));
      assert.deepEqual(
        { ...state, events },
        { hacked: undefined, clipboard: "mine", title: "Trial", frames: 0, forms: 0, isWhole: true, events: [] },
      );
    },
  };
};

const render = async (pages: readonly string[]): Promise<readonly string[]> => {
  const child = spawn(process.execPath, [join(apps, "workspace-server/src/testing/render-pages.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(pages));
  return JSON.parse(await text(child.stdout)) as string[];
};

const showAll = async (page: Page, pages: readonly string[]): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (let start = 0; start < pages.length; start += 100)
    faults.push(
      ...(await page.evaluate(
        (some) => some.flatMap((html) => trial.show(html).map((fault) => `${fault} from ${html.slice(0, 200)}`)),
        pages.slice(start, start + 100),
      )),
    );
  return faults;
};

test("800 hostile pages in Markdown do nothing, through the renderer and the page", async (context) => {
  const sources = hostileMarkdown(1);
  assert.ok(sources.length >= 800, String(sources.length));
  const pages = await render(sources);
  // The first wall by itself: no tag of an author's is one of the renderer's.
  for (const [index, html] of pages.entries())
    assert.doesNotMatch(
      html,
      /<(?:script|iframe|object|embed|svg|math|style|form|meta|link|base)\b/i,
      sources[index] ?? "",
    );
  const { page, calm } = await openTrial(context);
  assert.deepEqual(await showAll(page, pages), []);
  await calm();
});

test("450 hostile pages in HTML do nothing, even if the renderer let them through", async (context) => {
  const pages = hostileHtml(2);
  assert.ok(pages.length >= 450, String(pages.length));
  const { page, calm } = await openTrial(context);
  assert.deepEqual(await showAll(page, pages), []);
  await calm();
});

test("250 hostile byte streams open nothing, copy nothing and type nothing but a terminal's own answers", async (context) => {
  const streams = hostileStreams();
  assert.ok(streams.length >= 250, String(streams.length));
  const { page, calm } = await openTrial(context);
  const replies: string[] = [];
  for (let start = 0; start < streams.length; start += 25)
    replies.push(
      ...(await page.evaluate(
        async (some) => {
          const typed: string[] = [];
          for (const bytes of some) typed.push(await trial.feed(bytes));
          return typed;
        },
        streams.slice(start, start + 25),
      )),
    );
  const wrong = replies.flatMap((reply, index) =>
    allowedReplies.test(reply) && !/evil|[\r\n]/.test(reply)
      ? []
      : [`${JSON.stringify(reply)} to ${JSON.stringify(streams[index]?.slice(0, 100))}`],
  );
  assert.deepEqual(wrong, []);
  // It is still a terminal.
  assert.equal(await page.evaluate(() => trial.feed("\u001bc\u001b[5n")), "\u001b[0n");
  await calm();
});

const drawAll = (page: Page, sources: readonly string[]): Promise<readonly Drawn[]> =>
  page.evaluate(async (some) => {
    const drawn: Drawn[] = [];
    for (const source of some) drawn.push(await trial.draw(source));
    return drawn;
  }, sources);

test("200 hostile diagrams load nothing, run nothing and leave nothing in the page", async (context) => {
  const sources = hostileDiagrams();
  assert.ok(sources.length >= 200, String(sources.length));
  const { page, calm } = await openTrial(context);
  const drawn = await drawAll(page, sources);
  assert.deepEqual(
    drawn.flatMap(({ faults }, index) => faults.map((fault) => `${fault} from ${sources[index]?.slice(0, 200)}`)),
    [],
  );
  // Most of them are no mistakes of mermaid's: they have really been drawn.
  const shown = drawn.filter(({ error }) => error === undefined).length;
  assert.ok(shown >= 100, `${shown} of ${drawn.length} were drawn`);
  await calm();
});

test("each kind of diagram that an author may name is known to what draws it, and no other", async (context) => {
  const { page } = await openTrial(context);
  const isKnown = async (words: readonly string[]): Promise<readonly string[]> =>
    (await drawAll(page, words)).flatMap(({ error }, index) =>
      /No diagram type detected/.test(error?.message ?? "") ? [] : [words[index] ?? ""],
    );
  assert.deepEqual(await isKnown(diagramWords), diagramWords);
  assert.deepEqual(await isKnown(["mindmap", "architecture-beta", "flowchrt", ""]), []);
});

test("a mistake in a diagram is told by the author's own lines", async (context) => {
  const { page } = await openTrial(context);
  const sources = [
    "flowchart LR\n  a --> b\n  b --> [c\n",
    "---\ntitle: x\n---\nflowchart LR\n  a --> b\n%% one\n%% two\n\n  b --> [c\n",
    "%%{init: {'theme': 'dark'}}%%\npie title x\n  'a' 3\n",
    "gitGraph\n  commit\n  brunch x\n",
    "gantt\n  title x\n  section A\n  foo :a, 2014-01-01, 3d\n  bar\n",
  ];
  const lines = (await drawAll(page, sources)).map(({ error }) => error?.line);
  assert.deepEqual(lines, [3, 9, 3, 3, 5]);
});
