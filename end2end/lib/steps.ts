// The steps of the main line, as a person takes them: what journeys are made of.
import type { APIRequestContext, Browser, BrowserContext, BrowserContextOptions, Locator, Page } from '@playwright/test';
import { call } from './call';
import { keyboard, mouse, type Hand } from './hands';
import { linkIn, mailTo } from './mailbox';
import { address } from './server';
import { expect } from './test';

export const PASSWORD = 'a long journey passphrase';

/** Of everybody in the demo. */
export const DEMO_PASSWORD = 'a calm demo passphrase';

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
  await awake(page);
}

/**
 * Until the page that is there answers: it says so itself, on its root. Pages that strangers read sleep until somebody moves, so
 * somebody does. A page that never says it (of another kind, or with scripts that are held up) counts as awake when nothing
 * is fetched any more; without scripts there is nothing to wait for.
 */
export async function awake(page: Page): Promise<void> {
  // A page that is left while it is asked cannot answer: the one that comes is asked.
  for (let left = 3; left >= 0; left -= 1) {
    await page.waitForLoadState('load');
    let does: boolean;
    try {
      does = await untilAwake(page);
    } catch (error) {
      if (left === 0 || page.isClosed()) throw error;
      continue;
    }
    if (!does) throw new Error(`${page.url()} sleeps on, though somebody moved`);
    return;
  }
}

async function untilAwake(page: Page): Promise<boolean> {
  const is = await page.evaluate(() => {
    if (matchMedia('(scripting: none)').matches) return 'quiet';
    if ('awake' in document.documentElement.dataset) return 'awake';
    return document.querySelector('script[data-asleep]') ? 'asleep' : 'waking';
  });
  if (is === 'quiet' || is === 'awake') return true;
  // Told by the page: somebody who looks in longer and longer steps would see it half a second later.
  const woke = page.evaluate(
    () =>
      new Promise<boolean>((said) => {
        const root = document.documentElement;
        const look = () => {
          if ('awake' in root.dataset) said(true);
        };
        new MutationObserver(look).observe(root, { attributeFilter: ['data-awake'] });
        setTimeout(() => said(false), 15_000);
        look();
      }),
  );
  if (is === 'asleep') return (await Promise.all([woke, touch(page)]))[0];
  await Promise.race([woke.catch(() => false), page.waitForLoadState('networkidle')]);
  return true;
}

/** The smallest sign of life: a mouse that moves, over nothing. */
export async function touch(page: Page): Promise<void> {
  await page.mouse.move(1, 1);
  await page.mouse.move(2, 2);
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

/** Applies at /become-sponsor, in three steps; `between` is done where each of the later two begins. */
export async function applyAsSponsor(page: Page, who: Somebody, by: Hand = mouse, between?: () => Promise<void>): Promise<void> {
  await open(page, '/become-sponsor');
  await by.tick(page.getByRole('radio', { name: /^Sponsor You give/ }));
  await by.fill(page.getByLabel('Company name'), who.company);
  await by.file(page.getByLabel('Logo'), LOGO);
  await by.fill(page.getByLabel('Website'), `https://www.${who.domain}/`);
  await by.fill(page.getByLabel('Official e-mail'), who.email);
  await by.fill(page.getByLabel('Your name'), who.name);
  await by.choose(page.getByLabel('Industry'), 'Cloud and infrastructure');
  await by.press(page.getByRole('button', { name: 'Continue' }));
  await expect(page.getByText('Step 2 of 3')).toBeVisible();
  await awake(page);
  await between?.();
  await by.choose(page.getByLabel('Budget range'), 'INR:200000-500000');
  await by.tick(page.getByRole('checkbox', { name: 'Cash' }));
  await by.press(page.getByRole('button', { name: 'Continue' }));
  await expect(page.getByText('Step 3 of 3')).toBeVisible();
  await awake(page);
  await between?.();
  await by.press(page.getByRole('button', { name: /Send/ }));
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/application|sent|thank/i);
}

/** Follows the mailed link and sets a password; then signs in. */
export async function activate(page: Page, request: APIRequestContext, email: string, by: Hand = mouse): Promise<void> {
  const mail = await mailTo(request, email, /./);
  await open(page, linkIn(mail, /^\/link\//));
  await by.fill(page.getByRole('textbox', { name: /password/i }), PASSWORD);
  await by.press(page.getByRole('main').getByRole('button').first());
  await expect(page).not.toHaveURL(/\/link\//);
  if (/sign-in/.test(page.url())) await signIn(page, email, PASSWORD, by);
}

export async function signIn(page: Page, email: string, password: string, by: Hand = mouse): Promise<void> {
  await open(page, '/sign-in');
  await by.fill(page.getByLabel('E-mail'), email);
  await by.fill(page.getByLabel('Password', { exact: true }), password);
  await by.press(page.getByRole('button', { name: 'Sign in' }));
  await expect(page).not.toHaveURL(/\/sign-in/);
}

// The cookies that people of the demo were given when they signed in, for every later journey of this worker.
const kept = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>();

/** The session of an earlier journey opens this browser too; not when somebody has ended it since. */
async function isKept(context: BrowserContext, email: string): Promise<boolean> {
  const session = kept.get(email);
  if (!session) return false;
  await context.addCookies(session);
  if ((await context.request.get('/api/v1/sessions')).ok()) return true;
  kept.delete(email);
  await context.clearCookies();
  return false;
}

/** Somebody of the demo is signed in here, for a walk that begins behind the door: how one signs in is walked for itself. */
export async function enter(page: Page, email: string): Promise<void> {
  const context = page.context();
  if (await isKept(context, email)) return;
  await call(page, 'POST', '/auth/login', { email, password: DEMO_PASSWORD });
  kept.set(email, await context.cookies());
}

interface DemoPerson {
  email: string;
  password: string;
  code: string | null;
}

/**
 * Staff of the demo, signed in with their second factor. With a hand, through the pages of it; without one, by the session of an
 * earlier journey, or by the API: a code works once in half a minute, and an account may try ten times in five minutes.
 */
export async function staffPage(browser: Browser, email = 'omar@commdesk.example', by?: Hand, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ ...options, extraHTTPHeaders: { 'x-forwarded-for': '10.200.0.1' } });
  const page = await context.newPage();
  if (!by && (await isKept(context, email))) return page;
  const people = async () => (await (await context.request.get('/dev/people')).json()) as DemoPerson[];
  const code = async () => (await people()).find((one) => one.email === email)!.code!;
  if (by) {
    await signIn(page, email, DEMO_PASSWORD, by);
    await expect(page).toHaveURL(/second-factor/);
  } else {
    await call(page, 'POST', '/auth/login', { email, password: DEMO_PASSWORD });
  }
  // Two journeys may meet in one half minute: then the code was spent, and the next one is brought on.
  for (let tries = 0; tries < 8; tries += 1) {
    if (by ? await confirms(page, await code(), by) : await gives(page, await code())) {
      if (!by) kept.set(email, await context.cookies());
      return page;
    }
    // The next half minute begins now, for everybody; on a page that refuses nothing yet.
    await context.request.post('/dev/clock?seconds=30');
    if (by) await page.goto(page.url());
  }
  throw new Error('no code was accepted');
}

/** Types the code on its page, which says whether it was taken: by leading somewhere else, or why not. */
async function confirms(page: Page, code: string, by: Hand): Promise<boolean> {
  await awake(page);
  await by.fill(page.getByLabel('Code'), code);
  await by.press(page.getByRole('button', { name: 'Confirm' }));
  const refused = page.getByRole('main').getByRole('alert');
  await Promise.race([page.waitForURL((url) => url.pathname !== '/second-factor'), refused.waitFor()]);
  return new URL(page.url()).pathname !== '/second-factor';
}

async function gives(page: Page, code: string): Promise<boolean> {
  return (await page.request.post('/api/v1/auth/second-factor', { headers: { origin: address }, data: { code } })).ok();
}

/** Staff verify the organization. */
export async function verifyOrganization(staff: Page, company: string, by: Hand = mouse): Promise<void> {
  await open(staff, '/staff/organizations');
  await by.press(staff.getByRole('link', { name: company, exact: true }));
  await expect(staff.getByRole('heading', { level: 1 })).toHaveText(company);
  await awake(staff);
  await by.tick(staff.getByRole('radio', { name: /^Verify/ }));
  await by.fill(staff.getByLabel(/Reason/), 'Mailbox and website belong together.');
  await by.press(staff.getByRole('button', { name: 'Decide' }));
  await expect(staff.getByText('Verified', { exact: true }).first()).toBeVisible();
}

/** Registers a community at /join. */
export async function registerCommunity(page: Page, who: Somebody, by: Hand = mouse): Promise<void> {
  await open(page, '/join');
  await by.fill(page.getByLabel('Name', { exact: true }), who.company);
  await by.fill(page.getByLabel('What you do, and for whom'), 'We build together on weekends, and everybody shows what they made.');
  await by.choose(page.getByLabel('What sort of community'), 'Hackathon organizer');
  await by.fill(page.getByLabel('City'), 'Pune');
  await by.fill(page.getByLabel('Country'), 'India');
  await by.fill(page.getByLabel('Website'), `https://${who.domain}`);
  await by.fill(page.getByLabel('Official e-mail address'), `hello@${who.domain}`);
  await by.fill(page.getByLabel('Phone'), '+91 98765 43210');
  await by.fill(page.getByLabel('Your full name'), who.name);
  await by.fill(page.getByLabel('Your e-mail address'), who.email);
  await by.press(page.getByRole('button', { name: 'Sign up' }));
  await expect(page).toHaveURL(/\/join\/sent/);
}

/** Staff approve the community. */
export async function approveCommunity(staff: Page, name: string, by: Hand = mouse): Promise<void> {
  await open(staff, '/staff/communities');
  await by.press(staff.getByRole('link', { name, exact: true }));
  await expect(staff.getByRole('heading', { level: 1 })).toHaveText(name);
  await awake(staff);
  await by.tick(staff.getByRole('radio', { name: /^Approve/ }));
  await by.press(staff.getByRole('button', { name: 'Decide' }));
  await expect(staff.getByText('Approved', { exact: true }).first()).toBeVisible();
}

export function day(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Publishes an event two months ahead. */
export async function publishEvent(page: Page, title: string, by: Hand = mouse): Promise<void> {
  await open(page, '/manage/events/new');
  await by.fill(page.getByRole('textbox', { name: 'Title', exact: true }), title);
  await by.choose(page.getByLabel('Type', { exact: true }), 'Hackathon');
  await by.choose(page.getByLabel('Category'), 'Technology');
  await by.fill(page.getByLabel('Description'), 'Thirty-six hours, one idea, no slides.');
  await by.fill(page.getByLabel('Starts'), `${day(60)}T09:00`);
  await by.fill(page.getByLabel('Ends'), `${day(61)}T21:00`);
  await by.choose(page.getByLabel('Format', { exact: true }), 'In person');
  await by.choose(page.getByLabel('Region', { exact: true }), 'South Asia');
  await by.fill(page.getByLabel('Venue'), 'Agora Hall');
  await by.fill(page.getByLabel('How many people fit'), '500');
  await by.press(page.getByRole('button', { name: 'Save and publish' }));
  await expect(page).toHaveURL(/\/manage\/events\/[0-9a-f-]{36}/);
  await expect(page.getByText('Upcoming', { exact: true }).first()).toBeVisible();
}

/** Opens "Platinum Sponsor, ₹2L–5L" for the event. */
export async function openOpportunity(page: Page, event: string, by: Hand = mouse): Promise<void> {
  await open(page, '/manage/opportunities/new');
  const choice = page.getByLabel('Event', { exact: true }).locator('option', { hasText: event });
  await by.choose(page.getByLabel('Event', { exact: true }), (await choice.getAttribute('value'))!);
  await by.choose(page.getByLabel('You look for a'), 'Platinum Sponsor');
  await by.choose(page.getByLabel('Currency'), 'INR');
  await by.fill(page.getByLabel('Budget from'), '2,00,000');
  await by.fill(page.getByLabel('Budget to'), '5,00,000');
  await by.fill(page.getByLabel('You decide by'), day(40));
  await by.press(page.getByRole('button', { name: 'Open to sponsors' }));
  await expect(page.getByText('Sponsors can apply until')).toBeVisible();
}

/** A picture that has come: one that is broken is complete, too, but has no size of its own. */
export async function drawn(picture: Locator): Promise<void> {
  await picture.scrollIntoViewIfNeeded();
  const wide = () => picture.evaluate((it) => (it as HTMLImageElement).naturalWidth);
  await expect.poll(wide, { message: 'the picture has come' }).toBeGreaterThan(0);
}

/** The organization stands on the page of an event: a tile with its logo, which leads to its website. */
export async function logoStands(page: Page, company: string): Promise<Locator> {
  const tile = page.getByRole('main').getByRole('link', { name: new RegExp(company) }).filter({ has: page.locator('img') });
  await expect(tile).toBeVisible();
  await drawn(tile.locator('img'));
  return tile;
}

/** Accepts the request of `other` from the inbox. */
export async function acceptFromInbox(page: Page, other: string, by: Hand = mouse): Promise<void> {
  await open(page, '/inbox');
  // What is unread says so before the name.
  await by.press(page.getByRole('main').getByRole('link', { name: new RegExp(`${other}$`) }).first());
  await awake(page);
  await by.press(page.getByRole('button', { name: 'Accept offer' }));
  await expect(page.getByText('Accepted', { exact: true }).first()).toBeVisible();
}

/** Invites somebody into the workspace of `by`, who accepts behind the mailed link and chooses a password. */
export async function invite(by: Page, who: Somebody, role: string, page: Page): Promise<void> {
  await open(by, '/people');
  const form = by.getByRole('region', { name: 'Invite somebody' });
  await form.getByLabel('E-mail').fill(who.email);
  await form.getByLabel('Role').selectOption(role);
  await form.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(by).toHaveURL(/done=invited/);
  const mail = await mailTo(page.context().request, who.email, /./);
  await open(page, linkIn(mail, /^\/invitations\//));
  await page.getByLabel('Your name').fill(who.name);
  await page.getByRole('button', { name: /^Join/ }).click();
  await expect(page).toHaveURL(/\/link\//);
  await awake(page);
  await page.getByRole('textbox', { name: /password/i }).fill(PASSWORD);
  await page.getByRole('main').getByRole('button').first().click();
  await expect(page).not.toHaveURL(/\/link\//);
  if (/sign-in/.test(page.url())) await signIn(page, who.email, PASSWORD);
}

/** Asks for an offer of the opportunity of `event` as the sponsor; ends on the request's page. */
export async function applyFor(sponsor: Page, event: string, amount: string, message: string): Promise<void> {
  await open(sponsor, '/opportunities');
  await sponsor.getByRole('searchbox').first().fill(event);
  await sponsor.getByRole('button', { name: 'Search' }).click();
  await sponsor.waitForURL(/\?.*=/);
  await awake(sponsor);
  await sponsor.getByRole('link', { name: event, exact: true }).first().click();
  await awake(sponsor);
  await sponsor.getByLabel('What you offer').fill(amount);
  await sponsor.getByLabel('Message').fill(message);
  await sponsor.getByRole('button', { name: 'Send application' }).click();
  await expect(sponsor).toHaveURL(/\/requests\/[0-9a-f]/);
  await awake(sponsor);
}

/** A community adds an organization of which nobody is here; ends on its profile. */
export async function addToDirectory(community: Page, who: Somebody): Promise<void> {
  await open(community, '/directory/add');
  await community.getByLabel('Name', { exact: true }).fill(who.company);
  await community.getByLabel('Website').fill(`https://${who.domain}`);
  await community.getByLabel('Industry').selectOption('Security');
  await community.getByLabel('A mailbox of theirs').fill(who.email);
  await community.getByRole('button', { name: 'Add it' }).click();
  await expect(community).toHaveURL(/\?added=yes/);
  await awake(community);
}

/** A community asks an organization to support its event; ends on the request's page. */
export async function askForSupport(community: Page, company: string, event: string, category: string, message: string): Promise<void> {
  await open(community, `/requests/new?organization=${slug(company)}`);
  const choice = community.getByLabel('Event', { exact: true }).locator('option', { hasText: event });
  await community.getByLabel('Event', { exact: true }).selectOption((await choice.getAttribute('value'))!);
  await community.getByLabel(/^As what they stand/).selectOption(category);
  await community.getByLabel('Amount').fill('10,000');
  await community.getByLabel('Message').fill(message);
  await community.getByRole('button', { name: 'Send request' }).click();
  await expect(community).toHaveURL(/\/requests\/[0-9a-f]/);
  await awake(community);
}

/** A sponsor and a community who may act, each in a browser of their own. */
export async function bothSides(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}, by: Hand = mouse) {
  const ip = () => `10.201.${Math.floor(Math.random() * 250)}.${1 + Math.floor(Math.random() * 250)}`;
  const sponsorContext = await browser.newContext({ ...options, extraHTTPHeaders: { 'x-forwarded-for': ip() } });
  const communityContext = await browser.newContext({ ...options, extraHTTPHeaders: { 'x-forwarded-for': ip() } });
  const sponsor = await sponsorContext.newPage();
  const community = await communityContext.newPage();
  const acme = somebody('Asha', fresh('Acme'));
  const apex = somebody('Ravi', fresh('Apex'));
  // Each comes in on its own, as people do; nobody waits for the others.
  const comesIn = async () => {
    await applyAsSponsor(sponsor, acme, by);
    await activate(sponsor, sponsorContext.request, acme.email, by);
  };
  const signsUp = async () => {
    await registerCommunity(community, apex, by);
    await activate(community, communityContext.request, apex.email, by);
  };
  // Who works by keyboard signs in by keyboard, and one after the other: there is one focus.
  const alone = by === keyboard;
  const desk = staffPage(browser, 'omar@commdesk.example', alone ? by : undefined);
  if (alone) {
    await desk;
    await comesIn();
  }
  const [staff] = await Promise.all([desk, alone ? undefined : comesIn(), signsUp()]);
  if (alone || Object.keys(options).length === 0) {
    await verifyOrganization(staff, acme.company, by);
    await approveCommunity(staff, apex.company, by);
  } else {
    // Whatever the two work with, staff sit at the same desk: that was walked once.
    const { id: organization } = await call(staff, 'GET', `/sponsors/${slug(acme.company)}`);
    const { id: circle } = await call(staff, 'GET', `/communities/${slug(apex.company)}`);
    await call(staff, 'POST', `/sponsors/${organization}/verify`, { decision: 'verify', reason: 'Mailbox and website belong together.' });
    // That the owner's address was confirmed is seen by a job.
    await expect(async () => {
      await call(staff, 'PATCH', `/admin/communities/${circle}/status`, { status: 'approved' });
    }).toPass({ timeout: 15_000, intervals: [50] });
  }
  await staff.context().close();
  // A sign-in after the approval is what makes the community active.
  await communityContext.clearCookies();
  await signIn(community, apex.email, PASSWORD, by);
  return { sponsor, community, acme, apex };
}
