import { filesApi } from "@atelier/contract";
import { leaveChordLabel } from "@atelier/ui/terminal";
import { useContext, useSyncExternalStore } from "react";
import { fontSizes, setPreferences, usePreferences } from "../../preferences/preferences.ts";
import { neighbours } from "../../state/select.ts";
import { useSession, useStudent } from "../../state/use-student.ts";
import { strings } from "../../strings/en.ts";
import { useUploads } from "../files/uploads-context.ts";
import { useTerminals } from "../terminals/terminal-registry.ts";
import { terminalTool, toolTabs } from "../tools/tool-id.ts";
import { useTools } from "../tools/tools-context.ts";
import type { Action } from "./actions.ts";
import { OffersContext } from "./offers.ts";

const words = strings.palette;

export interface ActionsProps {
  /** Puts the focus into the text. */
  readonly readText: () => void;
  /** Brings the text to the front where it is hidden, and leaves the focus alone. */
  readonly showText: () => void;
}

/** Everything the page can do right now: what its parts offer, and what belongs to none of them. */
export const useActions = ({ readText, showText }: ActionsProps): readonly Action[] => {
  const session = useSession();
  const { workspace, view, terminals = [] } = useStudent();
  const tools = useTools();
  const registry = useTerminals();
  const uploads = useUploads();
  const { fontSize, screenReader, stepsOpen } = usePreferences();
  const offers = useContext(OffersContext);
  const offered = useSyncExternalStore(offers.subscribe, offers.all).map((offer) => ({
    ...offer,
    run: () => {
      if (offer.inText === true) showText();
      offer.run();
    },
  }));
  if (workspace === undefined) return [];
  const { groups } = words;
  const { language } = workspace.workshop;
  // A step's own bar offers where to go from it; the other pages have none.
  const { previous, next, nextLocked } = view === undefined || view.page === "step" ? {} : neighbours(workspace, view);
  const isStudent = workspace.role === "student";
  const action = (id: string, title: string, rest: Omit<Action, "id" | "title">): Action => ({ id, title, ...rest });
  return [
    ...offered.filter(({ group }) => group === groups.step),
    ...offered.filter(({ group }) => group === groups.help),
    ...(next !== undefined && nextLocked === undefined
      ? [action("next", words.next, { group: groups.step, run: () => session.show(next) })]
      : []),
    ...(previous !== undefined
      ? [action("previous", words.previous, { group: groups.step, run: () => session.show(previous) })]
      : []),
    action("read", words.readText, { group: groups.view, keys: leaveChordLabel, run: readText }),
    action("print", strings.print.link, { group: groups.steps, run: () => session.show({ page: "print" }) }),
    ...(registry.enabled
      ? [
          action("terminal", words.focusTerminal, { group: groups.view, keys: leaveChordLabel, run: registry.focus }),
          // Behind the terminal, which keeps Tab for itself: by keyboard they are reached from here.
          action("terminal-text", words.terminalText, { group: groups.view, run: registry.showText }),
          action("terminal-search", strings.terminal.searchLabel, { group: groups.view, run: registry.search }),
        ]
      : []),
    ...toolTabs({ workspace, terminals, previews: tools.previews }).map(({ id, label, lang }) =>
      action(`tool-${id}`, words.show(label), {
        group: groups.tools,
        ...(lang === undefined ? {} : { lang }),
        run: () => tools.show(id),
      }),
    ),
    ...(registry.enabled && isStudent
      ? [
          action("new-terminal", strings.terminal.open, {
            group: groups.tools,
            run: async () => {
              const name = await session.openTerminal();
              if (name !== undefined) tools.show(terminalTool(name));
            },
          }),
        ]
      : []),
    ...(isStudent
      ? [
          action("upload", words.upload, { group: groups.tools, run: () => uploads.pick(undefined) }),
          action("work", words.download, { group: groups.tools, run: () => location.assign(filesApi.workArchive) }),
        ]
      : []),
    ...(["text", "both", "terminal"] as const).map((layout) =>
      action(`layout-${layout}`, strings.header.layouts[layout], {
        group: groups.view,
        run: () => setPreferences({ layout }),
      }),
    ),
    ...(["auto", "light", "dark", "contrast"] as const).map((theme) =>
      action(`theme-${theme}`, words.theme(strings.settings.themes[theme]), {
        group: groups.view,
        run: () => setPreferences({ theme }),
      }),
    ),
    action("steps", stepsOpen ? words.hideSteps : words.showSteps, {
      group: groups.view,
      run: () => setPreferences({ stepsOpen: !stepsOpen }),
    }),
    ...(fontSize < fontSizes.most
      ? [action("larger", words.larger, { group: groups.view, run: () => setPreferences({ fontSize: fontSize + 1 }) })]
      : []),
    ...(fontSize > fontSizes.least
      ? [
          action("smaller", words.smaller, {
            group: groups.view,
            run: () => setPreferences({ fontSize: fontSize - 1 }),
          }),
        ]
      : []),
    action("reader", screenReader ? words.readerOff : words.readerOn, {
      group: groups.view,
      run: () => setPreferences({ screenReader: !screenReader }),
    }),
    ...offered.filter(({ group }) => group !== groups.step && group !== groups.help),
    ...(["intro", "finish"] as const).map((page) =>
      action(page, words.goTo(strings.steps[page]), { group: groups.steps, run: () => session.show({ page }) }),
    ),
    ...workspace.steps
      .filter(({ state }) => state !== "locked")
      .map(({ id, title }) =>
        action(`step-${id}`, words.goTo(title), {
          group: groups.steps,
          lang: language,
          run: () => session.show({ page: "step", step: id }),
        }),
      ),
  ];
};
