// A sponsorship lead's day, on the way, with a phone: offers, requests, partners. Not publishing, not members.
import { awake, fresh, logoStands, open } from '../lib/steps';
import { closed, expect, fits, seated, SECRETS, slug, test } from '../lib/world';

test('a sponsorship lead brings an offer home from the train', async ({ browser, world }) => {
  test.setTimeout(150_000);
  const { apex, acme, owner } = world;
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };
  const page = await seated(browser, owner, apex, 'Lena', 'Sponsorship Lead', phone);

  // What waits stands on the first page.
  await open(page, '/dashboard');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/wait/);
  await fits(page);
  await page.getByRole('main').getByRole('link', { name: new RegExp(`${acme.company}$`) }).first().click();
  await expect(page).toHaveURL(/\/requests\//);
  await awake(page);
  await expect(page.getByText(`₹${SECRETS.offer}`).filter({ visible: true }).first()).toBeVisible();
  await expect(page.getByText(SECRETS.message).filter({ visible: true }).first()).toBeVisible();
  await fits(page);
  // She takes it over from the team.
  await page.getByText('Hand over or put aside').click();
  await page.getByLabel('Who handles it').selectOption({ label: 'Lena Journey' });
  await page.getByRole('button', { name: 'Hand over' }).click();
  await expect(page.getByText('Lena Journey handles it.')).toBeVisible();

  // Another place for the same event, opened to sponsors.
  await open(page, '/manage/opportunities/new');
  const choice = page.getByLabel('Event', { exact: true }).locator('option', { hasText: world.event });
  await page.getByLabel('Event', { exact: true }).selectOption((await choice.getAttribute('value'))!);
  await page.getByLabel('You look for a').selectOption('Silver Sponsor');
  await page.getByLabel('Currency').selectOption('INR');
  await page.getByLabel('Budget from').fill('50,000');
  await page.getByLabel('Budget to').fill('90,000');
  await page.getByLabel('You decide by').fill(new Date(Date.now() + 35 * 86_400_000).toISOString().slice(0, 10));
  await page.getByRole('button', { name: 'Open to sponsors' }).click();
  await expect(page.getByText('Sponsors can apply until')).toBeVisible();
  await fits(page);

  // Somebody from the directory, with what approved communities may know of them, is asked.
  await open(page, '/directory/lumen-data');
  await expect(page.getByText(/₹5L/).filter({ visible: true }).first()).toBeVisible();
  await page.getByRole('link', { name: /request|support|ask/i }).first().click();
  await awake(page);
  const event = page.getByLabel('Event', { exact: true }).locator('option', { hasText: world.event });
  await page.getByLabel('Event', { exact: true }).selectOption((await event.getAttribute('value'))!);
  await page.getByLabel(/^As what they stand/).selectOption('Bronze Sponsor');
  await page.getByLabel('Amount').fill('40,000');
  await page.getByLabel('Message').fill(`${fresh('For our data track')}: a table by the door.`);
  await page.getByRole('button', { name: 'Send request' }).click();
  await expect(page).toHaveURL(/\/requests\/[0-9a-f]/);
  await fits(page);

  // The offer that waited is agreed, and the event's page says so.
  await open(page, world.request);
  await page.getByRole('button', { name: 'Accept offer' }).click();
  await expect(page.getByText('Accepted', { exact: true }).filter({ visible: true }).first()).toBeVisible();
  await open(page, `/events/${slug(world.event)}`);
  await logoStands(page, acme.company);
  await fits(page);
  // Who handles what stands in the team's panel of the event: partners are hers.
  await open(page, '/manage/events');
  await page.getByRole('link', { name: world.event, exact: true }).click();
  await awake(page);
  await expect(page.getByRole('main')).toContainText(acme.company);
  await expect(page.getByRole('link', { name: 'Edit', exact: true })).toHaveCount(0);
  await fits(page);

  // Not hers: publishing, members, keys, the community's profile; and nothing of others.
  await open(page, world.draft);
  await expect(page.getByRole('button', { name: /publish/i })).toHaveCount(0);
  await open(page, '/people');
  await expect(page.getByRole('button', { name: 'Send the invitation' })).toHaveCount(0);
  await fits(page);
  await closed(
    page,
    [
      '/manage/events/new', `${world.draft}/edit`, '/people/import', '/api-keys', '/workspace/security', '/staff/organizations',
      '/staff/requests', '/organization/profile', `/requests/${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}`,
    ],
    ['team@harbour.example', '2,50,000'],
  );
});
