// Public pages as production answers them: kept for a second for everybody, so their policy cannot name a nonce and names each
// script by its hash instead. What the script of a sleeping page then loads must be let in by it.
import { production, type Served } from '../lib/server';
import { touch } from '../lib/steps';
import { expect, test } from '../lib/world';

// Both walk one server.
test.describe.configure({ mode: 'default' });

let served: Served;
test.beforeAll(async () => {
  served = await production();
});
test.afterAll(() => served?.stop());

test('a kept page opens, wakes and leads on, and its policy stops nothing of it', async ({ page }) => {
  // What a browser would report, whatever it writes on its console.
  const stopped: string[] = [];
  await page.exposeFunction('stopped', (what: string) => stopped.push(what));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      (window as unknown as { stopped: (what: string) => void }).stopped(`${event.violatedDirective}: ${event.blockedURI} on ${location.pathname}`);
    });
  });
  const awake = page.locator('html[data-awake]');
  const policies = new Set<string>();
  for (const path of ['/', '/opportunities', '/events/hackfest', '/directory/acme-cloud']) {
    const answer = (await page.goto(served.address + path))!;
    expect(answer.status(), path).toBe(200);
    const headers = answer.headers();
    expect(headers['cache-control'], `${path} is a kept page`).toBe('private, no-cache');
    const scripts = /script-src ([^;]*)/.exec(headers['content-security-policy']!)![1]!;
    expect(scripts, `${path} names its scripts by hash`).toMatch(/^('sha256-[A-Za-z0-9+/]{43}=' )+'strict-dynamic'/);
    policies.add(scripts);
    await expect(page.locator('script[data-asleep]'), `${path} sleeps`).toBeAttached();
    await touch(page);
    await expect(awake, `${path} wakes`).toBeAttached();
  }
  expect(policies.size, 'each page has a policy of its own').toBeGreaterThan(1);

  // Asked for again, it is the browser's own copy that wakes, under the policy it came with.
  const again = page.waitForResponse((answer) => answer.url() === page.url());
  await page.reload();
  expect((await again).headers()['content-security-policy']).toContain("'sha256-");
  await touch(page);
  await expect(awake).toBeAttached();

  // The program that woke asks for more: suggestions while somebody types, and the page behind a link.
  await page.goto(`${served.address}/directory`);
  await touch(page);
  await expect(awake).toBeAttached();
  await page.getByRole('combobox', { name: 'Search sponsors' }).pressSequentially('fjord');
  await page.getByRole('option', { name: 'Fjord Media' }).click();
  await expect(page).toHaveURL(/\/directory\/fjord-media$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Fjord Media');
  expect(stopped, 'what the policy stopped').toEqual([]);
});

test('the policy of a kept page stops a script that nobody named', async ({ browser }) => {
  // In a browser that no promise is kept in: what is stopped here is meant to be.
  const page = await browser.newPage();
  await page.goto(`${served.address}/events`);
  const stopped = await page.evaluate(
    () =>
      new Promise<string>((said) => {
        addEventListener('securitypolicyviolation', (event) => said(event.effectiveDirective), { once: true });
        document.body.insertAdjacentHTML('beforeend', '<button onclick="document.title = 1">Theirs</button>');
        (document.body.lastElementChild as HTMLElement).click();
        setTimeout(() => said(''), 3_000);
      }),
  );
  expect(stopped).toBe('script-src-attr');
  await expect(page).not.toHaveTitle('1');
  await page.close();
});
