/** `yes | no | basic | limited | full`, as `atelier capabilities --json` prints them. */
export type CapabilityLevel = "yes" | "no" | "basic" | "limited" | "full";
export type Backend = "docker" | "kubernetes";
export const backends: readonly Backend[] = ["docker", "kubernetes"];

export interface Capability {
  readonly id: string;
  readonly title: string;
  readonly docker: CapabilityLevel;
  readonly kubernetes: CapabilityLevel;
  readonly dockerNote: string;
  readonly kubernetesNote: string;
  /** Versions that brought it. A level other than `no` without a version here is not done yet. */
  readonly availableIn: { readonly docker?: string; readonly kubernetes?: string };
}
