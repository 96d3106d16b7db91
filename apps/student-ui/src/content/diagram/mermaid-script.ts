import address from "@mermaid-js/tiny/dist/mermaid.tiny.js?url";

/** What we use of mermaid, which its one-file build puts on the window. */
export interface Mermaid {
  initialize(config: object): void;
  /** @throws a parse error, or an error of the kind of diagram's own */
  render(id: string, source: string, container: Element): Promise<{ readonly svg: string }>;
  getRegisteredDiagramsMetadata(): readonly { readonly id: string }[];
}

const onWindow = (): Mermaid | undefined => (window as { readonly mermaid?: Mermaid }).mermaid;

/** Mermaid itself could not be had; nothing is said of the diagram. */
export class MermaidMissing extends Error {}

let loading: Promise<Mermaid> | undefined;

/**
 * Fetches mermaid, the first time that a page has a diagram. It comes as a script of its own, and not as a
 * module, because its build expects its variables to be global.
 * @throws MermaidMissing when it cannot be fetched; the next call tries again
 */
export const loadMermaid = (): Promise<Mermaid> => {
  loading ??= new Promise<Mermaid>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => {
      const mermaid = onWindow();
      if (mermaid === undefined) reject(new MermaidMissing("mermaid is not there"));
      else resolve(mermaid);
    };
    script.onerror = () => reject(new MermaidMissing("mermaid could not be fetched"));
    document.head.append(script);
  }).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
};
