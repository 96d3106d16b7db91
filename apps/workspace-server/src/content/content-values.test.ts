import assert from "node:assert/strict";
import { test } from "node:test";
import { contentValues } from "./content-values.ts";
import { renderMarkdown } from "./render-markdown.ts";

const parameters = ["CITY", "TOKEN", "EMPTY"].map((name) => ({
  name,
  description: "",
  required: false,
  secret: name === "TOKEN",
}));
const lookUp = contentValues(
  {
    // A manager never puts a secret here; should one slip in, it is not shown all the same.
    parameters: { CITY: "*New* <b>_York_</b>\n```", TOKEN: "hunter22" },
    workspaceName: "quiet-otter",
    origins: ["http://127.0.0.1:7700", "http://quiet-otter.localhost:7700"],
  },
  { parameters },
);
const render = (text: string): Promise<string> => renderMarkdown(text, { base: "/content/", lookUp });

test("values are text wherever they stand, and never markup", async () => {
  assert.equal(
    await render("In {{ CITY }}, \\{{ CITY }}, `{{ CITY }}`, [{{EMPTY}}]"),
    "<p>In *New* &lt;b&gt;_York_&lt;/b&gt; ```, {{ CITY }}, <code>*New* &lt;b&gt;_York_&lt;/b&gt; ```</code>, []</p>\n",
  );
  assert.equal(
    await render("```bash\necho {{ CITY }} \\{{ CITY }} {{ .CITY }} {{ TOWN }}\n```"),
    '<pre data-lang="bash" data-block="0" data-does="run"><code>echo *New* &lt;b&gt;_York_&lt;/b&gt; ``` {{ CITY }} {{ .CITY }} {{ TOWN }}\n</code></pre>\n',
  );
});

test("a secret is never rendered", async () => {
  assert.equal(await render("{{ TOKEN }} `{{TOKEN}}`"), "<p>{{ TOKEN }} <code>{{TOKEN}}</code></p>\n");
});

test("the workspace and its previews are built in, also as a link", async () => {
  assert.equal(await render("{{ workspace }}"), "<p>quiet-otter</p>\n");
  const link = 'href="http://p8000.quiet-otter.localhost:7700/" target="_blank" rel="noopener noreferrer"';
  assert.equal(await render("[it]({{preview.8000}})"), `<p><a ${link}>it</a></p>\n`);
  assert.match(
    await render("[it](<{{ preview.8000 }}docs>)"),
    /href="http:\/\/p8000\.quiet-otter\.localhost:7700\/docs"/,
  );
  const given = contentValues(
    { parameters: {}, workspaceName: "w", origins: [], previewAddress: "https://p{port}.w.example/" },
    { parameters: [] },
  );
  assert.equal(given("preview.80"), "https://p80.w.example/");
  assert.equal(given("preview.http"), undefined);
});

test("a value makes no link that acts", async () => {
  const evil = { base: "/content/", lookUp: () => "javascript:alert(1)" };
  assert.match(await renderMarkdown("[x]({{CITY}})", evil), /href="#"/);
});
