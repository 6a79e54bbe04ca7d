// What a sponsor keeps in order for itself: the lists that it comes back to, how others may show it, and what a password alone
// may not do. Each is then looked at by those whom it is for, or whom it is none of.
import type { Locator } from '@playwright/test';
import { keyboard } from '../lib/hands';
import { codeOf } from '../lib/second-factor';
import { awake, drawn, fresh, LOGO, open } from '../lib/steps';
import { demoPerson, expect, seated, slug, sound, test } from '../lib/world';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };

test('a list is kept under a name, renamed and forgotten, by keyboard alone', async ({ browser }) => {
  test.setTimeout(120_000);
  const tomas = await demoPerson(browser, 'tomas@lumen.example');
  const main = tomas.getByRole('main');
  const views = tomas.getByRole('navigation', { name: 'Saved views' });
  const name = fresh('Early');
  const list = `/opportunities?format=In+person&decidesBy=${new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10)}`;

  await open(tomas, list);
  await keyboard.press(main.locator('summary', { hasText: 'Save this view' }));
  await keyboard.press(main.getByRole('button', { name: 'Save view' }));
  await expect(main.getByRole('alert')).toBeFocused();
  await sound(tomas);
  await keyboard.fill(main.getByLabel('Name', { exact: true }), name);
  await keyboard.tick(main.getByRole('checkbox', { name: /^Tell me once of every/ }));
  await keyboard.press(main.getByRole('button', { name: 'Save view' }));
  await expect(views.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
  await sound(tomas);
  // It is his, and in this workspace.
  const ingrid = await demoPerson(browser, 'ingrid@fjord.example');
  await open(ingrid, list);
  await expect(ingrid.getByRole('main')).not.toContainText(name);
  await expect(ingrid.getByText('Save this view')).toBeVisible();

  // From anywhere, one press brings the filters back.
  await open(tomas, '/opportunities');
  await expect(views.getByRole('link', { name: 'All' })).toHaveAttribute('aria-current', 'page');
  await keyboard.press(views.getByRole('link', { name }));
  await expect(tomas).toHaveURL(/format=In/);
  await awake(tomas);
  await expect(views.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
  await keyboard.press(main.locator('summary', { hasText: 'Edit this view' }));
  await keyboard.fill(main.getByLabel('Name', { exact: true }), `${name} birds`);
  await sound(tomas);
  await keyboard.press(main.getByRole('button', { name: 'Rename' }));
  await expect(views.getByRole('link', { name: `${name} birds` })).toBeVisible();
  await open(tomas, '/searches');
  await expect(tomas.getByRole('region', { name: `${name} birds` })).toContainText('Alert on');

  await open(tomas, list);
  await keyboard.press(main.locator('summary', { hasText: 'Edit this view' }));
  await keyboard.press(main.getByRole('button', { name: 'Delete view' }));
  await expect(views.getByRole('link', { name: `${name} birds` })).toHaveCount(0);
  await expect(tomas, 'the list stays').toHaveURL(/format=In/);
  await expect(main.locator('summary', { hasText: 'Save this view' })).toBeVisible();
  for (const one of [tomas, ingrid]) await one.context().close();
});

test('who is watched from a row of a list stands on the watchlist, and is let go from there and from the row', async ({ browser }) => {
  const tomas = await demoPerson(browser, 'tomas@lumen.example');
  const main = tomas.getByRole('main');
  const row = (name: string) => main.locator('.result').filter({ has: tomas.getByRole('link', { name, exact: true }) });
  const press = (part: Locator, word: string, name: string) => part.getByRole('button', { name: `${word}: ${name}`, exact: true }).click();
  const [company, community] = ['Fjord Media', 'Apex Circle'];
  const listOf = { [company]: '/directory', [community]: '/communities' };
  const search = async (name: string) => open(tomas, `${listOf[name]}?q=${encodeURIComponent(name)}`);
  for (const name of [company, community]) {
    await search(name);
    await press(row(name), 'Watch', name);
    await expect(row(name).getByRole('button', { name: `Stop watching: ${name}`, exact: true })).toBeVisible();
    // The list is as it was asked for.
    await expect(tomas).toHaveURL((url) => url.pathname === listOf[name] && url.searchParams.get('q') === name);
  }
  const watched = (name: string) => main.getByRole('link', { name, exact: true });
  await open(tomas, '/watchlist');
  for (const name of [company, community]) await expect(watched(name)).toBeVisible();
  await press(main, 'Stop watching', company);
  await expect(watched(company)).toHaveCount(0);
  await expect(watched(community)).toBeVisible();
  await search(community);
  await press(row(community), 'Stop watching', community);
  await expect(row(community).getByRole('button', { name: `Watch: ${community}`, exact: true })).toBeVisible();
  await open(tomas, '/watchlist');
  await expect(main.getByRole('heading', { name: 'You watch nobody yet' })).toBeVisible();
  await tomas.context().close();
});

test('a brand kit is put up from a phone, and stands where others take it from', async ({ browser, page }) => {
  test.setTimeout(120_000);
  const ingrid = await demoPerson(browser, 'ingrid@fjord.example', PHONE);
  const main = ingrid.getByRole('main');
  await open(ingrid, '/organization/profile');
  await ingrid.getByLabel(/^Logo on dark/).setInputFiles({ name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
  await ingrid.getByLabel(/^Colours/).fill('#1d4ed8, blue');
  const save = main.getByRole('button', { name: 'Save the profile' });
  await save.click();
  await expect(main.getByRole('alert')).toBeFocused();
  await sound(ingrid);
  await ingrid.getByLabel(/^Colours/).fill('#1d4ed8, #93c5fd');
  await save.click();
  await expect(main.getByRole('alert')).toContainText(/PNG|picture/);

  const words = `${fresh('Fjord films')} what developers build, and shows it on Thursdays.`;
  await ingrid.getByLabel(/^Logo on dark/).setInputFiles(LOGO);
  await ingrid.getByLabel(/^Wordmark/).setInputFiles(LOGO);
  await ingrid.getByLabel(/^How others describe you/).fill(words);
  await save.click();
  await expect(main.getByRole('checkbox', { name: 'Remove the wordmark' })).toBeVisible();
  await sound(ingrid);

  await open(page, '/directory/fjord-media');
  const kit = page.getByRole('region', { name: 'Brand kit' });
  await expect(kit).toContainText(words);
  await expect(kit).toContainText('#1d4ed8');
  await expect(kit.getByRole('link', { name: /^Wordmark/ })).toBeVisible();
  const dark = kit.getByRole('img', { name: 'Fjord Media, on a dark ground' });
  await drawn(dark);
  await sound(page);

  await main.getByRole('checkbox', { name: 'Remove the wordmark' }).check();
  await save.click();
  await expect(main.getByRole('checkbox', { name: 'Remove the wordmark' })).toHaveCount(0);
  await expect(main.getByRole('checkbox', { name: 'Remove the logo on dark' })).toBeVisible();
  await open(page, '/directory/fjord-media');
  await expect(kit.getByRole('link', { name: /^Wordmark/ })).toHaveCount(0);
  await expect(kit).toContainText(words);
  await ingrid.context().close();
});

test('an admin asks for a second factor, and a password alone no longer changes the profile', async ({ browser, world }) => {
  test.setTimeout(120_000);
  const { acme, sponsor } = world;
  const nadia = await seated(browser, sponsor, acme, 'Nadia', 'Sponsor Admin', PHONE);
  const main = nadia.getByRole('main');

  // Her own comes first.
  await open(nadia, '/workspace/security');
  await expect(main.getByText('A password is enough for everything now.')).toBeVisible();
  await expect(main.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await sound(nadia);
  await main.getByRole('link', { name: 'Open second factor' }).click();
  await awake(nadia);
  await nadia.getByRole('button', { name: 'Start' }).click();
  await expect(nadia.getByRole('heading', { level: 1 })).toHaveText('Scan, then confirm');
  await sound(nadia);
  const secret = await nadia.locator('code').innerText();
  await nadia.getByLabel('Code', { exact: true }).fill('000000');
  await nadia.getByRole('button', { name: 'Confirm' }).click();
  await expect(nadia.getByRole('alert')).toBeFocused();
  await nadia.getByLabel('Code', { exact: true }).fill(await codeOf(nadia.request, secret));
  await nadia.getByRole('button', { name: 'Confirm' }).click();
  await expect(nadia.getByRole('heading', { level: 1 })).toHaveText('Keep these recovery codes');
  await sound(nadia);
  await nadia.getByRole('button', { name: 'I have kept them' }).click();
  await expect(nadia.getByRole('heading', { level: 1 })).not.toHaveText('Keep these recovery codes');

  // Somebody has the profile open already.
  await open(sponsor, '/organization/profile');
  const words = fresh('We bring coffee, and people who answer');
  await sponsor.getByLabel(/^Short description/).fill(words);

  await open(nadia, '/workspace/security');
  const asked = main.getByRole('checkbox', { name: 'changing the profile' });
  await asked.check();
  await sound(nadia);
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(main.getByText('Asked for now: changing the profile.')).toBeVisible();

  // Whoever has only a password reads that, keeps what was typed, and is told the way.
  const save = sponsor.getByRole('button', { name: 'Save the profile' });
  await save.click();
  const alert = sponsor.getByRole('main').getByRole('alert');
  await expect(alert).toBeFocused();
  await expect(alert.getByRole('link', { name: 'Open second factor' })).toBeVisible();
  await expect(sponsor.getByLabel(/^Short description/)).toHaveValue(words);
  await sound(sponsor);
  const profile = `/directory/${slug(acme.company)}`;
  await open(nadia, profile);
  await expect(main).not.toContainText(words);
  await open(sponsor, '/organization/profile');
  await expect(sponsor.getByText('The profile waits for your second factor')).toBeVisible();
  await sound(sponsor);
  await open(sponsor, '/notifications');
  await expect(sponsor.getByRole('main')).toContainText(/second factor/i);

  // Taken back, it holds from the next click on.
  await open(nadia, '/workspace/security');
  await asked.uncheck();
  await main.getByRole('button', { name: 'Save' }).click();
  await expect(main.getByText('A password is enough for everything now.')).toBeVisible();
  await open(sponsor, '/organization/profile');
  await sponsor.getByLabel(/^Short description/).fill(words);
  await save.click();
  await expect(alert).toHaveCount(0);
  await expect(async () => {
    await open(nadia, profile);
    await expect(main).toContainText(words, { timeout: 1_000 });
  }).toPass();
  await nadia.context().close();
});
