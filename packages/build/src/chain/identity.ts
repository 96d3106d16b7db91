/** Who a command runs as, in numbers: a base may lack every name. */
export interface CommandIdentity {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly name: string;
  readonly home: string;
}

export const rootIdentity: CommandIdentity = { name: "root", uid: 0, gid: 0, groups: [], home: "/root" };
