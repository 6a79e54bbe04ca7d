// Where the server of the journeys is, and how it is started; and production's own verb beside it, for what `dev` does otherwise.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Transform } from 'node:stream';

// Playwright reads this file once more in every worker: the port must be the same there, so it comes from outside or
// is a fixed one.
const port = Number(process.env.JOURNEY_PORT ?? 3917);

export const address = `http://127.0.0.1:${port}`;

// The journeys bring a database of their own and count on the defaults, whatever the shell that starts them works with.
const notOurs = ['DATABASE_URL', 'COMMDESK_SMTP', 'COMMDESK_LIMIT_FACTOR'].map((name) => `-u ${name}`).join(' ');

// The split release build, unless somebody tries a debug build of theirs.
const program = process.env.JOURNEY_PROGRAM ?? 'target/release/commdesk';
const site = process.env.JOURNEY_SITE ?? 'target/site-release';

// Logs go to a file: a thousand JSON lines between the results help nobody until something fails. The number of the process is noted
// for scripts/stop.sh: journeys that are killed stop nothing.
// Its keys are made here, as production's are: `serve` stands beside it on its database (`production`), and refuses those that `dev`
// would make.
const keys = 'target/journeys/data/keys.env';
export const command =
  `mkdir -p target/journeys/data && echo $$ > target/journeys/server.pid && ` +
  `{ test -s ${keys} || (umask 077 && ${program} keys > ${keys}); } && exec env ${notOurs} ${program} dev ` +
  `--addr 127.0.0.1:${port} --data target/journeys/data --throw-away > target/journeys/server.log 2>&1`;

export const environment = { LEPTOS_SITE_ROOT: site };

const root = join(__dirname, '../..');

export interface Served {
  address: string;
  /**
   * Whatever it asks of this table from now on, the database knows none of that name: what breaks as nobody has foreseen. Not what
   * one of its connections has asked before: that is prepared there, and goes by a name of its own.
   */
  lose: (table: string) => void;
  /** Takes the database away from it, for good. */
  cutOff: () => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * `serve`, as production starts it, on the database of the journeys and with their keys; it does no jobs. Nothing of the environment
 * reaches it but what is said here.
 */
export async function production(): Promise<Served> {
  const binary = resolve(root, program);
  const { port: database, app_password: password } = JSON.parse(
    readFileSync(join(root, 'target/journeys/data/postgres/cluster.json'), 'utf8'),
  ) as { port: number; app_password: string };
  const lines = readFileSync(join(root, keys), 'utf8');
  const files = mkdtempSync(join(tmpdir(), 'commdesk-'));
  const free = await freePort();
  const way = await passage(database);
  const log = openSync(join(root, `target/journeys/production-${free}.log`), 'w');
  const server = spawn(binary, ['serve'], {
    cwd: root,
    stdio: ['ignore', log, log],
    env: {
      ...Object.fromEntries(lines.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
      COMMDESK_ADDR: `127.0.0.1:${free}`,
      COMMDESK_BASE_URL: `http://127.0.0.1:${free}`,
      COMMDESK_FILES: files,
      COMMDESK_POOL: '4',
      COMMDESK_SMTP: 'smtp://127.0.0.1:9',
      COMMDESK_WORKERS: '0',
      DATABASE_URL: `postgres://commdesk_app:${password}@127.0.0.1:${way.port}/commdesk?sslmode=disable`,
      LEPTOS_SITE_ROOT: resolve(root, site),
    },
  });
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  process.once('exit', () => server.kill('SIGKILL'));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    await way.shut();
    rmSync(files, { recursive: true, force: true });
  };
  const served = `http://127.0.0.1:${free}`;
  const until = Date.now() + 20_000;
  for (;;) {
    if ((await fetch(`${served}/readyz`).catch(() => undefined))?.ok) return { address: served, lose: way.lose, cutOff: way.shut, stop };
    if (server.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error('`serve` did not start: see target/journeys/production-*.log');
    }
    await new Promise((again) => setTimeout(again, 100));
  }
}

/**
 * A way to a database on this machine that can be shut: what an outage looks like to whoever came by it. Tables can be lost on it:
 * who asks for one asks for a name that no table has, as long as its own, so that every message keeps its length.
 */
async function passage(to: number): Promise<{ port: number; lose: (table: string) => void; shut: () => Promise<void> }> {
  const open = new Set<Socket>();
  const lost: string[] = [];
  const asking = () =>
    new Transform({
      transform(message: Buffer, _, done) {
        // Byte for byte: what is not text comes through as it is.
        const asked = lost.reduce((text, table) => text.replaceAll(table, '_'.repeat(table.length)), message.toString('latin1'));
        done(null, Buffer.from(asked, 'latin1'));
      },
    });
  const door = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const end of [near, far]) {
      open.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        open.delete(end);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(asking()).pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((listening) => door.listen(0, '127.0.0.1', listening));
  const { port } = door.address() as { port: number };
  const shut = async () => {
    const closed = new Promise((done) => door.close(done));
    for (const end of open) end.destroy();
    await closed;
  };
  return { port, lose: (table) => void lost.push(table), shut };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port: free } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return free;
}
