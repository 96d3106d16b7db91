import type { RuntimeConfigInput } from "@atelier/contract";
import type { StateDirectory } from "../state/state-directory.ts";
import type { WorkspaceSettings } from "./workspace-labels.ts";

const imageDigestOf = (state: StateDirectory, settings: WorkspaceSettings): string | undefined =>
  state.readRecord(settings.record)?.steps.find(({ step }) => step === settings.image)?.images[0]?.configDigest;

/** Configuration and tokens go in over stdin: they are in no label, no environment and no layer. */
export const runtimeFiles = (
  state: StateDirectory,
  settings: WorkspaceSettings,
  { mode, port }: { readonly mode: "normal" | "standby"; readonly port: number },
): Record<string, string> => {
  const imageDigest = imageDigestOf(state, settings);
  const secrets = state.readSecrets(settings.id);
  const proxy = state.readPort();
  const config: RuntimeConfigInput = {
    v: 1,
    workspaceId: settings.id,
    workspaceName: settings.name,
    // The public one first. The supervisor's proxy always comes by the last.
    origins: [
      ...(proxy === undefined ? [] : [`http://${settings.name}.localhost:${proxy}`]),
      `http://127.0.0.1:${settings.port}`,
      `http://127.0.0.1:${port}`,
    ],
    ...(settings.step === undefined ? {} : { step: settings.step }),
    ...(imageDigest === undefined ? {} : { imageDigest }),
    parameters: settings.parameters,
    secrets: Object.keys(secrets),
    timezone: settings.timezone,
    recording: settings.recording,
    webTerminal: settings.webTerminal,
    ...(settings.unlocked ? { unlocked: true } : {}),
    ...(settings.help === undefined ? {} : { help: settings.help }),
    mode,
  };
  const files: Record<string, string> = { "config.json": JSON.stringify(config) };
  for (const role of ["student", "instructor", "control"] as const)
    files[`${role}.token`] = state.token(settings.id, role);
  for (const [name, value] of Object.entries(secrets)) files[`secrets/${name}`] = value;
  const helpKey = state.readHelpKey(settings.id);
  if (helpKey !== undefined) files["help.key"] = helpKey;
  const kubeconfig = state.readKubeconfig(settings.id);
  if (kubeconfig !== undefined) files["kubeconfig"] = kubeconfig;
  return files;
};
