import { Button } from "@atelier/ui";
import {
  type ClipboardAsk,
  leaveChordLabel,
  type TerminalHandle,
  TerminalPane,
  type TerminalSource,
  type TerminalStatus,
} from "@atelier/ui/terminal";
import { lazy, type ReactNode, Suspense, useCallback, useRef, useState } from "react";
import { usePreferences } from "../../preferences/preferences.ts";
import { strings } from "../../strings/en.ts";
import { previewOfLink } from "../tools/tool-id.ts";
import { useTools } from "../tools/tools-context.ts";
import { PlainText } from "./plain-text.tsx";
import { TerminalKeys } from "./terminal-keys.tsx";
import { TerminalOverlay } from "./terminal-overlay.tsx";
import { useTerminals } from "./terminal-registry.ts";
import { TerminalSearch } from "./terminal-search.tsx";
import { useHighContrast } from "./use-high-contrast.ts";

const ClipboardDialog = lazy(() => import("./clipboard-dialog.tsx"));

const words = strings.terminal;

export interface TerminalViewProps {
  readonly name: string;
  readonly source: TerminalSource;
  readonly active: boolean;
  readonly onLeave: () => void;
  /** What its command log cannot say, with the shell's name. */
  readonly missing: string | undefined;
}

/** One terminal with its search, its overlays and the line below that says how to leave it. */
export const TerminalView = ({ name, source, active, onLeave, missing }: TerminalViewProps): ReactNode => {
  const { register } = useTerminals();
  const { fontSize, screenReader } = usePreferences();
  const highContrast = useHighContrast();
  const handle = useRef<TerminalHandle | null>(null);
  const [status, setStatus] = useState<TerminalStatus>();
  const [remark, setRemark] = useState("");
  const [link, setLink] = useState<string>();
  const [searching, setSearching] = useState(false);
  const [ask, setAsk] = useState<ClipboardAsk>();
  const [text, setText] = useState<string>();
  const [isControlHeld, setControlHeld] = useState(false);
  const tools = useTools();

  const showText = useCallback(() => setText(handle.current?.text()), []);
  const takeHandle = useCallback(
    (next: TerminalHandle | null) => {
      handle.current = next;
      register(name, next === null ? null : { ...next, showText, search: () => setSearching(true) });
    },
    [name, register, showText],
  );
  const restart = (): void => {
    handle.current?.restart();
    handle.current?.focus();
  };
  const endSearch = (): void => {
    setSearching(false);
    handle.current?.endSearch();
    handle.current?.focus();
  };

  const isInDoubt = status?.connection.phase === "live" && status.isLastKeyInDoubt === true;
  const hint =
    link === undefined
      ? source.readOnly
        ? words.readOnly
        : isInDoubt
          ? words.inDoubt
          : remark || words.leave(leaveChordLabel)
      : words.linkTarget(link);

  return (
    <div className="terminal-view" data-active={active || undefined}>
      {searching && (
        <TerminalSearch
          find={(text, direction) => handle.current?.find(text, direction) ?? Promise.resolve(false)}
          onEnd={endSearch}
        />
      )}
      <div className="terminal-view__screen">
        <TerminalPane
          source={source}
          label={words.label(name)}
          options={{ fontSize, screenReaderMode: screenReader, highContrast, readOnly: source.readOnly }}
          handle={takeHandle}
          onStatus={setStatus}
          onNotice={setRemark}
          onHoverLink={setLink}
          onLeave={onLeave}
          onOpenLink={(address) => {
            const preview = previewOfLink(address);
            return preview !== undefined && tools.openPreview(preview.port, preview.path);
          }}
          onClipboard={setAsk}
          onControlUsed={() => setControlHeld(false)}
          overlay={<TerminalOverlay status={status} onRetry={() => handle.current?.reconnect()} onRestart={restart} />}
        />
      </div>
      <TerminalKeys
        onType={(text) => handle.current?.type(text)}
        isControlHeld={isControlHeld}
        onHoldControl={(isHeld) => {
          setControlHeld(isHeld);
          handle.current?.holdControl(isHeld);
        }}
        onPaste={() => handle.current?.pasteClipboard()}
      />
      {text !== undefined && (
        <PlainText
          text={text}
          label={words.label(name)}
          onRefresh={showText}
          onClose={() => {
            setText(undefined);
            handle.current?.focus();
          }}
        />
      )}
      {ask !== undefined && (
        <Suspense>
          <ClipboardDialog
            ask={ask}
            onPaste={(pasted) => {
              handle.current?.paste(pasted);
              handle.current?.focus();
            }}
            onClose={() => setAsk(undefined)}
          />
        </Suspense>
      )}
      {missing !== undefined && <p className="terminal-view__missing">{missing}</p>}
      <div className="terminal-view__foot">
        <span className="terminal-view__hint" data-tone={isInDoubt ? "warn" : undefined}>
          {hint}
        </span>
        <Button look="quiet" size="small" icon="text" aria-label={words.showText} onPress={showText} />
        <Button
          look="quiet"
          size="small"
          icon="search"
          aria-label={words.searchLabel}
          onPress={() => setSearching(true)}
        />
      </div>
    </div>
  );
};
