import assert from "node:assert/strict";
import { test } from "node:test";
import { readBlock, renderMarkdown } from "../render-markdown.ts";

const render = (text: string): Promise<string> => renderMarkdown(text, { base: "/content/steps/one/" });

test("blocks are numbered, and say what their buttons do", async () => {
  const page = [
    "```bash {terminal=web interrupt}\nmake\n```",
    "- in a list\n\n  ```python save=~/a.py mode=0755\n  print(1)\n  ```",
    "~~~console no-run no-walk\n$ ls\n~~~",
    "```mermaid\na-->b\n```",
  ].join("\n\n");
  assert.deepEqual((await render(page)).match(/<pre[^>]*>/g), [
    '<pre data-lang="bash" data-block="0" data-does="run" data-terminal="web" data-interrupt="yes">',
    '<pre data-lang="python" data-block="1" data-does="save" data-save="~/a.py">',
    '<pre data-lang="console" data-block="2" data-does="plain" data-walk="no">',
    '<pre data-lang="mermaid" data-block="3" data-does="diagram">',
  ]);
  const options = { base: "/", lookUp: () => undefined };
  assert.deepEqual(await readBlock(page, 1, options), {
    info: "python save=~/a.py mode=0755",
    content: "print(1)\n",
  });
  assert.equal(await readBlock(page, 4, options), undefined);
});

test("a block's words cannot leave their attribute", async () => {
  assert.match(
    await render('```x"><script save=<b>&\n```'),
    /^<pre data-lang="" data-block="0" data-does="save" data-save="&lt;b&gt;&amp;"><code>/,
  );
  assert.match(await render('```sh save="a<b>&c"\n```'), /data-save="a&lt;b&gt;&amp;c"/);
});

test("hints fold, nest other blocks and are numbered", async () => {
  assert.equal(
    await render("> [!HINT] Where *to* look\n> In `~`.\n>\n> ```sh\n> ls\n> ```\n\n> [!hint]\n>\n> Two."),
    [
      '<details class="hint" data-hint="1"><summary>Where *to* look</summary>',
      "<p>In <code>~</code>.</p>",
      '<pre data-lang="sh" data-block="0" data-does="run"><code>ls\n</code></pre>',
      "</details>",
      '<details class="hint" data-hint="2"><summary></summary>',
      "<p></p>",
      "<p>Two.</p>",
      "</details>",
      "",
    ].join("\n"),
  );
});

test("places in files are named, and nothing else becomes one", async () => {
  assert.equal(
    await render("See :file[~/a b.py:12] and :file[/etc/motd]: `:file[x]`, :file [x], file[x], 10:30, a\\:file[x]"),
    '<p>See <code data-file="~/a b.py" data-line="12">~/a b.py:12</code> and <code data-file="/etc/motd">/etc/motd</code>: <code>:file[x]</code>, :file [x], file[x], 10:30, a:file[x]</p>\n',
  );
  assert.match(await render(':file[<b>"]'), /<code data-file="&lt;b&gt;&quot;">/);
  assert.match(await render("https://example.org/:x and **b**"), /href="https:\/\/example.org\/:x"/);
});
