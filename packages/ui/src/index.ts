export { Button, type ButtonProps, type Press } from "./controls/button.tsx";
export { Icon, type IconName } from "./icons/icons.tsx";
export { type Result, ResultList, type ResultListStrings, type ResultStatus } from "./results/result-list.tsx";
export { SplitPanes, type SplitPanesProps } from "./split/split-panes.tsx";
export { clampShare } from "./split/split-share.ts";
export { type TabItem, TabPanel, type TabPanelProps, TabStrip, type TabStripProps } from "./tabs/tab-strip.tsx";
