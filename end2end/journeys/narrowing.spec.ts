// A visitor with a phone and a poor connection narrows the directory to the few that fit, by typing and tapping, and shares the link:
// whoever opens it reads the same rows. The same taps lead to the same address without scripts.
import type { Page } from '@playwright/test';
import { call } from '../lib/call';
import { address } from '../lib/server';
import { awake, fresh, open, staffPage } from '../lib/steps';
import { expect, fits, newcomer, test } from '../lib/world';

const PHONE = { hasTouch: true, viewport: { width: 360, height: 740 } };

/** About what a phone has at the edge of its network: bytes in a second, milliseconds for an answer. */
const POOR = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 90_000 };

const BIRDS = ['Avocet', 'Bittern', 'Curlew', 'Dunlin', 'Egret', 'Falcon', 'Godwit', 'Heron', 'Ibis', 'Jackdaw', 'Kestrel', 'Lapwing', 'Merlin',
  'Nuthatch', 'Osprey', 'Plover', 'Quail', 'Redstart', 'Sandpiper', 'Turnstone', 'Umbrellabird', 'Vireo', 'Whimbrel', 'Yellowhammer'];

/** Two dozen profiles with a word that nobody else has, by a list that staff bring: nine are of security, and of these three are partners. */
async function brought(staff: Page, word: string): Promise<string> {
  const lines = BIRDS.map((bird, at) => {
    const industry = at % 8 < 3 ? 'Security' : 'Gaming';
    return `${bird} ${word},https://${bird.toLowerCase()}-${word}.example,${industry},Tools that ${word} uses,${at % 3 === 0 ? 'Partner' : 'Sponsor'}`;
  });
  const file = ['Name,Website,Industry,Description,Type', ...lines].join('\n');
  const answer = await staff.request.post('/api/v1/imports', {
    headers: { origin: address },
    multipart: { target: 'organizations', file: { name: 'birds.csv', mimeType: 'text/csv', buffer: Buffer.from(file) } },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  const { data } = (await answer.json()) as { data: { id: string; counts: { make: number } } };
  expect(data.counts.make, 'every row is a new profile').toBe(BIRDS.length);
  await call(staff, 'POST', `/imports/${data.id}/apply`, { choices: {} });
  const found = async () => (await call<{ total: number }>(staff, 'GET', `/sponsors?search=${word}`)).total;
  await expect.poll(found, { message: 'the directory knows them', timeout: 30_000, intervals: [100] }).toBe(BIRDS.length);
  return data.id;
}

const parts = (page: Page) => {
  const main = page.getByRole('main');
  const filters = main.getByRole('group', { name: 'Filters' });
  return {
    field: main.locator('#q'),
    count: main.locator('.results-count'),
    names: main.locator('.results .card__link'),
    chips: main.getByRole('list', { name: 'Chosen' }).getByRole('listitem'),
    menu: (title: string) => filters.locator('details', { has: page.locator('summary', { hasText: title }) }),
    opened: filters.locator('details[open] > summary'),
  };
};

/** One value of a facet. What is open lies in the way, and is put away. */
async function taps(page: Page, facet: string, value: RegExp, count: string): Promise<void> {
  const { menu, opened } = parts(page);
  if (await opened.count()) await opened.first().tap();
  await menu(facet).locator('summary').tap();
  const link = menu(facet).getByRole('link', { name: value });
  await expect(link, 'the menu says how many there would be').toContainText(count);
  await link.tap();
}

/** A word, a facet, a second facet: from two dozen to three. What stands there then, and where. */
async function narrows(page: Page, word: string): Promise<{ shared: string; names: string[] }> {
  const { field, count, names, chips, opened } = parts(page);
  await field.tap();
  await field.fill(word);
  await field.press('Enter');
  await expect(count).toHaveText('24 organizations');
  await expect(names).toHaveCount(20);
  await taps(page, 'Industry', /^Security/, '9');
  await expect(count).toHaveText('9 organizations');
  await taps(page, 'Joined as', /^Partner/, '3');
  await expect(count).toHaveText('3 organizations');
  if (await opened.count()) await opened.first().tap();
  await expect(chips).toHaveText([`“${word}”`, 'Industry: Security', 'Joined as: Partner'].map((text) => new RegExp(text)));
  await expect(names).toHaveCount(3);
  await fits(page);
  const { pathname, search } = new URL(page.url());
  expect([...new URLSearchParams(search)]).toEqual([['q', word], ['industry', 'Security'], ['entityType', 'Partner']]);
  return { shared: pathname + search, names: await names.allInnerTexts() };
}

test('on a phone the directory is narrowed by typing and tapping, and the address is what is shared', async ({ browser }) => {
  test.setTimeout(120_000);
  const word = `flock${fresh('').trim()}`;
  const staff = await staffPage(browser);
  const list = await brought(staff, word);

  const phone = await newcomer(browser, PHONE);
  const session = await phone.context().newCDPSession(phone);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', POOR);
  await phone.goto('/directory');
  const { field, count, names, chips } = parts(phone);
  await field.tap();
  await expect(phone.locator('html[data-awake]')).toBeAttached({ timeout: 30_000 });

  // What is suggested is taken by a finger too; and all of it is let go again.
  await field.pressSequentially('secur');
  await phone.getByRole('option').filter({ hasText: /^Security\s*Industry$/ }).tap();
  await expect(phone).toHaveURL(/\/directory\?industry=Security$/);
  await expect(chips).toHaveText([/Industry: Security/]);
  await phone.getByRole('main').getByRole('link', { name: 'Clear all' }).tap();
  await expect(phone).toHaveURL(/\/directory$/);
  await expect(chips).toHaveCount(0);

  const here = await narrows(phone, word);

  // Opened somewhere else, by people who have none of it: on a desk, and without scripts.
  for (const options of [{}, { ...PHONE, javaScriptEnabled: false }]) {
    const friend = await newcomer(browser, options);
    expect((await friend.goto(here.shared))!.status()).toBe(200);
    const theirs = parts(friend);
    await expect(theirs.names).toHaveText(here.names);
    await expect(theirs.count).toHaveText('3 organizations');
    await expect(theirs.chips).toHaveCount(3);
    await friend.context().close();
  }

  // A chip takes away what it says, and leaves the rest.
  await chips.filter({ hasText: 'Industry: Security' }).getByRole('link').tap();
  await expect(count).toHaveText('8 organizations');
  await chips.filter({ hasText: 'Joined as: Partner' }).getByRole('link').tap();
  await expect(count).toHaveText('24 organizations');
  const first = await names.allInnerTexts();
  await phone.getByRole('main').getByRole('link', { name: 'Next', exact: true }).tap();
  await expect(names).toHaveCount(4);
  for (const name of await names.allInnerTexts()) expect(first).not.toContain(name);
  await phone.getByRole('main').getByRole('link', { name: 'Previous', exact: true }).tap();
  await expect(names).toHaveText(first);

  // The same words and taps without scripts: the same address, the same rows.
  const plain = await newcomer(browser, { ...PHONE, javaScriptEnabled: false });
  await plain.goto('/directory');
  expect(await narrows(plain, word)).toEqual(here);
  await call(staff, 'POST', `/imports/${list}/undo`);
  await staff.context().close();
});

test('a menu closes when somebody presses beside it or goes on, and stays open while they are in it', async ({ page, browser }) => {
  const first = (one: Page) => one.getByRole('group', { name: 'Filters' }).locator('details').first();
  const heading = (one: Page) => one.getByRole('heading', { level: 1 });
  for (const path of ['/directory', '/communities']) {
    await open(page, path);
    const { opened } = parts(page);
    await first(page).locator('summary').click();
    await expect(opened).toHaveCount(1);
    // Its edge takes no focus: the page around it has that then.
    await first(page).locator('.menu__panel').click({ position: { x: 40, y: 3 } });
    await expect(first(page).getByRole('link').first(), 'pressed in it').toBeVisible();
    await heading(page).click();
    await expect(opened, 'pressed beside it').toHaveCount(0);

    await first(page).locator('summary').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await expect(first(page).getByRole('link').first()).toBeFocused();
    await page.keyboard.press('Shift+Tab');
    await expect(first(page).locator('summary')).toBeFocused();
    await expect(opened, 'still in it').toHaveCount(1);
    await page.keyboard.press('Shift+Tab');
    await expect(opened, 'gone on').toHaveCount(0);
  }

  // A finger that scrolls presses nothing; one that taps does.
  const phone = await newcomer(browser, PHONE);
  await phone.goto('/directory');
  await first(phone).locator('summary').tap();
  await awake(phone);
  await expect(parts(phone).opened).toHaveCount(1);
  await heading(phone).evaluate((it) => {
    for (const type of ['pointerdown', 'pointermove', 'pointercancel'])
      it.dispatchEvent(new PointerEvent(type, { pointerType: 'touch', bubbles: true }));
  });
  await expect(first(phone).getByRole('link').first(), 'scrolled').toBeVisible();
  await heading(phone).tap();
  await expect(parts(phone).opened).toHaveCount(0);

  // Without scripts its own button closes it, and nothing else.
  const plain = await newcomer(browser, { ...PHONE, javaScriptEnabled: false });
  await plain.goto('/directory');
  await first(plain).locator('summary').tap();
  await heading(plain).tap();
  await expect(first(plain).getByRole('link').first()).toBeVisible();
  await first(plain).locator('summary').tap();
  await expect(parts(plain).opened).toHaveCount(0);
});
