import "./diagram.css";
import { diagramWord } from "@atelier/domain";
import { Button } from "@atelier/ui";
import { type ReactNode, useEffect, useLayoutEffect, useState } from "react";
import { createPortal } from "react-dom";
import { strings } from "../../strings/en.ts";
import { CodeTools } from "../code-tools.tsx";
import type { CodeBlock } from "../render-content.ts";
import { type DiagramLook, pageLook } from "./diagram-look.ts";
import { type Drawing, drawDiagram } from "./draw-diagram.ts";
import { MermaidMissing } from "./mermaid-script.ts";
import { faultOf } from "./source-lines.ts";

const words = strings.diagram;

type State =
  | { readonly is: "drawing" }
  | { readonly is: "drawn"; readonly drawing: Drawing; readonly isDark: boolean }
  | { readonly is: "broken"; readonly remark: string };

/** The page's look, followed through changes by the student's choice and by the system's. */
const usePageLook = (): DiagramLook => {
  const [look, setLook] = useState(pageLook);
  useEffect(() => {
    const follow = (): void =>
      setLook((before) => {
        const now = pageLook();
        return JSON.stringify(now) === JSON.stringify(before) ? before : now;
      });
    const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"].map((query) => matchMedia(query));
    for (const query of queries) query.addEventListener("change", follow);
    const theme = new MutationObserver(follow);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    follow();
    return () => {
      theme.disconnect();
      for (const query of queries) query.removeEventListener("change", follow);
    };
  }, []);
  return look;
};

const useDrawing = (source: string): [State, () => void] => {
  const [state, setState] = useState<State>({ is: "drawing" });
  const look = usePageLook();
  useEffect(() => {
    let isWanted = true;
    drawDiagram(source, look).then(
      (drawing) => isWanted && setState({ is: "drawn", drawing, isDark: look.isDark }),
      (error: unknown) => isWanted && setState({ is: "broken", remark: remarkOn(error, source) }),
    );
    return () => {
      isWanted = false;
    };
  }, [source, look]);
  return [state, () => setState({ is: "broken", remark: words.broken })];
};

const remarkOn = (error: unknown, source: string): string => {
  if (error instanceof MermaidMissing) return words.unfetched;
  const { line, text } = faultOf(error, source);
  return line === undefined ? words.broken : words.brokenAt(line, text);
};

export interface DiagramBlockProps {
  readonly block: CodeBlock & { readonly drawing: HTMLElement };
}

/** A diagram of the author's, drawn; its source is there to see and to copy, and alone when it cannot be drawn. */
export const DiagramBlock = ({ block }: DiagramBlockProps): ReactNode => {
  const [state, onUnshown] = useDrawing(block.code);
  const [isSource, setSource] = useState(false);
  const showsSource = isSource || state.is === "broken";
  useLayoutEffect(() => {
    block.source.hidden = !showsSource;
  }, [block, showsSource]);
  return (
    <>
      {createPortal(
        <>
          <CodeTools block={block} place={undefined} />
          {state.is !== "broken" && (
            <Button
              look="plain"
              size="small"
              icon={isSource ? "eye" : "text"}
              aria-pressed={isSource}
              onPress={() => setSource(!isSource)}
            >
              {words.showSource}
            </Button>
          )}
        </>,
        block.tools,
      )}
      {createPortal(
        state.is === "drawn" ? (
          <Figure state={state} isHidden={isSource} word={diagramWord(block.code)} onUnshown={onUnshown} />
        ) : (
          <p className="diagram__remark" data-is={state.is} role="status">
            {state.is === "broken" ? state.remark : words.drawing}
          </p>
        ),
        block.drawing,
      )}
    </>
  );
};

interface FigureProps {
  readonly state: State & { readonly is: "drawn" };
  readonly isHidden: boolean;
  readonly word: string;
  readonly onUnshown: () => void;
}

const Figure = ({ state: { drawing, isDark }, isHidden, word, onUnshown }: FigureProps): ReactNode => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  <div className="diagram" data-dark={isDark} hidden={isHidden} tabIndex={0}>
    <img
      src={drawing.address}
      alt={words.alt(drawing.description, word)}
      width={Math.ceil(drawing.width)}
      height={Math.ceil(drawing.height)}
      style={{ minInlineSize: `${Math.ceil(Math.min(drawing.width, drawing.width * 0.6))}px` }}
      onError={onUnshown}
    />
  </div>
);
