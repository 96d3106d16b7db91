import "./button.css";
import type { ButtonHTMLAttributes, MouseEvent, ReactNode, Ref } from "react";
import { Icon, type IconName } from "../icons/icons.tsx";

/** How a button was pressed; `keyboard` and `virtual` (assistive technology) have no pointer. */
export interface Press {
  readonly pointerType: string;
}

export interface ButtonProps
  extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "children" | "disabled" | "onClick"> {
  readonly look?: "primary" | "plain" | "quiet" | "danger";
  readonly size?: "small" | "normal";
  readonly icon?: IconName;
  readonly iconAfter?: IconName;
  readonly isDisabled?: boolean;
  /** It is at work: it keeps the focus, but a press does nothing. */
  readonly isPending?: boolean;
  readonly onPress?: (press: Press) => void;
  readonly children?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

const pressOf = ({ detail, nativeEvent }: MouseEvent): Press => ({
  pointerType:
    detail === 0 ? "keyboard" : nativeEvent instanceof PointerEvent ? nativeEvent.pointerType || "virtual" : "mouse",
});

/** A button. Without children it shows its icon only and needs an `aria-label`, which is its tooltip too. */
export const Button = ({
  look = "plain",
  size = "normal",
  icon,
  iconAfter,
  isDisabled = false,
  isPending = false,
  onPress,
  children,
  type = "button",
  ...rest
}: ButtonProps): ReactNode => (
  <button
    title={children === undefined ? rest["aria-label"] : undefined}
    {...rest}
    type={type}
    disabled={isDisabled}
    aria-disabled={isPending || rest["aria-disabled"]}
    className="button"
    data-look={look}
    data-size={size}
    data-icon-only={children === undefined || undefined}
    data-pending={isPending || undefined}
    onClick={(event) => isPending || onPress?.(pressOf(event))}
  >
    {icon !== undefined && <Icon name={icon} size={size === "small" ? 14 : 16} />}
    {children !== undefined && <span className="button__text">{children}</span>}
    {iconAfter !== undefined && <Icon name={iconAfter} size={size === "small" ? 14 : 16} />}
  </button>
);
