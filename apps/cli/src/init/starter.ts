/** What `atelier init` writes: a two-step workshop that validates, builds and passes unedited. */
export interface StarterOptions {
  readonly name: string;
  readonly title: string;
  readonly ci: "github" | "gitlab" | undefined;
}

const modeline = (schema: string, up: string): string =>
  `# yaml-language-server: $schema=${up}.atelier/schema/${schema}.schema.json\n`;

/** Files by path. */
export const starterFiles = ({ name, title, ci }: StarterOptions): Readonly<Record<string, string>> => ({
  "workshop.yaml": `${modeline("workshop", "")}version: v1

workshop:
  name: ${name}
  version: "0.1.0"
  title: ${JSON.stringify(title)}
  description: A short workshop to start from.
  difficulty: beginner
  duration: 10m
  navigation: linear

base:
  image: debian:12

steps:
  - first-file
  - greet
`,
  "intro.md": `# ${title}

In ten minutes you will write a file and a small program, in a real terminal.
Everything you do here is yours: you can break nothing.
`,
  "finish.md": `# Done

You wrote a file and a program, and both were checked. Now change this workshop into your own:
\`workshop.yaml\` names the steps, and each step has a folder below \`steps/\`.
`,
  "steps/first-file/step.yaml": `${modeline("step", "../../")}title: Your first file
duration: 5m

# What this step's image holds: the state in which the step is done.
# The student works on the image before it.
commands:
  - run: printf 'hello\\n' > hello.txt
    user: student
`,
  "steps/first-file/content.md": `# Your first file

The terminal on the right is a real one. Make a file that says hello:

\`\`\`bash
echo hello > hello.txt
\`\`\`

Look at it:

\`\`\`bash
cat hello.txt
\`\`\`

Then press **Check**.
`,
  "steps/first-file/goss.yaml": `# Goss: https://goss.rocks. Every assertion may have a title and a message for the student.
file:
  /home/student/hello.txt:
    title: hello.txt is in your home folder
    meta:
      message: "There is no hello.txt yet. Did you run the first command?"
    exists: true
    contents: ["hello"]
`,
  "steps/first-file/hints.md": `\`echo\` prints what follows it; \`>\` sends what is printed into a file.
`,
  "steps/first-file/solve.md": `\`\`\`bash
echo hello > ~/hello.txt
\`\`\`
`,
  "steps/greet/step.yaml": `${modeline("step", "../../")}title: Your first program
duration: 5m

files:
  - source: files/greet
    target: ~/bin/greet
`,
  "steps/greet/files/greet": `#!/bin/sh
echo "hello, $1"
`,
  "steps/greet/content.md": `# Your first program

A program can be a text file. Write one that greets whoever you name:

\`\`\`bash
mkdir -p ~/bin
printf '#!/bin/sh\\necho "hello, $1"\\n' > ~/bin/greet
chmod +x ~/bin/greet
\`\`\`

Try it:

\`\`\`bash
~/bin/greet world
\`\`\`

\`\`\`quiz
question: What does \`$1\` stand for in your program?
options:
  - text: the program's own name
    feedback: That is \`$0\`.
  - text: the first word behind the program's name
    right: true
\`\`\`
`,
  "steps/greet/goss.yaml": `file:
  /home/student/bin/greet:
    title: greet is in your bin folder
    exists: true
command:
  greet-says-hello:
    title: greet greets
    meta:
      message: "greet has to print 'hello, ' and the name it is given. Is it executable (chmod +x)?"
    exec: ~/bin/greet world
    exit-status: 0
    stdout: ["hello, world"]
`,
  "steps/greet/hints.md": `\`$1\` is the first word after the program's name.
`,
  "steps/greet/solve.md": `\`\`\`bash
mkdir -p ~/bin && printf '#!/bin/sh\\necho "hello, $1"\\n' > ~/bin/greet && chmod +x ~/bin/greet
\`\`\`
`,
  ".gitignore": `# Schemas for your editor; \`atelier init\` writes them again.
.atelier/
`,
  ".atelierignore": `# What is not part of the workshop, like .gitignore.
.git/
README.md
`,
  ...(ci === "github"
    ? {
        ".github/workflows/workshop.yml": `name: workshop
on: [push, pull_request]
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - run: npm install --global atelier
      - run: atelier validate
      - run: atelier build
`,
      }
    : {}),
  ...(ci === "gitlab"
    ? {
        ".gitlab-ci.yml": `workshop:
  image: node:22
  services: [docker:dind]
  variables: { DOCKER_HOST: "tcp://docker:2375", DOCKER_TLS_CERTDIR: "" }
  script:
    - npm install --global atelier
    - atelier validate
    - atelier build
`,
      }
    : {}),
});
