// A page that wakes shows what it was brought. Asking for it once more would be a second page for everybody who opens one.
import { enter, open, touch } from '../lib/steps';
import { expect, newcomer, test } from '../lib/world';

test('a page that wakes asks for nothing', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/rpc/')) asked.push(pathname);
  });
  for (const path of ['/', '/directory', '/directory/acme-cloud', '/communities/apex-circle', '/opportunities', '/events', '/sign-in']) {
    await open(page, path);
    await expect(page.locator('html[data-awake]'), path).toBeAttached();
    expect(asked, path).toEqual([]);
  }
  await enter(page, 'ravi@apex.example');
  for (const path of ['/dashboard', '/inbox', '/people', '/manage/events', '/directory', '/communities', '/directory/acme-cloud']) {
    asked.length = 0;
    await open(page, path);
    await expect(page.locator('html[data-awake]'), path).toBeAttached();
    expect(asked, path).toEqual([]);
  }
});

test('a page that strangers read fetches nothing of the program before somebody touches it', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (/\.(wasm|js)$/.test(new URL(request.url()).pathname)) fetched.push(request.url());
  });
  for (const path of ['/', '/directory', '/directory/acme-cloud', '/opportunities', '/events', '/communities/apex-circle']) {
    fetched.length = 0;
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    expect(fetched, path).toEqual([]);
    await touch(page);
    await expect(page.locator('html[data-awake]'), path).toBeAttached();
    expect(fetched.length, path).toBeGreaterThan(2);
  }
});

test('a key and a focus wake a page too, a finger that scrolls and a mouse that rests do not', async ({ browser }) => {
  const context = await browser.newContext({ hasTouch: true, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const root = page.locator('html[data-awake]');
  await page.goto('/directory');
  await page.evaluate(() => {
    for (const type of ['pointerdown', 'pointermove', 'pointercancel'])
      document.body.dispatchEvent(new PointerEvent(type, { pointerType: 'touch', bubbles: true }));
    // A mouse that rests where the page comes to lie is said to move too.
    document.body.dispatchEvent(new PointerEvent('pointermove', { pointerType: 'mouse', bubbles: true }));
  });
  await page.waitForLoadState('networkidle');
  await expect(root).not.toBeAttached();
  await page.getByRole('main').getByRole('searchbox').tap();
  await expect(root).toBeAttached();
  await page.goto('/events');
  await page.keyboard.press('Tab');
  await expect(root).toBeAttached();
  await context.close();
});

test('a program that did not arrive is asked for again when somebody touches the page once more', async ({ browser }) => {
  // What starts it, what that brings along, and what it is: each may be lost.
  const parts = { glue: /\/pkg\/commdesk\.[^/]*js$/, loader: /\/pkg\/__wasm_split\.[^/]*js$/, program: /\/pkg\/commdesk\.[^/]*wasm$/ };
  await Promise.all(
    Object.entries(parts).map(async ([what, address]) => {
      const page = await newcomer(browser);
      const root = page.locator('html[data-awake]');
      let [isAway, lost] = [true, 0];
      await page.route(address, (route) => {
        if (!isAway) return route.continue();
        lost += 1;
        return route.abort();
      });
      await page.goto('/directory');
      await touch(page);
      await expect.poll(() => lost, `the ${what} is fetched`).toBeGreaterThan(0);
      // Long enough for the page to notice. It sleeps on, and does what it does without scripts.
      await page.waitForTimeout(500);
      await expect(root, `awake without its ${what}`).not.toBeAttached();
      await page.getByRole('group', { name: 'Filters' }).locator('summary', { hasText: 'Industry' }).click();
      await expect(page.getByRole('group', { name: 'Filters' }).getByRole('link').first()).toBeVisible();

      // After the pause, somebody moves again.
      isAway = false;
      await expect(async () => {
        await touch(page);
        await expect(root, `awake with its ${what}`).toBeAttached({ timeout: 400 });
      }).toPass({ timeout: 20_000, intervals: [200] });
      await page.getByRole('combobox', { name: 'Search sponsors' }).pressSequentially('fjord');
      await expect(page.getByRole('option', { name: 'Fjord Media' })).toBeVisible();
    }),
  );
});
