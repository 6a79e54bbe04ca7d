// Where the server of the journeys is, and how it is started.

// Playwright reads this file once more in every worker: the port must be the same there, so it comes from outside or
// is a fixed one.
const port = Number(process.env.JOURNEY_PORT ?? 3917);

export const address = `http://127.0.0.1:${port}`;

// The journeys bring a database of their own and count on the defaults, whatever the shell that starts them works with.
const notOurs = ['DATABASE_URL', 'COMMDESK_SMTP', 'COMMDESK_LIMIT_FACTOR'].map((name) => `-u ${name}`).join(' ');

// Logs go to a file: a thousand JSON lines between the results help nobody until something fails.
export const command =
  `mkdir -p target/journeys && exec env ${notOurs} target/release/commdesk dev ` +
  `--addr 127.0.0.1:${port} --data target/journeys/data > target/journeys/server.log 2>&1`;

export const environment = { LEPTOS_SITE_ROOT: 'target/site-release' };
