import { shellLanguages } from "@atelier/domain";

/** Texts as the server's renderer makes them, with one of everything that a text may hold. */
const code = (language: string, text: string): string =>
  `<pre data-lang="${language}" data-does="${shellLanguages.has(language) ? "run" : "plain"}"><code>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</code></pre>`;

/** A diagram that is drawn, and one with a mistake in it. */
const drawn = `sequenceDiagram
  accTitle: What becomes of a command
  participant Y as You
  participant S as The shell
  participant P as whoami
  Y->>S: whoami, then Enter
  S->>P: starts it
  Note over P: asks the system who you are
  P-->>S: student
  S-->>Y: the next prompt
`;
const broken = `flowchart LR
  Shell --> Program
  Program --> [Screen
`;
const diagram = (text: string): string =>
  `<pre data-lang="mermaid" data-block="${text.length}" data-does="diagram"><code>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</code></pre>`;

const hostile = `
<script>window.hacked = 1</script><img src="x" onerror="window.hacked = 2"><svg onload="window.hacked = 3"></svg>
<a href="javascript:window.hacked=4">a link</a><form action="https://evil.example"><input name="q"><button class="button">Press</button></form>
<iframe src="https://evil.example"></iframe><style>body{display:none}</style><p class="button veil" style="position:fixed">dressed up</p>`;

export const fakeTexts: Readonly<Record<string, string>> = {
  intro: `<p>Every Linux machine you will ever meet understands the handful of commands in this workshop. You try each of them in a shell of your own, to the right of this text.</p>
<p>Nothing here can break: when something goes wrong, start the step over.</p>`,
  finish: `<p>You looked around, made files, guarded them, watched processes and ran a service. That is most of a day's work on any server.</p>
<h2 id="from-here">From here</h2><ul><li><a href="https://tldp.org/LDP/abs/html/">Advanced Bash-Scripting Guide</a></li><li><code>man hier</code>, to learn where things live</li></ul>`,
  "look-around": `<h1 id="look-around">Look around</h1><p>Where are you, and who?</p>${code("bash", "whoami\npwd\nls -la\n")}
<p>Three short words, and you know who you are, where you are, and what is there.</p>
<p>This is what becomes of the first of them:</p>${diagram(drawn)}<p>An author is told of a mistake like this one:</p>${diagram(broken)}`,
  files: `<h1 id="make-files-and-folders">Make files and folders</h1>
<p>A shell is quickest where a mouse is slowest: with many files at once. Make a folder for your notes, and a first note in it.</p>
${code("bash", "mkdir -p ~/notes\n")}
<p>A command can write into a file with <code>&gt;</code>. Try it, then look at what you have written:</p>
${code("bash", 'cd ~/notes\necho "learn the shell" > todo.txt\ncat todo.txt\n')}
<div class="nothing"></div>
<blockquote class="admonition note" data-kind="note"><p><code>&gt;</code> replaces what was in the file. <code>&gt;&gt;</code> adds to its end.</p></blockquote>
<h2 id="what-to-reach">What to reach</h2>
<ul><li class="task">☐ A folder <code>~/notes</code></li><li class="task">☐ In it a file <code>todo.txt</code> with the line <em>learn the shell</em></li><li class="task">☑ A prompt of your own</li></ul>
<table><thead><tr><th>Command</th><th>What it does</th></tr></thead><tbody><tr><td><code>mkdir</code></td><td>makes a folder</td></tr><tr><td><code>cat</code></td><td>shows a file</td></tr><tr><td><code>rm</code></td><td>removes a file, for good</td></tr></tbody></table>
<blockquote class="admonition warning" data-kind="warning"><p>There is no bin to take things back from: <code>rm</code> means it.</p></blockquote>
<p>This is how it looks when it works:</p>
${code("console", "$ cat ~/notes/todo.txt\nlearn the shell\n")}
<p><img src="/content/steps/files/assets/tree.svg" alt="A tree of folders: home, below it notes, below it todo.txt"></p>
<p>More in <a href="https://www.gnu.org/software/coreutils/manual/">the manual of the core tools</a>, or back to <a href="#what-to-reach">what to reach</a>.</p>
${code("json", '{ "a block that nobody runs": true }\n')}`,
  permissions: `<h1>Who may read this?</h1><p>Every file has an owner, a group, and nine small switches.</p>${code("bash", "chmod 600 ~/notes/todo.txt\nls -l ~/notes\n")}`,
  processes: `<h1>Watch processes</h1><p>Nothing is checked here. Have a look at what runs, for as long as you like.</p>${code("sh", "ps aux | head\n")}`,
  services: `<h1>Run a service</h1><p>A service is a program that waits.</p>${code("bash", "python3 -m http.server 8000 &\n")}`,
  hostile,
};

export const fakeHelp: Readonly<Record<string, string>> = {
  hints:
    "<p>The folder must be below your home, which the shell writes as <code>~</code>. What does <code>ls ~</code> show?</p>",
  explain:
    "<p><code>mkdir</code> makes a folder, <code>-p</code> does not mind if it is there already. <code>echo</code> says a line, and <code>&gt;</code> sends it into a file.</p>",
  solve: `<p>All of it:</p>${code("bash", 'mkdir -p ~/notes\necho "learn the shell" > ~/notes/todo.txt\n')}`,
};

export const fakeImage = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 560 150" font-family="monospace" font-size="18"><rect width="560" height="150" rx="12" fill="#eceafc"/><g fill="#352bab"><text x="36" y="46">/home/student</text><text x="76" y="84">└─ notes</text><text x="136" y="122">└─ todo.txt</text></g></svg>`;
