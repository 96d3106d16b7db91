import assert from "node:assert/strict";
import { test } from "node:test";
import { createProgram, type GlobalOptions } from "./program.ts";

const programFor = () => {
  const asked: GlobalOptions[] = [];
  const program = createProgram(
    (options) => {
      asked.push(options);
      throw new Error("enough is known");
    },
    () => assert.fail("no command may end"),
  );
  return { asked, program };
};

test("what every command takes may stand before and after each of them", async () => {
  const names = programFor().program.commands.map((command) => command.name());
  assert.ok(names.includes("list") && names.length > 20);
  for (const args of [
    ["-q", "--no-input", "--no-color", "list"],
    ["list", "-q", "--no-input", "--no-color"],
    ["run", ".", "--quiet", "--open", "--no-input", "--no-color"],
    ["step", "add", "-q", "more", "--no-input", "--no-color"],
  ]) {
    const { asked, program } = programFor();
    await assert.rejects(program.parseAsync(args, { from: "user" }), /enough is known/, args.join(" "));
    assert.deepEqual(
      asked.map(({ quiet, input, color }) => ({ quiet, input, color })),
      [{ quiet: true, input: false, color: false }],
      args.join(" "),
    );
  }
});

test("no command has an option that means something else before it", () => {
  const { program } = programFor();
  const shared = program.options.flatMap(({ short, long }) => [short, long]).filter((flag) => flag !== undefined);
  const own = (command: typeof program): readonly string[] => [
    ...command.options.flatMap(({ short, long }) =>
      [short, long]
        .filter((flag) => flag !== undefined && shared.includes(flag))
        .map((flag) => `${command.name()} ${flag}`),
    ),
    ...command.commands.flatMap(own),
  ];
  assert.deepEqual(program.commands.flatMap(own), []);
});

test("whatever builds for others takes platforms and a builder; what builds nothing refuses them", async () => {
  const said = async (...args: string[]): Promise<string> => {
    const { program } = programFor();
    for (const command of program.commands) command.configureOutput({ writeErr: () => {} });
    return program.parseAsync(args, { from: "user" }).then(
      () => "ran",
      (error: Error) => error.message,
    );
  };
  const both = ["--platform", "linux/amd64,linux/arm64", "--builder", "docker"];
  for (const args of [
    ["build", "lab", "--push", ...both],
    ["build", "lab", "--to", "registry.test/lab", ...both],
    ["push", "lab", "--to", "registry.test/lab", ...both],
    ["push", "--from-bundle", "lab.tar"],
    ["bundle", "lab", ...both],
  ])
    assert.equal(await said(...args), "enough is known", args.join(" "));
  for (const args of [
    ["push", "--from-bundle", "lab.tar", ...both],
    ["push", "--from-bundle", "lab.tar", "--secret", "a=b"],
    ["build", "--push", "--only", "one"],
    ["build", "--to", "registry.test/lab", "--watch"],
    ["build", "--push", "--check"],
  ])
    assert.match(await said(...args), /cannot be used with option/, args.join(" "));
});
