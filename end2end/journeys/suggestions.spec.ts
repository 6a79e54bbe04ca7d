// What search fields offer while somebody types: walked through by arrows, taken by Enter or by a click, put away by Escape,
// and never an answer to what was typed before.
import type { Page, Route } from '@playwright/test';
import { expectAccessible } from '../lib/axe';
import { open } from '../lib/steps';
import { expect, test } from '../lib/world';

function parts(page: Page, name = 'Search sponsors') {
  const list = page.getByRole('listbox', { name: 'Suggestions' });
  return { field: page.getByRole('combobox', { name }), list, options: list.getByRole('option') };
}

/** What the page asked for, and has to wait for until somebody lets it go. */
async function hold(page: Page, text: string): Promise<{ asked: Promise<void>; letGo: () => Promise<void> }> {
  let said: (route: Route) => void;
  const held = new Promise<Route>((resolve) => (said = resolve));
  await page.route(
    (url) => url.pathname === '/rpc/organizations/suggest' && url.searchParams.get('text') === text,
    (route) => said(route),
  );
  return {
    asked: held.then(() => undefined),
    letGo: async () => {
      const route = await held;
      const answered = page.waitForResponse((answer) => answer.request() === route.request());
      await route.continue();
      expect((await answered).status()).toBe(200);
      await (await answered).finished();
      // And long enough for the page to do what it should not.
      await page.waitForTimeout(200);
    },
  };
}

test('suggestions are walked through by arrows, taken by Enter, and put away by Escape', async ({ page }) => {
  await open(page, '/directory');
  const { field, list, options } = parts(page);
  await expect(field).toHaveAttribute('aria-expanded', 'false');
  await field.pressSequentially('cloud');
  await expect(options.first()).toHaveText('Cloud and infrastructureIndustry');
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  const many = await options.count();
  expect(many, 'the industry, and who has the word in its name').toBeGreaterThan(1);
  await expect(list.getByRole('option', { selected: true }), 'nothing is chosen for anybody').toHaveCount(0);

  // The focus stays in the field, which says where the arrows are: round and round, both ways.
  const isAt = async (place: number) => {
    await expect(options.nth(place)).toHaveAttribute('aria-selected', 'true');
    await expect(list.getByRole('option', { selected: true })).toHaveCount(1);
    await expect(field).toHaveAttribute('aria-activedescendant', (await options.nth(place).getAttribute('id'))!);
    await expect(field).toBeFocused();
  };
  await field.press('ArrowDown');
  await isAt(0);
  await expectAccessible(page, 'main form.search');
  await field.press('ArrowUp');
  await isAt(many - 1);
  await field.press('ArrowDown');
  await isAt(0);
  await field.press('ArrowDown');
  await isAt(1);

  // Escape puts the list away, not the words; Enter then searches for them.
  await field.press('Escape');
  await expect(list).toBeHidden();
  await expect(field).toHaveAttribute('aria-expanded', 'false');
  await expect(field).not.toHaveAttribute('aria-activedescendant');
  await expect(field).toHaveValue('cloud');
  await field.press('Enter');
  await expect(page).toHaveURL(/\/directory\?q=cloud$/);

  // Enter on a suggestion takes it: words that meant an industry become that industry, and what was chosen stays.
  await field.press('End');
  await field.press('Backspace');
  await expect(options.first()).toHaveText('Cloud and infrastructureIndustry');
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect(page).toHaveURL((url) => url.searchParams.get('industry') === 'Cloud and infrastructure' && !url.searchParams.has('q'));
  await expect(field).toHaveValue('');
  await expect(list).toBeHidden();
  await expect(page.getByRole('list', { name: 'Chosen' })).toContainText('Cloud and infrastructure');

  // A name is a way to its page; by a click as well as by a key.
  await field.pressSequentially('fjord');
  await options.filter({ hasText: 'Fjord Media' }).click();
  await expect(page).toHaveURL(/\/directory\/fjord-media$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Fjord Media');
});

test('the list of communities suggests too', async ({ page }) => {
  await open(page, '/communities');
  const { field, options } = parts(page, 'Search communities');
  await field.pressSequentially('harbour');
  await expect(options.filter({ hasText: 'Harbour Devs' })).toBeVisible();
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect(page).toHaveURL(/\/communities\/harbour-devs$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Harbour Devs');
});

test('an answer that comes late is thrown away', async ({ page }) => {
  await open(page, '/directory');
  const { field, list, options } = parts(page);

  // Two questions, answered the wrong way round.
  const first = await hold(page, 'lumen');
  await field.pressSequentially('lumen');
  await first.asked;
  await field.fill('fjord');
  await expect(options).toHaveText(['Fjord Media']);
  await first.letGo();
  await expect(options).toHaveText(['Fjord Media']);

  // Nothing opens over a field that was emptied, or that somebody has left.
  const emptied = await hold(page, 'lume');
  await field.fill('lume');
  await emptied.asked;
  await field.fill('');
  await emptied.letGo();
  await expect(list).toBeHidden();
  const left = await hold(page, 'lum');
  await field.fill('lum');
  await left.asked;
  await field.press('Tab');
  await left.letGo();
  await expect(list).toBeHidden();

  // The same question, asked again, is answered.
  await page.unrouteAll();
  await field.fill('lume');
  await expect(options.filter({ hasText: 'Lumen Data' })).toBeVisible();
});
