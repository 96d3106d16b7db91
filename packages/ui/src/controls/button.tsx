import "./button.css";
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components/Button";
import { Icon, type IconName } from "../icons/icons.tsx";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children"> {
  readonly look?: "primary" | "plain" | "quiet" | "danger";
  readonly size?: "small" | "normal";
  readonly icon?: IconName;
  readonly iconAfter?: IconName;
  readonly children?: ReactNode;
}

/** A button. Without children it shows its icon only and needs an `aria-label`. */
export const Button = ({
  look = "plain",
  size = "normal",
  icon,
  iconAfter,
  children,
  ...rest
}: ButtonProps): ReactNode => (
  <AriaButton
    {...rest}
    className="button"
    data-look={look}
    data-size={size}
    data-icon-only={children === undefined || undefined}
  >
    {icon !== undefined && <Icon name={icon} size={size === "small" ? 14 : 16} />}
    {children !== undefined && <span className="button__text">{children}</span>}
    {iconAfter !== undefined && <Icon name={iconAfter} size={size === "small" ? 14 : 16} />}
  </AriaButton>
);
