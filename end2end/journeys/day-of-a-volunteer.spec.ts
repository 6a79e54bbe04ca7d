// A volunteer's day: events, people and what is public. With scripts off, because they read. Never requests, offers, money
// or contacts.
import { closed, expect, reveals, seated, SECRETS, slug, status, test } from '../lib/world';

test('a volunteer sees the events and the people, and nothing of sponsors', async ({ browser, world }) => {
  test.setTimeout(120_000);
  const { apex, acme, owner } = world;
  const page = await seated(browser, owner, apex, 'Vera', 'Volunteer', { javaScriptEnabled: false });
  const never = [SECRETS.offer, '357000', SECRETS.message, SECRETS.phone, `hello@${apex.domain}`, acme.email];

  // The way in: their own workspace, without an inbox.
  expect(await status(page, '/dashboard')).toBe(200);
  const menu = page.getByRole('navigation').first();
  await expect(page.getByRole('link', { name: 'Events', exact: true }).filter({ visible: true }).first()).toBeVisible();
  await expect(page.getByRole('link', { name: 'Inbox', exact: true })).toHaveCount(0);
  await expect(menu).toBeVisible();
  await expect(page.getByText('Open requests')).toHaveCount(0);
  await reveals(page, never, 'the dashboard');

  // The community's events, the draft too; to read, not to write.
  expect(await status(page, '/manage/events')).toBe(200);
  await page.getByRole('link', { name: world.event, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(world.event);
  await expect(page.getByRole('link', { name: 'Edit', exact: true })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /publish|delete|archive|duplicate/i })).toHaveCount(0);
  await reveals(page, never, 'the event');
  expect(await status(page, world.draft)).toBe(200);
  await expect(page.getByRole('button', { name: /publish/i })).toHaveCount(0);

  // The people, and what they say about themselves; nobody is invited or moved.
  expect(await status(page, '/people')).toBe(200);
  await expect(page.getByRole('link', { name: 'Ravi Journey' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send the invitation' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Ravi Journey' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ravi Journey');
  await expect(page.getByRole('button', { name: /Save the role|Change the status/ })).toHaveCount(0);
  await page.goto('/people');
  await page.getByRole('link', { name: /Vera Journey/ }).click();
  await page.getByRole('textbox', { name: /About you/ }).fill('I hold doors and count badges.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('I hold doors and count badges.').filter({ visible: true }).first()).toBeVisible();

  // What is public: the opportunity with its range, the sponsor without budget or address.
  await page.goto('/opportunities');
  await page.getByRole('searchbox').first().fill(world.event);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('link', { name: world.event, exact: true }).first()).toBeVisible();
  await page.goto(`/opportunities/${world.opportunity.split('/').pop()}`);
  await expect(page.getByText('₹2L – ₹5L').filter({ visible: true }).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send application' })).toHaveCount(0);
  await reveals(page, never, 'the opportunity');
  expect(await status(page, `/directory/${slug(acme.company)}`)).toBe(200);
  await reveals(page, [...never, '₹2L'], 'the sponsor');
  expect(await status(page, `/events/${slug(world.event)}`)).toBe(200);
  await reveals(page, never, 'the public page');

  // Addresses that somebody could pass on.
  await closed(
    page,
    [
      world.request, '/inbox', '/inbox?tab=accepted', '/inbox/rules', '/inbox/standing', '/manage/opportunities', world.opportunity,
      `${world.opportunity}/decisions`, '/requests/new?organization=' + slug(acme.company), '/manage/events/new', `${world.draft}/edit`,
      '/people/import', '/api-keys', '/workspace/security', '/staff/organizations', '/organization/profile',
    ],
    never,
  );
  // And by the door of programs.
  for (const path of ['/requests', '/api-keys', '/invitations']) {
    const answer = await page.context().request.get(`/api/v1${path}`);
    const text = await answer.text();
    for (const secret of never) expect(text.includes(secret), `${path} tells ${secret}`).toBe(false);
    if (path !== '/invitations') expect(answer.status(), path).toBe(403);
  }
});
