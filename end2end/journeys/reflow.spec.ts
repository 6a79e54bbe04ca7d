// Where nobody of us sits: 320 pixels, which is a desk enlarged four times, and paper; and what is fetched for screens of all kinds.
import type { Locator, Page } from '@playwright/test';
import { drawn, open } from '../lib/steps';
import { demoPerson, expect, fits, newcomer, test } from '../lib/world';

const NARROW = { javaScriptEnabled: false, viewport: { width: 320, height: 640 } };

/** Where the first link on a page leads whose address begins so. */
async function leads(page: Page, from: string, begins: string): Promise<string> {
  await page.goto(from);
  return (await page.locator(`main a[href^="${begins}"]`).first().getAttribute('href'))!;
}

test('at 320 pixels public pages and the inbox lose nothing and scroll nowhere sideways', async ({ browser }) => {
  const [visitor, ravi] = await Promise.all([newcomer(browser, NARROW), demoPerson(browser, 'ravi@apex.example', NARROW)]);
  const opportunity = await leads(visitor, '/opportunities', '/opportunities/');
  const request = await leads(ravi, '/inbox?tab=accepted', '/requests/');
  const tour: [Page, string[]][] = [
    [visitor, ['/', '/opportunities', opportunity, '/directory', '/directory?q=cloud', '/directory/acme-cloud', '/directory/compare?o=acme-cloud&o=lumen-data',
      '/communities', '/communities/apex-circle', '/communities/compare?o=apex-circle&o=harbour-devs', '/events', '/events/hackfest', '/become-sponsor', '/join', '/sign-in', '/forgot-password', '/nowhere']],
    [ravi, ['/dashboard', '/inbox', '/inbox?tab=accepted', request, '/notifications', '/manage/events/new']],
  ];
  const walk = async (page: Page, paths: string[]) => {
    for (const path of paths) {
      await page.goto(path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect.soft(wide, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
      const heading = (await page.getByRole('heading', { level: 1 }).boundingBox())!;
      expect.soft(heading.x, `the heading of ${path} begins outside`).toBeGreaterThanOrEqual(0);
      expect.soft(heading.x + heading.width, `the heading of ${path} ends outside`).toBeLessThanOrEqual(320);
    }
  };
  await Promise.all(tour.map(([page, paths]) => walk(page, paths)));

  // On a phone whose clock is another one, a day says what its end is there: the longest line that stands below a field.
  const far = await demoPerson(browser, 'ravi@apex.example', { viewport: { width: 360, height: 740 }, timezoneId: 'America/New_York' });
  await open(far, '/manage/opportunities/new');
  const event = far.getByLabel('Event', { exact: true });
  await event.selectOption((await event.locator('option:not([value=""])').first().getAttribute('value'))!);
  const until = far.getByLabel('You decide by');
  await until.fill('2027-03-03');
  await expect(until).toHaveAccessibleDescription(/The end of this day in .+; .+ for you\.$/);
  await fits(far);
});

/** Links and headings that white paper makes hard to read. */
async function pale(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
    const pen = canvas.getContext('2d', { willReadFrequently: true })!;
    const light = (color: string) => {
      for (const paint of ['#fff', color]) {
        pen.fillStyle = paint;
        pen.fillRect(0, 0, 1, 1);
      }
      const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    };
    return [...document.querySelectorAll('main :is(a, h1, h2, h3)')]
      .filter((it) => it.checkVisibility() && it.textContent!.trim() !== '')
      .filter((it) => 1.05 / (light(getComputedStyle(it).color) + 0.05) < 4.5)
      .map((it) => `${it.localName}.${it.className}: ${it.textContent!.trim().slice(0, 40)}`);
  });
}

/** What is printed behind a link; some browsers give it as it stands in the style sheet. */
async function printedBehind(link: Locator): Promise<string> {
  const { content, href } = await link.evaluate((it) => ({ content: getComputedStyle(it, '::after').content, href: it.getAttribute('href')! }));
  return content.replace('attr(href)', href);
}

test('paper shows what a page says, in dark ink, and where it leads; and nothing that nobody can press', async ({ browser }) => {
  const page = await newcomer(browser);
  for (const path of ['/events/hackfest', '/directory/acme-cloud']) {
    await page.emulateMedia({ media: 'screen', colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(path);
    const around = (['navigation', 'banner', 'contentinfo', 'search'] as const).map((role) => page.getByRole(role));
    for (const part of around) await expect(part.first(), `${path} has it on a screen`).toBeVisible();
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ media: 'print', colorScheme: theme, reducedMotion: 'reduce' });
      await page.evaluate((chosen) => document.documentElement.setAttribute('data-theme', chosen), theme);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      for (const part of around) await expect(part, `${path} prints what nobody can press`).toHaveCount(0);
      await expect.poll(() => pale(page), `${path} in the ${theme} theme, on white paper`).toEqual([]);
    }
    if (path.startsWith('/events/')) {
      const register = page.getByRole('main').getByRole('link', { name: 'Register' });
      await expect(register).toBeVisible();
      expect(await printedBehind(register)).toContain('https://apex.example/hackfest');
    } else {
      await expect(page.locator('main .button:visible'), 'buttons of the house').toHaveCount(0);
    }
  }

  // What somebody wrote says where its links lead.
  await page.goto('/dev/kit');
  expect(await printedBehind(page.locator('.prose a').first())).toContain('https://acme.dev');
});

test('a logo of a list is fetched as large as its box, on plain and on dense screens', async ({ browser }) => {
  // A box of 64 pixels on phones, of 96 on desks.
  for (const [width, deviceScaleFactor, side] of [[360, 1, 64], [360, 2, 128], [360, 3, 256], [1280, 1, 128], [1280, 2, 256]] as const) {
    const page = await newcomer(browser, { javaScriptEnabled: false, viewport: { width, height: 740 }, deviceScaleFactor });
    await page.goto('/directory');
    const logo = page.locator('.result > .logo > img').first();
    await drawn(logo);
    const fetched = await logo.evaluate((it) => (it as HTMLImageElement).currentSrc);
    expect(fetched, `${width} pixels, ${deviceScaleFactor} to one`).toContain(`/media/logos/${side}/`);
    await page.context().close();
  }
});
