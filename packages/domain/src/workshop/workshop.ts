import type { SourceLocation } from "../problem/diagnostic.ts";
import type { Quiz } from "../quiz/quiz.ts";
import type { StepId, WorkshopName } from "./ids.ts";

/**
 * The normalised workshop: every default filled in, every duration in seconds, every path checked.
 * Made only by `parseWorkshop` in `spec/`. Optional members are absent, never `undefined`.
 */
export interface Workshop {
  readonly name: WorkshopName;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly authors: readonly string[];
  readonly license?: string;
  readonly tags: readonly string[];
  readonly difficulty?: "beginner" | "intermediate" | "advanced";
  readonly durationSeconds?: number;
  /** BCP 47, default `en`. */
  readonly language: string;
  readonly feedbackUrl?: string;
  /** Repository for the published images, without a tag; default `atelier/<name>`. */
  readonly image: string;
  readonly navigation: Navigation;
  readonly next: "swap" | "keep";
  /** Who the student's shell runs as. */
  readonly user: "student" | "root";
  readonly sudo: boolean;
  /** Absolute path in the image, e.g. `/bin/bash`; absent: bash, else zsh, else sh. */
  readonly shell?: string;
  /** Absolute; default the student's home. `~/` is already expanded. */
  readonly workdir: string;
  /** Absolute paths that carry over besides home and workdir. */
  readonly keep: readonly string[];
  readonly editor: boolean;
  readonly tabs: readonly Tab[];
  readonly parameters: readonly ParameterDefinition[];
  /** What each student fills in; absent when nothing is asked. */
  readonly variables?: readonly VariableDefinition[];
  readonly onStart: readonly StartCommand[];
  readonly base: Base;
  readonly infrastructure: Infrastructure;
  readonly steps: readonly Step[];
  /** Markdown of `intro.md` / `finish.md`. */
  readonly intro?: string;
  readonly finish?: string;
  /** Overrides of the help prompts from `prompts/`. */
  readonly prompts: Partial<Record<HelpLevel, string>>;
  /** Paths below the workshop folder, e.g. `assets/diagram.png`. */
  readonly assets: readonly string[];
}

export type Navigation = "linear" | "free" | "guided";
export type HelpLevel = "hints" | "explain" | "solve";

export interface Tab {
  readonly title: string;
  readonly port: number;
  readonly path: string;
}

export interface ParameterDefinition {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly secret: boolean;
  /** A regular expression (ECMAScript, `v` flag) the whole value must match. */
  readonly pattern?: string;
}

export interface VariableDefinition {
  readonly name: string;
  readonly question: string;
  readonly default?: string;
  /** As of a parameter. */
  readonly pattern?: string;
}

export type Base =
  | { readonly kind: "image"; readonly image: string }
  | { readonly kind: "containerFile"; readonly containerFile: string };

export interface Infrastructure {
  readonly cluster?: Cluster;
  readonly services: readonly Service[];
}

export interface Cluster {
  readonly provider?: "k3d" | "vcluster";
  readonly version?: string;
  readonly onReset: "recreate" | "keep";
}

export interface Service {
  readonly name: string;
  readonly source:
    | { readonly kind: "image"; readonly image: string }
    | { readonly kind: "containerFile"; readonly containerFile: string }
    /** The service runs on the workshop's own `start` image. */
    | { readonly kind: "workshop" };
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly ready?: { readonly port: number } | { readonly command: string };
  readonly resources: ContainerResources;
  readonly onReset: "restart" | "keep";
}

export interface ContainerResources {
  /** Cores, e.g. 0.5. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
  readonly pids?: number;
}

export interface Step {
  readonly id: StepId;
  /** Position in the workshop, from 1. */
  readonly number: number;
  readonly title: string;
  readonly group?: string;
  readonly requires: readonly StepId[];
  readonly durationSeconds?: number;
  readonly files: readonly StepFile[];
  readonly env: Readonly<Record<string, string>>;
  readonly commands: readonly BuildCommand[];
  readonly onStart: readonly StartCommand[];
  readonly helpContext?: string;
  /** Markdown of `content.md`. */
  readonly content: string;
  readonly check?: Check;
  /** Questions of `content.md`; absent when it asks none. */
  readonly quizzes?: readonly Quiz[];
  /** Static help: markdown of `hints.md`, `explain.md`, `solve.md`. */
  readonly help: Partial<Record<HelpLevel, string>>;
  /** Paths below the workshop folder, e.g. `steps/one/assets/shot.png`. */
  readonly assets: readonly string[];
  readonly llmDocs: readonly string[];
}

export interface Check {
  /** Text of `goss.yaml`. */
  readonly goss: string;
  /** Identity of `command` assertions. */
  readonly user: "student" | "root";
  /** Whether the check may run by itself while the student works. */
  readonly auto: boolean;
}

/** One `files[]` entry. A folder as source stands for every file in it. */
export interface StepFile {
  /** Path below the workshop folder, e.g. `steps/one/files/app.py`; a file or a folder. */
  readonly source: string;
  /** Absolute; `~/` is already expanded to `/home/student/`. */
  readonly target: string;
  /** Octal permission bits; absent: 0644, or 0755 with a shebang. */
  readonly mode?: number;
  readonly owner: FileOwner;
  readonly at?: SourceLocation;
}

export type FileOwner = "student" | "root";

export interface BuildCommand {
  readonly run: string;
  readonly user: FileOwner;
  /** Absolute. */
  readonly cwd: string;
  /** Names of build secrets, mounted at `/run/secrets/<name>` for this command only. */
  readonly secrets: readonly string[];
  readonly at?: SourceLocation;
}

export interface StartCommand {
  readonly run: string;
  readonly user: FileOwner;
  readonly background: boolean;
  readonly ready?: { readonly port: number } | { readonly file: string } | { readonly command: string };
  /** Default 30. */
  readonly timeoutSeconds: number;
  readonly at?: SourceLocation;
}

export const studentUser = "student";
export const studentHome = "/home/student";
