import "@atelier/ui/styles.css";
import "@atelier/ui/schemas-without-eval";
import "./page.css";
import { browserClock, browserVisibility } from "@atelier/ui/connection";
import { createWebSocketSource } from "@atelier/ui/terminal";
import { createRoot } from "react-dom/client";
import { SessionPage } from "./session-page.tsx";
import { createWorkspaceSource } from "./source/workspace-source.ts";

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
const source = createWorkspaceSource({
  fetch: (input, init) => fetch(input, init),
  clock: browserClock,
  watch: (path) =>
    createWebSocketSource({
      url: `${location.origin.replace(/^http/, "ws")}${path}`,
      readOnly: true,
      clock: browserClock,
      visibility: browserVisibility,
    }),
});
createRoot(root).render(<SessionPage source={source} />);
