import { Button } from "@atelier/ui";
import { runnableText } from "@atelier/ui/terminal";
import { type ReactNode, useEffect, useState } from "react";
import { useTerminals } from "../modules/terminals/terminal-registry.ts";
import { strings } from "../strings/en.ts";
import { type CodeBlock, isRunnable } from "./render-content.ts";

const words = strings.content;

/** Something said beside the buttons for a moment, also to screen readers. */
const useRemark = (): [string, (text: string) => void] => {
  const [remark, setRemark] = useState("");
  useEffect(() => {
    if (remark === "") return;
    const timer = setTimeout(() => setRemark(""), 2500);
    return () => clearTimeout(timer);
  }, [remark]);
  return [remark, setRemark];
};

const outcomes = {
  typed: words.ran,
  "not-connected": words.notConnected,
  "program-in-front": words.programInFront,
} as const;

/** Copy, and for shell blocks Run, which types into the terminal in front. */
export const CodeTools = ({ block }: { readonly block: CodeBlock }): ReactNode => {
  const terminals = useTerminals();
  const [remark, setRemark] = useRemark();
  const text = runnableText(block.code, block.language);
  const canRun = terminals.enabled && isRunnable(block.language) && text.trim() !== "";

  const copy = (): void => {
    const plain = isRunnable(block.language) ? text : block.code.replace(/\n$/, "");
    navigator.clipboard?.writeText(plain).then(
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
      {canRun && (
        <Button
          look="plain"
          size="small"
          icon="play"
          aria-label={terminals.current === undefined ? words.run : words.runIn(terminals.current)}
          onPress={(press) =>
            setRemark(
              outcomes[terminals.run(text, press.pointerType !== "keyboard" && press.pointerType !== "virtual")],
            )
          }
        >
          {words.run}
        </Button>
      )}
    </>
  );
};
