// What newcomers see of their own pages, on a phone: with nothing on them yet, and with the first thing. Each says what it is,
// leads on by a link that opens, and scrolls nowhere sideways.
import type { Page } from '@playwright/test';
import { call } from '../lib/call';
import { applied, asked, cameIn, offered, published, registered } from '../lib/prepared';
import { fresh, slug, somebody } from '../lib/steps';
import { expect, fits, market, newcomer, test } from '../lib/world';

/** What is looked at is there before any script is. */
const PHONE = { javaScriptEnabled: false, viewport: { width: 360, height: 740 } };

interface Stop {
  path: string;
  /** The heading of a page that is empty, and the name of the link that leads on. */
  empty?: string;
  step: string;
}

/** What a workspace has that did nothing yet, whichever side it is on. */
const OF_BOTH: Stop[] = [
  { path: '/watchlist', empty: 'You watch nobody yet', step: 'Open the directory' },
  { path: '/searches', empty: 'Nothing is saved yet', step: 'Open the directory' },
  { path: '/notifications', step: 'Choose what is mailed' },
];

const OF_COMMUNITIES: Stop[] = [
  { path: '/dashboard', step: 'Find a sponsor' },
  { path: '/inbox', empty: 'Nothing has come in', step: 'Find a sponsor' },
  { path: '/manage/events', empty: 'No events are ahead', step: 'Draft an event' },
  { path: '/manage/opportunities', empty: 'No opportunities here yet', step: 'Write an opportunity' },
  { path: '/manage/opportunities/new', empty: 'An opportunity needs an event', step: 'Write an event' },
  ...OF_BOTH,
];

const OF_ORGANIZATIONS: Stop[] = [
  { path: '/dashboard', step: 'Find an opportunity' },
  { path: '/inbox', empty: 'Nothing has come in', step: 'Find an opportunity' },
  { path: '/opportunities?q=zzqqxx', step: 'Show all opportunities' },
  ...OF_BOTH,
];

async function opens(page: Page, path: string): Promise<void> {
  expect((await page.goto(path))!.status(), `${path} is there`).toBe(200);
  await expect(page.getByRole('heading', { level: 1 }), `${path} says what it is`).toHaveText(/\S/);
  await fits(page);
}

async function leadsOn(page: Page, { path, empty, step }: Stop): Promise<void> {
  await opens(page, path);
  const main = page.getByRole('main');
  if (empty) await expect(main.getByRole('heading', { name: empty, exact: true }), `${path} says that it is empty`).toBeVisible();
  const link = main.getByRole('link', { name: step }).first();
  await expect(link, `${path} leads on`).toBeVisible();
  const href = (await link.getAttribute('href'))!;
  const answer = await page.request.get(href, { headers: { accept: 'text/html' } });
  expect(answer.status(), `${path} leads to ${href}`).toBe(200);
}

test('whoever waits to be let in finds nothing on their pages but the way on', async ({ browser }) => {
  const acme = somebody('Asha', fresh('Waiting Acme'));
  const apex = somebody('Ravi', fresh('Waiting Apex'));
  const comesIn = async () => {
    const page = await newcomer(browser, PHONE);
    await applied(page, acme);
    await cameIn(page, acme.email);
    return page;
  };
  const signsUp = async () => {
    const page = await newcomer(browser, PHONE);
    await registered(page, apex);
    await cameIn(page, apex.email, 'verify-email');
    return page;
  };
  const [sponsor, owner] = await Promise.all([comesIn(), signsUp()]);
  const walk = async (page: Page, stops: Stop[]) => {
    for (const stop of stops) await leadsOn(page, stop);
  };
  await Promise.all([
    walk(sponsor, [...OF_ORGANIZATIONS, { path: '/people', step: acme.name }]),
    walk(owner, [...OF_COMMUNITIES, { path: '/people', step: apex.name }]),
  ]);
});

test('a market that has just begun leads on while it is empty, and with the first of each thing', async ({ browser }) => {
  test.setTimeout(120_000);
  const acme = somebody('Asha', fresh('First Acme'));
  const apex = somebody('Ravi', fresh('First Apex'));
  const { sponsor, community: owner } = await market(browser, acme, apex, PHONE);
  for (const stop of [...OF_COMMUNITIES, { path: '/people', step: 'Import a list' }]) await leadsOn(owner, stop);
  for (const stop of OF_ORGANIZATIONS) await leadsOn(sponsor, stop);

  // One event, one opportunity, one application, and one that is watched.
  const event = await published(owner, fresh('FirstConf'));
  await asked(sponsor, await offered(owner, event), 250_000, 'We bring two mentors and a prize.');
  const { id } = await call(owner, 'GET', `/sponsors/${slug(acme.company)}`);
  await call(owner, 'PUT', `/watchlist/organizations/${id}`);
  const first: [Page, string, string, string][] = [
    [owner, '/dashboard', '.inbox__row', acme.company],
    [owner, '/inbox', '.inbox__row', acme.company],
    [owner, '/manage/events', 'tbody tr', event.title],
    [owner, '/manage/opportunities', 'tbody tr', event.title],
    [owner, '/watchlist', '.list__row', acme.company],
    [sponsor, '/inbox?tab=submitted', '.inbox__row', apex.company],
  ];
  for (const [page, path, rows, name] of first) {
    await opens(page, path);
    const row = page.getByRole('main').locator(rows);
    await expect(row, `${path} has one row`).toHaveCount(1);
    await expect(row).toContainText(name);
    const href = (await row.getByRole('link').first().getAttribute('href'))!;
    const answer = await page.request.get(href, { headers: { accept: 'text/html' } });
    expect(answer.status(), `the row of ${path} leads to ${href}`).toBe(200);
  }
  for (const page of [owner, sponsor]) await opens(page, '/notifications');
});
