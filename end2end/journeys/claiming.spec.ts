// How the people of an organization that a community added take its profile over, on a phone: invited by the mail that a request
// sends, by a mailbox that they name themselves, and by a text in their domain's DNS. What staff say is read on the other side.
//
// Nothing that `dev` offers answers for a domain, and names below `.example` never exist: the text is given, looked for and not found.
import type { Locator, Page } from '@playwright/test';
import { expectAccessible } from '../lib/axe';
import { keyboard } from '../lib/hands';
import { linkIn, mailTo } from '../lib/mailbox';
import { added } from '../lib/prepared';
import { addToDirectory, askForSupport, awake, fresh, open, PASSWORD, signIn, slug, somebody, staffPage } from '../lib/steps';
import { expect, fits, newcomer, test } from '../lib/world';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };

/** A state of a page as it stands: for everybody, and on this screen. As it is when it is opened, pages.spec.ts has looked at it. */
async function reads(page: Page): Promise<void> {
  await awake(page);
  await fits(page);
  await expectAccessible(page);
}

test('a mailbox at their domain takes the profile over, and the request that waited is theirs', async ({ browser, world }) => {
  test.setTimeout(240_000);
  const { owner, apex, event } = world;
  const nora = somebody('Nora', fresh('Northwind'));
  const otto = { ...nora, name: 'Otto Journey', email: `office@${nora.domain}` };
  const profile = `/directory/${slug(nora.company)}`;
  const claim = `/claim/${slug(nora.company)}`;

  await addToDirectory(owner, nora);
  await askForSupport(owner, nora.company, event, 'Support Sponsor', 'Coffee for the night.');
  await expect(owner.getByRole('heading', { name: `${nora.company} has nobody here yet` })).toBeVisible();
  const request = new URL(owner.url()).pathname;

  // Nora follows the mail that invites her; a person looks at it before anything is hers.
  const hers = await newcomer(browser, PHONE);
  const invited = await mailTo(hers.request, nora.email, /wants to reach/);
  expect(invited.subject).toContain(apex.company);
  await open(hers, linkIn(invited, /^\/link\//));
  await hers.getByRole('textbox', { name: /password/i }).fill(PASSWORD);
  await hers.getByRole('main').getByRole('button').first().click();
  await expect(hers).not.toHaveURL(/\/link\//);
  if (/sign-in/.test(hers.url())) await signIn(hers, nora.email, PASSWORD);
  // Home says where it stands, before the proof has counted and after, and leads there.
  await expect(hers.getByText('You have no workspace yet')).toHaveCount(0);
  await reads(hers);
  await hers.getByRole('link', { name: 'See your claim' }).click();
  await expect(hers).toHaveURL((url) => url.pathname === claim);
  await expect(async () => {
    await open(hers, claim);
    await expect(hers.getByText('Your claim waits for our staff')).toBeVisible({ timeout: 500 });
  }).toPass();
  await reads(hers);

  // Otto finds the profile by himself; a mailbox somewhere else proves nothing.
  const his = await newcomer(browser, PHONE);
  await open(his, profile);
  await reads(his);
  await his.getByRole('link', { name: 'Is this yours? Claim it' }).click();
  await expect(his.getByRole('heading', { level: 1 })).toHaveText(`Claim ${nora.company}`);
  await awake(his);
  await his.getByLabel('Your mailbox').fill('otto@mail.example');
  await his.getByRole('button', { name: 'Send me the link' }).click();
  await expect(his.getByRole('main').getByRole('alert')).toBeFocused();
  await expect(his.getByRole('main').getByRole('alert')).toContainText(nora.domain);
  await reads(his);
  await his.getByLabel('Your mailbox').fill(otto.email);
  await his.getByRole('button', { name: 'Send me the link' }).click();
  await expect(his.getByText('Look into that mailbox')).toBeVisible();
  await reads(his);
  const confirm = await mailTo(his.request, otto.email, /^Confirm that you speak for/);
  await open(his, linkIn(confirm, /^\/link\//));
  await his.getByRole('textbox', { name: /password/i }).fill(PASSWORD);
  await his.getByRole('main').getByRole('button').first().click();
  await expect(his).not.toHaveURL(/\/link\//);
  if (/sign-in/.test(his.url())) await signIn(his, otto.email, PASSWORD);

  // Both wait on the desk.
  const sara = await staffPage(browser, 'sara@commdesk.example');
  await expect(async () => {
    await open(sara, '/staff/changes');
    await expect(sara.getByRole('listitem').filter({ hasText: nora.company })).toHaveCount(2, { timeout: 500 });
  }).toPass();
  await expectAccessible(sara);
  await keyboard.press(sara.getByRole('link', { name: nora.company }).first());
  await expect(sara.getByRole('heading', { level: 1 })).toHaveText(nora.company);
  await awake(sara);
  const ofOtto = sara.getByRole('main').getByRole('listitem').filter({ hasText: otto.email });
  const ofNora = sara.getByRole('main').getByRole('listitem').filter({ hasText: nora.email });
  // Each claim has a form of its own: a word to Nora is missing, and is asked for beside her.
  await keyboard.tick(ofNora.getByRole('radio', { name: /^Approve/ }));
  await keyboard.press(ofNora.getByRole('button', { name: 'Answer' }));
  await expect(ofNora.getByRole('alert')).toBeFocused();
  await expect(ofOtto.getByRole('alert')).toHaveCount(0);
  await keyboard.press(ofNora.getByRole('alert').getByRole('link'));
  await expect(ofNora.getByLabel('Reason')).toBeFocused();
  await reads(sara);
  await keyboard.tick(ofOtto.getByRole('radio', { name: /^Refuse/ }));
  await keyboard.fill(ofOtto.getByLabel('Reason'), 'The front desk told us that Nora speaks for them.');
  await keyboard.press(ofOtto.getByRole('button', { name: 'Answer' }));
  await expect(sara.getByText('Decided').first()).toBeVisible();
  // The claims come anew with the answer: who typed into the old ones would see it go.
  await expect(ofOtto.getByText('Refused', { exact: true })).toBeVisible();
  await awake(sara);
  await keyboard.tick(ofNora.getByRole('radio', { name: /^Approve/ }));
  await keyboard.fill(ofNora.getByLabel('Reason'), 'The front desk knows her.');
  await keyboard.press(ofNora.getByRole('button', { name: 'Answer' }));
  await expect(sara.getByText('Verified', { exact: true }).first()).toBeVisible();
  await expect(ofNora.getByText('Approved', { exact: true })).toBeVisible();
  await expect(ofOtto.getByText('Refused', { exact: true })).toBeVisible();
  await reads(sara);
  await open(sara, '/staff/changes');
  await expect(sara.getByRole('listitem').filter({ hasText: nora.company })).toHaveCount(0);
  await sara.context().close();

  // Otto reads why, in his mailbox and here.
  const no = await mailTo(his.request, otto.email, /was not given to you$/);
  expect(no.text).toContain('The front desk told us that Nora speaks for them.');
  await open(his, claim);
  await expect(his.getByText('Our staff wrote: The front desk told us that Nora speaks for them.')).toBeVisible();
  await reads(his);
  await his.context().close();

  // It is Nora's: what waited for her is in her inbox, hers to answer, and the world reads that it was checked.
  await mailTo(hers.request, nora.email, new RegExp(`^${nora.company} is verified`));
  await open(hers, '/dashboard');
  await reads(hers);
  await open(hers, '/inbox');
  await hers.getByRole('main').getByRole('link', { name: new RegExp(`${apex.company}$`) }).click();
  await expect(hers).toHaveURL(new RegExp(request));
  await expect(hers.getByText('Coffee for the night.').filter({ visible: true }).first()).toBeVisible();
  await reads(hers);
  await hers.context().close();
  await open(owner, request);
  await expect(owner.getByRole('heading', { name: `${nora.company} has nobody here yet` })).toHaveCount(0);
  const stranger = await newcomer(browser, PHONE);
  await open(stranger, profile);
  await expect(stranger.getByText('Verified', { exact: true }).first()).toBeVisible();
  await open(stranger, claim);
  await expect(stranger.getByText('It has people of its own here')).toBeVisible();
  await stranger.context().close();
});

test('a text in the DNS is given, looked for, and not found yet', async ({ browser, world }) => {
  test.setTimeout(240_000);
  const { owner, sponsor, acme } = world;
  const them = somebody('Nils', fresh('Southwind'));
  const claim = `/claim/${slug(them.company)}`;
  await added(owner, them);

  // Whoever would give the proof signs in first, and comes back to where they were.
  const page = await newcomer(browser, PHONE);
  await open(page, claim);
  const dns = page.getByRole('region', { name: "By your domain's DNS" });
  await dns.getByRole('link', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await awake(page);
  await page.getByLabel('E-mail').fill('tomas@lumen.example');
  await page.getByLabel('Password', { exact: true }).fill('a calm demo passphrase');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL((url) => url.pathname === claim);
  await reads(page);
  await dns.getByRole('button', { name: 'Get the text' }).click();
  await expect(dns.getByText(/^commdesk-verify=/)).toBeVisible();
  const text = await dns.getByText(/^commdesk-verify=/).textContent();
  await expect(dns.getByText(them.domain, { exact: true })).toBeVisible();
  await reads(page);
  await dns.getByRole('button', { name: 'Check now' }).click();
  await notFound(dns);
  await reads(page);
  // Asked again tomorrow, it is the same; and nothing has happened.
  await open(page, claim);
  await expect(dns.getByText(text!)).toBeVisible();
  await page.context().close();
  const stranger = await newcomer(browser);
  await open(stranger, `/directory/${slug(them.company)}`);
  await expect(stranger.getByText('Community Added', { exact: true })).toBeVisible();
  await stranger.context().close();

  // An organization that is here proves its own domain, from its profile.
  const admin = await sponsor.context().newPage();
  await admin.setViewportSize(PHONE.viewport);
  await open(admin, '/organization/profile');
  await admin.getByRole('link', { name: 'Prove your domain' }).click();
  await expect(admin.getByRole('heading', { level: 1 })).toHaveText('Prove your domain');
  await reads(admin);
  const proof = admin.getByRole('region', { name: 'Proof' });
  await proof.getByRole('button', { name: 'Get the text' }).click();
  await expect(proof.getByText(/^commdesk-verify=/)).toBeVisible();
  await expect(proof.getByText(acme.domain, { exact: true })).toBeVisible();
  await reads(admin);
  await proof.getByRole('button', { name: 'Check now' }).click();
  await notFound(proof);
  await reads(admin);
  await admin.close();
});

/** What is said where the text is not there: to wait, or that nobody could be asked. Never that something was done wrong. */
async function notFound(part: Locator): Promise<void> {
  const alert = part.getByRole('alert');
  await expect(alert).toBeFocused();
  await expect(alert).toContainText(/does not show the text yet\.|Nothing is held against you: check again later\./);
  await expect(part.getByRole('button', { name: 'Check now' })).toBeEnabled();
}
