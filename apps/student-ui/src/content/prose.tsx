import "./prose.css";
import { memo, type MouseEvent, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { CodeTools } from "./code-tools.tsx";
import { type CodeBlock, renderContent } from "./render-content.ts";
import { anchorPrefix } from "./sanitize.ts";

export interface ProseProps {
  readonly html: string;
  /** Heading of the page around it, which the text need not repeat. */
  readonly title: string;
  /** Language of the text, a BCP 47 tag. */
  readonly lang: string;
}

/** The address bar belongs to our pages, so links within a text scroll instead of changing it. */
const followAnchor = (event: MouseEvent<HTMLElement>): void => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const href = link?.getAttribute("href");
  if (href === null || href === undefined || !href.startsWith("#")) return;
  event.preventDefault();
  const target = event.currentTarget.querySelector(`#${CSS.escape(anchorPrefix + decodeURIComponent(href.slice(1)))}`);
  target?.scrollIntoView({ block: "start" });
};

/** A workshop text: sanitised HTML with tools on its code blocks. */
export const Prose = memo(({ html, title, lang }: ProseProps): ReactNode => {
  const host = useRef<HTMLDivElement>(null);
  const [blocks, setBlocks] = useState<readonly CodeBlock[]>([]);
  useLayoutEffect(() => {
    const rendered = renderContent(html, title);
    host.current?.replaceChildren(rendered.fragment);
    setBlocks(rendered.blocks);
  }, [html, title]);
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link turns Enter into a click by itself */}
      <div className="prose" ref={host} lang={lang} onClick={followAnchor} />
      {blocks.map((block) => createPortal(<CodeTools block={block} />, block.tools, block.id))}
    </>
  );
});
Prose.displayName = "Prose";
