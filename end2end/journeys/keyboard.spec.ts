// The same decisions by keyboard alone: no click anywhere below.
import type { Page } from '@playwright/test';
import { open } from '../lib/steps';
import { expect, test } from '../lib/test';

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

test('signing in, reading the inbox and declining, by keyboard', async ({ page }) => {
  await open(page, '/sign-in');
  await tabTo(page, /^E-mail/);
  await page.keyboard.type('mei@harbour.example');
  await tabTo(page, /^Password/);
  await page.keyboard.type('a calm demo passphrase');
  await page.keyboard.press('Enter');
  await expect(page).not.toHaveURL(/sign-in/);
  await page.waitForLoadState('networkidle');

  // The first stop of every page is the way past its head.
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).toHaveText('Skip to content');
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();

  await tabTo(page, /See the inbox/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/inbox/);
  await page.waitForLoadState('networkidle');
  await tabTo(page, /^Acme Cloud$/);
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
