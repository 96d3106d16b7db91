import assert from "node:assert/strict";
import { test } from "node:test";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";

test("what a student puts into the workdir does not become an order to a check that runs as root", async () => {
  await using atelier = await createAtelierCli();
  await atelier.write({
    "w/workshop.yaml":
      'version: v1\nworkshop:\n  name: root-check\n  version: "1"\n  title: Root check\nbase:\n  image: debian:bookworm\nsteps: [one]\n',
    "w/steps/one/step.yaml": "title: One\ncheck:\n  user: root\n",
    "w/steps/one/content.md": "# One\n",
    // As somebody writes it who wants to know whether everything can be packed.
    "w/steps/one/goss.yaml":
      "command:\n  tar -cf /dev/null *:\n    exit-status: 0\n  id -u:\n    exit-status: 0\n    stdout: ['/^0$/']\n  pwd:\n    exit-status: 0\n    stdout: ['/^.$/']\n",
  });
  const client = await openWorkspace((await atelier.succeed("run", "w")).stdout.trim());
  using terminal = await client.terminal();
  await terminal.run(
    "cd ~; echo 'id -u > /tmp/ran' > x.sh; touch -- --checkpoint=1 '--checkpoint-action=exec=sh x.sh'; head -c 99999 /dev/zero > big",
  );
  const { assertions } = await client.check("one");
  assert.match(await terminal.run("cat /tmp/ran"), /No such file/, "root has run what the student named");
  for (const id of ["command: id -u: stdout", "command: pwd: stdout"])
    assert.equal(assertions.find((one) => one.id === id)?.status, "passed", JSON.stringify(assertions));
});
