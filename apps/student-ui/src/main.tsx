import "@atelier/ui/styles.css";
import "@atelier/ui/schemas-without-eval";
import { browserClock } from "@atelier/ui/connection";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createStudentClient } from "./api/student-client.ts";
import { App } from "./app.tsx";
import { OpeningContext } from "./modules/terminals/use-sources.ts";
import { opening } from "./opening/main.ts";
import { createStudentSession } from "./state/student-session.ts";
import { StudentContext } from "./state/use-student.ts";
import { parseHash } from "./state/view.ts";

const session = createStudentSession({
  client: createStudentClient(opening.fetch),
  clock: browserClock,
});
/** Longer than this nobody should look at an empty page. */
const mostMsWithoutPage = 150;

const draw = (): void => {
  const root = document.getElementById("root");
  if (root === null) throw new Error("the page has no #root");
  createRoot(root).render(
    <StrictMode>
      <StudentContext value={session}>
        <OpeningContext value={opening}>
          <App />
        </OpeningContext>
      </StudentContext>
    </StrictMode>,
  );
};

// Nearly always the answer is here already: then the page is drawn once, with everything on it.
const started = session.start(parseHash(location.hash));
Promise.race([started, new Promise<void>((resolve) => browserClock.after(mostMsWithoutPage, resolve))]).then(draw);
