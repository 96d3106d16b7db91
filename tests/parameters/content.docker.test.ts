import assert from "node:assert/strict";
import { test } from "node:test";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";

const workshop = {
  "w/workshop.yaml": `version: v1
workshop:
  name: tour
  version: "1"
  title: A tour
  parameters:
    - { name: CITY, required: true }
    - { name: TOKEN, secret: true }
base: { image: "debian:12" }
steps: [one]
`,
  "w/steps/one/step.yaml": "title: One\n",
  "w/steps/one/content.md":
    "Go to {{ CITY }} from {{ workspace }}.\n\n```bash\necho {{ CITY }}\n```\n\n[Shop]({{preview.8000}})\n",
  "w/steps/one/hints.md": "It is in {{ CITY }}.\n",
  "token.txt": "hunter22-canary",
};

test("pages show the values a workspace was made with, and a secret is refused in them", async () => {
  await using atelier = await createAtelierCli();
  await atelier.write(workshop);
  const { stdout } = await atelier.succeed(
    ...["run", "w", "--set", "CITY=<Köln> *am* Rhein", "--secret", "TOKEN=token.txt", "--name", "mine"],
  );
  const client = await openWorkspace(stdout.trim());
  const html = async (path: string): Promise<string> =>
    (JSON.parse((await client.get(path)).text) as { html: string }).html;
  const page = await html("/api/steps/one");
  assert.match(page, /<p>Go to &lt;Köln&gt; \*am\* Rhein from mine\.<\/p>/);
  assert.match(page, /<code>echo &lt;Köln&gt; \*am\* Rhein\n<\/code>/);
  assert.match(page, /href="http:\/\/p8000\.mine\.localhost:\d+\/"/);
  assert.match(await html("/api/steps/one/help/hints"), /It is in &lt;Köln&gt; \*am\* Rhein\./);

  await atelier.write({ "w/steps/one/content.md": "Say {{ TOKEN }} in {{ CITI }}.\n" });
  const { code, stdout: said } = await atelier.run("validate", "w");
  assert.equal(code, 2);
  assert.match(said, /steps\/one\/content\.md:1:5 error secret-in-content/);
  assert.match(said, /steps\/one\/content\.md:1:20 warning unknown-variable\n.*\n {2}→ Did you mean {{ CITY }}\?/);
});
