import type { CompiledWorkshop } from "@atelier/domain";

/** `workshop.json` of a workshop with two steps, as it lies in an image. */
export const compiledForTests: CompiledWorkshop = {
  v: 1,
  name: "lab",
  version: "1.0.0",
  title: "Lab",
  description: "",
  authors: [],
  tags: [],
  language: "en",
  image: "lab",
  navigation: "linear",
  next: "swap",
  user: "student",
  sudo: false,
  workdir: "/home/student",
  keep: [],
  editor: false,
  tabs: [],
  parameters: [],
  onStart: [],
  infrastructure: { services: [] },
  steps: ["greet", "first-greet"],
  hasIntro: false,
  hasFinish: false,
};
