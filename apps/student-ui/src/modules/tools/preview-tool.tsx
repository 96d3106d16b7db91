import { Button } from "@atelier/ui";
import { type ReactNode, useState } from "react";
import { strings } from "../../strings/en.ts";
import type { Preview } from "./tool-id.ts";

const words = strings.tools;

export interface PreviewToolProps {
  readonly preview: Preview;
  readonly address: string;
  /** It was on screen once: nothing is loaded before. */
  readonly wanted: boolean;
  readonly onClose: (() => void) | undefined;
}

/** What a port of the student's serves, in a frame of another origin. */
export const PreviewTool = ({ preview, address, wanted, onClose }: PreviewToolProps): ReactNode => {
  const [round, setRound] = useState(0);
  return (
    <div className="preview">
      <div className="preview__bar">
        <Button
          look="quiet"
          size="small"
          icon="refresh"
          aria-label={words.reload}
          onPress={() => setRound(round + 1)}
        />
        <span className="preview__address">
          localhost:{preview.port}
          {preview.path === "/" ? "" : preview.path}
        </span>
        <a className="preview__out" href={address} target="_blank" rel="noopener noreferrer">
          {words.openOutside}
        </a>
        {onClose !== undefined && (
          <Button look="quiet" size="small" icon="cross" aria-label={words.closePreview} onPress={onClose} />
        )}
      </div>
      {wanted && (
        <iframe
          key={`${round} ${preview.visit ?? 0}`}
          className="preview__frame"
          src={address}
          title={preview.title}
          referrerPolicy="no-referrer"
          sandbox="allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads"
        />
      )}
    </div>
  );
};
