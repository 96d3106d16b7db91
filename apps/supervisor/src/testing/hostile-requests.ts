/** What a raw request is made of, in the words of the machine it is sent to. */
export interface HostileScene {
  /** The supervisor's own port. */
  readonly port: number;
  /** A port of this machine that nothing may reach. */
  readonly victim: number;
  readonly cookie: string;
  readonly token: string;
}

/** A request as bytes, by a name that says what it tries. */
export type HostileRequest = (scene: HostileScene) => readonly [name: string, bytes: string];

const preview = ({ port }: HostileScene): string => `p3000.demo.localhost:${port}`;
const request = (
  scene: HostileScene,
  { method = "GET", target = "/", host = preview(scene), more = "", body = "" },
): string =>
  `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${scene.cookie}\r\n${more}Connection: close\r\n\r\n${body}`;

/** Targets that a careless proxy takes for another host or port. */
const targets: readonly ((victim: string) => string)[] = [
  (victim) => `http://${victim}/`,
  (victim) => `https://${victim}/`,
  (victim) => `//${victim}/`,
  (victim) => `///${victim}/`,
  (victim) => `/\\${victim}/`,
  (victim) => `\\\\${victim}/`,
  (victim) => `/@${victim}/`,
  (victim) => `@${victim}/`,
  (victim) => `/:80@${victim}/`,
  (victim) => `:80@${victim}/`,
  (victim) => `/#@${victim}/`,
  (victim) => `#@${victim}/`,
  (victim) => `/?@${victim}/`,
  (victim) => `?@${victim}/`,
  (victim) => `/..//${victim}/`,
  (victim) => `/%2f%2f${victim}/`,
  (victim) => `/%2f${victim}`,
  (victim) => `/%5c${victim}`,
  (victim) => `/%40${victim}`,
  (victim) => `/;@${victim}`,
  (victim) => `/../preview/${victim.split(":")[1]}/`,
  (victim) => `/../../preview/${victim.split(":")[1]}/`,
  (victim) => `/..%2f..%2fpreview/${victim.split(":")[1]}/`,
  (victim) => `/%2e%2e/%2e%2e/preview/${victim.split(":")[1]}/`,
  (victim) => `/preview/${victim.split(":")[1]}/`,
  (victim) => `/./preview/${victim.split(":")[1]}/`,
  (victim) => `*`,
  (victim) => victim,
  (victim) => `/%0d%0aHost:%20${victim}/`,
  (victim) => `/%0d%0a%0d%0aGET%20http://${victim}/%20HTTP/1.1`,
  (victim) => `/a%00@${victim}`,
  (victim) => `/\u00a0${victim}`,
  () => "/%",
  () => "/%zz",
  () => "/%c0%af..%c0%afetc",
  () => `/${"a".repeat(8000)}`,
  () => "/../../../../etc/passwd",
  () => "/..;/..;/",
];

/** Hosts that resemble a preview of another port or another workspace. */
const hosts: readonly ((scene: HostileScene) => string)[] = [
  ({ victim }) => `127.0.0.1:${victim}`,
  ({ port }) => `p0.demo.localhost:${port}`,
  ({ port }) => `p00080.demo.localhost:${port}`,
  ({ port }) => `p65536.demo.localhost:${port}`,
  ({ port }) => `p99999.demo.localhost:${port}`,
  ({ port }) => `p-1.demo.localhost:${port}`,
  ({ port }) => `p+80.demo.localhost:${port}`,
  ({ port }) => `p0x50.demo.localhost:${port}`,
  ({ port }) => `p8e1.demo.localhost:${port}`,
  ({ port }) => `p080.demo.localhost:${port}`,
  ({ port }) => `p3000 .demo.localhost:${port}`,
  ({ port }) => `p３０００.demo.localhost:${port}`,
  ({ port }) => `p٣٠٠٠.demo.localhost:${port}`,
  ({ port }) => `p3000%2f.demo.localhost:${port}`,
  ({ port }) => `p3000@demo.localhost:${port}`,
  ({ port }) => `p3000.demo@other.localhost:${port}`,
  ({ port }) => `p3000.other.demo.localhost:${port}`,
  ({ port }) => `p3000.p3000.demo.localhost:${port}`,
  ({ port }) => `P3000.demo.localhost:${port}`,
  ({ port }) => `p3000.DEMO.localhost:${port}`,
  ({ port }) => `p3000.demo.localhost.:${port}`,
  ({ port }) => `p3000.demo.localhost.evil.example:${port}`,
  ({ port }) => `p3000.demo.localhost:${port}:${port}`,
  ({ port }) => `p3000.demo.localhost:${port}@evil.example`,
  ({ port }) => `p3000.demo.localhost:${port}#`,
  ({ port }) => `p3000.demo.localhost:${port}?`,
  ({ port }) => `p3000.demo.localhost:${port}/`,
  ({ port }) => `p3000.demo.localhost:0${port}`,
  ({ port }) => `p3000.demo.localhost:+${port}`,
  ({ port }) => `p3000.demo.localhost:0x${port.toString(16)}`,
  () => "p3000.demo.localhost",
  () => "p3000.demo.localhost:80",
  () => "",
  () => " ",
  ({ port }) => `[::1]:${port}`,
  ({ port }) => `[::ffff:127.0.0.1]:${port}`,
  ({ port }) => `0x7f000001:${port}`,
  ({ port }) => `2130706433:${port}`,
  ({ port }) => `127.1:${port}`,
  ({ port }) => `evil.example:${port}`,
  ({ port }) => `.localhost:${port}`,
  ({ port }) => `..localhost:${port}`,
  ({ port }) => `p3000..localhost:${port}`,
  ({ port }) => `-.localhost:${port}`,
  ({ port }) => `demo.localhost\t:${port}`,
  ({ port }) => `xn--demo-9na.localhost:${port}`,
  ({ port }) => `${"a".repeat(300)}.localhost:${port}`,
];

/** Headers that try to be taken for somebody else's word, or to open a second conversation. */
const headers: readonly ((scene: HostileScene) => readonly [string, string])[] = [
  ({ victim }) => ["X-Forwarded-Host", `127.0.0.1:${victim}`],
  ({ victim }) => ["X-Forwarded-Port", `${victim}`],
  ({ victim }) => ["Forwarded", `host=127.0.0.1:${victim}`],
  ({ victim }) => ["X-Original-URL", `http://127.0.0.1:${victim}/`],
  ({ victim }) => ["X-Rewrite-URL", `/preview/${victim}/`],
  ({ victim }) => ["X-Host", `127.0.0.1:${victim}`],
  ({ victim }) => ["Destination", `http://127.0.0.1:${victim}/`],
  ({ victim }) => ["Referer", `http://127.0.0.1:${victim}/`],
  () => ["atelier-control", "forged"],
  ({ token }) => ["atelier-control", token],
  ({ token }) => ["Authorization", `Bearer ${token}`],
  ({ token }) => ["Authorization", `bearer  ${token}`],
  ({ token }) => ["Authorization", `Basic ${token}`],
  ({ token }) => ["Proxy-Authorization", `Bearer ${token}`],
  () => ["Connection", "cookie, host"],
  () => ["Connection", "atelier-control"],
  () => ["Proxy-Connection", "keep-alive"],
  () => ["Keep-Alive", "timeout=99"],
  () => ["TE", "trailers, deflate"],
  () => ["Upgrade", "h2c"],
  () => ["HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA"],
  () => ["Expect", "100-continue"],
  () => ["Origin", "http://evil.example"],
  () => ["Origin", "null"],
  ({ port }) => ["Origin", `http://p3000.other.localhost:${port}`],
  ({ port }) => ["Origin", `http://demo.localhost:${port}`],
  () => ["Sec-Fetch-Site", "cross-site"],
];

const upgradeHeaders = (protocol: string): string =>
  `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n`;

/** Two conversations in one. The second one asks for the other workspace's preview. */
const smuggled: readonly HostileRequest[] = [
  ["a body with both lengths", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n"],
  ["a chunked body under another spelling", "Transfer-Encoding: xchunked\r\n"],
  ["a chunked body with a tab", "Transfer-Encoding:\tchunked\r\nContent-Length: 3\r\n"],
  ["a chunked body twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"],
  ["two lengths", "Content-Length: 0\r\nContent-Length: 60\r\n"],
  ["a negative length", "Content-Length: -1\r\n"],
  ["a length with a plus", "Content-Length: +0\r\n"],
  ["a folded header", "X-A: b\r\n Content-Length: 0\r\n"],
  ["a header without a colon", "Content-Length 0\r\n"],
  ["a blank before the colon", "Content-Length : 0\r\n"],
  ["a bare line feed", "X-A: b\nContent-Length: 0\r\n"],
  ["a NUL in a header", "X-A: a\0b\r\n"],
  ["a carriage return in a header", "X-A: a\rHost: evil.example\r\n"],
].map(([name = "", more = ""]) => (scene: HostileScene) => [
  `smuggles by ${name}`,
  request(scene, {
    method: "POST",
    more,
    body: `0\r\n\r\nGET /echo HTTP/1.1\r\nHost: other.localhost:${scene.port}\r\nX-Smuggled: 1\r\n\r\n`,
  }),
]);

const twice: readonly HostileRequest[] = [
  (scene) => ["two Hosts", request(scene, { more: `Host: 127.0.0.1:${scene.victim}\r\n` })],
  (scene) => ["no Host at all", `GET / HTTP/1.1\r\nCookie: ${scene.cookie}\r\nConnection: close\r\n\r\n`],
  (scene) => ["HTTP/1.0 without a Host", `GET http://127.0.0.1:${scene.victim}/ HTTP/1.0\r\n\r\n`],
  (scene) => ["HTTP/2 by prior knowledge", `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${scene.cookie}`],
  (scene) => [
    "CONNECT",
    `CONNECT 127.0.0.1:${scene.victim} HTTP/1.1\r\nHost: ${preview(scene)}\r\nCookie: ${scene.cookie}\r\n\r\n`,
  ],
  (scene) => ["TRACE", request(scene, { method: "TRACE" })],
];

const upgrades: readonly HostileRequest[] = ["h2c", "websocket, h2c", "tls/1.0", "foo"].map((protocol) => (scene) => [
  `upgrades to ${protocol}`,
  request(scene, { more: upgradeHeaders(protocol) }).replace("Connection: close\r\n\r\n", "\r\n"),
]);

/** All of them. */
export const hostileRequests: readonly HostileRequest[] = [
  ...targets.flatMap((target): HostileRequest[] => [
    (scene) => [
      `target ${target(`127.0.0.1:${scene.victim}`)}`.slice(0, 80),
      request(scene, { target: target(`127.0.0.1:${scene.victim}`) }),
    ],
    (scene) => [
      `upgrade of target ${target(`127.0.0.1:${scene.victim}`)}`.slice(0, 80),
      request(scene, { target: target(`127.0.0.1:${scene.victim}`), more: upgradeHeaders("websocket") }).replace(
        "Connection: close\r\n\r\n",
        "\r\n",
      ),
    ],
  ]),
  ...hosts.map(
    (host): HostileRequest =>
      (scene) => [`host ${host(scene)}`.slice(0, 80), request(scene, { host: host(scene) })],
  ),
  ...headers.map(
    (header): HostileRequest =>
      (scene) => {
        const [name, value] = header(scene);
        return [`header ${name}: ${value}`.slice(0, 80), request(scene, { more: `${name}: ${value}\r\n` })];
      },
  ),
  ...smuggled,
  ...twice,
  ...upgrades,
];
