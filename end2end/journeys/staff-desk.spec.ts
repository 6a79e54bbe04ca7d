// What reaches staff beside applications and reports, decided by keyboard: requests that look unusual, a website that its
// organization wants, two profiles of one organization. Each time, what the people on the other side read afterwards.
import type { Page } from '@playwright/test';
import { expectAccessible } from '../lib/axe';
import { keyboard } from '../lib/hands';
import { linkIn, mailTo } from '../lib/mailbox';
import { added, applied, cameIn, verified } from '../lib/prepared';
import { askForSupport, awake, fresh, open, slug, somebody, staffPage } from '../lib/steps';
import { expect, fits, newcomer, status, test } from '../lib/world';

/** A state of the page, read by everybody and on a phone too. */
async function reads(page: Page): Promise<void> {
  await awake(page);
  await expectAccessible(page);
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: 360, height: 740 });
  await fits(page);
  await page.setViewportSize(size);
}

test('of two requests that look unusual one is delivered, and the other never arrives', async ({ browser, world }) => {
  test.setTimeout(240_000);
  const { owner, sponsor, acme, apex, event } = world;
  const links = ['stage', 'hall', 'crew', 'city'].map((word) => `https://${apex.domain}/${word}`).join(' ');
  const ask = async (company: string, category: string, words: string) => {
    await askForSupport(owner, company, event, category, `${words} ${links}`);
    await expect(owner.getByText('Our staff look at it before it is delivered')).toBeVisible();
    return new URL(owner.url()).pathname;
  };
  const good = await ask(acme.company, 'Support Sponsor', 'Coffee for the night:');
  const bad = await ask('Fjord Media', 'Media Partner', 'All that we ever did:');
  await reads(owner);
  expect(await status(sponsor, good), 'its receiver knows of nothing').toBe(404);

  const sara = await staffPage(browser, 'sara@commdesk.example');
  await open(sara, '/staff/organizations');
  await keyboard.press(sara.getByRole('navigation', { name: 'Workspace' }).getByRole('link', { name: 'Held', exact: true }));
  await expect(sara.getByRole('heading', { level: 1 })).toHaveText('Held requests');
  await awake(sara);
  const held = (company: string) => sara.locator('.pick').filter({ has: sara.getByRole('heading', { name: `${apex.company} to ${company}` }) });
  await expect(held(acme.company)).toContainText('Held because the message holds many links');
  await reads(sara);
  // Which one, and why: each is asked for.
  const alert = sara.getByRole('main').getByRole('alert');
  await keyboard.press(sara.getByRole('button', { name: 'Do not deliver' }));
  await expect(alert).toBeFocused();
  await expect(alert).toContainText('Choose the one that you decide on.');
  await keyboard.tick(held('Fjord Media').getByRole('radio'));
  await keyboard.press(sara.getByRole('button', { name: 'Do not deliver' }));
  await expect(alert).toBeFocused();
  await expect(alert).toContainText('Say why');
  await expect(held('Fjord Media').getByRole('radio')).toBeChecked();
  await reads(sara);
  await keyboard.fill(sara.getByLabel('Why it is not delivered'), 'Four links and no question: write what you ask for.');
  await keyboard.press(sara.getByRole('button', { name: 'Do not deliver' }));
  await expect(held('Fjord Media')).toHaveCount(0);
  await awake(sara);
  await keyboard.tick(held(acme.company).getByRole('radio'));
  await keyboard.press(sara.getByRole('button', { name: 'Deliver', exact: true }));
  await expect(held(acme.company)).toHaveCount(0);
  await reads(sara);
  await sara.context().close();

  // The sender reads why not; the receiver has the other one, and the turn.
  const no = await mailTo(owner.request, apex.email, /^Your request to Fjord Media was not delivered/);
  expect(no.text).toContain('Four links and no question: write what you ask for.');
  await open(owner, bad);
  await expect(owner.getByText('Four links and no question: write what you ask for.').filter({ visible: true }).first()).toBeVisible();
  await reads(owner);
  const yes = await mailTo(owner.request, apex.email, new RegExp(`^Your request to ${acme.company} was delivered`));
  expect(linkIn(yes, /^\/requests\//)).toContain(good);
  await open(sponsor, good);
  await expect(sponsor.getByText('Coffee for the night:').filter({ visible: true }).first()).toBeVisible();
  await expect(sponsor.getByRole('button', { name: 'Accept offer' })).toBeVisible();
});

test('another website is looked at, and two profiles of one organization become one', async ({ browser, world }) => {
  test.setTimeout(240_000);
  const { owner, acme, apex, event } = world;
  const fiona = somebody('Fiona', fresh('Orchard'));
  const twin = somebody('Front', fresh('Meadow'));
  const profile = `/directory/${slug(fiona.company)}`;
  const moved = `${slug(fiona.company)}-fruit.example`;
  const hers = await newcomer(browser);
  const hersIs = await applied(hers, fiona);
  await cameIn(hers, fiona.email);
  const sara = await staffPage(browser, 'sara@commdesk.example');
  await verified(sara, hersIs);

  // She proposes another website, takes a slip back, and proposes the right one.
  const propose = async (website: string) => {
    await open(hers, '/organization/profile');
    await hers.getByLabel('Website').fill(website);
    await hers.getByRole('main').getByRole('button', { name: /^Save/ }).click();
    await expect(hers.getByText(`You proposed ${website}`)).toBeVisible();
  };
  await propose('https://www.orchad.example/');
  await awake(hers);
  await hers.getByRole('button', { name: 'Withdraw the proposal' }).click();
  await expect(hers.getByText('You proposed')).toHaveCount(0);
  await propose(`https://www.${moved}/`);
  await reads(hers);

  await open(sara, '/staff/changes');
  await expect(sara.getByRole('listitem').filter({ hasText: fiona.company })).toContainText(moved);
  await reads(sara);
  await keyboard.press(sara.getByRole('link', { name: fiona.company, exact: true }));
  await expect(sara.getByRole('heading', { name: 'Another website' })).toBeVisible();
  await awake(sara);
  const website = sara.locator('form', { has: sara.getByRole('button', { name: 'Answer' }) });
  await keyboard.press(website.getByRole('button', { name: 'Answer' }));
  await expect(website.getByRole('alert')).toBeFocused();
  await reads(sara);
  await keyboard.tick(website.getByRole('radio', { name: /^Approve/ }));
  await keyboard.fill(website.getByLabel('Reason'), 'The old website leads there.');
  await keyboard.press(website.getByRole('button', { name: 'Answer' }));
  await expect(sara.getByText('Decided').first()).toBeVisible();
  await expect(sara.getByRole('heading', { name: 'Another website' })).toHaveCount(0);
  const mail = await mailTo(hers.request, fiona.email, /has a new website$/);
  expect(mail.text).toContain('The old website leads there.');
  const stranger = await newcomer(browser);
  await open(stranger, profile);
  await expect(stranger.getByRole('link', { name: new RegExp(moved) })).toBeVisible();
  await expect(stranger.getByText('Verified', { exact: true }).first()).toBeVisible();

  // A community had added it by another name, and asked that one.
  await added(owner, twin);
  await askForSupport(owner, twin.company, event, 'Support Sponsor', 'Apples for everybody.');
  const request = new URL(owner.url()).pathname;

  // That a verified one goes takes two: sara proposes it, omar leaves them apart.
  const review = new URL(sara.url()).pathname;
  await awake(sara);
  await keyboard.press(sara.getByRole('link', { name: 'Merge into another profile' }));
  await expect(sara.getByRole('heading', { level: 1 })).toHaveText(`Merge ${fiona.company} into another profile`);
  await awake(sara);
  const other = sara.getByLabel('Another one');
  await keyboard.fill(other, `/directory/${slug(twin.company)}`);
  await sara.keyboard.press('Enter');
  await expect(sara.getByText('These two cannot be merged')).toBeVisible();
  await reads(sara);
  await keyboard.fill(other, `/directory/${slug(acme.company)}`);
  await sara.keyboard.press('Enter');
  await expect(sara.getByRole('heading', { name: 'What would happen' })).toBeVisible();
  await reads(sara);
  await keyboard.press(sara.getByRole('button', { name: 'Propose it to a second person' }));
  await expect(sara.getByRole('main').getByRole('alert')).toBeFocused();
  await keyboard.fill(sara.getByLabel('Reason'), 'They sound like one company.');
  await keyboard.press(sara.getByRole('button', { name: 'Propose it to a second person' }));
  await expect(sara.getByText('A merge waits for a second person')).toBeVisible();
  await reads(sara);
  const omar = await staffPage(browser, 'omar@commdesk.example');
  await open(omar, '/staff/changes');
  await expect(omar.getByRole('listitem').filter({ hasText: fiona.company })).toContainText('They sound like one company.');
  await reads(omar);
  await keyboard.press(omar.getByRole('link', { name: fiona.company, exact: true }));
  await awake(omar);
  await keyboard.press(omar.getByRole('link', { name: 'Look at what would move, and decide' }));
  await expect(omar.getByRole('heading', { name: 'What would happen' })).toBeVisible();
  await awake(omar);
  await keyboard.fill(omar.getByLabel('Reason'), 'I called both: two companies.');
  await keyboard.press(omar.getByRole('button', { name: 'Leave them apart' }));
  await expect(omar.getByText('Decided').first()).toBeVisible();
  await expect(omar.getByText('A merge waits for a second person')).toHaveCount(0);

  // The unclaimed one goes by one word; what it was asked is hers, and its address leads to her.
  await open(omar, '/staff/organizations');
  await keyboard.fill(omar.getByRole('searchbox', { name: 'Search all organizations' }), twin.company);
  await omar.keyboard.press('Enter');
  await keyboard.press(omar.getByRole('link', { name: twin.company, exact: true }));
  await awake(omar);
  await keyboard.press(omar.getByRole('link', { name: 'Merge into another profile' }));
  await awake(omar);
  await keyboard.fill(omar.getByLabel('Another one'), profile);
  await omar.keyboard.press('Enter');
  await expect(omar.getByRole('row', { name: /^Requests 1/ })).toBeVisible();
  await reads(omar);
  await keyboard.fill(omar.getByLabel('Reason'), 'Meadow is what they are called at home.');
  await keyboard.press(omar.getByRole('button', { name: 'Merge', exact: true }));
  await expect(omar.getByText('Merged', { exact: true })).toBeVisible();
  await expect(omar.getByRole('heading', { level: 1 })).toHaveText(fiona.company);
  await reads(omar);
  await omar.context().close();
  await open(sara, review);
  await expect(sara.getByText('A merge waits for a second person')).toHaveCount(0);
  await sara.context().close();

  await open(stranger, `/directory/${slug(twin.company)}`);
  await expect(stranger).toHaveURL((url) => url.pathname === profile);
  await stranger.context().close();
  const told = await mailTo(hers.request, fiona.email, /is part of/);
  expect(told.text).toContain('Meadow is what they are called at home.');
  await open(hers, '/inbox');
  await hers.getByRole('main').getByRole('link', { name: new RegExp(`${apex.company}$`) }).click();
  await expect(hers).toHaveURL(new RegExp(request));
  await expect(hers.getByText('Apples for everybody.').filter({ visible: true }).first()).toBeVisible();
  await hers.context().close();
});
