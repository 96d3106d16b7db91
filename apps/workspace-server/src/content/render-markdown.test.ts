import assert from "node:assert/strict";
import { test } from "node:test";
import { renderMarkdown } from "./render-markdown.ts";

const render = (text: string): Promise<string> => renderMarkdown(text, { base: "/content/steps/one/" });

test("raw HTML stays text", async () => {
  assert.equal(await render("<script>alert(1)</script>"), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n");
  assert.doesNotMatch(await render("[x](javascript:alert(1))"), /href/);
});
test("relative images come from the step's folder, absolute ones from the workshop's", async () => {
  assert.match(await render("![a](assets/x.png)"), /src="\/content\/steps\/one\/assets\/x.png"/);
  assert.match(await render("![a](/assets/x.png)"), /src="\/content\/assets\/x.png"/);
  assert.match(await render("![a](../../../../etc/passwd)"), /src="\/etc\/passwd"/);
});
test("code blocks carry what is needed for the page's buttons", async () => {
  assert.equal(
    await render('```bash no-run\necho "<hi>"\n```'),
    '<pre data-lang="bash" data-block="0" data-does="plain"><code>echo &quot;&lt;hi&gt;&quot;\n</code></pre>\n',
  );
});
test("headings get anchors, twice the same one gets a number", async () => {
  assert.match(await render("# Ça va\n# Ça va"), /id="ça-va"[\s\S]*id="ça-va-1"/);
});
test("admonitions and task lists", async () => {
  assert.match(
    await render("> [!WARNING]\n> Mind the gap"),
    /<blockquote class="admonition warning" data-kind="warning">\n<p>Mind the gap<\/p>/,
  );
  assert.match(await render("- [ ] open\n- [x] done"), /<li class="task">☐ open<\/li>\n<li class="task">☑ done/);
});
test("tables, with their alignment", async () => {
  assert.equal(
    (await render("| Command | Bytes |\n| :-- | --: |\n| `cat` | **12** |")).replaceAll("\n", ""),
    '<table><thead><tr><th align="left">Command</th><th align="right">Bytes</th></tr></thead><tbody><tr><td align="left"><code>cat</code></td><td align="right"><strong>12</strong></td></tr></tbody></table>',
  );
});
test("outside links leave without a way back", async () => {
  assert.match(await render("[x](https://example.org)"), /target="_blank" rel="noopener noreferrer"/);
});
