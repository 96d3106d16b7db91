import type { TabItem } from "@atelier/ui";
import type { TerminalView, WorkspaceView } from "@atelier/contract";
import { strings } from "../../strings/en.ts";

/** A tab of the right-hand pane. */
export type ToolId = `terminal:${string}` | `preview:${string}` | "editor" | "help" | "recording" | "work";

/** A port's page in a frame; `title` as the author named it. */
export interface Preview {
  readonly port: number;
  readonly path: string;
  readonly title: string;
  /** How often its page was asked for by a link: the same one again is loaded again. */
  readonly visit?: number;
}

export const terminalTool = (name: string): ToolId => `terminal:${name}`;
export const previewTool = ({ port, title }: Pick<Preview, "port" | "title">): ToolId => `preview:${port}:${title}`;

export const terminalOf = (tool: string | undefined): string | undefined =>
  tool?.startsWith("terminal:") ? tool.slice("terminal:".length) : undefined;

/** The address of a preview, or undefined where previews cannot be had. */
export const previewUrl = (
  pattern: string | undefined,
  { port, path }: Pick<Preview, "port" | "path">,
): string | undefined => {
  if (pattern === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  const base = pattern.replace("{port}", String(port));
  const url = new URL(path.replace(/^\/*/, ""), base.endsWith("/") ? base : `${base}/`);
  return url.origin === new URL(base).origin ? url.href : undefined;
};

const local = new Set(["localhost", "127.0.0.1", "0.0.0.0", "[::]", "[::1]"]);

/** The preview that a link to this machine's own loopback means: what a program prints is inside the workspace. */
export const previewOfLink = (address: string): Pick<Preview, "port" | "path"> | undefined => {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.protocol !== "http:" || !local.has(url.hostname)) return undefined;
  return { port: Number(url.port || 80), path: `${url.pathname}${url.search}${url.hash}` };
};

export interface ToolsSeen {
  readonly workspace: WorkspaceView;
  readonly terminals: readonly TerminalView[];
  /** Opened by the student, beside the author's. */
  readonly previews: readonly Preview[];
}

/** The author's previews and the student's, each once. */
export const allPreviews = ({ workspace, previews }: Omit<ToolsSeen, "terminals">): readonly Preview[] =>
  workspace.previewAddress === undefined
    ? []
    : [
        // One of the author's may have been led to another page.
        ...workspace.workshop.tabs.map(
          (tab) => ({ ...tab, ...previews.find((preview) => previewTool(preview) === previewTool(tab)) }) as const,
        ),
        ...previews.filter(({ port }) => !workspace.workshop.tabs.some((tab) => tab.port === port)),
      ];

/** The tabs there are, terminals first. */
export const toolTabs = (seen: ToolsSeen): readonly (TabItem & { readonly id: ToolId })[] => {
  const { workspace, terminals } = seen;
  const { language, editor } = workspace.workshop;
  return [
    ...(workspace.webTerminal ? terminals : []).map(
      ({ name }) => ({ id: terminalTool(name), label: strings.terminal.label(name), icon: "terminal" }) as const,
    ),
    ...(editor ? [{ id: "editor", label: strings.tools.editor, icon: "edit" } as const] : []),
    ...allPreviews(seen).map(
      (preview) => ({ id: previewTool(preview), label: preview.title, icon: "globe", lang: language }) as const,
    ),
    { id: "help", label: strings.tools.help, icon: "bulb" },
    // Files and recordings are the student's; an instructor has the export and a page for them.
    ...(workspace.role === "student"
      ? ([
          { id: "recording", label: strings.tools.recording, icon: "record" },
          { id: "work", label: strings.tools.work, icon: "box" },
        ] as const)
      : []),
  ];
};
