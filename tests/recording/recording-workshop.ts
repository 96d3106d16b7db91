const containerFile =
  "FROM debian:12\nRUN apt-get update -qq && apt-get install -y -qq --no-install-recommends asciinema tmux screen procps curl zsh >/dev/null\n";

/** A workshop with what a student may want to get around a log with, and one whose shell is zsh. */
export const recordingWorkshop: Readonly<Record<string, string>> = {
  "w/workshop.yaml":
    'version: v1\nworkshop:\n  name: recording-test\n  version: "1"\n  title: Recording test\nbase:\n  containerFile: base/Containerfile\nsteps: [one]\n',
  "w/base/Containerfile": containerFile,
  "w/steps/one/step.yaml": "title: One\n",
  "w/steps/one/content.md": "# One\n",
  "z/workshop.yaml":
    'version: v1\nworkshop:\n  name: zsh-test\n  version: "1"\n  title: zsh test\n  shell: /bin/zsh\nbase:\n  containerFile: base/Containerfile\nsteps: [one]\n',
  "z/base/Containerfile": containerFile,
  "z/steps/one/step.yaml": "title: One\n",
  "z/steps/one/content.md": "# One\n",
};

export const recordingOff =
  "apiVersion: atelier.dev/v1alpha1\nkind: WorkspaceTemplate\nmetadata: { name: quiet }\nspec:\n  recording: { commands: off, terminal: off }\n";
