// Rooms that the days of the five people do not pass, walked twice: by keyboard alone with scripts on, and with scripts off on
// a phone. What the reader sees, and for keyboards where the focus is, is the same walk in both.
import type { Browser, BrowserContextOptions, Locator, Page, Route } from '@playwright/test';
import { call } from '../lib/call';
import { keyboard, mouse, tabTo, type Hand } from '../lib/hands';
import { awake, fresh, open, slug, staffPage } from '../lib/steps';
import { demoPerson, expect, fits, test } from '../lib/world';

interface Way {
  name: string;
  by: Hand;
  options: BrowserContextOptions;
  /** What is looked for at HarbourConf in this walk: an organization has one open request about an offer. */
  category: string;
  /** What the organizations of this walk are called. */
  word: string;
}

const WAYS: Way[] = [
  { name: 'by keyboard alone', by: keyboard, options: {}, category: 'Bronze Sponsor', word: 'Quartet' },
  {
    name: 'with scripts off, on a phone',
    by: mouse,
    options: { javaScriptEnabled: false, viewport: { width: 360, height: 740 }, hasTouch: true },
    category: 'Silver Sponsor',
    word: 'Foursome',
  },
];

/** Opens a page; a keyboard goes past its head, a phone must not scroll sideways. */
async function arrive(page: Page, way: Way, path: string): Promise<void> {
  await open(page, path);
  if (way.by === keyboard) {
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(page.locator('#main')).toBeFocused();
  } else {
    await fits(page);
  }
}

/** A refused form says so; where scripts are on, the focus stands on what is wrong. */
async function refused(page: Page, way: Way): Promise<void> {
  const alert = page.getByRole('main').getByRole('alert');
  await expect(alert).toBeVisible();
  if (way.by === keyboard) await expect(alert).toBeFocused();
  else await fits(page);
}

/**
 * Presses what changes the list around its reader. With scripts the page is not loaded anew: it stays where it is, with the focus on
 * what was pressed, and nothing is added to the way back.
 */
async function pressStaying(page: Page, way: Way, target: Locator, done: () => Promise<void>): Promise<void> {
  if (way.by !== keyboard) {
    await way.by.press(target);
    return done();
  }
  await tabTo(target);
  const place = async () => (await target.boundingBox())!.y;
  const before = await place();
  const length = await page.evaluate(() => {
    Object.assign(window, { isThisPage: true });
    return history.length;
  });
  await page.keyboard.press('Enter');
  await done();
  await expect(target).toBeFocused();
  expect(await page.evaluate(() => ['isThisPage' in window, history.length]), 'the same page').toEqual([true, length]);
  // The line above the list grows by its buttons.
  expect(Math.abs((await place()) - before), 'what was pressed stays in its place').toBeLessThan(40);
}

/** What is posted to a page waits until somebody lets it go. */
async function holdingPosts(page: Page, path: string) {
  const held: Route[] = [];
  const isThere = (url: URL) => url.pathname === path;
  await page.route(isThere, async (route) => {
    if (route.request().method() === 'POST') held.push(route);
    else await route.continue();
  });
  const end = async (how: (route: Route) => Promise<void>) => {
    for (const route of held) await how(route);
    await page.unroute(isThere);
  };
  return { held, letGo: () => end((route) => route.continue()), lose: () => end((route) => route.abort()) };
}

/** It says that its wish is on its way: to whoever hears it, and by a wheel that turns. */
async function isBusy(button: Locator): Promise<void> {
  await expect(button).toHaveAttribute('aria-busy', 'true');
  expect(await button.evaluate((it) => getComputedStyle(it, '::before').animationName)).toBe('button-busy');
}

/** The part of a page that is folded away. */
const fold = (page: Page, words: string) => page.getByRole('main').locator('summary', { hasText: words });

/**
 * A walk in every way, never two at a time: the same people take it, in the same rooms. Nor beside other journeys with the same
 * `lock`.
 */
function everyWay(title: string, patience: number, walk: (browser: Browser, way: Way) => Promise<void>, lock = title): void {
  for (const way of WAYS) {
    test(`${title}, ${way.name}`, { lock }, async ({ browser }) => {
      test.setTimeout(patience);
      await walk(browser, way);
    });
  }
}

everyWay('a list becomes profiles, which are found, compared, kept and watched', 240_000, async (browser, way) => {
  const { by } = way;
  const mark = fresh(way.word).replace(' ', '');
  // Names that nobody takes for each other, with a word that finds all four.
  const names = ['Lighthouse', 'Granary', 'Observatory', 'Mill'].map((house) => `${mark} ${house}`);
  // Headings that nobody could guess, and that no run before this one has named.
  const [who, where] = [`A${mark}`, `B${mark}`];
  const rows = names.map((name) => `${name},https://www.${slug(name)}.example`);
  const list = [`${who},${where}`, ...rows, 'Nobody at all,this is no website'].join('\n');

  const sara = await staffPage(browser, 'sara@commdesk.example', by, way.options);
  await arrive(sara, way, '/imports');
  await by.press(sara.getByRole('button', { name: 'Look at the file' }));
  await refused(sara, way);
  await by.tick(sara.getByRole('radio', { name: /^Organizations/ }));
  await by.file(sara.getByLabel('File', { exact: true }), { name: 'quartet.csv', mimeType: 'text/csv', buffer: Buffer.from(list) });
  await by.press(sara.getByRole('button', { name: 'Look at the file' }));
  await expect(sara.getByText('Say which column holds what')).toBeVisible();
  const imported = sara.url();
  await arrive(sara, way, imported);
  await by.choose(sara.getByLabel(/^Name/), who);
  await by.choose(sara.getByLabel(/^Website/), where);
  await by.press(sara.getByRole('button', { name: 'Look at the rows' }));
  const table = sara.getByRole('table', { name: 'The rows of the file' }).getByRole('row');
  await expect(table.filter({ hasText: names[0] })).toContainText('New');
  await expect(table.filter({ hasText: 'Nobody at all' })).toContainText('Problem');
  expect((await sara.request.get(`/directory/${slug(names[0]!)}`)).status(), 'nothing has happened').toBe(404);
  await arrive(sara, way, imported);
  await by.press(sara.getByRole('button', { name: 'Import 4 organizations' }));
  // With scripts the page looks again by itself; without them whoever waits presses a link.
  await expect(async () => {
    const again = sara.getByRole('link', { name: 'Load it again' });
    if (await again.isVisible()) await again.click();
    await expect(sara.getByRole('button', { name: 'Take it back' })).toBeVisible({ timeout: 2000 });
  }).toPass({ timeout: 30_000 });

  // Staff find them in the registry: by its tabs, and by its search.
  await arrive(sara, way, '/staff/organizations');
  await by.press(sara.getByRole('navigation', { name: 'Organizations by status' }).getByRole('link', { name: /^Added by communities/ }));
  await expect(sara.getByRole('heading', { level: 1 })).toHaveText('Organizations: added by communities');
  await expect(sara.getByRole('link', { name: names[3], exact: true })).toBeVisible();
  await arrive(sara, way, '/staff/organizations');
  await by.fill(sara.getByRole('searchbox', { name: 'Search all organizations' }), mark);
  await by.press(sara.getByRole('main').getByRole('search').getByRole('button', { name: 'Search' }));
  await expect(sara.getByText(`Found for “${mark}”.`)).toBeVisible();
  for (const name of names) await expect(sara.getByRole('link', { name, exact: true })).toBeVisible();

  // Somebody who looks for sponsors finds all four, and lays them side by side.
  const mei = await demoPerson(browser, 'mei@harbour.example', way.options);
  const question = `/directory?q=${mark}`;
  await expect(async () => {
    await open(mei, question);
    await expect(mei.getByRole('link', { name: new RegExp(`^Compare ${mark}`) })).toHaveCount(4, { timeout: 1_000 });
  }).toPass();
  await arrive(mei, way, question);
  for (const name of names) {
    const one = mei.getByRole('link', { name: `Compare ${name}`, exact: true });
    await pressStaying(mei, way, one, () => expect(one).toHaveAttribute('aria-current', 'true'));
  }
  const compare = mei.getByRole('link', { name: 'Compare 4 of at most 4' });
  if (by === keyboard) {
    // It stands above the list: one goes back.
    await tabTo(compare, 160, 'Shift+Tab');
    await mei.keyboard.press('Enter');
    await expect(mei).toHaveURL(/\/directory\/compare\?/);
    // Who lets all go there goes on from the line that says so.
    await mei.goBack();
    await awake(mei);
    await by.press(mei.getByRole('link', { name: 'Compare nobody' }));
    await expect(mei.getByText('Choose up to 4 to compare.')).toBeFocused();
    await open(mei, `/directory/compare?${names.map((name) => `o=${slug(name)}`).join('&')}`);
  } else {
    // They stay chosen while the list shows somebody else.
    await by.press(mei.getByRole('list', { name: 'Chosen' }).getByRole('link'));
    await expect(mei).not.toHaveURL(/[?&]q=/);
    await by.press(compare);
  }
  await expect(mei).toHaveURL(/\/directory\/compare\?/);
  const heads = mei.getByRole('columnheader').filter({ hasText: mark });
  await expect(heads).toHaveCount(4);
  await arrive(mei, way, mei.url());
  // What is wider than the screen can be reached by keyboard.
  if (by === keyboard) await tabTo(mei.getByRole('region', { name: 'Side by side' }));
  await by.press(mei.getByRole('link', { name: `Take away ${names[3]}` }));
  await expect(heads).toHaveCount(3);

  // Communities in the same way: one stays chosen while another is looked for.
  await arrive(mei, way, '/communities?q=Apex+Circle&o=harbour-devs');
  const apex = mei.getByRole('link', { name: 'Compare Apex Circle', exact: true });
  await pressStaying(mei, way, apex, () => expect(apex).toHaveAttribute('aria-current', 'true'));
  const two = mei.getByRole('link', { name: 'Compare 2 of at most 4' });
  if (by === keyboard) {
    await tabTo(two, 160, 'Shift+Tab');
    await mei.keyboard.press('Enter');
  } else {
    await by.press(two);
  }
  await expect(mei).toHaveURL(/\/communities\/compare\?/);
  await expect(mei.getByRole('columnheader').filter({ hasText: /Apex Circle|Harbour Devs/ })).toHaveCount(2);
  await arrive(mei, way, mei.url());

  // Two of them are watched from their rows, the second while the first is on its way, and not any more.
  await arrive(mei, way, question);
  const [granary, observatory] = [names[1]!, names[2]!];
  const watches = (word: string, name: string) => mei.getByRole('button', { name: `${word}: ${name}`, exact: true });
  await expect(mei.locator('#start-watching input[name="_key"]'), 'a second row is no repetition of the first').toHaveCount(0);
  if (by === keyboard) {
    const busy = mei.getByRole('main').locator('[aria-busy=true]');
    const both = await holdingPosts(mei, '/directory');
    await mei.evaluate(() => Object.assign(window, { isThisPage: true }));
    for (const name of [granary, observatory]) await by.press(watches('Watch', name));
    await expect.poll(() => both.held.length, 'both are sent').toBe(2);
    for (const name of [granary, observatory]) await isBusy(watches('Watch', name));
    await expect(busy, 'and no other row').toHaveCount(2);
    await both.letGo();
    await expect(watches('Stop watching', granary)).toBeVisible();
    await expect(watches('Stop watching', observatory)).toBeFocused();
    await expect(busy).toHaveCount(0);
    expect(await mei.evaluate(() => 'isThisPage' in window), 'the page stays').toBe(true);

    // What is lost is not on its way any more, and the page says so.
    const lost = await holdingPosts(mei, '/directory');
    await mei.keyboard.press('Enter');
    await expect.poll(() => lost.held.length).toBe(1);
    await isBusy(watches('Stop watching', observatory));
    await lost.lose();
    await expect(mei.getByRole('main').getByRole('alert')).toBeFocused();
    await expect(busy).toHaveCount(0);
    await expect(watches('Stop watching', observatory)).toBeVisible();
  } else {
    for (const name of [granary, observatory]) {
      await by.press(watches('Watch', name));
      await expect(mei).toHaveURL(/#watch-/);
      await expect(watches('Stop watching', name)).toBeInViewport();
    }
  }
  await arrive(mei, way, '/watchlist');
  for (const name of [granary, observatory]) await expect(mei.getByRole('main').getByRole('link', { name })).toBeVisible();
  await arrive(mei, way, question);
  for (const name of [granary, observatory]) {
    await by.press(watches('Stop watching', name));
    await expect(watches('Watch', name)).toBeVisible();
  }

  // The question is kept, with an alert; switched off, renamed, thrown away. Whom one compares stays chosen.
  await arrive(mei, way, `${question}&o=${slug(granary)}`);
  await by.press(fold(mei, 'Save this search'));
  if (by === keyboard) {
    await mei.keyboard.press('Tab');
    await expect(mei.getByLabel('Name', { exact: true })).toBeFocused();
  }
  await by.press(mei.getByRole('button', { name: 'Save search' }));
  await refused(mei, way);
  await by.fill(mei.getByLabel('Name', { exact: true }), mark);
  await by.tick(mei.getByRole('checkbox', { name: /^Tell me once of every/ }));
  await by.press(mei.getByRole('button', { name: 'Save search' }));
  await expect(mei.getByRole('navigation', { name: 'Saved searches' }).getByRole('link', { name: mark })).toBeVisible();
  await expect(mei.getByRole('link', { name: 'Compare 1 of at most 4' })).toBeVisible();
  await arrive(mei, way, '/searches');
  const search = mei.getByRole('region', { name: mark });
  await expect(search).toContainText('Alert on');
  await by.press(search.getByRole('button', { name: `Switch the alert off: ${mark}` }));
  await expect(search).toContainText('No alert');
  await arrive(mei, way, '/searches');
  await by.press(search.locator('summary'));
  await by.fill(search.getByLabel('Name', { exact: true }), `All of ${mark}`);
  await by.press(search.locator('button', { hasText: 'Rename' }));
  const renamed = mei.getByRole('region', { name: `All of ${mark}` });
  await expect(renamed).toBeVisible();
  await by.press(mei.getByRole('button', { name: `Delete: All of ${mark}` }));
  await expect(renamed).toHaveCount(0);

  // One of them is watched, and not any more.
  await arrive(mei, way, `/directory/${slug(names[0]!)}`);
  const one = mei.getByRole('button', { name: `Watch: ${names[0]}` });
  if (by === keyboard) {
    const its = await holdingPosts(mei, new URL(mei.url()).pathname);
    await by.press(one);
    await expect.poll(() => its.held.length).toBe(1);
    await isBusy(one);
    await its.letGo();
  } else {
    await by.press(one);
  }
  await expect(mei.getByRole('button', { name: `Stop watching: ${names[0]}` })).toBeVisible();
  await arrive(mei, way, '/watchlist');
  await expect(mei.getByRole('main').getByRole('link', { name: names[0] })).toBeVisible();
  await by.press(mei.getByRole('button', { name: `Stop watching: ${names[0]}` }));
  await expect(mei.getByRole('main').getByRole('link', { name: names[0] })).toHaveCount(0);
  await mei.context().close();

  // And gone again.
  await arrive(sara, way, imported);
  await by.press(sara.getByRole('button', { name: 'Take it back' }));
  await expect(sara.getByText('It was taken back.')).toBeVisible();
  await sara.context().close();
});

everyWay('a key, a rule of the inbox, a list of newcomers and an export', 120_000, async (browser, way) => {
  const { by } = way;
  const page = await demoPerson(browser, 'mei@harbour.example', way.options);

  // A key without a name is refused, and what was ticked stays; made, it is shown once and then revoked.
  await arrive(page, way, '/api-keys');
  const scope = page.getByRole('checkbox', { name: /event:read/ });
  await by.tick(scope);
  await by.press(page.getByRole('button', { name: 'Make the key' }));
  await refused(page, way);
  await expect(scope).toBeChecked();
  const name = fresh('Name tags');
  const mark = slug(fresh(way.word));
  await by.fill(page.getByLabel('Name', { exact: true }), name);
  await by.press(page.getByRole('button', { name: 'Make the key' }));
  await expect(page.getByText(/cd_live_[A-Za-z0-9_-]{20}/).first()).toBeVisible();
  await arrive(page, way, '/api-keys');
  await expect(page.getByText(/cd_live_[A-Za-z0-9_-]{20}/)).toHaveCount(0);
  const key = page.getByRole('listitem').filter({ hasText: name });
  await by.press(key.locator('summary'));
  await by.press(key.getByRole('button', { name: 'Revoke for good' }));
  await expect(page.getByText('The key is revoked')).toBeVisible();

  await arrive(page, way, '/inbox/rules');
  await by.press(fold(page, 'Add a rule'));
  await by.choose(page.getByLabel(/^Region/), 'South Asia');
  await by.choose(page.getByLabel(/^Event type/), 'Meetup');
  await by.press(page.getByRole('button', { name: 'Save rule' }));
  await refused(page, way);
  await by.choose(page.getByLabel('Handled by'), 'Mei Tanaka');
  await by.press(page.getByRole('button', { name: 'Save rule' }));
  const remove = page.getByRole('button', { name: 'Remove: Meetup in South Asia' });
  await expect(remove).toBeVisible();
  await arrive(page, way, '/inbox/rules');
  await by.press(remove);
  await expect(remove).toHaveCount(0);

  // A list of newcomers: what is wrong stands beside it, and it stays in its box until it is right.
  await arrive(page, way, '/people/import');
  await by.fill(page.getByLabel('Or paste the list here'), 'firstName,lastName,email,role');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.keyboard.type(`Ida,Berg,ida@${mark}.example,Boss`);
  await by.press(page.getByRole('button', { name: 'Look at the list' }));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('One row needs a change');
  await arrive(page, way, page.url());
  const box = page.getByLabel('The list', { exact: true });
  await expect(box).toHaveValue(/Ida,Berg,.*,Boss/);
  await expect(page.getByRole('region', { name: 'Correct these rows' })).toContainText('Line 2, Ida Berg');
  if (by === keyboard) {
    await tabTo(box);
    await page.keyboard.press('ControlOrMeta+End');
  } else {
    await box.press('ControlOrMeta+End');
  }
  for (let letter = 0; letter < 'Boss'.length; letter += 1) await page.keyboard.press('Backspace');
  await page.keyboard.type('Mentor');
  await by.press(page.getByRole('button', { name: 'Look again' }));
  await expect(page.getByRole('button', { name: 'Import 1 person' })).toBeVisible();
  await arrive(page, way, page.url());
  await by.press(page.getByRole('link', { name: 'Change the list' }));
  await expect(box).toHaveValue(/Ida,Berg,.*,Mentor/);
  if (by === keyboard) await expect(box).toBeFocused();
  await expect(page.getByRole('button', { name: 'Import 1 person' })).toHaveCount(0);

  await arrive(page, way, '/export');
  await by.press(page.getByRole('button', { name: 'Export everything' }));
  await expect(page.getByText('Your export is ready')).toBeVisible();
  const file = await page.getByRole('link', { name: /^One document/ }).getAttribute('href');
  expect(await (await page.request.get(file!)).text()).toContain('Harbour Devs');
  await page.context().close();
});

everyWay('decisions released together, a place passed on in line, a report and a block', 180_000, async (browser, way) => {
  const { by } = way;
  const mei = await demoPerson(browser, 'mei@harbour.example', way.options);
  const tomas = await demoPerson(browser, 'tomas@lumen.example');
  const ingrid = await demoPerson(browser, 'ingrid@fjord.example', way.options);

  // One place, and two who want it.
  const event = await call(mei, 'GET', '/events/harbourconf');
  const offer = await call(mei, 'POST', '/opportunities', {
    eventId: event.id,
    category: way.category,
    places: 1,
    decisionDeadline: new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10),
    budgetRange: { min: 40_000, max: 90_000, currency: 'INR' },
    status: 'Open',
  });
  const first = await call(tomas, 'POST', `/opportunities/${offer.id}/apply`, {
    amount: 60_000,
    message: `A desk for questions about data, for those who come for the ${way.category}.`,
  });
  const second = await call(ingrid, 'POST', `/opportunities/${offer.id}/apply`, {
    amount: 50_000,
    message: `Recordings of every talk within a week, as your ${way.category}.`,
  });

  // Prepared, it is said to nobody.
  const decisions = `/manage/opportunities/${offer.id}/decisions`;
  await arrive(mei, way, decisions);
  const of = (organization: string) => mei.getByRole('group', { name: organization });
  await by.choose(of('Lumen Data').getByLabel('Decision', { exact: true }), 'Accept');
  await by.press(mei.getByRole('button', { name: 'Save without telling anybody' }));
  await expect(mei.getByRole('heading', { name: 'One decision is prepared' })).toBeVisible();
  expect((await call(tomas, 'GET', `/requests/${first.id}`)).state).toBe('Pending');
  await arrive(mei, way, decisions);
  await by.press(mei.getByRole('button', { name: 'Release the decision' }));
  await expect(mei.getByRole('heading', { name: 'One decision is prepared' })).toHaveCount(0);
  await expect(of('Lumen Data')).toHaveCount(0);
  expect((await call(tomas, 'GET', `/requests/${first.id}`)).state).toBe('Accepted');

  // The other one waits in line, and is offered the place when it is released.
  await arrive(mei, way, decisions);
  await by.press(of('Fjord Media').getByRole('link', { name: 'See the application' }));
  await expect(mei.getByRole('heading', { name: 'Every place is taken' })).toBeVisible();
  await by.press(mei.getByRole('button', { name: 'Put on the waiting list' }));
  await expect(mei.getByRole('heading', { name: 'Waiting for a place' })).toBeVisible();
  await arrive(mei, way, `/requests/${first.id}`);
  await by.press(fold(mei, 'Release the place'));
  const release = mei.locator('form button', { hasText: 'Release the place' });
  await by.press(release);
  await refused(mei, way);
  await by.fill(mei.getByLabel('Why', { exact: true }), 'Their plans changed, and they asked us to.');
  await by.press(release);
  await expect(mei.getByRole('heading', { name: 'The place was released' })).toBeVisible();
  await mei.context().close();
  await tomas.context().close();

  const request = `/requests/${second.id}`;
  await arrive(ingrid, way, request);
  await expect(ingrid.getByRole('heading', { name: 'A place is kept for you' })).toBeVisible();
  await by.press(ingrid.getByRole('button', { name: 'Take the place' }));
  await expect(ingrid.getByText('Accepted', { exact: true }).filter({ visible: true }).first()).toBeVisible();

  // What helps against somebody who should not write: staff, or a block.
  await arrive(ingrid, way, request);
  await by.press(ingrid.getByRole('link', { name: 'Report this request' }));
  await expect(ingrid.getByRole('heading', { level: 1 })).toContainText('Report');
  const reason = ingrid.getByLabel('What is wrong');
  await by.choose(reason, (await reason.locator('option').nth(1).getAttribute('value'))!);
  await by.fill(ingrid.getByLabel(/^What happened/), 'They write at night, every night.');
  await by.press(ingrid.getByRole('button', { name: 'Send report' }));
  await expect(ingrid.getByRole('heading', { level: 1 })).toHaveText('Your report was sent');
  await arrive(ingrid, way, request);
  await by.press(fold(ingrid, 'Block Harbour Devs'));
  await by.press(ingrid.getByRole('button', { name: 'Block them' }));
  const unblock = ingrid.getByRole('button', { name: 'Unblock Harbour Devs' });
  await expect(unblock).toBeVisible();
  // Of an organization the inbox also answers by itself.
  await arrive(ingrid, way, '/inbox/rules');
  await by.press(fold(ingrid, 'Add an answer'));
  await by.fill(ingrid.getByLabel(/^At least so many people/), '100000');
  await by.choose(ingrid.getByLabel(/^Otherwise declined because/), 'Budget');
  await by.fill(ingrid.getByLabel('Your answer'), 'We film large events only.');
  await by.press(ingrid.getByRole('button', { name: 'Save answer' }));
  const answer = ingrid.getByRole('button', { name: /^Remove: at least/i });
  await expect(answer).toBeVisible();
  await arrive(ingrid, way, '/inbox/rules');
  await by.press(answer);
  await expect(answer).toHaveCount(0);
  await arrive(ingrid, way, '/inbox/rules');
  await by.press(unblock);
  await expect(unblock).toHaveCount(0);
  await ingrid.context().close();
}, 'Harbour Devs and Fjord Media');
