import { Button } from "@atelier/ui";
import type { ReactNode } from "react";
import { strings } from "../strings/en.ts";

const words = strings.access;

/** For who came without the link. */
export const AccessPage = ({ onRetry }: { readonly onRetry: () => void }): ReactNode => (
  <main className="access">
    <h1>{words.title}</h1>
    <p>{words.text}</p>
    <pre>{words.command}</pre>
    <Button onPress={onRetry}>{words.again}</Button>
  </main>
);
