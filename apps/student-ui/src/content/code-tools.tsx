import { runnableText } from "@atelier/domain";
import { Button } from "@atelier/ui";
import { type ReactNode, useEffect, useState } from "react";
import { problemOf } from "../api/problem.ts";
import { Confirm } from "../modules/overlays/overlays.tsx";
import { useTerminals } from "../modules/terminals/terminal-registry.ts";
import { strings } from "../strings/en.ts";
import { type Place, useContentClient } from "./content-client.ts";
import type { CodeBlock } from "./render-content.ts";

const words = strings.content;

/** Something said beside the buttons for a moment, also to screen readers. */
const useRemark = (): [string, (text: string) => void] => {
  const [remark, setRemark] = useState("");
  useEffect(() => {
    if (remark === "") return;
    const timer = setTimeout(() => setRemark(""), 4000);
    return () => clearTimeout(timer);
  }, [remark]);
  return [remark, setRemark];
};

const outcomes = {
  typed: words.ran,
  "not-connected": words.notConnected,
  "program-in-front": words.programInFront,
  unread: words.unread,
} as const;

export interface CodeToolsProps {
  readonly block: CodeBlock;
  readonly place: Place | undefined;
}

/** Copy, and what else the author's words on the block ask for: run it in a terminal, or save it as a file. */
export const CodeTools = ({ block, place }: CodeToolsProps): ReactNode => {
  const [remark, setRemark] = useRemark();
  const copied = block.does === "run" ? runnableText(block.code, block.language) : block.code.replace(/\n$/, "");
  const copy = (): void => {
    navigator.clipboard?.writeText(copied).then(
      () => setRemark(words.copied),
      () => setRemark(words.copyFailed),
    ) ?? setRemark(words.copyFailed);
  };
  return (
    <>
      <span className="code__remark" role="status">
        {remark}
      </span>
      <Button look="quiet" size="small" icon="copy" onPress={copy}>
        {words.copy}
      </Button>
      {block.does === "run" && <RunButton block={block} onRemark={setRemark} />}
      {block.does === "save" && place !== undefined && <SaveButton block={block} place={place} onRemark={setRemark} />}
    </>
  );
};

interface ActionProps {
  readonly block: CodeBlock;
  readonly onRemark: (text: string) => void;
}

const RunButton = ({ block, onRemark }: ActionProps): ReactNode => {
  const terminals = useTerminals();
  const text = runnableText(block.code, block.language);
  if (!terminals.enabled || text.trim() === "") return null;
  const terminal = block.terminal ?? terminals.target;
  const say = block.interrupt ? words.runAfterInterrupt : words.runIn;
  return (
    <Button
      look="plain"
      size="small"
      icon="play"
      aria-label={terminal === undefined ? words.run : say(terminal)}
      onPress={(press) => {
        const takeFocus = press.pointerType !== "keyboard" && press.pointerType !== "virtual";
        const where = block.terminal === undefined ? {} : { terminal: block.terminal };
        terminals.run(text, { ...where, interrupt: block.interrupt, takeFocus }).then(
          (outcome) => onRemark(outcomes[outcome]),
          () => onRemark(words.notConnected),
        );
      }}
    >
      {words.run}
    </Button>
  );
};

const SaveButton = ({ block, place, onRemark }: ActionProps & { readonly place: Place }): ReactNode => {
  const client = useContentClient();
  const [asked, setAsked] = useState(false);
  const save = (replace: boolean): void => {
    client.saveBlock(place, block.id, replace).then(
      ({ outcome }) => onRemark(words.saved[outcome]),
      (error: unknown) => {
        const { code, message } = problemOf(error);
        if (code === "file-differs") setAsked(true);
        else onRemark(message);
      },
    );
  };
  return (
    <>
      <Button
        look="plain"
        size="small"
        icon="save"
        aria-label={words.saveAs(block.save ?? "")}
        onPress={() => save(false)}
      >
        {words.save}
      </Button>
      <Confirm
        isOpen={asked}
        title={words.confirmReplace(block.save ?? "")}
        text={words.confirmReplaceText}
        button={words.confirmReplaceButton}
        danger
        onAnswer={(yes) => {
          setAsked(false);
          if (yes) save(true);
        }}
      />
    </>
  );
};
