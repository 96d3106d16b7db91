import type { EventLog } from "../events/event-log.ts";
import type { asIdentity, Identity } from "../identity/identity.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";

/** What the terminals need from the rest of the server. */
export interface CreateTerminalsOptions {
  readonly runtimeFolder: string;
  /** Absolute; absent: bash, else zsh, else sh, whichever the image has. */
  readonly shell?: string;
  readonly workdir: string;
  readonly identity: Identity;
  /** The image's ENV with the steps' env, LANG and TZ; nothing of the server's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly events: EventLog;
  readonly recording: { readonly commands: "on" | "off"; readonly terminal: "on" | "off" };
  /** Values that must never be written: replaced before any record. */
  readonly secrets: KnownSecrets;
  /** Said under the last screen instead of "the shell was restarted": what a swap did. */
  readonly arrival?: string;
  readonly currentStep: () => string | undefined;
  readonly platform: { readonly setpriv: string; readonly terminfo: string; readonly shellIntegration: string };
  readonly now: () => Date;
  readonly newId: () => string;
  readonly signal?: AbortSignal;
  /** Whether all processes of the student's come from these terminals, as in a container of its own. */
  readonly isAlone?: boolean;
  /** For machines without the platform layer. */
  readonly asIdentity?: typeof asIdentity;
}
