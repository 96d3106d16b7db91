import { builder, buildSecret, type CommandEntry, json, option, platform } from "../command-entry.ts";

/** Commands that bring a workshop to other machines, and the one that says what is where. */
export const sharingCommands: readonly CommandEntry[] = [
  {
    name: "status",
    args: "[folder]",
    summary: "show which steps are built, stale (and why) and pushed",
    examples: ["atelier status", "atelier status my-workshop --json"],
    options: [json],
    load: () => import("../commands/status.ts"),
  },
  {
    name: "push",
    args: "[folder]",
    summary: "build a workshop and send its images to a registry",
    details:
      "The login is the docker CLI's (`docker login <registry>`). What the registry has already is not sent again.",
    examples: [
      "atelier push my-workshop --to registry.example.org/team/my-workshop",
      "atelier push --platform linux/amd64,linux/arm64 --to registry.example.org/team/my-workshop",
      "atelier push --from-bundle my-workshop-1.0.0.atelier.tar --to mirror.example.org/team/my-workshop",
    ],
    options: [
      option("--to <registry/name>", "repository that gets the images; default: `workshop.image`"),
      option("--from-bundle <file>", "send a bundle's images; no engine is needed").conflicts(["platform", "secret"]),
      builder,
      platform,
      buildSecret,
      json,
    ],
    load: () => import("../commands/push.ts"),
  },
  {
    name: "bundle",
    args: "[folder]",
    summary: "build a workshop into one file, to run where there is no registry",
    examples: [
      "atelier bundle my-workshop",
      "atelier bundle my-workshop --platform linux/amd64,linux/arm64 --output /media/stick/lab.atelier.tar",
    ],
    options: [
      option("-o, --output <file>", "the file; default: <workshop>-<version>.atelier.tar"),
      builder,
      platform,
      buildSecret,
      json,
    ],
    load: () => import("../commands/bundle.ts"),
  },
];
