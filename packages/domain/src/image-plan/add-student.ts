import { studentHome, studentUser } from "../workshop/workshop.ts";

/** Texts of `/etc/passwd`, `/etc/group` and `/etc/shadow`; a file the image lacks is empty. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
}

export interface Student extends AccountFiles {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly home: string;
  /** The base had a user of that name already. */
  readonly isAdopted: boolean;
}

/**
 * Adds the student to an image's account files: the first free uid from 1000, and the gid of the same
 * number when that is free too. A user is adopted only if it is named `student`. Works on text, so that
 * a base needs no `useradd`, no shell and not even the files.
 */
export const addStudent = ({ passwd, group, shadow }: AccountFiles, shell: string): Student => {
  const users = records(passwd);
  const groups = records(group);
  const existing = users.find(([name]) => name === studentUser);
  if (existing) {
    const uid = Number(existing[2]);
    const gid = Number(existing[3]);
    return {
      passwd,
      group,
      shadow,
      uid,
      gid,
      groups: memberships(groups, gid),
      home: existing[5] || studentHome,
      isAdopted: true,
    };
  }
  const uid = firstFree(users.map((fields) => Number(fields[2])));
  const ownGroup = groups.find(([name]) => name === studentUser);
  const takenGids = new Set(groups.map((fields) => Number(fields[2])));
  const gid = ownGroup ? Number(ownGroup[2]) : takenGids.has(uid) ? firstFree([...takenGids]) : uid;
  const root = users.some(([name]) => name === "root") ? "" : "root:x:0:0:root:/root:/bin/sh\n";
  const rootGroup = groups.some(([name]) => name === "root") ? "" : "root:x:0:\n";
  return {
    passwd: `${withNewline(passwd)}${root}${studentUser}:x:${uid}:${gid}:Student:${studentHome}:${shell}\n`,
    group: `${withNewline(group)}${rootGroup}${ownGroup ? "" : `${studentUser}:x:${gid}:\n`}`,
    // No password: nobody logs in as the student other than through us.
    shadow: shadow === "" ? "" : `${withNewline(shadow)}${studentUser}:!:19000:0:99999:7:::\n`,
    uid,
    gid,
    groups: memberships(groups, gid),
    home: studentHome,
    isAdopted: false,
  };
};

const records = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.includes(":") && !line.startsWith("#"))
    .map((line) => line.split(":"));

const firstFree = (taken: readonly number[]): number => {
  const set = new Set(taken);
  let id = 1000;
  while (set.has(id)) id++;
  return id;
};

const memberships = (groups: readonly string[][], own: number): readonly number[] =>
  groups
    .filter((fields) => (fields[3] ?? "").split(",").includes(studentUser) && Number(fields[2]) !== own)
    .map((fields) => Number(fields[2]));

const withNewline = (text: string): string => (text === "" || text.endsWith("\n") ? text : `${text}\n`);
