// The main line by keyboard alone, and what keyboards need on the way: no click anywhere below.
import type { Page } from '@playwright/test';
import { expectAccessibleInBothThemes } from '../lib/axe';
import { call } from '../lib/call';
import { keyboard } from '../lib/hands';
import { asked } from '../lib/prepared';
import { acceptFromInbox, awake, bothSides, enter, fresh, logoStands, open, openOpportunity, publishEvent, slug } from '../lib/steps';
import { demoPerson, expect, test } from '../lib/world';

/** Presses Tab until the focused element matches, as somebody without a mouse does. */
async function tabTo(page: Page, what: RegExp, most = 80): Promise<void> {
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const it = document.activeElement as HTMLElement | null;
      const labels = it instanceof HTMLInputElement || it instanceof HTMLTextAreaElement || it instanceof HTMLSelectElement ? it.labels : null;
      return `${it?.getAttribute('aria-label') ?? ''} ${labels?.[0]?.textContent ?? ''} ${it?.textContent ?? ''}`.trim();
    });
    if (what.test(name)) return;
  }
  throw new Error(`the focus never came to ${what}`);
}

test('from an application to the logo on the event page', async ({ browser, page }) => {
  test.setTimeout(300_000);
  const { sponsor, community, acme } = await bothSides(browser, {}, keyboard);
  const event = fresh('KeyConf');
  await publishEvent(community, event, keyboard);
  await openOpportunity(community, event, keyboard);

  await open(sponsor, '/opportunities');
  await keyboard.fill(sponsor.getByRole('searchbox').first(), event);
  await sponsor.keyboard.press('Enter');
  await sponsor.waitForURL(/\?.*=/);
  await awake(sponsor);
  await keyboard.press(sponsor.getByRole('link', { name: event, exact: true }).first());
  await awake(sponsor);
  await keyboard.fill(sponsor.getByLabel('What you offer'), '3,50,000');
  await keyboard.press(sponsor.getByRole('button', { name: 'Send application' }));
  await expect(sponsor).toHaveURL(/\/requests\//);

  await acceptFromInbox(community, acme.company, keyboard);

  await open(page, `/events/${slug(event)}`);
  await logoStands(page, acme.company);
});

test('signing in and reaching a request, past the head of the page', async ({ page }) => {
  await open(page, '/sign-in');
  await tabTo(page, /^E-mail/);
  await page.keyboard.type('mei@harbour.example');
  await tabTo(page, /^Password/);
  await page.keyboard.type('a calm demo passphrase');
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/sign-in/);
  await awake(page);

  // The first stop of every page is the way past its head.
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveText('Skip to content');
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();

  await tabTo(page, /See the inbox/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/inbox/);
  await awake(page);
  // Mei's community asked Acme Cloud, so it stands among what was submitted.
  await tabTo(page, /^Submitted/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/tab=submitted/);
  await awake(page);
  await tabTo(page, /Acme Cloud$/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/requests\//);
});

test('a refused form takes the focus to what is wrong, and its links lead to the fields', async ({ page }) => {
  await open(page, '/join');
  await tabTo(page, /^Name/);
  await page.keyboard.type('x');
  await tabTo(page, /^Sign up$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeFocused();
  await page.keyboard.press('Tab');
  const target = await page.locator(':focus').getAttribute('href');
  await page.keyboard.press('Enter');
  await expect(page.locator(target!)).toBeVisible();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('x');
});

test('the inbox by keys: through its rows, ticked, put aside, and back to where one was', async ({ browser, page }) => {
  // A second application waits beside the demo's own.
  const tomas = await demoPerson(browser, 'tomas@lumen.example');
  const { items } = await call<{ items: { id: string; category: string }[] }>(tomas, 'GET', '/opportunities?search=HackFest&limit=50');
  const platinum = items.find((one) => one.category === 'Platinum Sponsor')!;
  await asked(tomas, platinum.id, 210_000, 'Two mentors, and a desk for questions about data.');
  await tomas.context().close();

  await enter(page, 'ravi@apex.example');
  await open(page, '/inbox');
  const rows = page.locator('.inbox__link');
  expect(await rows.count(), 'the demo has something to walk through').toBeGreaterThan(1);

  await page.keyboard.press('j');
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(rows.nth(1)).toBeFocused();
  const second = await rows.nth(1).getAttribute('id');
  expect(new URL(page.url()).hash, 'where one is stands in the address').toBe(`#${second}`);
  await page.keyboard.press('ArrowUp');
  await expect(rows.nth(0)).toBeFocused();
  await page.keyboard.press('k');
  await expect(rows.nth(0), 'it stays at the first').toBeFocused();

  await page.keyboard.press('x');
  await expect(page.locator('.inbox__pick').nth(0)).toBeChecked();
  await expect(page.getByText('One ticked')).toBeAttached();
  await page.keyboard.press('s');
  await expect(page.getByLabel('Until the morning of')).toBeFocused();

  // What is typed into a field is typed.
  await page.getByRole('searchbox').focus();
  await page.keyboard.type('jxk?');
  await expect(page.getByRole('searchbox')).toHaveValue('jxk?');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('searchbox').fill('');

  await rows.nth(1).focus();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys of the inbox' });
  await expect(dialog).toBeVisible();
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press('j');
  await expect(rows.nth(0), 'keys wait behind the dialog').not.toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // Enter opens, and coming back is coming back to the row.
  await rows.nth(0).focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/requests\//);
  await awake(page);
  await page.goBack();
  await expect(page.locator(`#${second}`)).toBeFocused();
});
