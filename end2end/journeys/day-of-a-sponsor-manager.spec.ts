// A sponsor manager's day, between two meetings, with a phone: finding, applying, answering. Not the profile, not the people.
import { isFound, offered, published } from '../lib/prepared';
import { applyFor, fresh, open } from '../lib/steps';
import { closed, expect, fits, invited, test } from '../lib/world';

test('a sponsor manager finds, applies, is asked and declines', async ({ browser, world }) => {
  test.setTimeout(150_000);
  const { acme, apex, sponsor, owner } = world;
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };
  const page = await invited(browser, sponsor, acme, 'Mara', 'Sponsor Manager', phone);
  const event = fresh('NightConf');
  await offered(owner, await published(owner, event));
  await isFound(owner, event);

  await open(page, '/dashboard');
  await expect(page.getByText('Verified', { exact: true }).filter({ visible: true }).first()).toBeVisible();
  await fits(page);

  // Found in the list, with the range, and applied for.
  await applyFor(page, event, '2,20,000', 'Our night owls would love this.');
  await fits(page);
  await expect(page.getByText('₹2,20,000').filter({ visible: true }).first()).toBeVisible();
  const ours = new URL(page.url()).pathname;
  await open(page, '/inbox?tab=submitted');
  await expect(page.getByRole('main').getByRole('link', { name: new RegExp(`${apex.company}$`) }).filter({ visible: true }).first()).toBeVisible();
  await fits(page);

  // The other side asks for something else; its contact is open to those who deal with it, and only then.
  await open(owner, `/requests/new?organization=${acme.company.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`);
  const choice = owner.getByLabel('Event', { exact: true }).locator('option', { hasText: event });
  await owner.getByLabel('Event', { exact: true }).selectOption((await choice.getAttribute('value'))!);
  await owner.getByLabel(/^As what they stand/).selectOption('Support Sponsor');
  await owner.getByLabel('Amount').fill('10,000');
  await owner.getByLabel('Message').fill('Coffee for the night.');
  await owner.getByRole('button', { name: 'Send request' }).click();
  await expect(owner).toHaveURL(/\/requests\/[0-9a-f]/);
  const asked = new URL(owner.url()).pathname;
  await open(page, '/inbox');
  await fits(page);
  await open(page, asked);
  await expect(page.getByText('Coffee for the night.').filter({ visible: true }).first()).toBeVisible();
  await expect(page.getByText(`hello@${apex.domain}`)).toBeVisible();
  await page.getByText('Decline', { exact: true }).click();
  await page.getByLabel('Why').selectOption('Budget');
  await page.getByLabel('Note').fill('Coffee is not ours this year.');
  await page.getByRole('button', { name: 'Decline offer' }).click();
  await expect(page.getByText('Declined', { exact: true }).or(page.getByText('Rejected', { exact: true })).filter({ visible: true }).first()).toBeVisible();
  await open(owner, asked);
  await expect(owner.getByText('Coffee is not ours this year.').filter({ visible: true }).first()).toBeVisible();

  // Second thoughts about the own one.
  await open(page, ours);
  await page.getByText('Withdraw', { exact: true }).click();
  await page.getByRole('button', { name: 'Withdraw request' }).click();
  await expect(page.getByText('Withdrawn', { exact: true }).filter({ visible: true }).first()).toBeVisible();
  await fits(page);

  // Not theirs: people, keys, the other side's workshop, staff; the profile is read.
  await open(page, '/people');
  await expect(page.getByRole('button', { name: 'Send the invitation' })).toHaveCount(0);
  await fits(page);
  await open(page, '/organization/profile');
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toHaveCount(0);
  await closed(
    page,
    [
      '/api-keys', '/workspace/security', '/manage/events', world.draft, '/manage/opportunities', world.opportunity,
      `${world.opportunity}/decisions`, '/community/profile', '/staff/organizations', '/staff/communities',
    ],
    [apex.email],
  );
});
