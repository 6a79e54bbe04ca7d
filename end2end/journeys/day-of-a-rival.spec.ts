// A rival applicant's day: applies for the website that somebody else has applied for, and waits. With scripts off, because
// they read. Nothing of the other's application is theirs to see, and nothing of the market that is for the verified.
import { applied, cameIn } from '../lib/prepared';
import { activate, applyAsSponsor, fresh, slug, somebody, type Somebody } from '../lib/steps';
import { closed, expect, newcomer, reveals, test } from '../lib/world';

test('a rival sees their own application, and nothing of the other one', async ({ browser, world }) => {
  test.setTimeout(120_000);
  const first = somebody('Fiona', fresh('Orchard'));
  const rival: Somebody = { ...somebody('Rufus', `${first.company} Group`), domain: first.domain, email: `rufus@${first.domain}` };
  const one = await newcomer(browser);
  const other = await newcomer(browser, { javaScriptEnabled: false });
  await applied(one, first);
  await cameIn(one, first.email);
  await applyAsSponsor(other, rival);
  await activate(other, other.context().request, rival.email);
  const of = (who: Somebody) => [who.email, who.name];

  // Each has a page of their own, and knows nothing of the other.
  await other.goto('/dashboard');
  await expect(other.getByText('Pending Verification').filter({ visible: true }).first()).toBeVisible();
  await reveals(other, of(first), 'the dashboard of the rival');
  await other.goto('/organization/profile');
  await reveals(other, of(first), 'the profile of the rival');
  for (const path of [`/directory/${slug(first.company)}`, `/directory?q=${encodeURIComponent(first.company)}`]) {
    await other.goto(path);
    await reveals(other, of(first), path);
  }
  await other.goto(`/directory?q=${encodeURIComponent(first.company)}`);
  await expect(other.getByRole('main').getByRole('link', { name: first.company, exact: true })).toHaveCount(0);
  // What is public is; what is for the verified says so, with the reason.
  await other.goto('/opportunities');
  await other.getByRole('searchbox').first().fill(world.event);
  await other.getByRole('button', { name: 'Search' }).click();
  await expect(other.getByRole('link', { name: world.event, exact: true }).filter({ visible: true }).first()).toBeVisible();
  await closed(other, ['/staff/organizations', '/staff/changes', world.request, '/manage/events', world.opportunity], of(first));
  const inbox = await other.context().request.get('/api/v1/requests');
  expect(await inbox.text()).not.toContain(world.acme.company);
  // And no claim on the other's name: it is not here yet for anybody.
  expect((await other.goto(`/claim/${slug(first.company)}`))!.status()).toBe(404);
});
