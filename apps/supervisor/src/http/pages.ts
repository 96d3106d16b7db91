/** What a browser is told instead of a workspace. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** What to type. */
  readonly command?: string;
  /** Where to go instead. */
  readonly link?: { readonly href: string; readonly text: string };
  /** Seconds after which the browser looks again. */
  readonly refresh?: number;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export const renderPage = ({ title, text, command, link }: Page): string => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 36rem; margin: 4rem auto; padding: 0 1rem; color: #1b1f24; background: #fff }
  h1 { font-size: 1.25rem } code { font: 15px ui-monospace, monospace; background: #eef1f4; padding: .4rem .6rem; border-radius: .3rem; display: inline-block }
  @media (prefers-color-scheme: dark) { body { color: #e6e9ed; background: #15181c } code { background: #262b31 } a { color: #8ab4ff } }
</style>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${command === undefined ? "" : `<p><code>${escapeHtml(command)}</code></p>\n`}${link === undefined ? "" : `<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a></p>\n`}`;

export const pages = {
  unknownHost: (): Page => ({
    status: 421,
    title: "There is nothing at this address",
    text: "This address is not one of a workspace. The command prints the right one.",
    command: "atelier open",
  }),
  unknownWorkspace: (name: string): Page => ({
    status: 404,
    title: `There is no workspace “${name}”`,
    text: "It was removed, or it belongs to another state directory. This shows those that there are:",
    command: "atelier list",
  }),
  stopped: (name: string): Page => ({
    status: 503,
    title: `The workspace “${name}” is stopped`,
    text: "Everything in it is kept. Start it again in your own terminal; this page goes on by itself.",
    command: `atelier start ${name}`,
    refresh: 3,
  }),
  starting: (name: string): Page => ({
    status: 503,
    title: `The workspace “${name}” is starting`,
    text: "This page goes on by itself.",
    refresh: 1,
  }),
  unreachable: (name: string): Page => ({
    status: 502,
    title: `The workspace “${name}” does not answer right now`,
    text: "This page looks again by itself. If that does not help, this shows what it says:",
    command: `atelier logs ${name}`,
    refresh: 2,
  }),
  notLoggedIn: (name: string, origin: string): Page => ({
    status: 401,
    title: "You are not logged in to this workspace",
    text: "What runs in a workspace is shown to whoever is logged in there.",
    command: `atelier open ${name}`,
    link: { href: `${origin}/`, text: `Go to ${name}` },
  }),
} as const;
