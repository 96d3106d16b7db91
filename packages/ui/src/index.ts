export { Button, type ButtonProps } from "./controls/button.tsx";
export { Icon, type IconName } from "./icons/icons.tsx";
export { type Result, ResultList, type ResultListStrings, type ResultStatus } from "./results/result-list.tsx";
