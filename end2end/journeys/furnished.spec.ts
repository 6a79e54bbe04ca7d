// What people do in rooms that the days of five people do not pass: a mix with prices, somebody put on an event's page by
// hand, a list of members, a program's key, what is mailed. Each as the person whose work it is, with scripts.
import { awake, enter, fresh, open, somebody } from '../lib/steps';
import { expect, test } from '../lib/world';

const PHONE = { width: 360, height: 740 };

test('a sponsor composes what it wants, and sees what it costs', async ({ page }) => {
  await page.setViewportSize(PHONE);
  await enter(page, 'asha@acme.example');
  await open(page, '/opportunities?category=Knowledge+Sponsor');
  await page.getByRole('main').locator('a[href^="/opportunities/"]').first().click();
  await expect(page.getByRole('heading', { name: 'Packages and extras' })).toBeVisible();
  await awake(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, 'a price list fits a phone').toBeLessThanOrEqual(0);

  const total = page.getByRole('group', { name: /^Choose what you want/ }).getByRole('status');
  await page.getByRole('radio', { name: /^Talk and booth/ }).check();
  await expect(total).toHaveText('Your choice costs ₹90,000.00.');
  await page.getByRole('checkbox', { name: /^Logo on the lanyards/ }).check();
  await expect(total).toHaveText('Your choice costs ₹1,15,000.00.');
  // What goes on top of a package is nothing without one.
  await page.getByRole('radio', { name: 'No package' }).check();
  await expect(total).not.toContainText('costs');
  await page.getByRole('checkbox', { name: /^Logo on the lanyards/ }).uncheck();
  // Two that exclude each other.
  await page.getByRole('checkbox', { name: /^Breakfast/ }).check();
  await page.getByRole('checkbox', { name: /^Drinks/ }).check();
  await expect(total).not.toContainText('costs');
  await page.getByRole('checkbox', { name: /^Drinks/ }).uncheck();
  await expect(total).toHaveText('Your choice costs ₹40,000.00.');
  await page.getByLabel('Message').fill('Breakfast for everybody who is up.');
  await page.getByRole('button', { name: 'Send application' }).click();
  await expect(page).toHaveURL(/\/requests\//);
  await expect(page.getByText('₹40,000.00').filter({ visible: true }).first()).toBeVisible();
  await expect(page.getByText('Breakfast for everybody', { exact: false }).filter({ visible: true }).first()).toBeVisible();
});

test('what is chosen before the program is there is counted when it comes', async ({ page }) => {
  await enter(page, 'asha@acme.example');
  await page.goto('/opportunities?category=Knowledge+Sponsor');
  const href = await page.getByRole('main').locator('a[href^="/opportunities/"]').first().getAttribute('href');
  // The program is held up, as on a poor connection.
  let letIn = () => {};
  const held = new Promise<void>((done) => (letIn = done));
  await page.route('**/*.wasm', async (route) => (await held, route.continue()));
  await page.goto(href!);
  const total = page.getByRole('group', { name: /^Choose what you want/ }).getByRole('status');
  await page.getByRole('checkbox', { name: /^Breakfast/ }).check();
  await expect(total).toHaveText('Nothing is chosen yet.');
  letIn();
  await expect(total).toHaveText('Your choice costs ₹40,000.00.');
});

test('an owner puts a host on the page of an event by hand, and takes it off again', async ({ page }) => {
  await enter(page, 'ravi@apex.example');
  await open(page, '/manage/events');
  await page.getByRole('link', { name: 'HackFest', exact: true }).click();
  await awake(page);
  await page.getByRole('link', { name: 'Add', exact: true }).click();
  await awake(page);
  const name = fresh('City Library');
  await page.getByLabel(/^Name/).fill(name);
  await page.getByLabel('Category').selectOption('Venue Partner');
  await page.getByRole('button', { name: 'Add to the page' }).click();
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await awake(page);
  await open(page, '/events/hackfest');
  await expect(page.getByText(name)).toBeVisible();
  // Hidden: it stays for the community, and nobody else sees it.
  await page.goBack();
  await awake(page);
  await page.getByRole('switch', { name: new RegExp(name) }).click();
  await expect(page.getByRole('switch', { name: new RegExp(name) })).not.toBeChecked();
  await awake(page);
  await open(page, '/events/hackfest');
  await expect(page.getByText(name)).toHaveCount(0);
});

test('an owner brings the members from a list, after looking', async ({ page }) => {
  await enter(page, 'ravi@apex.example');
  const { domain } = somebody('List', fresh('Members'));
  await open(page, '/people/import');
  const list = page.getByLabel('Or paste the list here');
  await list.fill(`firstName,lastName,email,role\nIda,Berg,ida@${domain},Designer\nNo,Mail,nowhere,Designer`);
  await page.getByRole('button', { name: 'Look at the list' }).click();
  await expect(page.getByRole('main')).toContainText('nowhere');
  await awake(page);
  // One row has no address: nothing can be imported.
  await expect(page.getByRole('button', { name: /^(Import|Add)/ })).toHaveCount(0);
  // It is corrected where it stands, also after looking at something else.
  await page.getByRole('link', { name: 'Use another list' }).click();
  await page.getByRole('link', { name: 'Open it' }).click();
  const box = page.getByLabel('The list', { exact: true });
  await expect(box).toHaveValue(/nowhere/);
  await box.fill(`firstName,lastName,email,role\nIda,Berg,ida@${domain},Designer`);
  await page.getByRole('button', { name: 'Look again' }).click();
  await page.getByRole('button', { name: /^Import/ }).click();
  await expect(page).toHaveURL(/\/people(\?|$)/);
  await expect(page.getByRole('main')).toContainText(`ida@${domain}`);
});

test('an owner makes a key for a program and takes it back', async ({ page }) => {
  await enter(page, 'ravi@apex.example');
  await open(page, '/api-keys');
  const name = fresh('Badge printer');
  await page.getByLabel('Name').fill(name);
  await page.getByRole('checkbox', { name: /event:read/ }).check();
  await page.getByRole('button', { name: 'Make the key' }).click();
  await expect(page.getByText(/cd_live_[A-Za-z0-9_-]{20}/).first()).toBeVisible();
  const secret = (await page.getByRole('main').innerHTML()).match(/cd_live_[A-Za-z0-9_-]{20,}/)![0];
  const call = () => page.request.get('/api/v1/events', { headers: { authorization: `Bearer ${secret}` } });
  expect((await call()).status()).toBe(200);
  // Shown once.
  await open(page, '/api-keys');
  expect(await page.getByRole('main').innerHTML()).not.toContain(secret);
  const row = page.getByRole('listitem').filter({ hasText: name });
  await row.getByText('Revoke').first().click();
  await row.getByRole('button', { name: 'Revoke for good' }).click();
  // Its own row goes: others may have been revoked before.
  await expect(row).toHaveCount(0);
  await expect(page.getByRole('main')).toContainText(/revoked/i);
  expect((await call()).status()).toBe(401);
});

test('somebody chooses what is mailed at once', async ({ page }) => {
  await enter(page, 'ingrid@fjord.example');
  await open(page, '/notifications/settings');
  await page.getByLabel('Opportunities', { exact: true }).selectOption('Once a day');
  await page.getByRole('button', { name: /^Save/ }).click();
  await expect(page.getByRole('status').or(page.getByRole('main').getByText(/saved/i)).first()).toBeVisible();
  await open(page, '/notifications/settings');
  await expect(page.getByLabel('Opportunities', { exact: true }).locator('option:checked')).toHaveText('Once a day');
});
