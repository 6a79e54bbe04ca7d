// What a form says before anything is sent, by the rules that the server asks too: whoever has no scripts reads the same words.
import type { Page } from '@playwright/test';
import { LOGO, awake, fresh, open, somebody } from '../lib/steps';
import { expect, newcomer, test } from '../lib/world';

/** What is said beside the fields, by the id of each problem. */
const said = (page: Page): Promise<Record<string, string>> =>
  page.locator('.field__error').evaluateAll((all) => Object.fromEntries(all.map((it) => [it.id, it.textContent!.trim()])));

/** Every form that is sent from here on to a page. */
function sentTo(page: Page, path: string): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && new URL(request.url()).pathname === path) sent.push(request.url());
  });
  return sent;
}

/** Presses a button without scripts, which sends the form whatever is in it; it is refused. */
async function refused(quiet: Page, button: string): Promise<void> {
  const answer = quiet.waitForResponse((it) => it.request().method() === 'POST');
  await quiet.getByRole('main').getByRole('button', { name: button }).click();
  expect((await answer).status()).toBe(422);
}

const NAME_ERROR = 'company-contactName-error';

/** Addresses that a browser and our server must read alike, though each has a reader of its own. */
const ADDRESSES: [string, string][] = [
  ['acme', 'asha'],
  ['http://127.1', 'asha@127.0.0.1'],
  ['https://①②⑦.0.0.1', 'asha@printer.local'],
  ['https://ac_me.com', 'asha@ac_me.com'],
  ['https://-acme.com', 'asha@acme-.com'],
  ['https://printer.local', 'a..sha@acme.com'],
  ['ftp://acme.com', 'asha@acme'],
  ['https://asha@acme.com', 'asha@@acme.com'],
  ['https://acme.com:99999', `asha@${'a'.repeat(64)}.com`],
  ['https://bücher.example', 'asha@acme..com'],
];

test('an application is looked over before it is sent, in the words of the server', async ({ page, browser }) => {
  test.setTimeout(180_000);
  const who = somebody('Asha', fresh('Overlooked'));
  const quiet = await newcomer(browser, { javaScriptEnabled: false });
  await open(page, '/become-sponsor');
  await open(quiet, '/become-sponsor');
  const sent = sentTo(page, '/become-sponsor');
  for (const [website, email] of ADDRESSES) {
    for (const each of [page, quiet]) {
      await each.getByLabel('Company name').fill('www.acme.example');
      await each.getByLabel('Website').fill(website);
      await each.getByLabel('Official e-mail').fill(email);
    }
    await page.getByRole('button', { name: 'Continue' }).click();
    await refused(quiet, 'Continue');
    // What was typed is what the new page began with.
    await expect(quiet.getByLabel('Website')).toHaveAttribute('value', website);
    await quiet.waitForLoadState();
    await expect.poll(() => said(page), `${website} and ${email}`).toEqual(await said(quiet));
  }
  const words = await said(page);
  expect(words['company-companyName-error']).toContain('Enter only the name');
  expect(words['company-logo-error']).toContain('Choose a logo');
  expect(Object.keys(words)).toContain('company-officialEmail-error');
  expect(Object.keys(words), 'a name with an umlaut is one').not.toContain('company-website-error');
  await expect(page.locator('#company-problems'), 'what is wrong has the focus').toBeFocused();
  await expect(page.getByLabel('Company name')).toHaveAttribute('aria-invalid', 'true');

  // What is corrected is said no longer, field by field.
  await page.getByLabel('Company name').fill(who.company);
  await expect(page.locator('#company-companyName-error')).toHaveCount(0);
  await expect(page.getByLabel('Company name')).not.toHaveAttribute('aria-invalid');
  await expect(page.locator('#company-officialEmail-error')).toBeVisible();

  // Of an address no name can be made, and so one is asked for, though it may be left empty: with the address both go.
  await page.getByLabel('Company name').fill('www.acme.example');
  await page.getByLabel('Your name').fill('');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect.poll(async () => Object.keys(await said(page))).toEqual(expect.arrayContaining(['company-companyName-error', NAME_ERROR]));
  await page.getByLabel('Company name').fill(who.company);
  await expect.poll(async () => (await said(page))[NAME_ERROR]).toBeUndefined();

  // A file that is too large: nothing is sent here; there the server reads past it, and what stands below it is kept.
  const film = { name: 'film.png', mimeType: 'image/png', buffer: Buffer.alloc(5 * 1024 * 1024, 0x89) };
  for (const each of [page, quiet]) {
    await each.getByRole('radio', { name: /^Sponsor You give/ }).check();
    await each.getByLabel('Company name').fill(who.company);
    await each.getByLabel('Logo').setInputFiles(film);
    await each.getByLabel('Website').fill(`https://www.${who.domain}/`);
    await each.getByLabel('Official e-mail').fill(who.email);
    await each.getByLabel('Your name').fill(who.name);
    await each.getByLabel('Industry').selectOption('Security');
  }
  await page.getByRole('button', { name: 'Continue' }).click();
  await refused(quiet, 'Continue');
  await expect(quiet.getByLabel('Your name')).toHaveAttribute('value', who.name);
  await quiet.waitForLoadState();
  await expect(quiet.getByLabel('Industry')).toHaveValue('Security');
  const only = await said(quiet);
  expect(Object.keys(only)).toEqual(['company-logo-error']);
  expect(only['company-logo-error']).toContain('larger than 2 MB');
  await expect.poll(() => said(page)).toEqual(only);
  expect(sent, 'nothing was sent so far').toEqual([]);

  await page.getByLabel('Logo').setInputFiles(LOGO);
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Step 2 of 3')).toBeVisible();
  await awake(page);
  expect(sent).toHaveLength(1);

  // The second step.
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.locator('#offer-problems')).toBeFocused();
  await expect
    .poll(async () => Object.keys(await said(page)).sort())
    .toEqual(['offer-budgetRange-band-error', 'offer-sponsorshipTypes-error']);
  await page.getByRole('checkbox', { name: 'Cash' }).check();
  await expect(page.locator('#offer-sponsorshipTypes-error')).toHaveCount(0);
  await page.getByLabel('Budget range').selectOption('INR:200000-500000');
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
  expect(sent, 'the second step was not sent yet').toHaveLength(1);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Step 3 of 3')).toBeVisible();
  expect(sent).toHaveLength(2);
  await quiet.context().close();
});

test('a community is looked over before it is sent, in the words of the server', async ({ page, browser }) => {
  const quiet = await newcomer(browser, { javaScriptEnabled: false });
  await open(page, '/join');
  await open(quiet, '/join');
  const sent = sentTo(page, '/join');
  for (const each of [page, quiet]) {
    await each.getByLabel('Name', { exact: true }).fill('!');
    await each.getByLabel('GitHub').fill('https://gitlab.com/apex');
    await each.getByLabel('Phone').fill('98765');
  }
  await page.getByRole('button', { name: 'Sign up' }).click();
  await refused(quiet, 'Sign up');
  await expect(quiet.getByLabel('Phone')).toHaveAttribute('value', '98765');
  await quiet.waitForLoadState();
  const words = await said(quiet);
  expect(words['join-phone-error']).toContain('country code');
  await expect.poll(() => said(page)).toEqual(words);
  await expect(page.locator('#join-problems')).toBeFocused();
  await page.getByLabel('Phone').fill('+91 98765 43210');
  await expect(page.locator('#join-phone-error')).toHaveCount(0);
  expect(sent).toEqual([]);
  await quiet.context().close();
});
