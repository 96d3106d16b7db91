import "@atelier/ui/styles.css";
import "./page.css";
import { browserClock } from "@atelier/ui/connection";
import { createRoot } from "react-dom/client";
import { SessionPage } from "./session-page.tsx";
import { createWorkspaceSource } from "./source/workspace-source.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
const source = createWorkspaceSource({
  fetch: (input, init) => fetch(input, init),
  clock: browserClock,
  origin: location.origin,
});
createRoot(root).render(<SessionPage source={source} />);
