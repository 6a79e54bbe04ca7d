// The steps of the main line, as a person takes them: what journeys are made of.
import type { APIRequestContext, Browser, Page } from '@playwright/test';
import { linkIn, mailTo } from './mailbox';
import { expect } from './test';

export const PASSWORD = 'a long journey passphrase';

/** A mark of our own, as a file that somebody chooses. */
export const LOGO = {
  name: 'mark.svg',
  mimeType: 'image/svg+xml',
  buffer: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160"><rect x="20" y="40" width="120" height="80" fill="#7c3aed"/><circle cx="220" cy="80" r="44" fill="#f59e0b"/></svg>',
  ),
};

/** A page that answers typing: with scripts, once it is awake. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForLoadState('networkidle');
}

/** Unique words for one run: a journey never meets another's data. */
export function fresh(word: string): string {
  return `${word} ${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
}

export function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

export interface Somebody {
  name: string;
  email: string;
  company: string;
  domain: string;
}

export function somebody(first: string, company: string): Somebody {
  const domain = `${slug(company)}.example`;
  return { name: `${first} Journey`, email: `${first.toLowerCase()}@${domain}`, company, domain };
}

/** Applies at /become-sponsor, in three steps. */
export async function applyAsSponsor(page: Page, who: Somebody): Promise<void> {
  await open(page, '/become-sponsor');
  await page.getByRole('radio', { name: /^Sponsor You give/ }).check();
  await page.getByLabel('Company name').fill(who.company);
  await page.getByLabel('Logo').setInputFiles(LOGO);
  await page.getByLabel('Website').fill(`https://www.${who.domain}/`);
  await page.getByLabel('Official e-mail').fill(who.email);
  await page.getByLabel('Your name').fill(who.name);
  await page.getByLabel('Industry').selectOption('Cloud and infrastructure');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Step 2 of 3')).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.getByRole('radio', { name: '₹2L – ₹5L' }).check();
  await page.getByText('Cash', { exact: true }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('Step 3 of 3')).toBeVisible();
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: /Send/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/application|sent|thank/i);
}

/** Follows the mailed link and sets a password; then signs in. */
export async function activate(page: Page, request: APIRequestContext, email: string): Promise<void> {
  const mail = await mailTo(request, email, /./);
  await open(page, linkIn(mail, /^\/link\//));
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByRole('button').filter({ hasText: /password|confirm|go on/i }).first().click();
  await expect(page).not.toHaveURL(/\/link\//);
  if (/sign-in/.test(page.url())) await signIn(page, email, PASSWORD);
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await open(page, '/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).not.toHaveURL(/\/sign-in/);
}

interface DemoPerson {
  email: string;
  password: string;
  code: string | null;
}

/** Staff of the demo, signed in with their second factor. A code works once, so staff sign in once and share the session. */
export async function staffPage(browser: Browser, email = 'omar@commdesk.example'): Promise<Page> {
  const context = await browser.newContext({ extraHTTPHeaders: { 'x-forwarded-for': '10.200.0.1' } });
  const page = await context.newPage();
  const people = async () => (await (await context.request.get('/dev/people')).json()) as DemoPerson[];
  const person = (await people()).find((one) => one.email === email)!;
  await signIn(page, email, person.password);
  await expect(page).toHaveURL(/second-factor/);
  // Two journeys may meet in one half minute: then the code was spent, and the next one is waited for.
  for (let tries = 0; tries < 8; tries += 1) {
    await page.waitForLoadState('networkidle');
    const code = (await people()).find((one) => one.email === email)!.code!;
    await page.getByLabel('Code').fill(code);
    await page.getByRole('button', { name: 'Confirm' }).click();
    try {
      await expect(page).not.toHaveURL(/second-factor/, { timeout: 3_000 });
      return page;
    } catch {
      await page.waitForTimeout(5_000);
    }
  }
  throw new Error('no code was accepted');
}

/** Staff verify the organization. */
export async function verifyOrganization(staff: Page, company: string): Promise<void> {
  await open(staff, '/staff/organizations');
  await staff.getByRole('link', { name: company, exact: true }).click();
  await expect(staff.getByRole('heading', { level: 1 })).toHaveText(company);
  await staff.waitForLoadState('networkidle');
  await staff.getByRole('radio', { name: /^Verify/ }).check();
  await staff.getByLabel(/Reason/).fill('Mailbox and website belong together.');
  await staff.getByRole('button', { name: 'Decide' }).click();
  await expect(staff.getByText('Verified', { exact: true }).first()).toBeVisible();
}

/** Registers a community at /join. */
export async function registerCommunity(page: Page, who: Somebody): Promise<void> {
  await open(page, '/join');
  await page.getByLabel('Name', { exact: true }).fill(who.company);
  await page.getByLabel('What you do, and for whom').fill('We build together on weekends, and everybody shows what they made.');
  await page.getByLabel('What sort of community').selectOption('Hackathon organizer');
  await page.getByLabel('City').fill('Pune');
  await page.getByLabel('Country').fill('India');
  await page.getByLabel('Website').fill(`https://${who.domain}`);
  await page.getByLabel('Official e-mail address').fill(`hello@${who.domain}`);
  await page.getByLabel('Phone').fill('+91 98765 43210');
  await page.getByLabel('Your full name').fill(who.name);
  await page.getByLabel('Your e-mail address').fill(who.email);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page).toHaveURL(/\/join\/sent/);
}

/** Staff approve the community. */
export async function approveCommunity(staff: Page, name: string): Promise<void> {
  await open(staff, '/staff/communities');
  await staff.getByRole('link', { name, exact: true }).click();
  await expect(staff.getByRole('heading', { level: 1 })).toHaveText(name);
  await staff.waitForLoadState('networkidle');
  await staff.getByRole('radio', { name: /^Approve/ }).check();
  await staff.getByRole('button', { name: 'Decide' }).click();
  await expect(staff.getByText('Approved', { exact: true }).first()).toBeVisible();
}

function day(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Publishes an event two months ahead. */
export async function publishEvent(page: Page, title: string): Promise<void> {
  await open(page, '/manage/events/new');
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Type', { exact: true }).selectOption('Hackathon');
  await page.getByLabel('Category').selectOption('Technology');
  await page.getByLabel('Description').fill('Thirty-six hours, one idea, no slides.');
  await page.getByLabel('Starts').fill(`${day(60)}T09:00`);
  await page.getByLabel('Ends').fill(`${day(61)}T21:00`);
  await page.getByLabel('How many people fit').fill('500');
  await page.getByRole('button', { name: 'Save and publish' }).click();
  await expect(page).toHaveURL(/\/manage\/events\/[0-9a-f-]{36}/);
  await expect(page.getByText('Upcoming', { exact: true }).first()).toBeVisible();
}

/** Opens "Platinum Sponsor, ₹2L–5L" for the event. */
export async function openOpportunity(page: Page, event: string): Promise<void> {
  await open(page, '/manage/opportunities/new');
  const choice = page.getByLabel('Event', { exact: true }).locator('option', { hasText: event });
  await page.getByLabel('Event', { exact: true }).selectOption((await choice.getAttribute('value'))!);
  await page.getByLabel('You look for a').selectOption('Platinum Sponsor');
  await page.getByLabel('Currency').selectOption('INR');
  await page.getByLabel('Budget from').fill('2,00,000');
  await page.getByLabel('Budget to').fill('5,00,000');
  await page.getByLabel('You decide by').fill(day(40));
  await page.getByRole('button', { name: 'Open to sponsors' }).click();
  await expect(page.getByText('Sponsors can apply until')).toBeVisible();
}

/** Accepts the request of `other` from the inbox. */
export async function acceptFromInbox(page: Page, other: string): Promise<void> {
  await open(page, '/inbox');
  await page.getByRole('link', { name: other, exact: true }).click();
  await page.waitForLoadState('networkidle');
  await page.getByRole('button', { name: 'Accept offer' }).click();
  await expect(page.getByText('Accepted', { exact: true }).first()).toBeVisible();
}

/** A sponsor and a community who may act, each in a browser of their own. */
export async function bothSides(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}) {
  const ip = () => `10.201.${Math.floor(Math.random() * 250)}.${1 + Math.floor(Math.random() * 250)}`;
  const sponsorContext = await browser.newContext({ ...options, extraHTTPHeaders: { 'x-forwarded-for': ip() } });
  const communityContext = await browser.newContext({ ...options, extraHTTPHeaders: { 'x-forwarded-for': ip() } });
  const sponsor = await sponsorContext.newPage();
  const community = await communityContext.newPage();
  const acme = somebody('Asha', fresh('Acme'));
  const apex = somebody('Ravi', fresh('Apex'));
  await applyAsSponsor(sponsor, acme);
  await activate(sponsor, sponsorContext.request, acme.email);
  await registerCommunity(community, apex);
  await activate(community, communityContext.request, apex.email);
  const staff = await staffPage(browser);
  await verifyOrganization(staff, acme.company);
  await approveCommunity(staff, apex.company);
  await staff.context().close();
  // A sign-in after the approval is what makes the community active.
  await communityContext.clearCookies();
  await signIn(community, apex.email, PASSWORD);
  return { sponsor, community, acme, apex };
}
