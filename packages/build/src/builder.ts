import type { Platform } from "./platform/platform-versions.ts";
import type {
  AppError,
  BuildRecord,
  Diagnostic,
  ImagePlan,
  SourceLocation,
  SourceTree,
  Workshop,
} from "@atelier/domain";

/** What a builder needs to know to execute a plan. */
export interface BuildRequest {
  readonly plan: ImagePlan;
  readonly workshop: Workshop;
  readonly tree: SourceTree;
  /** Absolute path of the workshop folder, for content the tree does not carry whole. */
  readonly folder: string;
  /** Values of `commands[].secrets`, by name; never in a layer. */
  readonly secrets: Readonly<Record<string, Uint8Array>>;
  /** Of the workshop's sources, for the labels of what is published; it runs no command again. */
  readonly revision?: string;
  /** Default: the engine's own. The first one's images get the short tags, unless the engine's own is among them. */
  readonly platforms?: readonly Platform[];
  /** Runs this step's commands and those of all later ones again, whatever is kept. */
  readonly fromStep?: string;
  /** Builds up to this step and publishes its image alone; the record is not whole then. */
  readonly only?: string;
  /** Finds nothing again and gives no names: what would this be on another machine? */
  readonly isTrial?: boolean;
  /**
   * Called when a command failed, with a container that waits to be started: a shell of the command's user,
   * on a terminal, where the command would have run. It is removed afterwards.
   */
  readonly onFailedCommand?: (scene: FailureScene) => Promise<void>;
  readonly onProgress: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
}

export interface FailureScene {
  readonly step: string;
  readonly container: string;
  /** What was said of the command. */
  readonly error: AppError;
}

export type BuildEvent =
  | { readonly kind: "base"; readonly detail: string }
  | { readonly kind: "platform"; readonly detail: string; readonly cached: boolean }
  | { readonly kind: "step-started"; readonly step: string; readonly number: number; readonly of: number }
  | {
      readonly kind: "layer";
      readonly step: string;
      readonly label: string;
      readonly cached: boolean;
      readonly ms: number;
    }
  | { readonly kind: "output"; readonly step: string; readonly line: string }
  | { readonly kind: "step-finished"; readonly step: string; readonly cached: boolean; readonly ms: number }
  | { readonly kind: "notice"; readonly message: string }
  /** Something in the workshop that is better mended, found while building. */
  | { readonly kind: "warning"; readonly diagnostic: Diagnostic };

/** Details of an `AppError` with code `command-failed`. */
export interface CommandFailure {
  readonly step: string;
  readonly run: string;
  readonly exitCode: number;
  /** Last lines of its output, control characters stripped. */
  readonly tail: string;
  readonly at?: SourceLocation;
}

/** `auto`: Dagger where an engine of its can be reached, else the Docker engine alone. */
export type BuilderChoice = "auto" | "docker" | "dagger";

/** The builder port: executes an image plan and answers with the record of what it made. */
export interface Builder {
  readonly name: BuilderChoice;
  build(request: BuildRequest): Promise<BuildRecord>;
}
