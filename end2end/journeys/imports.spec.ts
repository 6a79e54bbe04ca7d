// A list becomes profiles in one sitting, and goes again: bring, name the columns, look, decide, carry out, take back.
import type { Page } from '@playwright/test';
import { expectAccessibleInBothThemes } from '../lib/axe';
import { awake, fresh, open, slug, staffPage } from '../lib/steps';
import { expect, test } from '../lib/world';

const WIDTHS = [360, 768, 1280];

async function fits(page: Page, what: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `${what} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
  }
  await expectAccessibleInBothThemes(page);
}

test('staff bring a list, look at every row, carry it out and take it back', async ({ browser }) => {
  test.setTimeout(240_000);
  const company = fresh('Quarrywind');
  const product = fresh('Slatequery');
  const site = `${slug(company)}.example`;
  const list = [
    'Wer,Wo,Was',
    `${company},https://www.${site},Database`,
    `${product},${site}/query,Basket Weaving`,
    'Nobody at all,this is no website,',
  ].join('\n');
  const page = await staffPage(browser, 'sara@commdesk.example');

  // Bring it: the columns have names that nobody could guess.
  await open(page, '/imports');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Imports');
  await page.getByRole('radio', { name: /^Organizations/ }).check();
  await page.getByLabel('File', { exact: true }).setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(list) });
  await page.getByRole('button', { name: 'Look at the file' }).click();
  await expect(page.getByText('Say which column holds what')).toBeVisible();
  await awake(page);
  await fits(page, 'the naming of columns');
  await page.getByLabel(/^Name/).selectOption('Wer');
  await page.getByLabel(/^Website/).selectOption('Wo');
  await page.getByLabel(/^Segment/).selectOption('Was');
  await page.getByRole('button', { name: 'Look at the rows' }).click();

  // Every row says what would become of it, and nothing has happened.
  const rows = page.getByRole('table', { name: 'The rows of the file' }).getByRole('row');
  await expect(rows.filter({ hasText: company }).first()).toContainText('New');
  await expect(rows.filter({ hasText: product })).toContainText('Merged');
  await expect(rows.filter({ hasText: 'Nobody at all' })).toContainText('Problem');
  await awake(page);
  await fits(page, 'the rows');
  const address = page.url();
  expect((await page.request.get(`/directory/${slug(company)}`)).status()).toBe(404);

  // A decision, and the run.
  await open(page, address);
  await page.getByLabel('Decision for line 3').selectOption('skip');
  await page.getByRole('button', { name: 'Keep these decisions' }).click();
  await expect(rows.filter({ hasText: product })).toContainText('You left it out');
  await awake(page);
  await page.getByLabel('Decision for line 3').selectOption('');
  await page.getByRole('button', { name: 'Keep these decisions' }).click();
  await expect(rows.filter({ hasText: product })).toContainText('Merged');
  await awake(page);
  await page.getByRole('button', { name: 'Import 1 organization' }).click();
  await expect(page.getByRole('button', { name: 'Take it back' })).toBeVisible({ timeout: 30_000 });
  await awake(page);
  await fits(page, 'the report');

  // While a run is at work, its page follows it by itself. This one was over at once: for a while the answers say otherwise.
  let runs = true;
  await page.route('**/rpc/imports/one?*', async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    if (runs) Object.assign(json.import, { state: 'applying', done: 1, total: 3 });
    await route.fulfill({ response, json });
  });
  await open(page, '/imports');
  await page.locator(`a[href^="${new URL(address).pathname}"]`).first().click();
  await expect(page.getByRole('heading', { name: 'It is being imported' })).toBeVisible();
  await expect(page.getByText('1 of 3 rows.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Load it again' })).toHaveCount(0);
  await fits(page, 'a run at work');
  runs = false;
  await expect(page.getByRole('button', { name: 'Take it back' })).toBeVisible({ timeout: 10_000 });
  await page.unroute('**/rpc/imports/one?*');

  // The profile is there, and found by its product.
  const visitor = await (await browser.newContext()).newPage();
  await open(visitor, `/directory/${slug(company)}`);
  await expect(visitor.getByRole('heading', { level: 2, name: 'Products' })).toBeVisible();
  await expect(visitor.getByRole('link', { name: product })).toBeVisible();
  await expect(async () => {
    await open(visitor, `/directory?q=${encodeURIComponent(product)}`);
    await expect(visitor.getByRole('link', { name: company }).first()).toBeVisible({ timeout: 1_000 });
  }).toPass();

  // And gone again.
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(page.getByText('It was taken back.')).toBeVisible();
  expect((await visitor.request.get(`/directory/${slug(company)}`)).status()).toBe(404);
  await expect(async () => {
    await open(visitor, `/directory?q=${encodeURIComponent(product)}`);
    await expect(visitor.getByRole('link', { name: company })).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
  await page.context().close();
  await visitor.context().close();
});
