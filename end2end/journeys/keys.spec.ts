// Keys that every page answers to, and what a page says when nobody answers.
import { call } from '../lib/call';
import { enter, open, slug } from '../lib/steps';
import { expect, test } from '../lib/world';

test('a slash searches, a question mark shows the keys, and typing is left alone', async ({ page }) => {
  await open(page, '/events');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search events' })).toBeFocused();
  await page.keyboard.type('a/b?c');
  await expect(page.getByRole('searchbox', { name: 'Search events' })).toHaveValue('a/b?c');
  await expect(page.getByRole('dialog')).toBeHidden();

  // A page without a search has the one of its head.
  await open(page, '/communities/apex-circle');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search sponsors and partners' })).toBeFocused();
  await page.keyboard.type('cloud');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/directory\?q=cloud/);

  await open(page, '/communities/apex-circle');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys of every page' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('Escape closes a menu and leaves the focus where it was opened; a press beside it closes it too', async ({ page }) => {
  await enter(page, 'ravi@apex.example');
  await open(page, '/dashboard');
  const account = page.locator('summary', { hasText: 'Account' });
  await account.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeHidden();
  await expect(account).toBeFocused();
  await account.click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeHidden();
});

test('whoever narrows a list by the keyboard goes on from there', async ({ page }) => {
  await open(page, '/directory');
  const menu = page.getByRole('group', { name: 'Filters' }).locator('details', { hasText: 'Industry' });
  await menu.locator('summary').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(menu.getByRole('link').first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/directory\?industry=/);
  // What was chosen is lit in the menu, which is still open, and has the focus.
  await expect(menu.locator('[aria-current=true]')).toHaveCount(1);
  await expect(menu.locator('[aria-current=true]')).toBeVisible();
  await expect(menu.locator('a:focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(menu.locator('summary')).toBeFocused();
});

test('a menu that is longer than its panel stays where it was scrolled to', async ({ page, world }) => {
  // Somebody works in every region, and their menu is longer than a low window shows.
  const regions = ['Africa', 'Central Asia', 'East Asia', 'Europe', 'Latin America', 'Middle East', 'North America', 'Oceania', 'South Asia', 'South-East Asia'];
  const acme = await call<{ id: string; version: number }>(world.sponsor, 'GET', `/sponsors/${slug(world.acme.company)}`);
  await call(world.sponsor, 'PATCH', `/sponsors/${acme.id}`, { version: acme.version, supportedRegions: regions });
  await page.setViewportSize({ width: 1280, height: 360 });
  const menu = page.getByRole('group', { name: 'Filters' }).locator('details', { has: page.locator('summary', { hasText: /^Region/ }) });
  const panel = menu.locator('.menu__panel');
  await expect(async () => {
    await open(page, '/directory');
    expect(await panel.locator('a').count()).toBeGreaterThanOrEqual(regions.length);
  }).toPass({ timeout: 15_000 });
  await menu.locator('summary').click();

  // Down to its end. What is chosen there could be seen from its beginning too: a focus that comes back does not scroll there.
  const at = await panel.evaluate((it) => {
    it.scrollIntoView({ block: 'end' });
    it.scrollTop = it.scrollHeight;
    const rows = [...it.querySelectorAll('a')];
    const place = rows.findIndex((row) => row.offsetTop >= it.scrollTop);
    return { scrolled: it.scrollTop, place, end: rows[place]!.offsetTop + rows[place]!.offsetHeight, height: it.clientHeight };
  });
  expect(at.scrolled, 'the menu is long enough to tell').toBeGreaterThan(0);
  expect(at.end, 'what is chosen would be in sight without it').toBeLessThanOrEqual(at.height);
  const link = panel.getByRole('link').nth(at.place);
  const chosen = await link.locator('bdi').innerText();
  await link.click();
  await expect(page).toHaveURL((url) => url.searchParams.get('region') === chosen);
  await expect(panel.locator('[aria-current=true] bdi')).toHaveText(chosen);
  expect(await panel.evaluate((it) => it.scrollTop)).toBe(at.scrolled);
});

test('without a connection the page says so, and comes back by itself', async ({ page, context }) => {
  await open(page, '/opportunities');
  await context.setOffline(true);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Events' }).click();
  await expect(page.getByRole('heading', { name: 'We could not be reached' })).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole('heading', { level: 1, name: 'Events' })).toBeVisible();
});

test('a form that is a single button says when it could not be sent', async ({ page, context }) => {
  await enter(page, 'ingrid@fjord.example');
  await open(page, '/account');
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page.getByRole('alert')).toContainText('We could not be reached');
  await expect(page.getByRole('alert')).toBeFocused();
  await context.setOffline(false);
});

test('a page that sleeps answers its keys at once', async ({ page }) => {
  // Nothing of the program arrives: what answers is the page.
  await page.route('**/*.wasm', () => {});
  await page.goto('/events');
  await page.keyboard.press('/');
  await expect(page.getByRole('main').getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('/?');
  await expect(page.getByRole('main').getByRole('searchbox')).toHaveValue('/?');
  await page.goto('/directory/acme-cloud');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys of every page' })).toBeVisible();
});

test('a page that is opened without a connection is one of ours', async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: 'allow' });
  const page = await context.newPage();
  await open(page, '/events');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.goto('/directory');
  await expect(page.getByRole('heading', { name: 'We could not be reached' })).toBeVisible();
  await context.setOffline(false);
  await page.getByRole('link', { name: 'Load the page again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('ponsors');
  await context.close();
});
