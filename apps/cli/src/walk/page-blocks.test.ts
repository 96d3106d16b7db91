import assert from "node:assert/strict";
import { test } from "node:test";
import { walkBlocks } from "./page-blocks.ts";

test("run and save blocks come in order, with what the student would type", () => {
  const html = [
    "<p>Text &lt;pre data-does=&quot;run&quot;&gt;</p>",
    '<pre data-lang="bash" data-block="0" data-does="run"><code>echo &quot;a &amp;&amp; b&quot; &gt; &lt;x&gt;\n</code></pre>',
    '<pre data-lang="python" data-block="1" data-does="save" data-save="~/a.py"><code>print(1)\n</code></pre>',
    '<pre data-lang="json" data-block="2" data-does="plain"><code>{}\n</code></pre>',
    '<pre data-lang="bash" data-block="3" data-does="run" data-walk="no"><code>exit\n</code></pre>',
    '<pre data-lang="bash" data-block="4" data-does="run" data-terminal="web" data-interrupt="yes"><code>serve\n</code></pre>',
  ].join("\n");
  assert.deepEqual(walkBlocks(html), [
    { index: 0, does: "run", language: "bash", text: 'echo "a && b" > <x>\n', interrupt: false },
    { index: 1, does: "save", language: "python", text: "print(1)\n", interrupt: false },
    { index: 4, does: "run", language: "bash", text: "serve\n", terminal: "web", interrupt: true },
  ]);
});
