// Every page as its reader sees it: axe finds nothing in either theme, nothing scrolls sideways at any width.
import type { Page } from '@playwright/test';
import { expectAccessibleInBothThemes } from '../lib/axe';
import { linkIn, mailTo } from '../lib/mailbox';
import { applyAsSponsor, fresh, open, signIn, somebody, staffPage } from '../lib/steps';
import { expect, test } from '../lib/test';

const PASSWORD = 'a calm demo passphrase';
const WIDTHS = [360, 768, 1280];

async function look(page: Page, paths: string[]): Promise<void> {
  for (const path of paths) {
    await open(page, path);
    await expect(page.getByRole('heading', { level: 1 }), `${path} has one first heading`).toHaveCount(1);
    expect(await page.title(), `${path} has a title`).not.toBe('');
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide, `${path} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
    }
    await expectAccessibleInBothThemes(page);
  }
}

test('what strangers read', async ({ page }) => {
  test.setTimeout(180_000);
  await look(page, [
    '/', '/opportunities', '/directory', '/directory/acme-cloud', '/events', '/events/hackfest-2027',
    '/communities/apex-circle', '/become-sponsor', '/join', '/join/sent', '/sign-in', '/forgot-password', '/api/docs', '/nowhere',
  ]);
  await open(page, '/opportunities');
  const first = await page.locator('main a[href^="/opportunities/"]').first().getAttribute('href');
  await look(page, [first!]);
});

test('what a refusal looks like', async ({ page }) => {
  test.setTimeout(180_000);
  const refusals: [string, string][] = [['/join', 'Sign up'], ['/sign-in', 'Sign in'], ['/become-sponsor', 'Continue']];
  for (const [path, button] of refusals) {
    await open(page, path);
    await page.getByRole('main').getByRole('button', { name: button, exact: true }).click();
    await expect(page.getByRole('alert'), `${path} says what is wrong`).toBeVisible();
    await expectAccessibleInBothThemes(page);
    // The same words at the smallest width.
    await page.setViewportSize({ width: 360, height: 740 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `the refused ${path} scrolls sideways`).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
});

test('what somebody meets on the way in', async ({ page, request }) => {
  test.setTimeout(180_000);
  const acme = somebody('Asha', fresh('Way'));
  await applyAsSponsor(page, acme);
  const mail = await mailTo(request, acme.email, /./);
  await look(page, [linkIn(mail, /^\/link\//), '/become-sponsor?step=sent']);
  await signIn(page, 'sara@commdesk.example', PASSWORD);
  await look(page, ['/second-factor']);
});

test('what a community works with', async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, 'ravi@apex.example', PASSWORD);
  await look(page, [
    '/dashboard', '/inbox', '/inbox?tab=accepted', '/inbox/standing', '/inbox/rules', '/manage/events', '/manage/events/new',
    '/manage/opportunities', '/manage/opportunities/new', '/requests/new?organization=acme-cloud', '/notifications',
    '/notifications/settings', '/account', '/account/sessions', '/api-keys', '/workspace/security', '/people', '/community/profile',
    '/imports',
  ]);
  await open(page, '/inbox?tab=accepted');
  const request = await page.locator('main a[href^="/requests/"]').first().getAttribute('href');
  await open(page, '/manage/events');
  const event = await page.locator('main a[href^="/manage/events/"]').filter({ hasText: 'HackFest' }).first().getAttribute('href');
  await open(page, '/manage/opportunities');
  const opportunity = await page.locator('main a[href^="/manage/opportunities/"]:not([href*="/new"])').first().getAttribute('href');
  await look(page, [request!, event!, event!.replace(/(\?|$)/, '/edit$1'), opportunity!]);
});

test('what a sponsor works with', async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, 'asha@acme.example', PASSWORD);
  await look(page, ['/dashboard', '/inbox', '/organization/profile', '/notifications', '/account']);
  await open(page, '/inbox');
  const request = await page.locator('main a[href^="/requests/"]').first().getAttribute('href');
  await look(page, [request!]);
});

test('what staff work with', async ({ browser }) => {
  test.setTimeout(180_000);
  const page = await staffPage(browser, 'sara@commdesk.example');
  await look(page, ['/staff/organizations', '/staff/communities', '/staff/requests', '/staff/reports']);
  for (const path of ['/staff/organizations', '/staff/communities']) {
    await open(page, path);
    const one = await page.locator(`main a[href^="${path}/"]`).first().getAttribute('href');
    await look(page, [one!]);
  }
});
