// A reviewer's day: nothing before the second factor; then the queue, rivals side by side, the evidence, a question, a
// decision, the second person, a report. Not the inboxes and workshops of those they review.
import { applied, cameIn } from '../lib/prepared';
import { awake, fresh, open, slug, somebody, staffPage, type Somebody } from '../lib/steps';
import { closed, expect, newcomer, reveals, status, test } from '../lib/world';

test('a reviewer asks, decides, and is stopped where a second person is needed', async ({ browser, world }) => {
  test.setTimeout(180_000);
  const first = somebody('Fiona', fresh('Orchard'));
  const rival: Somebody = { ...somebody('Rufus', `${first.company} Group`), domain: first.domain, email: `rufus@${first.domain}` };
  const one = await newcomer(browser);
  const other = await newcomer(browser, { javaScriptEnabled: false });
  for (const [page, who] of [[one, first], [other, rival]] as const) {
    await applied(page, who);
    await cameIn(page, who.email);
  }
  const of = (who: Somebody) => [who.email, who.name];

  // A reviewer sees both side by side, with what was found, once the second factor was given and not before.
  const half = await newcomer(browser);
  await open(half, '/sign-in');
  await half.getByLabel('E-mail').fill('sara@commdesk.example');
  await half.getByLabel('Password', { exact: true }).fill('a calm demo passphrase');
  await half.getByRole('button', { name: 'Sign in' }).click();
  await expect(half).toHaveURL(/second-factor/);
  await closed(half, ['/staff/organizations', '/staff/communities', '/staff/requests', '/staff/reports', '/staff/changes'], of(first));
  const sara = await staffPage(browser, 'sara@commdesk.example');
  await open(sara, '/staff/organizations');
  await expect(sara.getByText(`1 of 2 for ${first.domain}`)).toHaveCount(2);
  await sara.getByRole('link', { name: rival.company, exact: true }).click();
  await expect(sara.getByRole('heading', { level: 1 })).toHaveText(rival.company);
  await awake(sara);
  await expect(sara.getByRole('heading', { name: `Others for ${first.domain}` })).toBeVisible();
  await expect(sara.getByRole('link', { name: first.company, exact: true })).toBeVisible();
  // The checks run by themselves, at their own pace.
  await expect(async () => {
    await open(sara, sara.url());
    await expect(sara.getByText('of 100')).toBeVisible({ timeout: 500 });
  }).toPass();
  // A question to the rival.
  await sara.getByRole('radio', { name: /^Ask for more/ }).check();
  await sara.getByLabel('Reason').fill('Who of the company can confirm that you act for it?');
  await sara.getByRole('button', { name: 'Decide' }).click();
  await expect(sara.getByText('Waits for the applicant').filter({ visible: true }).first()).toBeVisible();
  // The answer, without scripts.
  await other.goto('/dashboard');
  await expect(other.getByText('Who of the company can confirm that you act for it?').filter({ visible: true }).first()).toBeVisible();
  await other.getByRole('textbox', { name: 'Answer' }).fill('Our front desk can.');
  await other.getByRole('button', { name: 'Send it again' }).click();
  await expect(other.getByText('Pending Verification').filter({ visible: true }).first()).toBeVisible();
  await reveals(other, of(first), 'the dashboard after the answer');
  // The decision: the first one is verified.
  await open(sara, '/staff/organizations');
  await sara.getByRole('link', { name: first.company, exact: true }).click();
  await expect(sara.getByRole('heading', { level: 1 })).toHaveText(first.company);
  await awake(sara);
  await sara.getByRole('radio', { name: /^Verify/ }).check();
  await sara.getByLabel('Reason').fill('The mailbox and the imprint agree.');
  await sara.getByRole('button', { name: 'Decide' }).click();
  await expect(sara.getByText('Verified', { exact: true }).filter({ visible: true }).first()).toBeVisible();
  await other.goto('/dashboard');
  await expect(other.getByText('Pending Verification').filter({ visible: true }).first()).toBeVisible();
  await reveals(other, of(first), 'the dashboard after the decision');
  expect(await status(one, `/directory/${slug(first.company)}`)).toBe(200);

  // Disabling a verified one takes a second person.
  await find(sara, /^Verified/, first.company);
  await sara.getByRole('radio', { name: /^Disable/ }).check();
  await sara.getByLabel('Reason').fill('Two people wrote that nobody works there.');
  await sara.getByRole('button', { name: 'Decide' }).click();
  await expect(sara.getByText('A second person is needed')).toBeVisible();
  expect(await status(one, `/directory/${slug(first.company)}`), 'still there').toBe(200);
  const omar = await staffPage(browser, 'omar@commdesk.example');
  await find(omar, /^Verified/, first.company);
  await expect(omar.getByText('A second person is needed')).toBeVisible();
  await omar.getByRole('radio', { name: /^Keep/ }).check();
  await omar.getByLabel('Reason').fill('I called them, somebody answered.');
  await omar.getByRole('button', { name: 'Decide' }).click();
  await expect(omar.getByText('A second person is needed')).toHaveCount(0);
  // Proposed again and confirmed, it is gone for everybody else; staff find it by clicks, and put it back.
  for (const page of [sara, omar]) {
    await find(page, /^Verified/, first.company);
    await page.getByRole('radio', { name: /^Disable/ }).check();
    await page.getByLabel('Reason').fill('Three more people wrote.');
    await page.getByRole('button', { name: 'Decide' }).click();
    await expect(page.getByText(page === sara ? 'A second person is needed' : 'Decided').first()).toBeVisible();
  }
  const stranger = await newcomer(browser);
  expect(await status(stranger, `/directory/${slug(first.company)}`), 'gone').toBe(404);
  await find(sara, /^Disabled/, first.company);
  await sara.getByRole('radio', { name: /^Restore/ }).check();
  await sara.getByLabel('Reason').fill('They showed us their register.');
  await sara.getByRole('button', { name: 'Decide' }).click();
  await expect(sara.getByText('Decided').first()).toBeVisible();
  // A decision before this one said the same word.
  await expect.poll(() => status(stranger, `/directory/${slug(first.company)}`), { message: 'back' }).toBe(200);
  await omar.context().close();

  // A report, from its page to the queue to its outcome.
  await open(one, '/report?kind=community&id=' + (await idOf(one, world.apex.company)));
  await one.getByLabel('What is wrong').selectOption({ index: 1 });
  await one.getByLabel('What happened').fill('They asked us to pay before we talked.');
  await one.getByRole('button', { name: 'Send report' }).click();
  await expect(one.getByRole('heading', { level: 1 })).toHaveText('Your report was sent');
  await open(sara, '/staff/reports');
  const report = sara.getByRole('article', { name: world.apex.company });
  await expect(report).toContainText('They asked us to pay before we talked.');
  await report.getByRole('radio', { name: 'Decide on this one' }).check();
  await sara.getByLabel('Why').fill('It was a misunderstanding about a deposit.');
  await sara.getByRole('button', { name: 'Dismiss' }).click();
  await expect(sara.getByRole('article', { name: world.apex.company })).toHaveCount(0);
  // Reviewing is not running a workspace: offers and inboxes of others are not on their desk.
  await closed(sara, ['/inbox', '/manage/events', '/api-keys', '/organization/profile'], []);
  await sara.context().close();
});

/** From the desk's list to one organization, by clicks: the tab of its status, then its name. */
async function find(page: import('@playwright/test').Page, part: RegExp, company: string): Promise<void> {
  await open(page, '/staff/organizations');
  await page.getByRole('navigation', { name: 'Organizations by status' }).getByRole('link', { name: part }).click();
  await page.getByRole('link', { name: company, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(company);
  await awake(page);
}

/** The id of a community, as its page's report link has it. */
async function idOf(page: import('@playwright/test').Page, name: string): Promise<string> {
  await page.goto(`/communities/${slug(name)}`);
  const href = await page.getByRole('link', { name: /report/i }).first().getAttribute('href');
  return new URL(href!, 'http://x').searchParams.get('id')!;
}
