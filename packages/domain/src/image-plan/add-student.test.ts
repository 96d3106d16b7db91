import assert from "node:assert/strict";
import { test } from "node:test";
import { addStudent } from "./add-student.ts";

test("an ordinary base gets uid and gid 1000", () => {
  const passwd = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n";
  assert.deepEqual(addStudent({ passwd, group: "root:x:0:\n", shadow: "root:*:1::::::\n" }, "/bin/bash"), {
    passwd: `${passwd}student:x:1000:1000:Student:/home/student:/bin/bash\n`,
    group: "root:x:0:\nstudent:x:1000:\n",
    shadow: "root:*:1::::::\nstudent:!:19000:0:99999:7:::\n",
    uid: 1000,
    gid: 1000,
    groups: [],
    home: "/home/student",
    isAdopted: false,
  });
});

test("a taken uid is stepped over, a taken gid too", () => {
  const student = addStudent(
    { passwd: "node:x:1000:1000::/home/node:/bin/sh", group: "node:x:1000:\nx:x:1001:", shadow: "" },
    "/bin/sh",
  );
  assert.deepEqual([student.uid, student.gid, student.shadow], [1001, 1002, ""]);
  assert.match(student.passwd, /^node:.*\nroot:.*\nstudent:x:1001:1002:/);
});

test("a base without any account files gets a root and a student", () => {
  const student = addStudent({ passwd: "", group: "", shadow: "" }, "/bin/sh");
  assert.equal(student.passwd, "root:x:0:0:root:/root:/bin/sh\nstudent:x:1000:1000:Student:/home/student:/bin/sh\n");
  assert.equal(student.group, "root:x:0:\nstudent:x:1000:\n");
});

test("an existing user of that name is adopted with its groups and home", () => {
  const student = addStudent(
    { passwd: "student:x:1500:1500::/srv/s:/bin/zsh\n", group: "student:x:1500:\nvideo:x:44:a,student\n", shadow: "" },
    "/bin/sh",
  );
  assert.deepEqual(
    [student.uid, student.gid, student.groups, student.home, student.isAdopted],
    [1500, 1500, [44], "/srv/s", true],
  );
});
