import { text } from "node:stream/consumers";
import { renderMarkdown } from "../content/render-markdown.ts";

/** Renders pages as the server does: a JSON list of Markdown on stdin, the list of their HTML on stdout. */
const pages = JSON.parse(await text(process.stdin)) as string[];
const lookUp = (name: string): string | undefined => (name === "workspace" ? "<b>quiet</b>-otter" : undefined);
process.stdout.write(
  JSON.stringify(await Promise.all(pages.map((page) => renderMarkdown(page, { base: "/content/steps/one/", lookUp })))),
);
