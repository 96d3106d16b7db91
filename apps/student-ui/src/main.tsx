import "@atelier/ui/styles.css";
import { browserClock } from "@atelier/ui/connection";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createStudentClient } from "./api/student-client.ts";
import { App } from "./app.tsx";
import { createStudentSession } from "./state/student-session.ts";
import { StudentContext } from "./state/use-student.ts";
import { parseHash } from "./state/view.ts";

const session = createStudentSession({
  client: createStudentClient((input, init) => fetch(input, init)),
  clock: browserClock,
});
session.start(parseHash(location.hash));

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <StudentContext value={session}>
      <App />
    </StudentContext>
  </StrictMode>,
);
