// Where the server of the journeys is, and how it is started.

// Playwright reads this file once more in every worker: the port must be the same there, so it comes from outside or
// is a fixed one.
const port = Number(process.env.JOURNEY_PORT ?? 3917);

export const address = `http://127.0.0.1:${port}`;

// The journeys bring a database of their own and count on the defaults, whatever the shell that starts them works with.
const notOurs = ['DATABASE_URL', 'COMMDESK_SMTP', 'COMMDESK_LIMIT_FACTOR'].map((name) => `-u ${name}`).join(' ');

// The split release build, unless somebody tries a debug build of theirs.
const program = process.env.JOURNEY_PROGRAM ?? 'target/release/commdesk';
const site = process.env.JOURNEY_SITE ?? 'target/site-release';

// Logs go to a file: a thousand JSON lines between the results help nobody until something fails.
export const command =
  `mkdir -p target/journeys && exec env ${notOurs} ${program} dev ` +
  `--addr 127.0.0.1:${port} --data target/journeys/data > target/journeys/server.log 2>&1`;

export const environment = { LEPTOS_SITE_ROOT: site };
