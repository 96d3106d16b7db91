import "./prose.css";
import type { QuizView } from "@atelier/contract";
import {
  memo,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { createPortal } from "react-dom";
import { useStudent } from "../state/use-student.ts";
import { CodeTools } from "./code-tools.tsx";
import { type Place, useContentClient } from "./content-client.ts";
import { DiagramBlock } from "./diagram/diagram-block.tsx";
import { QuizCard } from "./quiz-card.tsx";
import { type CodeBlock, renderContent } from "./render-content.ts";
import { anchorPrefix } from "./sanitize.ts";

export interface ProseProps {
  readonly html: string;
  /** Heading of the page around it, which the text need not repeat. */
  readonly title: string;
  /** Language of the text, a BCP 47 tag. */
  readonly lang: string;
  /** Where the text stands; absent: blocks are not saved and openings not recorded. */
  readonly place?: Place | undefined;
  readonly quizzes?: readonly QuizView[] | undefined;
}

interface Parts {
  readonly blocks: readonly CodeBlock[];
  readonly places: ReadonlyMap<string, HTMLElement>;
}

const isDiagram = (block: CodeBlock): block is CodeBlock & { readonly drawing: HTMLElement } =>
  block.drawing !== undefined;

const noQuizzes: readonly QuizView[] = [];

/** What the text asks the page to show in its editor: listen for it on the document. */
export const openFileEvent = "atelier:open-file";
export interface OpenFile {
  readonly path: string;
  readonly line?: number;
}

const openFile = (event: MouseEvent<HTMLElement>): void => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>(".file-link") : null;
  const path = button?.dataset.file;
  if (path === undefined) return;
  const line = Number(button?.dataset.line);
  const detail: OpenFile = line > 0 ? { path, line } : { path };
  document.dispatchEvent(new CustomEvent<OpenFile>(openFileEvent, { detail }));
};

/** The address bar belongs to our pages, so links within a text scroll instead of changing it. */
const followAnchor = (event: MouseEvent<HTMLElement>): void => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const href = link?.getAttribute("href");
  if (href === null || href === undefined || !href.startsWith("#")) return;
  event.preventDefault();
  const target = event.currentTarget.querySelector(`#${CSS.escape(anchorPrefix + decodeURIComponent(href.slice(1)))}`);
  target?.scrollIntoView({ block: "start" });
};

const follow = (event: MouseEvent<HTMLElement>): void => {
  followAnchor(event);
  openFile(event);
};

/** Each hint of the text tells the record once that it was opened. */
const useHintRecord = (host: RefObject<HTMLElement | null>, place: Place | undefined): void => {
  const client = useContentClient();
  const { step, page } = place ?? {};
  useEffect(() => {
    const element = host.current;
    if (element === null || step === undefined || page === undefined) return;
    const told = new Set<string>();
    const onToggle = ({ target }: Event): void => {
      const hint = target instanceof HTMLDetailsElement && target.open ? target.dataset.hint : undefined;
      if (hint === undefined || told.has(hint)) return;
      told.add(hint);
      // The help is there all the same when the record cannot be reached.
      client.openHint({ step, page }, hint).catch(() => told.delete(hint));
    };
    element.addEventListener("toggle", onToggle, true);
    return () => element.removeEventListener("toggle", onToggle, true);
  }, [host, client, step, page]);
};

/** A workshop text: sanitised HTML with tools on its code blocks. */
export const Prose = memo(({ html, title, lang, place, quizzes = noQuizzes }: ProseProps): ReactNode => {
  const host = useRef<HTMLDivElement>(null);
  const editor = useStudent().workspace?.workshop.editor ?? false;
  const [{ blocks, places }, setParts] = useState<Parts>({ blocks: [], places: new Map() });
  useLayoutEffect(() => {
    const rendered = renderContent(html, { title, editor });
    host.current?.replaceChildren(rendered.fragment);
    setParts({ blocks: rendered.blocks, places: rendered.quizzes });
  }, [html, title, editor]);
  useHintRecord(host, place);
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link turns Enter into a click by itself */}
      <div className="prose" ref={host} lang={lang} onClick={follow} />
      {blocks.map((block) =>
        isDiagram(block) ? (
          <DiagramBlock key={block.id} block={block} />
        ) : (
          createPortal(<CodeTools block={block} place={place} />, block.tools, block.id)
        ),
      )}
      {place !== undefined &&
        quizzes.flatMap((quiz) => {
          const element = places.get(quiz.id);
          return element === undefined
            ? []
            : [createPortal(<QuizCard quiz={quiz} place={place} lang={lang} />, element, `quiz ${quiz.id}`)];
        })}
    </>
  );
});
Prose.displayName = "Prose";
