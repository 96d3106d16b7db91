import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import {
  bracketMatching,
  defaultHighlightStyle,
  indentOnInput,
  syntaxHighlighting,
  HighlightStyle,
} from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { languageOf } from "./language-of.ts";

export interface CodeViewEvents {
  /** The text of a file changed; whether it differs from what was loaded or saved last. */
  edited(path: string, dirty: boolean): void;
  save(path: string): void;
}

export interface CodeViewOptions {
  readonly parent: HTMLElement;
  readonly label: (path: string) => string;
  readonly readOnly: boolean;
  readonly events: CodeViewEvents;
}

/** One editor on the page, and a state of it for every open file. */
export interface CodeView {
  has(path: string): boolean;
  /** A file's text as it is on disk. */
  load(path: string, text: string): void;
  show(path: string | undefined): void;
  text(path: string): string;
  /** What is on disk now is this text: later changes count from here. Answers whether there are any already. */
  markSaved(path: string, text: string): boolean;
  goTo(path: string, line: number): void;
  move(from: string, to: string): void;
  forget(path: string): void;
  focus(): void;
  destroy(): void;
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName)], color: "var(--code-name)" },
  { tag: [tags.function(tags.variableName), tags.typeName, tags.className, tags.tagName], color: "var(--code-type)" },
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.link, textDecoration: "underline" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "var(--editor-size, 14px)" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.55" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-faint)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--editor-line)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused": { outline: "none" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--editor-selection)",
  },
  ".cm-panels": { backgroundColor: "var(--surface-sunken)", color: "var(--ink)" },
  ".cm-textfield": { backgroundColor: "var(--surface)", borderColor: "var(--line-strong)", color: "var(--ink)" },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface-raised)",
    borderColor: "var(--line-strong)",
  },
});

export const createCodeView = ({ parent, label, readOnly, events }: CodeViewOptions): CodeView => {
  const states = new Map<string, EditorState>();
  const saved = new Map<string, string>();
  const language = new Compartment();
  let shown: string | undefined;
  let view: EditorView | undefined;

  const report = (path: string, state: EditorState): void => {
    const text = saved.get(path);
    events.edited(path, text !== undefined && (state.doc.length !== text.length || state.doc.toString() !== text));
  };
  const extensions = (): Extension => [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightSelectionMatches(),
    syntaxHighlighting(colours),
    syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
    EditorState.allowMultipleSelections.of(true),
    EditorState.readOnly.of(readOnly),
    language.of([]),
    theme,
    keymap.of([
      {
        key: "Mod-s",
        preventDefault: true,
        run: () => {
          if (shown !== undefined) events.save(shown);
          return true;
        },
      },
      // Tab moves text; Escape before it gives Tab back to the page, as CodeMirror's users know it.
      { key: "Tab", run: indentMore, shift: indentLess },
      ...defaultKeymap,
      ...historyKeymap,
      ...searchKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (shown === undefined) return;
      states.set(shown, update.state);
      if (update.docChanged) report(shown, update.state);
    }),
  ];
  const colour = async (path: string, text: string): Promise<void> => {
    const found = await languageOf(path, text)?.();
    const state = states.get(path);
    if (found === undefined || state === undefined) return;
    const effects = language.reconfigure(found);
    if (path === shown) view?.dispatch({ effects });
    else states.set(path, state.update({ effects }).state);
  };

  const show = (path: string | undefined): void => {
    const state = path === undefined ? undefined : states.get(path);
    if (state === undefined || path === undefined) {
      shown = undefined;
      view?.destroy();
      view = undefined;
      return;
    }
    shown = path;
    if (view === undefined) view = new EditorView({ parent, state });
    else view.setState(state);
    view.contentDOM.setAttribute("aria-label", label(path));
    // Its first look at the size of a line may have been too early for the styles.
    requestAnimationFrame(() => view?.requestMeasure());
  };

  return {
    has: (path) => states.has(path),
    load: (path, text) => {
      const before = states.get(path);
      saved.set(path, text);
      // The editor counts lines by \n; the file keeps what it had.
      saved.set(path, EditorState.create({ doc: text }).doc.toString());
      const head = Math.min(before?.selection.main.head ?? 0, text.length);
      states.set(path, EditorState.create({ doc: text, selection: { anchor: head }, extensions: extensions() }));
      if (path === shown) show(path);
      colour(path, text).catch(() => undefined);
    },
    show,
    text: (path) => states.get(path)?.doc.toString() ?? "",
    markSaved: (path, text) => {
      saved.set(path, text);
      const state = states.get(path);
      return state !== undefined && state.doc.toString() !== text;
    },
    goTo: (path, line) => {
      if (path !== shown || view === undefined) return;
      const found = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({
        selection: { anchor: found.from },
        effects: EditorView.scrollIntoView(found.from, { y: "center" }),
      });
      view.focus();
    },
    move: (from, to) => {
      for (const map of [states, saved] as Map<string, unknown>[])
        for (const [path, value] of [...map])
          if (path === from || path.startsWith(`${from}/`)) {
            map.delete(path);
            map.set(`${to}${path.slice(from.length)}`, value);
          }
      if (shown !== undefined && (shown === from || shown.startsWith(`${from}/`)))
        shown = `${to}${shown.slice(from.length)}`;
    },
    forget: (path) => {
      states.delete(path);
      saved.delete(path);
      if (path === shown) show(undefined);
    },
    focus: () => view?.focus(),
    destroy: () => view?.destroy(),
  };
};
