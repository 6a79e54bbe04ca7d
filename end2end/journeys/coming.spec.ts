// What a page shows while its view is on the way: its shape, and words for whoever cannot see it; and nothing of that once the view is
// there. A list that is narrowed keeps what it had until the next rows come.
import type { Locator, Page } from '@playwright/test';
import { enter, open } from '../lib/steps';
import { expect, fits, test } from '../lib/world';

/** Answers to pages wait, from `hold` on, until somebody lets them go. */
async function holding(page: Page) {
  let gone = Promise.resolve();
  let letGo = () => {};
  await page.route('**/rpc/**', async (route) => {
    await gone;
    await route.continue();
  });
  const hold = () => {
    gone = new Promise<void>((go) => (letGo = go));
  };
  return { hold, letGo: () => letGo() };
}

interface Coming {
  go: () => Promise<void>;
  /** A part of the shape that comes. */
  bone: string;
  /** What stands there in the end. */
  there: Locator;
}

async function comes(page: Page, held: Awaited<ReturnType<typeof holding>>, { go, bone, there }: Coming): Promise<void> {
  const busy = page.getByRole('main').locator('[aria-busy=true]');
  held.hold();
  await go();
  await expect(busy.first()).toBeVisible();
  await expect(busy.first().getByRole('status')).toHaveText('Loading');
  await expect(busy.first().locator(bone).first(), `${page.url()} shows what shape comes`).toBeVisible();
  await expect(there, `nothing of ${page.url()} is there yet`).toHaveCount(0);
  await page.setViewportSize({ width: 360, height: 740 });
  await fits(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  held.letGo();
  await expect(there.first()).toBeVisible();
  await expect(busy, `${page.url()} still says that it loads`).toHaveCount(0);
}

test('a list that is on its way has its shape, and one that is narrowed keeps its rows', async ({ page }) => {
  await open(page, '/events');
  const held = await holding(page);
  const main = page.getByRole('main');
  const nav = page.getByRole('navigation', { name: 'Main' });
  const rows = main.locator('.results > li');
  for (const list of ['Communities', 'Sponsors']) {
    await comes(page, held, { go: () => nav.getByRole('link', { name: list, exact: true }).click(), bone: '.skeleton__row', there: rows });
    await nav.getByRole('link', { name: 'Events', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Events' })).toBeVisible();
  }

  await nav.getByRole('link', { name: 'Sponsors', exact: true }).click();
  await expect(rows.first()).toBeVisible();
  const many = await rows.count();
  const chosen = main.getByRole('list', { name: 'Chosen' });
  held.hold();
  const menu = page.getByRole('group', { name: 'Filters' }).locator('details', { hasText: 'Industry' });
  await menu.locator('summary').click();
  await menu.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/directory\?industry=/);
  await expect(main.locator('[aria-busy=true]')).toHaveCount(0);
  await expect(rows).toHaveCount(many);
  await expect(chosen, 'the answer is still held').toHaveCount(0);
  held.letGo();
  await expect(chosen).toBeVisible();
  // The menu stays open for one who chooses several.
  await menu.locator('summary').click();
  await expect(menu.getByRole('link').first()).toBeHidden();

  // A profile has another shape.
  await comes(page, held, { go: () => rows.first().getByRole('link').first().click(), bone: '.skeleton__mark--large', there: main.locator('.profile-head') });
});

test('a page of a workspace that is on its way has its shape', async ({ page }) => {
  await enter(page, 'ravi@apex.example');
  await open(page, '/dashboard');
  const held = await holding(page);
  const nav = page.getByRole('navigation', { name: 'Workspace' });
  const there = page.getByRole('main').getByRole('table', { name: 'People' });
  await comes(page, held, { go: () => nav.getByRole('link', { name: 'People', exact: true }).click(), bone: '.skeleton__row', there });
});
