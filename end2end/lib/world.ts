// One small market that the journeys of the five people share: made once by each worker, when the first of them needs it.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { expectAccessible } from './axe';
import { call } from './call';
import { mouse, type Hand } from './hands';
import { applied, approved, asked, cameIn, isFound, joined, offered, published, registered, verified } from './prepared';
import { awake, enter, fresh, invite, slug, somebody, staffPage, type Somebody } from './steps';
import { expect, test as base } from './test';

export { expect } from './test';

/** What the two agreed to keep between them: nobody else may read any of it. */
export const SECRETS = { offer: '3,57,000', message: 'We bring two mentors and a prize.', phone: '98765 43210' };

export interface World {
  acme: Somebody;
  apex: Somebody;
  /** The sponsor's admin and the community's owner, each in a browser of their own. */
  sponsor: Page;
  owner: Page;
  event: string;
  /** Acme's application, which waits: its path. */
  request: string;
  /** The opportunity, as the community manages it: its path. */
  opportunity: string;
  /** An event that is not published yet: its path. */
  draft: string;
}

/** Somebody with a browser, whose pages must keep their promises too. */
export async function newcomer(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const part = () => 1 + Math.floor(Math.random() * 250);
  const context = await browser.newContext({ ...options, extraHTTPHeaders: { 'x-forwarded-for': `10.202.${part()}.${part()}` } });
  return (await watched(context)).newPage();
}

/** Somebody of the demo, signed in. */
export async function demoPerson(browser: Browser, email: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newcomer(browser, options);
  await enter(page, email);
  return page;
}

const complaints: string[] = [];

/** Browsers that outlast a journey: those of the two whose market it is. */
const lasting = new Set<BrowserContext>();

async function watched(context: BrowserContext): Promise<BrowserContext> {
  context.on('weberror', (problem) => complaints.push(`exception: ${problem.error().message}`));
  context.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return context;
}

/** A sponsor and a community who may act, each in a browser of their own. */
export async function market(
  browser: Browser,
  acme = somebody('Asha', fresh('Acme')),
  apex = somebody('Ravi', fresh('Apex')),
  options: BrowserContextOptions = {},
) {
  const [sponsor, community, staff] = await Promise.all([newcomer(browser, options), newcomer(browser, options), staffPage(browser)]);
  const [organization, circle] = await Promise.all([applied(sponsor, acme), registered(community, apex)]);
  await Promise.all([cameIn(sponsor, acme.email), cameIn(community, apex.email, 'verify-email')]);
  await Promise.all([verified(staff, organization), approved(staff, community, apex, circle)]);
  await staff.context().close();
  return { sponsor, community, acme, apex };
}

async function make(browser: Browser): Promise<World> {
  const { sponsor, community: owner, acme, apex } = await market(browser);
  const event = fresh('DayConf');
  const opportunity = await offered(owner, await published(owner, event));
  await isFound(owner, event);
  const request = await asked(sponsor, opportunity, Number(SECRETS.offer.replace(/,/g, '')), SECRETS.message);
  const draft = await call(owner, 'POST', '/events', { title: fresh('Quiet plan') });
  for (const page of [sponsor, owner]) lasting.add(page.context());
  return {
    acme,
    apex,
    sponsor,
    owner,
    event,
    request: `/requests/${request}`,
    opportunity: `/manage/opportunities/${opportunity}`,
    draft: `/manage/events/${draft.id}`,
  };
}

export const test = base.extend<{ nothingBroke: void }, { world: World }>({
  world: [async ({ browser }, use) => use(await make(browser)), { scope: 'worker', timeout: 180_000 }],
  nothingBroke: [
    async ({ browser, context }, use) => {
      await use();
      base.expect(complaints.splice(0), 'exceptions and policy violations in the browser').toEqual([]);
      // Whoever came for this journey has gone: a worker would else carry the pages of all of them to its end.
      await Promise.all(browser.contexts().filter((one) => one !== context && !lasting.has(one)).map((one) => one.close()));
    },
    { auto: true },
  ],
});

/** A seat in one of the two workspaces, for a person of this journey. */
export async function seated(browser: Browser, by: Page, of: Somebody, first: string, role: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newcomer(browser, options);
  await joined(page, by, { ...somebody(first, of.company), name: `${first} Journey` }, role);
  return page;
}

/** The same by hand, from the form of whoever invites to the door of who comes. */
export async function invited(browser: Browser, by: Page, of: Somebody, first: string, role: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await newcomer(browser, options);
  await invite(by, { ...somebody(first, of.company), name: `${first} Journey` }, role, page);
  return page;
}

/** Opens an address and says what it answered. */
export async function status(page: Page, path: string): Promise<number> {
  const answer = await page.goto(path);
  return answer!.status();
}

/**
 * These addresses are closed: a refusal or nothing, and none of the secrets in it. What is refused is refused by the server: it is
 * read as it is sent, with the cookies of this browser, and no program is started for it.
 */
export async function closed(page: Page, paths: string[], secrets: string[]): Promise<void> {
  for (const path of paths) {
    const answer = await page.request.get(path, { headers: { accept: 'text/html' } });
    expect([401, 403, 404], `${path} is closed`).toContain(answer.status());
    const text = await answer.text();
    for (const secret of secrets) expect(text.includes(secret), `${path} shows ${secret}`).toBe(false);
  }
}

/** None of the words is anywhere in the page, what it carries for its scripts included. */
export async function reveals(page: Page, secrets: string[], where: string): Promise<void> {
  const text = await page.content();
  for (const secret of secrets) expect(text.includes(secret), `${where} shows ${secret}`).toBe(false);
}

/** Nothing scrolls sideways. */
export async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}

/** A hand on a phone: whatever it presses stands on a page that fits. */
export const thumb: Hand = {
  ...mouse,
  async press(target) {
    await fits(target.page());
    await mouse.press(target);
  },
};

/** A state of a page as it stands on this screen: nothing sideways, and nothing that axe finds. */
export async function sound(page: Page): Promise<void> {
  await awake(page);
  await fits(page);
  await expectAccessible(page);
}

export { slug };
