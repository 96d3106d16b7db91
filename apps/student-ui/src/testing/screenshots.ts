import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { onComplaint, openChromium } from "@atelier/testkit/chromium";
import type { Page } from "playwright-core";
import { type FakeServer, startFakeServer } from "./fake-server.ts";
import type { Scenario } from "./fake-workshop.ts";
import { showBlocks, showVariables } from "./text-shots.ts";

interface Shot {
  readonly name: string;
  readonly scenario: Scenario;
  readonly size?: { readonly width: number; readonly height: number };
  readonly touch?: boolean;
  readonly theme?: string;
  /** The notice before the first prompt stays. */
  readonly keepsNotice?: boolean;
  readonly prepare?: (page: Page, server: FakeServer) => Promise<unknown>;
}

const desktop = { width: 1440, height: 900 };
const laptop = { width: 1100, height: 720 };
const phone = { width: 390, height: 844 };
const smallest = { width: 320, height: 640 };

const prompt = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => document.querySelector(".xterm-rows")?.textContent?.includes("$"));
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const type = async (page: Page, text: string): Promise<void> => {
  await prompt(page);
  await page.locator(".terminal-pane").first().click();
  await page.keyboard.type(text);
};
const check = async (page: Page): Promise<void> => {
  await prompt(page);
  await button(page, "Check my work").click();
  await page.locator(".check-result").waitFor();
};
const openFile = async (page: Page): Promise<void> => {
  await type(
    page,
    "mkdir -p notes; printf '#!/bin/bash\\n# says hello\\nfor name in Ada Grace; do\\n  echo \"Hello $name\"\\ndone\\n' > notes/hello.sh; touch notes/todo.txt; clear\n",
  );
  await page.getByRole("tab", { name: "Editor" }).click();
  await page.getByRole("treeitem", { name: "notes" }).click();
  await page.getByRole("treeitem", { name: "hello.sh" }).click();
  await page.locator(".cm-content").waitFor();
};
const solve = 'mkdir -p ~/notes; echo "learn the shell" > ~/notes/todo.txt; ls --color=always -la ~/notes\n';

/** Three files, of which the second has a name that is taken. */
const uploadThree = async (page: Page): Promise<void> => {
  await type(page, "echo old > data.txt; mkdir -p notes; clear\n");
  await page.getByRole("tab", { name: "Editor" }).click();
  await page.getByRole("treeitem", { name: "data.txt" }).waitFor();
  const files = ["first.txt", "data.txt", "later.txt"];
  await page
    .locator("input[type=file]")
    .setInputFiles(files.map((name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(name) })));
  await page.getByRole("alertdialog").waitFor();
};

const playRecording = async (page: Page): Promise<void> => {
  await page.getByRole("tab", { name: "Recording" }).click();
  await button(page, "First error").click();
  await page.locator(".cast-player .xterm-rows").getByText("notes/todo.txt").first().waitFor();
};

const shots: readonly Shot[] = [
  { name: "intro", scenario: "fresh", prepare: prompt },
  { name: "step", scenario: "working", prepare: (page) => type(page, "ls --color=always /\n") },
  { name: "check-failed", scenario: "working", prepare: check },
  { name: "offer", scenario: "offering", prepare: prompt },
  {
    name: "check-by-itself",
    scenario: "self-checking",
    prepare: (page) => page.getByText(/^Looked at by itself/).waitFor(),
  },
  {
    name: "dispute",
    scenario: "working",
    prepare: async (page) => {
      await check(page);
      await button(page, "This check is wrong…").click();
      await button(page, "Make the file").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "dispute-made",
    scenario: "working",
    prepare: async (page) => {
      await check(page);
      await button(page, "This check is wrong…").click();
      await button(page, "Make the file").click();
      await button(page, "Make another file").scrollIntoViewIfNeeded();
    },
  },
  {
    name: "check-passed",
    scenario: "working",
    prepare: async (page) => {
      await type(page, solve);
      await page.waitForTimeout(300);
      await check(page);
    },
  },
  {
    name: "help",
    scenario: "working",
    prepare: async (page) => {
      await button(page, "Show a hint").click();
      await page.locator(".help__text").waitFor();
      await page.locator(".help").scrollIntoViewIfNeeded();
    },
  },
  { name: "help-confirm", scenario: "working", prepare: (page) => button(page, "Show the solution").click() },
  { name: "settings", scenario: "working", prepare: (page) => button(page, "Settings").click() },
  { name: "reset-confirm", scenario: "transitions", prepare: (page) => button(page, "Start this step over").click() },
  {
    name: "replaced-files",
    scenario: "moved",
    prepare: async (page) => {
      await button(page, "Compare").click();
      await button(page, "Use mine").first().waitFor();
    },
  },
  {
    name: "saved-states",
    scenario: "moved",
    prepare: async (page) => {
      await button(page, "Saved states…").click();
      await button(page, "Bring back").first().click();
    },
  },
  {
    name: "refused-request",
    scenario: "transitions",
    prepare: async (page) => {
      await button(page, "Start this step over").click();
      await button(page, "Start over").click();
    },
  },
  { name: "finish", scenario: "finished", prepare: (page) => page.getByRole("button", { name: "Wrap-up" }).click() },
  {
    name: "diagram",
    scenario: "finished",
    prepare: async (page) => {
      await button(page, /Look around/)
        .first()
        .click();
      await page.getByRole("img", { name: /^Diagram/ }).scrollIntoViewIfNeeded();
    },
  },
  { name: "booting", scenario: "booting" },
  { name: "boot-failed", scenario: "boot-failed" },
  { name: "refused", scenario: "refused" },
  { name: "exited", scenario: "working", prepare: (page) => type(page, "exit 3\n") },
  {
    name: "reconnecting",
    scenario: "working",
    prepare: async (page, server) => {
      await prompt(page);
      server.setDown(true);
      await page.waitForTimeout(1500);
    },
  },
  { name: "notice", scenario: "tools", keepsNotice: true, prepare: (page) => page.locator(".gate").waitFor() },
  { name: "editor", scenario: "tools", prepare: openFile },
  {
    name: "editor-conflict",
    scenario: "tools",
    prepare: async (page) => {
      await openFile(page);
      await page.locator(".cm-content").click();
      await page.keyboard.type("# mine\n");
      await page.evaluate(async () => {
        const path = document.querySelector("[role=treeitem][data-opened]")?.getAttribute("title")?.split(" · ")[0];
        await fetch(`/api/files/content?path=${encodeURIComponent(path ?? "")}`, { method: "PUT", body: "theirs\n" });
      });
      await button(page, /^Save$/).click();
      await page.locator(".editor__conflict").waitFor();
    },
  },
  {
    name: "preview",
    scenario: "tools",
    prepare: async (page) => {
      await page.getByRole("tab", { name: "Web app" }).click();
      await page.frameLocator("iframe").getByRole("heading").waitFor();
    },
  },
  {
    name: "my-work",
    scenario: "tools",
    prepare: async (page) => {
      await openFile(page);
      await page.getByRole("tab", { name: "My work" }).click();
      await page.getByText("files changed").waitFor();
    },
  },
  { name: "recording", scenario: "tools", prepare: playRecording },
  { name: "recording-contrast", scenario: "tools", theme: "contrast", prepare: playRecording },
  {
    name: "recording-off",
    scenario: "unrecorded",
    prepare: (page) => page.getByRole("tab", { name: "Recording" }).click(),
  },
  {
    name: "help-tool",
    scenario: "asking",
    prepare: async (page) => {
      await prompt(page);
      await page.getByRole("tab", { name: "Help" }).click();
      await page.getByText("Help with").waitFor();
    },
  },
  {
    name: "palette",
    scenario: "tools",
    prepare: async (page) => {
      await prompt(page);
      await button(page, "All actions").click();
      await page.getByRole("combobox").fill("show");
    },
  },
  {
    name: "paste-confirm",
    scenario: "tools",
    prepare: async (page) => {
      await type(page, "cat\n");
      // Until it reads, the shell still takes several lines as one.
      await page.waitForTimeout(500);
      await page
        .locator(".xterm-helper-textarea")
        .first()
        .evaluate((field) => {
          const data = new DataTransfer();
          data.setData("text/plain", "echo one\necho two\n");
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        });
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "plain-text",
    scenario: "tools",
    prepare: async (page) => {
      await type(page, "ls /\n");
      await button(page, "Show as plain text").click();
    },
  },
  { name: "blocks", scenario: "tools", prepare: (page) => showBlocks(page, ".code") },
  {
    name: "hint-open",
    scenario: "tools",
    prepare: async (page) => {
      await showBlocks(page, ".code:nth-of-type(3)");
      await page.getByText("Where to look").click();
    },
  },
  { name: "quiz", scenario: "working", prepare: (page) => showBlocks(page, ".quiz") },
  { name: "variables", scenario: "working", prepare: showVariables },
  {
    name: "print",
    scenario: "finished",
    prepare: async (page) => {
      await button(page, "Wrap-up").click();
      await page.getByText("All steps on one page, to print").click();
      await page.getByText("A service is a program that waits.").waitFor();
    },
  },
  { name: "text-only", scenario: "working", prepare: (page) => button(page, "Text only").click() },
  {
    name: "terminal-only",
    scenario: "working",
    prepare: async (page) => {
      await button(page, "Terminal only").click();
      await type(page, "ls --color=always -la /\n");
    },
  },
  { name: "upload-clash", scenario: "tools", prepare: uploadThree },
  {
    name: "uploads",
    scenario: "tools",
    prepare: async (page) => {
      await page.route("**/api/files/content?*later*", (route) => route.abort());
      await uploadThree(page);
      await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
      await page.locator(".uploads li[data-state=failed]").waitFor();
    },
  },
  {
    name: "moving",
    scenario: "transitions",
    prepare: async (page) => {
      await page.route("**/api/requests", (route) =>
        route.fulfill({ status: 202, json: { id: "r-1", state: "outstanding" } }),
      );
      await prompt(page);
      await button(page, "Start this step over").click();
      await button(page, "Start over").click();
      await page.locator(".request-progress").waitFor();
    },
  },
  {
    name: "move-confirm",
    scenario: "transitions",
    prepare: async (page) => {
      await button(page, "Look around").first().click();
      await button(page, "Move my workspace here").click();
      await page.getByText("/home/student/big.iso").waitFor();
    },
  },
  {
    name: "clipboard-refused",
    scenario: "working",
    prepare: async (page) => {
      await prompt(page);
      await page.evaluate(() => {
        navigator.clipboard.readText = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      });
      await page.locator(".xterm-screen").first().click({ button: "right" });
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "self-complete",
    scenario: "everything",
    prepare: async (page) => {
      await button(page, /^4\s*Watch processes/).click();
      await page.getByText(/you decide when it is done/).waitFor();
    },
  },
  { name: "everything", scenario: "everything", prepare: prompt },
  {
    name: "terminal-search",
    scenario: "working",
    prepare: async (page) => {
      await type(page, "ls /\n");
      await page.locator(".xterm-rows").getByText("usr").first().waitFor();
      await button(page, "Search in the terminal").click();
      // The line takes room, and a screen that gets another size forgets what is selected.
      await page.waitForTimeout(500);
      await page.locator("input[type=search]").fill("home");
    },
  },
  {
    name: "terminals",
    scenario: "working",
    prepare: async (page) => {
      await prompt(page);
      for (const tab of ["Terminal 2", "Terminal 3"]) {
        await button(page, "New terminal").click();
        await page.getByRole("tab", { name: tab }).waitFor();
      }
    },
  },
  { name: "contrast", scenario: "tools", theme: "contrast", prepare: openFile },
  { name: "laptop", scenario: "working", size: laptop, prepare: prompt },
  { name: "laptop-steps", scenario: "working", size: laptop, prepare: (page) => button(page, "Steps").first().click() },
  { name: "phone-text", scenario: "working", size: phone, touch: true },
  {
    name: "phone-check",
    scenario: "working",
    size: phone,
    touch: true,
    prepare: async (page) => {
      await button(page, "Check my work").click();
      await page.locator(".check-result").waitFor();
    },
  },
  {
    name: "phone-terminal",
    scenario: "working",
    size: phone,
    touch: true,
    prepare: async (page) => {
      await page.locator(".pane-switch").getByText("Tools").click();
      await prompt(page);
    },
  },
  { name: "smallest", scenario: "working", size: smallest, touch: true },
  {
    name: "smallest-editor",
    scenario: "tools",
    size: smallest,
    touch: true,
    prepare: async (page) => {
      await page.locator(".pane-switch").getByText("Tools").click();
      await page.getByRole("tab", { name: "Editor" }).click();
      await page.locator(".editor").waitFor();
    },
  },
  {
    name: "smallest-recording",
    scenario: "tools",
    size: smallest,
    touch: true,
    prepare: async (page) => {
      await page.locator(".pane-switch").getByText("Tools").click();
      await playRecording(page);
    },
  },
  {
    name: "smallest-notice",
    scenario: "tools",
    size: smallest,
    touch: true,
    keepsNotice: true,
    prepare: (page) => page.locator(".pane-switch").getByText("Tools").click(),
  },
  {
    name: "smallest-terminal",
    scenario: "working",
    size: smallest,
    touch: true,
    prepare: (page) => page.locator(".pane-switch").getByText("Tools").click(),
  },
];

/** What the notice said that was accepted before. */
const noticeOf: Partial<Record<Scenario, string>> = {
  asking: "both,anthropic",
  everything: "both,anthropic",
  unrecorded: "commands,no-model",
};
const folder = join(import.meta.dirname, "../../../../screenshots");
await mkdir(folder, { recursive: true });
const only = process.argv.slice(2);
const browser = await openChromium();
try {
  for (const shot of shots.filter(({ name }) => only.length === 0 || only.includes(name)))
    for (const colorScheme of ["light", "dark"] as const) {
      const server = await startFakeServer({ scenario: shot.scenario });
      const context = await browser.newContext({
        viewport: shot.size ?? desktop,
        colorScheme,
        reducedMotion: "reduce",
        hasTouch: shot.touch ?? false,
      });
      const { keepsNotice = false, theme = "auto" } = shot;
      await context.addInitScript(
        ({ notice, preferences }) => {
          if (notice !== undefined) localStorage.setItem("atelier.notice.w-sample", notice);
          localStorage.setItem("atelier.preferences", preferences);
        },
        {
          notice: keepsNotice ? undefined : (noticeOf[shot.scenario] ?? "both,no-model"),
          preferences: JSON.stringify({ theme }),
        },
      );
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      onComplaint(page, (message) => process.stderr.write(`${shot.name}: ${message}\n`));
      try {
        await page.goto(server.url);
        await page.waitForTimeout(700);
        await shot.prepare?.(page, server);
        await page.waitForTimeout(400);
      } catch (error) {
        process.stderr.write(`${shot.name} (${colorScheme}): ${String(error).split("\n")[0]}\n`);
        process.exitCode = 1;
      }
      await page.screenshot({ path: join(folder, `${shot.name}-${colorScheme}.png`) });
      await context.close();
      await server.close();
    }
} finally {
  await browser.close();
}
